/**
 * Grammar of method heads, signatures and bodies.
 * @module
 */
import type {
  Body,
  DocComment,
  Expectation,
  Expression,
  MethodDefinition,
  MethodModifier,
  Parameter,
  Pattern,
  Signature,
  Span,
  Statement,
  TypeExpression,
} from "./ast.ts";
import type { Parser, Reply } from "./parsimmon.d.ts";
import { asComparison } from "./conditions.ts";
import { guard } from "./match.ts";
import { isGuard, pattern } from "./patterns.ts";
import { fail, ok, reading, report, rule, spanAt, spanOf, textAt } from "./primitives.ts";
import { statements } from "./statements.ts";
import { checkSelectorLength } from "./limits.ts";
import { isBinaryKind, isKeywordKind, K } from "./token.ts";
import { type } from "./types.ts";

interface Head {
  readonly selector: string;
  readonly selectorSpans: readonly Span[];
  readonly parameters: readonly Parameter[];
  readonly guard: Expression | undefined;
  readonly returnType: TypeExpression | undefined;
}

const modifierWords = new Set(["class", "sealed", "internal"]);
const fixedOperators = new Set(["=:=", "=/=", "==", "/=", "="]);
const equalities = new Set(["=:=", "==", "="]);

/** A parameter: a variable with an optional type, or a pattern. */
const parameter: Parser<Parameter> = rule<Parameter>((input, i) => {
  if (input[i] !== K.identifier) {
    const reply = pattern._(input, i);
    if (!reply.status) return reply;
    const span = reply.value.span;
    return ok(reply.index, { pattern: reply.value, type: undefined, span });
  }
  const span = spanAt(i);
  const name = textAt(i);
  const variable: Pattern = name === "_"
    ? { kind: "wildcard", span }
    : { kind: "binding", name, span };
  if (input[i + 1] !== K.doubleColon || input[i + 2] === K.arrow) {
    return ok(i + 1, { pattern: variable, type: undefined, span });
  }
  const annotation = type._(input, i + 2);
  if (!annotation.status) return annotation;
  const whole = spanOf(i, annotation.index);
  return ok(annotation.index, { pattern: variable, type: annotation.value, span: whole });
});

/** How many modifier words stand at `i`; one before `=>`, `->` or `::` is itself the selector. */
function modifiersAt(input: string, i: number): readonly MethodModifier[] {
  const found: MethodModifier[] = [];
  let at = i;
  while (input[at] === K.identifier && modifierWords.has(textAt(at))) {
    const next = input[at + 1];
    if (next === undefined || next === K.fatArrow || next === K.doubleColon) break;
    if (next === K.arrow && !isBinarySelector(input, at + 1)) break;
    if (next === K.newline) break;
    found.push(textAt(at) as MethodModifier);
    at++;
  }
  return found;
}

/** Whether an operator at `i` is a selector with its parameter, as in `-> other => ...`. */
function isBinarySelector(input: string, i: number): boolean {
  return input[i + 1] === K.identifier &&
    (input[i + 2] === K.fatArrow || input[i + 2] === K.doubleColon || input[i + 2] === K.arrow);
}

const selectorPart: Parser<Omit<Head, "guard" | "returnType">> = rule<
  Omit<Head, "guard" | "returnType">
>((input, i) => {
  const kind = input[i] ?? "";
  if (kind === K.identifier || kind === K.nil || kind === K.boolean || kind === K.self) {
    if (kind !== K.identifier) return fail(i, "a selector");
    return ok(i + 1, { selector: textAt(i), selectorSpans: [spanAt(i)], parameters: [] });
  }
  if (isKeywordKind(kind)) return keywordSelector(input, i);
  if (!isBinaryKind(kind) && kind !== K.bar && kind !== K.comma && kind !== K.equals) {
    return fail(i, "a selector");
  }
  const selector = textAt(i);
  const reply = parameter._(input, i + 1);
  if (!reply.status) return reply;
  return ok(reply.index, { selector, selectorSpans: [spanAt(i)], parameters: [reply.value] });
});

function keywordSelector(
  input: string,
  i: number,
): Reply<Omit<Head, "guard" | "returnType">> {
  const selectorSpans: Span[] = [];
  const parameters: Parameter[] = [];
  let selector = "";
  let at = i;
  while (isKeywordKind(input[at] ?? "") && !isGuard(input, at)) {
    const reply = parameter._(input, at + 1);
    if (!reply.status) return reply;
    selector += textAt(at);
    selectorSpans.push(spanAt(at));
    parameters.push(reply.value);
    at = reply.index;
  }
  checkSelectorLength(selector, i);
  return ok(at, { selector, selectorSpans, parameters });
}

const head: Parser<Head> = rule<Head>((input, i) => {
  const selected = selectorPart._(input, i);
  if (!selected.status) return selected;
  let at = selected.index;
  let returnType: TypeExpression | undefined;
  let condition: Expression | undefined;
  for (;;) {
    if (input[at] === K.doubleColon && input[at + 1] === K.arrow) at++;
    if (input[at] === K.arrow && returnType === undefined) {
      const reply = type._(input, at + 1);
      if (!reply.status) return reply;
      returnType = reply.value;
      at = reply.index;
    } else if (isGuard(input, at) && condition === undefined) {
      const reply = guard._(input, at);
      if (!reply.status) return reply;
      condition = reply.value;
      at = reply.index;
    } else break;
  }
  return ok(at, { ...selected.value, guard: condition, returnType });
});

/** `pattern [-> Type]` of a protocol, after an optional `class`. */
export const signature: Parser<Omit<Signature, "doc">> = rule<Omit<Signature, "doc">>(
  (input, i) => {
    const modifiers = modifiersAt(input, i);
    const reply = head._(input, i + modifiers.length);
    if (!reply.status) return reply;
    const { selector, selectorSpans, parameters, returnType } = reply.value;
    return ok(reply.index, {
      classSide: modifiers.includes("class"),
      selector,
      selectorSpans,
      parameters,
      returnType,
      span: spanOf(i, reply.index),
    });
  },
);

/** Adds the names that a pattern binds. */
function bind(it: Pattern, names: string[]): void {
  switch (it.kind) {
    case "binding":
      names.push(it.name);
      return;
    case "tuplePattern":
      return it.elements.forEach((element) => bind(element, names));
    case "listPattern":
    case "arrayPattern":
      it.elements.forEach((element) => bind(element, names));
      if (it.rest !== undefined) bind(it.rest, names);
      return;
    case "dictionaryPattern":
      return it.entries.forEach((entry) => bind(entry.value, names));
    case "binaryPattern":
      return it.segments.forEach((segment) => bind(segment.value, names));
    case "constructorPattern":
      return it.fields.forEach((field) => bind(field.pattern, names));
    case "classPattern":
      return bind(it.pattern, names);
    case "wildcard":
    case "literalPattern":
    case "errorPattern":
      return;
  }
}

function pragmaBody(input: string, i: number): Reply<Body> | undefined {
  if (input[i] !== K.pragma) return undefined;
  const text = textAt(i);
  if (text === "@primitive") {
    if (input[i + 1] !== K.string) {
      return ok(i + 1, { kind: "primitive", name: undefined, span: spanAt(i) });
    }
    const name = textAt(i + 1).slice(1, -1);
    return ok(i + 2, { kind: "primitive", name, span: spanOf(i, i + 2) });
  }
  if (text !== "@intrinsic") return undefined;
  if (input[i + 1] !== K.identifier) return fail(i + 1, "the name of the intrinsic");
  return ok(i + 2, { kind: "intrinsic", name: textAt(i + 1), span: spanOf(i, i + 2) });
}

function methodBody(input: string, i: number, selected: Head, arrow: number): Reply<Body> {
  const pragma = pragmaBody(input, i);
  if (pragma !== undefined) return pragma;
  for (const each of selected.parameters) bind(each.pattern, reading.parameters);
  const reply = statements("")._(input, i);
  reading.parameters.length = 0;
  if (!reply.status) return reply;
  if (reply.value.length === 0) report("BT1016", spanAt(arrow), { found: selected.selector });
  const first = reply.value[0]?.span.start ?? spanAt(arrow).end;
  const last = reply.value[reply.value.length - 1]?.span.end ?? first;
  return ok(reply.index, {
    kind: "statements",
    statements: withComparisonAtEnd(reply.value),
    span: { start: first, end: last },
  });
}

/** A local that is divided last of all in a method would be lost: `x /= e` compares there. */
function withComparisonAtEnd(found: readonly Statement[]): readonly Statement[] {
  const last = found[found.length - 1];
  if (last?.expression.kind !== "assignment") return found;
  if (last.expression.target.kind !== "variable") return found;
  const comparison = asComparison(last);
  return comparison === last ? found : [...found.slice(0, -1), comparison];
}

/** The comparisons of terms are the library's own. */
function checkSelector({ selector, selectorSpans }: Head, body: Body): void {
  const [place] = selectorSpans;
  if (!fixedOperators.has(selector) || body.kind !== "statements" || place === undefined) return;
  const newText = "equals:";
  const fix = { title: `Define \`${newText}\``, edits: [{ span: place, newText }] };
  report("BT1022", place, { found: selector }, equalities.has(selector) ? [fix] : []);
}

/** A method from its modifiers on; `start` is the token at which its span begins. */
export function method(
  start: number,
  doc: DocComment | undefined,
  expectations: readonly Expectation[],
): Parser<MethodDefinition> {
  return rule((input, i) => {
    const modifiers = modifiersAt(input, i);
    const selected = head._(input, i + modifiers.length);
    if (!selected.status) return selected;
    const arrow = selected.index;
    if (input[arrow] !== K.fatArrow) return fail(arrow, "`=>`");
    let at = arrow + 1;
    while (input[at] === K.newline) at++;
    const body = methodBody(input, at, selected.value, arrow);
    if (!body.status) return body;
    checkSelector(selected.value, body.value);
    return ok(body.index, {
      kind: "method",
      doc,
      expectations,
      modifiers,
      ...selected.value,
      body: body.value,
      span: { start: spanAt(start).start, end: Math.max(body.value.span.end, spanAt(arrow).end) },
    });
  });
}

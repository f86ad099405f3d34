/**
 * Grammar of patterns: what `match:` arms, method parameters and destructuring are made of.
 * @module
 */
// @ts-types="./parsimmon.d.ts"
import P from "parsimmon";
import type { Parser } from "./parsimmon.d.ts";
import type { Expression, Literal, Name, Pattern } from "./ast.ts";
import { binarySegment } from "./binary_segments.ts";
import { literalParsers } from "./literal_grammar.ts";
import { classReferenceAt } from "./names.ts";
import {
  choose,
  commaList,
  fail,
  isComma,
  later,
  ok,
  reading,
  report,
  rule,
  spanAt,
  spanned,
  spanOf,
  textAt,
  token,
} from "./primitives.ts";
import { isKeywordKind, K } from "./token.ts";

const PATTERN = "a pattern";
const MAX_NESTING = 200;

function binding(name: string, span: Pattern["span"]): Pattern {
  return name === "_" ? { kind: "wildcard", span } : { kind: "binding", name, span };
}

/** `name`, `_`, without a class. */
const variablePattern: Parser<Pattern> = rule<Pattern>((input, i) =>
  input[i] === K.identifier ? ok(i + 1, binding(textAt(i), spanAt(i))) : fail(i, "a name")
);

const classedVariable: Parser<Pattern> = rule<Pattern>((input, i) => {
  const variable = binding(textAt(i), spanAt(i));
  if (input[i + 1] !== K.doubleColon) return ok(i + 1, variable);
  if (input[i + 2] !== K.className) return fail(i + 2, "a class name");
  const span = spanOf(i, i + 3);
  return ok(i + 3, {
    kind: "classPattern",
    pattern: variable,
    class: classReferenceAt(i + 2),
    span,
  });
});

const literalPattern: Parser<Pattern> = rule<Pattern>((input, i) => {
  const parser = literalParsers[input[i] ?? ""];
  if (parser === undefined) return fail(i, PATTERN);
  const reply = parser._(input, i);
  if (!reply.status) return reply;
  const literal = reply.value;
  if (literal.kind === "boolean") {
    const text = textAt(i);
    const expected = literal.value ? "_ :: True" : "_ :: False";
    report("BT1018", literal.span, { found: text, expected }, [
      { title: `Write \`${expected}\``, edits: [{ span: literal.span, newText: expected }] },
    ]);
  }
  return ok(reply.index, { kind: "literalPattern", literal, span: literal.span });
});

interface Elements {
  readonly elements: readonly Pattern[];
  readonly rest: Pattern | undefined;
}

/** Patterns with commas, then perhaps `| rest` or `...rest`. */
const elements: Parser<Elements> = rule<Elements>((input, i) => {
  const found: Pattern[] = [];
  let at = i;
  for (;;) {
    if (input[at] === K.ellipsis) {
      const rest = variablePattern._(input, at + 1);
      return rest.status ? ok(rest.index, { elements: found, rest: rest.value }) : rest;
    }
    if (input[at] === K.parenClose || input[at] === K.bracketClose) break;
    const reply = pattern._(input, at);
    if (!reply.status) return reply;
    found.push(reply.value);
    at = reply.index;
    if (input[at] === K.bar) {
      const rest = pattern._(input, at + 1);
      return rest.status ? ok(rest.index, { elements: found, rest: rest.value }) : rest;
    }
    if (!isComma(input, at)) break;
    at++;
  }
  return ok(at, { elements: found, rest: undefined });
});

const dictionaryKey: Parser<Literal> = rule<Literal>((input, i) => {
  if (input[i] === K.identifier) {
    return ok(i + 1, { kind: "symbol", value: textAt(i), span: spanAt(i) });
  }
  const parser = literalParsers[input[i] ?? ""];
  return parser === undefined ? fail(i, "a literal key") : parser._(input, i);
});

const dictionaryEntry = P.seqMap(
  dictionaryKey,
  token(K.fatArrow, "`=>`"),
  later(() => pattern),
  (key, _arrow, value) => ({ key, value }),
);

const sizeVariable: Parser<Expression> = rule<Expression>((input, i) => {
  if (input[i] === K.identifier) {
    return ok(i + 1, { kind: "variable", name: textAt(i), span: spanAt(i) });
  }
  const parser = literalParsers[input[i] ?? ""];
  return parser === undefined ? fail(i, "a size") : parser._(input, i);
});

const segment = binarySegment<Pattern>(
  choose<Pattern>({
    [K.identifier]: variablePattern,
    [K.integer]: literalPattern,
    [K.float]: literalPattern,
    [K.string]: literalPattern,
    [K.character]: literalPattern,
  }, PATTERN),
  binding,
  sizeVariable,
);

/** `Result ok: p`: class and keyword parts; `when: [` begins a guard instead. */
const constructorPattern: Parser<Pattern> = rule<Pattern>((input, i) => {
  const fields: { readonly name: Name; readonly pattern: Pattern }[] = [];
  let at = i + 1;
  while (isKeywordKind(input[at] ?? "") && !isGuard(input, at)) {
    const { start, end } = spanAt(at);
    const name = { text: textAt(at).slice(0, -1), span: { start, end: end - 1 } };
    if (++reading.depth > MAX_NESTING) return fail(at, "fewer nested patterns");
    const reply = pattern._(input, at + 1);
    reading.depth--;
    if (!reply.status) return reply;
    fields.push({ name, pattern: reply.value });
    at = reply.index;
  }
  if (fields.length === 0) reportBareClass(i);
  return ok(at, {
    kind: "constructorPattern",
    class: classReferenceAt(i),
    fields,
    span: spanOf(i, at),
  });
});

function reportBareClass(i: number): void {
  const found = textAt(i);
  const newText = `_ :: ${found}`;
  const edits = [{ span: spanAt(i), newText }];
  report("BT1023", spanAt(i), { found }, [{ title: `Write \`${newText}\``, edits }]);
}

/** Whether `when: [` stands at token `i`. */
export function isGuard(input: string, i: number): boolean {
  return input[i] === K.when && input[i + 1] === K.bracketOpen;
}

const parenClose = token(K.parenClose, "`)`");
const bracketClose = token(K.bracketClose, "`]`");
const braceClose = token(K.braceClose, "`}`");
const binaryClose = token(K.binaryClose, "`>>`");
const open = (kind: string) => token(kind, PATTERN);

/** A pattern. */
export const pattern: Parser<Pattern> = choose<Pattern>({
  [K.identifier]: classedVariable,
  [K.integer]: literalPattern,
  [K.float]: literalPattern,
  [K.string]: literalPattern,
  [K.character]: literalPattern,
  [K.symbol]: literalPattern,
  [K.nil]: literalPattern,
  [K.boolean]: literalPattern,
  [K.className]: constructorPattern,
  [K.parenOpen]: P.seqMap(open(K.parenOpen), later(() => pattern), parenClose, (_o, p, _c) => p),
  [K.braceOpen]: spanned(
    P.seqMap(
      open(K.braceOpen),
      commaList(later(() => pattern), K.braceClose),
      braceClose,
      (_o, found, _c) => found,
    ),
    (found, span) => ({ kind: "tuplePattern", elements: found, span }),
  ),
  [K.listOpen]: spanned(
    P.seqMap(open(K.listOpen), elements, parenClose, (_o, found, _c) => found),
    (found, span) => ({ kind: "listPattern", ...found, span }),
  ),
  [K.arrayOpen]: spanned(
    P.seqMap(open(K.arrayOpen), elements, bracketClose, (_o, found, _c) => found),
    (found, span) => ({ kind: "arrayPattern", ...found, span }),
  ),
  [K.dictionaryOpen]: spanned(
    P.seqMap(
      open(K.dictionaryOpen),
      commaList(dictionaryEntry, K.braceClose),
      braceClose,
      (_o, entries, _c) => entries,
    ),
    (entries, span) => ({ kind: "dictionaryPattern", entries, span }),
  ),
  [K.binaryOpen]: spanned(
    P.seqMap(
      open(K.binaryOpen),
      commaList(segment, K.binaryClose),
      binaryClose,
      (_o, segments, _c) => segments,
    ),
    (segments, span) => ({ kind: "binaryPattern", segments, span }),
  ),
}, PATTERN);

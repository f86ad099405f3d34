/**
 * Grammar of statements: assignment, destructuring, return, cast; and recovery from mistakes, which
 * loses one statement.
 * @module
 */
import type {
  Assignment,
  Expectation,
  Expression,
  FieldAccess,
  Span,
  Statement,
  TypeExpression,
  Variable,
} from "./ast.ts";
import type { Fix } from "./diagnostic.ts";
import type { Parser, Reply } from "./parsimmon.d.ts";
import { expression, tooDeep } from "./expressions.ts";
import {
  assignmentFixes,
  equalsFixes,
  foreignFixes,
  isNegation,
  returnFixes,
} from "./foreign_forms.ts";
import { operand } from "./operands.ts";
import { pattern } from "./patterns.ts";
import {
  fail,
  forgetFailures,
  nameAt,
  ok,
  reading,
  report,
  rule,
  spanAt,
  spanOf,
  textAt,
} from "./primitives.ts";
import { K } from "./token.ts";
import { type } from "./types.ts";

const MAX_PREFIXES = 200;

function assignmentOperator(input: string, i: number): Assignment["operator"] | ":=" | "none" {
  const kind = input[i];
  if (kind === K.assign) return ":=";
  if (kind !== K.compound && kind !== K.slashEquals) return "none";
  switch (textAt(i)) {
    case "+=":
      return "+";
    case "-=":
      return "-";
    case "*=":
      return "*";
    case "++=":
      return "++";
    default:
      return "/";
  }
}

/**
 * `/=` assigns only at the start of a statement, and only what can be assigned: a field, or a local
 * that is no parameter.
 */
function isComparison(input: string, i: number, statementStart: number): boolean {
  if (input[i + 1] !== K.slashEquals) return false;
  return i !== statementStart ||
    (input[i] === K.identifier && reading.parameters.includes(textAt(i)));
}

function assignment(
  input: string,
  i: number,
  statementStart: number,
): Reply<Expression> | undefined {
  let at = i + 1;
  let declared: TypeExpression | undefined;
  if (input[at] === K.doubleColon && input[i] === K.identifier) {
    const reply = type._(input, at + 1);
    if (!reply.status) return reply;
    declared = reply.value;
    at = reply.index;
    if (input[at] !== K.assign) return fail(at, "`:=`");
  }
  const operator = assignmentOperator(input, at);
  if (operator === "none" || isComparison(input, i, statementStart)) return undefined;
  const target = operand._(input, i);
  if (!target.status) return target;
  const value = nested(input, at + 1);
  if (!value.status) return value;
  return ok(value.index, {
    kind: "assignment",
    target: target.value as Variable | FieldAccess,
    type: declared,
    operator: operator === ":=" ? undefined : operator,
    value: value.value,
    span: { start: target.value.span.start, end: value.value.span.end },
  });
}

/** The value of an assignment or return: a further assignment or an expression, but no cast. */
function nested(input: string, i: number): Reply<Expression> {
  if (++reading.depth > MAX_PREFIXES) return tooDeep(i);
  const reply = valueExpression(input, i, -1);
  reading.depth--;
  if (reply.status && input[reply.index] === K.bang) {
    report("BT1015", spanAt(reply.index));
    return ok(reply.index + 1, reply.value);
  }
  return reply;
}

function destructuring(input: string, i: number): Reply<Expression> | undefined {
  const close = reading.tokens.partners[i] ?? -1;
  if (close < 0 || input[close + 1] !== K.assign) return undefined;
  if (input[i] === K.parenOpen || input[i] === K.bracketOpen || input[i] === K.stringOpen) {
    return undefined;
  }
  const target = pattern._(input, i);
  if (!target.status) return target;
  if (target.index !== close + 1) return fail(target.index, "`:=`");
  const value = nested(input, close + 2);
  if (!value.status) return value;
  const span = { start: target.value.span.start, end: value.value.span.end };
  return ok(value.index, {
    kind: "destructuring",
    pattern: target.value,
    value: value.value,
    span,
  });
}

function valueExpression(input: string, i: number, statementStart: number): Reply<Expression> {
  const kind = input[i];
  if (kind === K.caret) {
    const value = nested(input, i + 1);
    if (!value.status) return value;
    const span = { start: spanAt(i).start, end: value.value.span.end };
    return ok(value.index, { kind: "return", value: value.value, span });
  }
  const assigned = kind === K.identifier || kind === K.field
    ? assignment(input, i, statementStart)
    : destructuring(input, i);
  return assigned ?? expression._(input, i);
}

/** An expression, assignment, return or cast whose value is wanted: in parentheses, in an arm. */
export const statementExpression: Parser<Expression> = rule<Expression>((input, i) =>
  readExpression(input, i, -1)
);

function readExpression(input: string, i: number, statementStart: number): Reply<Expression> {
  if (++reading.depth > 3 * MAX_PREFIXES) return tooDeep(i);
  const reply = valueExpression(input, i, statementStart);
  reading.depth--;
  if (!reply.status || input[reply.index] !== K.bang) return reply;
  const at = reply.index;
  const { value } = reply;
  if (value.kind !== "send" || !endsCast(input, at + 1)) {
    report("BT1015", spanAt(at));
    return ok(at + 1, value);
  }
  return ok(at + 1, {
    kind: "cast",
    send: value,
    span: { start: value.span.start, end: spanAt(at).end },
  });
}

function endsCast(input: string, i: number): boolean {
  const kind = input[i];
  return kind === undefined || kind === K.newline || kind === K.dot || kind === K.bracketClose ||
    kind === K.braceClose || kind === K.semicolon;
}

/** `@expect category`, any number. */
export const expectations: Parser<Expectation[]> = rule<Expectation[]>((input, i) => {
  const found: Expectation[] = [];
  let at = i;
  while (input[at] === K.pragma) {
    if (textAt(at) !== "@expect") {
      report("BT1021", spanAt(at), { found: textAt(at), expected: "`@expect`" });
      return fail(at, "a statement");
    }
    if (input[at + 1] !== K.identifier) return fail(at + 1, "a category such as `unused`");
    found.push({ category: textAt(at + 1), span: spanOf(at, at + 2) });
    at += 2;
    while (input[at] === K.newline) at++;
  }
  return ok(at, found);
});

const statement: Parser<Statement> = rule<Statement>((input, i) => {
  const before = expectations._(input, i);
  if (!before.status) return before;
  const reply = readExpression(input, before.index, before.index);
  if (!reply.status) return reply;
  const span = { start: spanAt(i).start, end: reply.value.span.end };
  const value = { expression: reply.value, expectations: before.value, span };
  return ok(reply.index, value);
});

/** The statements up to a closing kind (or the end, for `""`), which is not taken. Never fails. */
export function statements(stop: string): Parser<Statement[]> {
  const known = statementsParsers.get(stop);
  if (known !== undefined) return known;
  const made = rule<Statement[]>((input, i) => ok(...readStatements(input, i, stop)));
  statementsParsers.set(stop, made);
  return made;
}
const statementsParsers = new Map<string, Parser<Statement[]>>();

function readStatements(input: string, i: number, stop: string): [number, Statement[]] {
  const found: Statement[] = [];
  let at = i;
  for (;;) {
    while (input[at] === K.newline || input[at] === K.dot) at++;
    if (at >= input.length || input[at] === stop) return [at, found];
    forgetFailures();
    const reported = reading.diagnostics.length;
    const { depth, inArms } = reading;
    const parameters = reading.parameters.length;
    const reply = statement._(input, at);
    const next = reply.status ? input[reply.index] : undefined;
    if (
      reply.status && (next === undefined || next === K.newline || next === K.dot || next === stop)
    ) {
      found.push(reply.value);
      at = reply.index;
      continue;
    }
    reading.depth = depth;
    reading.inArms = inArms;
    reading.parameters.length = parameters;
    if (reply.status) failAtEnd(reply.index, reply.value);
    const end = recover(input, at, stop, reported);
    const span = spanOf(at, end);
    found.push({ expression: { kind: "error", span }, expectations: [], span });
    at = end;
  }
}

function failAtEnd(i: number, before: Statement): void {
  if (reading.furthest > i) return;
  void before;
  fail(i, "the end of the statement");
}

/**
 * Reports the furthest failure and answers the token where reading can go on: the end of the
 * statement, or an arm's `;` where `also` is that.
 */
export function recover(input: string, from: number, also: string, reported?: number): number {
  if (reported === undefined || reading.diagnostics.length === reported) reportFailure(input, from);
  let at = from;
  while (at < input.length) {
    const kind = input[at] ?? "";
    if (at > from && (kind === K.newline || kind === K.dot || kind === also)) return at;
    if (kind === K.bracketClose || kind === K.braceClose || kind === K.parenClose) {
      if (kind === K.bracketClose || also === K.braceClose) return at;
    }
    const partner = reading.tokens.partners[at] ?? -1;
    at = partner > at ? partner + 1 : at + 1;
  }
  return at;
}

/** Reports what was expected at the furthest failure since a statement began. */
export function reportFailure(input: string, from: number): void {
  const at = Math.max(reading.furthest, from);
  if (input[at] === K.equals) {
    report("BT1010", spanAt(at), {}, equalsFixes(input, at, from));
    return;
  }
  if (input[at] === K.bang && !isNegation(input, at)) return report("BT1015", spanAt(at));
  if (input[at] === K.error || isSupplied(input, at) || isLostBrace(input, at)) return;
  const expected = listOf(reading.expected);
  if (expected === "the end of the statement") {
    if (input[at] === K.assign && at > from) {
      const span = { start: spanAt(from).start, end: spanAt(at - 1).end };
      const found = describeFrom(input, from, at);
      return report("BT1029", span, { found }, assignmentFixes(input, at, from));
    }
    return report("BT1025", spanAt(at), { found: describe(input, at) }, returnFixes(at, from));
  }
  reportExpected(input, at, expected, foreignFixes(input, at));
}

/** Reports that something else was expected at a token than what stands there. */
export function reportExpected(
  input: string,
  at: number,
  expected: string,
  fixes: readonly Fix[] = [],
): void {
  report("BT1012", placeOf(input, at), { expected, found: describe(input, at) }, fixes);
}

/** Whether token `at` is a bracket that the source lacks, which is already reported. */
function isSupplied(input: string, at: number): boolean {
  if (at >= input.length || input[at] === K.newline) return false;
  const { start, end } = spanAt(at);
  return start === end;
}

/** Whether token `at` begins an interpolation of nothing, whose `}` is missing and reported already. */
export function isLostBrace(input: string, at: number): boolean {
  const begins = input[at] === K.stringOpen || input[at] === K.stringMiddle;
  return begins && input[at + 1] === K.stringEnd && !textAt(at + 1).startsWith("}");
}

function placeOf(input: string, at: number): Span {
  if (at < input.length && input[at] !== K.newline) return spanAt(at);
  const { end } = spanAt(at - 1);
  return { start: Math.max(0, end - 1), end };
}

function listOf(expected: readonly string[]): string {
  if (expected.length === 0) return "an expression";
  if (expected.length === 1) return expected[0] ?? "";
  return `${expected.slice(0, -1).join(", ")} or ${expected[expected.length - 1]}`;
}

/** Names what the tokens from `from` to `to` say: the one that there is, or all as a whole. */
function describeFrom(input: string, from: number, to: number): string {
  return to === from + 1 ? describe(input, from) : "What stands here";
}

/** Names the token at `at` for a message. */
export function describe(input: string, at: number): string {
  if (at >= input.length) return "the end";
  if (input[at] === K.newline) return "the end of the line";
  const { text } = nameAt(at);
  if (text === "") return "a missing bracket";
  const line = text.split("\n", 1)[0] ?? "";
  return `\`${line.length > 30 ? `${line.slice(0, 30)}...` : line}\``;
}

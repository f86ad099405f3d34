/**
 * Parsimmon primitives over a string of token kinds. They share reply objects and arrays where they
 * can, note the furthest failure themselves, and reach places and texts through the table of the
 * unit that is being read.
 * @module
 */
// @ts-types="./parsimmon.d.ts"
import P from "parsimmon";
import type { Failure, Parser, Reply, Success } from "./parsimmon.d.ts";
import type { Name, Span } from "./ast.ts";
import type { Diagnostic, Fix } from "./diagnostic.ts";
import { diagnostic } from "./codes.ts";
import { K, type TokenTable, tokenText } from "./token.ts";

const noExpectations: readonly string[] = [];
const failed: Failure = {
  status: false,
  index: -1,
  value: null,
  furthest: -1,
  expected: noExpectations,
};
const emptyTable: TokenTable = {
  text: "",
  kinds: "",
  starts: [],
  ends: [],
  partners: [],
  arrow: -1,
};

/** What the unit being read has gathered so far. Reading is synchronous, one unit at a time. */
export const reading = {
  tokens: emptyTable,
  diagnostics: [] as Diagnostic[],
  furthest: -1,
  expected: [] as string[],
  depth: 0,
  /** Whether the innermost brackets hold arms of a match, where `;` separates. */
  inArms: false,
  /** Names of parameters in scope, innermost last: they cannot be assigned. */
  parameters: [] as string[],
};

/** Starts reading a unit. */
export function beginReading(tokens: TokenTable, diagnostics: Diagnostic[]): void {
  reading.tokens = tokens;
  reading.diagnostics = diagnostics;
  reading.depth = 0;
  reading.inArms = false;
  reading.parameters.length = 0;
  forgetFailures();
}

/** Forgets what was expected so far: done where a statement begins. */
export function forgetFailures(): void {
  reading.furthest = -1;
  reading.expected.length = 0;
}

/** A success. Its `furthest` grows with the index, which lets Parsimmon skip merging. */
export function ok<T>(index: number, value: T): Success<T> {
  return { status: true, index, value, furthest: index, expected: noExpectations };
}

/** A failure at token `i`, where `label` was expected. */
export function fail(i: number, label: string): Failure {
  if (i > reading.furthest) {
    reading.furthest = i;
    reading.expected.length = 0;
  }
  if (i === reading.furthest && !reading.expected.includes(label)) reading.expected.push(label);
  return failed;
}

/** A custom primitive. */
export function rule<T>(action: (input: string, i: number) => Reply<T>): Parser<T> {
  return P(action);
}

/** Runs a parser made later; for rules that refer to one another. */
export function later<T>(get: () => Parser<T>): Parser<T> {
  return P((input, i) => get()._(input, i));
}

/** One token of a kind; answers its index. */
export function token(kind: string, label: string): Parser<number> {
  const code = kind.charCodeAt(0);
  return P((input, i) => input.charCodeAt(i) === code ? ok(i + 1, i) : fail(i, label));
}

/** One identifier with this text; answers its index. */
export function word(text: string): Parser<number> {
  return P((input, i) =>
    input[i] === K.identifier && textAt(i) === text ? ok(i + 1, i) : fail(i, `\`${text}\``)
  );
}

/** Chooses a parser by the kind of the next token alone: no alternative is tried in vain. */
export function choose<T>(table: Readonly<Record<string, Parser<T>>>, label: string): Parser<T> {
  const byCode: (Parser<T> | undefined)[] = new Array(128).fill(undefined);
  for (const [kind, parser] of Object.entries(table)) byCode[kind.charCodeAt(0)] = parser;
  return P((input, i) => {
    const parser = i < input.length ? byCode[input.charCodeAt(i)] : undefined;
    return parser === undefined ? fail(i, label) : parser._(input, i);
  });
}

/** Runs a parser and makes its value with the span that it took. */
export function spanned<T, U>(parser: Parser<T>, make: (value: T, span: Span) => U): Parser<U> {
  return P((input, i) => {
    const reply = parser._(input, i);
    if (!reply.status) return reply;
    return ok(reply.index, make(reply.value, spanOf(i, reply.index)));
  });
}

/** `item` separated by commas up to a closing kind, which is not taken; a last comma is allowed. */
export function commaList<T>(item: Parser<T>, stop: string, alsoStop = ""): Parser<T[]> {
  return P((input, i) => {
    const items: T[] = [];
    let at = i;
    while (at < input.length && input[at] !== stop && input[at] !== alsoStop) {
      const reply = item._(input, at);
      if (!reply.status) return reply;
      items.push(reply.value);
      at = reply.index;
      if (!isComma(input, at)) {
        if (input[at] !== stop && input[at] !== alsoStop) fail(at, "`,`");
        break;
      }
      at++;
    }
    return ok(at, items);
  });
}

/** Whether token `i` is a comma, be it read as separator or as operator. */
export function isComma(input: string, i: number): boolean {
  return input[i] === K.comma || (input[i] === K.operator && textAt(i) === ",");
}

/** Whether token `i` is a `|`, be it read as a mark or as operator. */
export function isBar(input: string, i: number): boolean {
  return input[i] === K.bar || (input[i] === K.operator && textAt(i) === "|");
}

/** The text of token `i`. */
export function textAt(i: number): string {
  return tokenText(reading.tokens, i);
}

/** The place of token `i`. */
export function spanAt(i: number): Span {
  const { starts, ends, text } = reading.tokens;
  return { start: starts[i] ?? text.length, end: ends[i] ?? text.length };
}

/** The place of the tokens from `from` up to, not including, `to`. */
export function spanOf(from: number, to: number): Span {
  const { starts, ends } = reading.tokens;
  const start = starts[from] ?? reading.tokens.text.length;
  return { start, end: to > from ? ends[to - 1] ?? start : start };
}

/** The name that token `i` is. */
export function nameAt(i: number): Name {
  return { text: textAt(i), span: spanAt(i) };
}

/** Reports a diagnostic at a place of the unit. */
export function report(
  code: string,
  span: Span,
  values: Readonly<Record<string, string>> = {},
  fixes: readonly Fix[] = [],
): void {
  reading.diagnostics.push(diagnostic(code, span, values, fixes));
}

/**
 * Grammar of literals that are one token.
 * @module
 */
import type { Literal } from "./ast.ts";
import type { Parser } from "./parsimmon.d.ts";
import {
  characterValue,
  floatValue,
  integerValue,
  isCodePoint,
  symbolValue,
  unescapeString,
} from "./literals.ts";
import { ok, report, rule, spanAt, textAt } from "./primitives.ts";
import { K } from "./token.ts";

const integer: Parser<Literal> = rule<Literal>((_input, i) => {
  const span = spanAt(i);
  const text = textAt(i);
  const value = integerValue(text);
  if (typeof value === "bigint") return ok(i + 1, { kind: "integer", value, span });
  report("BT1014", span, { found: text, expected: value.problem });
  return ok(i + 1, { kind: "integer", value: 0n, span });
});

const float: Parser<Literal> = rule<Literal>((_input, i) => {
  const span = spanAt(i);
  const text = textAt(i);
  const value = floatValue(text);
  if (Number.isFinite(value)) return ok(i + 1, { kind: "float", value, span });
  report("BT1014", span, { found: text, expected: "a float is at most about 1.8e308" });
  return ok(i + 1, { kind: "float", value: 0, span });
});

const character: Parser<Literal> = rule<Literal>((_input, i) => {
  const span = spanAt(i);
  const text = textAt(i);
  const value = characterValue(text);
  if (isCodePoint(value)) return ok(i + 1, { kind: "character", value, span });
  report("BT1014", span, { found: text, expected: "it is no code point of Unicode" });
  return ok(i + 1, { kind: "character", value: 0, span });
});

/** By the kind of the token. */
export const literalParsers: Readonly<Record<string, Parser<Literal>>> = {
  [K.integer]: integer,
  [K.float]: float,
  [K.string]: rule((_input, i) =>
    ok(i + 1, { kind: "string", value: stringAt(i), span: spanAt(i) })
  ),
  [K.character]: character,
  [K.symbol]: rule((_input, i) =>
    ok(i + 1, { kind: "symbol", value: symbolValue(textAt(i)), span: spanAt(i) })
  ),
  [K.nil]: rule((_input, i) => ok(i + 1, { kind: "nil", span: spanAt(i) })),
  [K.boolean]: rule((_input, i) =>
    ok(i + 1, { kind: "boolean", value: textAt(i) === "true", span: spanAt(i) })
  ),
};

function stringAt(i: number): string {
  const text = textAt(i);
  const closed = text.length > 1 && (text.endsWith('"') || text.endsWith("'"));
  return unescapeString(text.slice(1, closed ? -1 : undefined));
}

/** The text of a piece of an interpolated string, from delimiter to delimiter. */
export function stringPieceAt(i: number): string {
  const text = textAt(i);
  const closed = text.length > 1 && (text.endsWith('"') || text.endsWith("{"));
  return unescapeString(text.slice(1, closed ? -1 : undefined));
}

/**
 * Code for arrays, dictionaries, binaries and strings with interpolation.
 * @module
 */
import type {
  ArrayLiteral,
  BinaryLiteral,
  BinarySegment,
  DictionaryLiteral,
  Expression,
  InterpolatedString,
} from "../syntax/ast.ts";
import {
  atom,
  bif,
  call,
  caseOf,
  clause,
  type Core,
  emptyList,
  integer,
  map,
  nil,
  type Segment,
  string,
  tuple,
} from "./core.ts";
import { expressions } from "./expression.ts";
import { taggedMap } from "./fields.ts";
import type { Continuation, Generator } from "./generator.ts";
import type { Environment, Value } from "./locals.ts";

/** `#[a, b]`. */
export function arrayLiteral(
  g: Generator,
  node: ArrayLiteral,
  env: Environment,
  k: Continuation,
): Core {
  return expressions(g, node.elements, env, (values, at) => {
    const elements = tuple(values.map((value) => value.core));
    return g.bind(taggedMap("bt@stdlib@Array", [["elements", elements]]), at, k, "Array");
  });
}

/** `#{k => v}`. */
export function dictionaryLiteral(
  g: Generator,
  node: DictionaryLiteral,
  env: Environment,
  k: Continuation,
): Core {
  const parts = node.entries.flatMap((entry) => [entry.key, entry.value]);
  return expressions(g, parts, env, (values, at) => {
    const pairs = node.entries.map((_, index) => ({
      op: "assoc" as const,
      key: values[index * 2]?.core ?? nil,
      value: values[index * 2 + 1]?.core ?? nil,
    }));
    return g.bind(map(pairs), at, k, "Dictionary");
  });
}

/** A string with `{expr}` parts, each shown by `displayString`. */
export function interpolation(
  g: Generator,
  node: InterpolatedString,
  env: Environment,
  k: Continuation,
): Core {
  const holes = node.parts.filter((part) => typeof part !== "string");
  return expressions(g, holes, env, (values, at) => {
    const line = g.line(node.span);
    const shown = values.map((value, index) => displayed(g, shownAs(g, holes[index], value), line));
    const step = (index: number, texts: Core[]): Core => {
      const text = shown[index];
      if (text !== undefined) {
        return g.bind(text, at, (value) => step(index + 1, [...texts, value.core]));
      }
      return g.bind(joinTexts(node.parts, texts), at, k, "String");
    };
    return step(0, []);
  });
}

function joinTexts(parts: InterpolatedString["parts"], texts: readonly Core[]): Core {
  let hole = 0;
  const segments = parts.map((part) =>
    binarySegment(typeof part === "string" ? string(part) : texts[hole++] ?? nil)
  );
  return { kind: "binary", segments };
}

/** A whole binary as a segment. */
export function binarySegment(value: Core): Segment {
  return { value, size: atom("all"), unit: 8, type: "binary", flags: ["unsigned", "big"] };
}

function shownAs(g: Generator, node: Expression | undefined, value: Value): Value {
  return node === undefined ? value : g.characters.receiver(node, value, "displayString");
}

function displayed(g: Generator, value: Value, line: number): Core {
  if (value.type === "String") return value.core;
  if (value.type !== "Character") return displayedObject(g, value, line);
  const character = call("bt@stdlib@Character", "displayString", [value.core], line);
  if (value.core.kind === "literal") return character;
  const [code, other] = [g.fresh(), g.fresh()];
  return caseOf(value.core, [
    clause(code, character, bif("is_integer", [code])),
    clause(other, displayedObject(g, value, line)),
  ]);
}

function displayedObject(g: Generator, value: Value, line: number): Core {
  if (g.source.compact === true) return call("beamtalk_operator", "text", [value.core], line);
  const other = g.fresh();
  const send = call("beamtalk_send", "send", [other, atom("displayString"), emptyList], line);
  return caseOf(value.core, [
    clause(other, other, bif("is_binary", [other])),
    clause(other, bif("integer_to_binary", [other]), bif("is_integer", [other])),
    clause(other, send),
  ]);
}

/** `<<1, 2:16, rest/binary>>`. */
export function binaryLiteral(
  g: Generator,
  node: BinaryLiteral,
  env: Environment,
  k: Continuation,
): Core {
  const parts = node.segments.flatMap((segment) =>
    segment.size === undefined ? [segment.value] : [segment.value, segment.size]
  );
  return expressions(g, parts, env, (values, at) => {
    let next = 0;
    const take = () => values[next++]?.core ?? nil;
    const segments = node.segments.flatMap((segment) => {
      const value = take();
      const size = segment.size === undefined ? undefined : take();
      const specifiers = segmentSpecifiers(segment);
      if (segment.value.kind === "string") return textSegments(segment.value.value, specifiers);
      return [coreSegment(value, size, specifiers)];
    });
    // The compiler takes a construction without segments for granted never to come, and the node dies.
    const built: Core = segments.length === 0 ? string("") : { kind: "binary", segments };
    return g.bind(built, at, k, "Binary");
  });
}

/** A segment's specifiers; a string without any is the bytes of its text. */
function segmentSpecifiers(segment: BinarySegment<Expression>): readonly string[] {
  const { value, specifiers } = segment;
  const isText = value.kind === "string" || value.kind === "interpolation";
  return isText && specifiers.length === 0 ? ["binary"] : specifiers;
}

/** A text as segments: bytes of its UTF-8, or one segment a character in another encoding. */
export function textSegments(text: string, specifiers: readonly string[]): Segment[] {
  const wide = specifiers.some((each) => each === "utf16" || each === "utf32");
  const units = wide
    ? [...text].map((char) => char.codePointAt(0) ?? 0)
    : [...new TextEncoder().encode(text)];
  return units.map((unit) => coreSegment(integer(unit), undefined, wide ? specifiers : []));
}

const TYPES: Readonly<Record<string, { type: string; unit: number }>> = {
  integer: { type: "integer", unit: 1 },
  float: { type: "float", unit: 1 },
  binary: { type: "binary", unit: 8 },
  bytes: { type: "binary", unit: 8 },
  bitstring: { type: "binary", unit: 1 },
  bits: { type: "binary", unit: 1 },
  utf8: { type: "utf8", unit: 0 },
  utf16: { type: "utf16", unit: 0 },
  utf32: { type: "utf32", unit: 0 },
};

/** A segment with Erlang's meaning and defaults of size and specifiers. */
export function coreSegment(
  value: Core,
  size: Core | undefined,
  specifiers: readonly string[],
): Segment {
  let { type, unit } = { type: "integer", unit: 1 };
  let sign = "unsigned";
  let order = "big";
  for (const specifier of specifiers) {
    const known = TYPES[specifier];
    if (known !== undefined) ({ type, unit } = known);
    else if (specifier === "signed" || specifier === "unsigned") sign = specifier;
    else if (specifier === "big" || specifier === "little" || specifier === "native") {
      order = specifier;
    }
  }
  const written = specifiers.find((specifier) => specifier.startsWith("unit:"));
  if (written !== undefined) unit = Number(written.slice(5));
  return { value, size: size ?? defaultSize(type), unit, type, flags: [sign, order] };
}

function defaultSize(type: string): Core {
  if (type === "integer") return integer(8);
  if (type === "float") return integer(64);
  return atom(type === "binary" ? "all" : "undefined");
}

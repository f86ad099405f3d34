/**
 * Grammar of type expressions: `Integer`, `List(String)`, `A | B`, `A & B`, `A \ B`, `#north`.
 * @module
 */
// @ts-types="./parsimmon.d.ts"
import P from "parsimmon";
import type { Parser } from "./parsimmon.d.ts";
import type { TypeExpression, TypeParameter } from "./ast.ts";
import {
  choose,
  commaList,
  fail,
  isBar,
  later,
  nameAt,
  ok,
  reading,
  rule,
  spanAt,
  spanned,
  spanOf,
  textAt,
  token,
} from "./primitives.ts";
import { K } from "./token.ts";
import { symbolValue } from "./literals.ts";
import { splitClassName } from "./class_name.ts";

const TYPE = "a type";
const MAX_NESTING = 100;

const parenClose = token(K.parenClose, "`)`");
const typeArguments = P.seqMap(
  token(K.parenOpen, "`(`"),
  commaList(later(() => type), K.parenClose),
  parenClose,
  (_open, types, _close) => types,
);

const namedType: Parser<TypeExpression> = rule<TypeExpression>((input, i) => {
  const { name, package: packageName } = splitClassName(textAt(i));
  let at = i + 1;
  let types: readonly TypeExpression[] = [];
  if (input[at] === K.parenOpen) {
    const reply = typeArguments._(input, at);
    if (!reply.status) return reply;
    types = reply.value;
    at = reply.index;
  }
  const named: TypeExpression = {
    kind: "typeName",
    package: packageName,
    name,
    arguments: types,
    span: spanOf(i, at),
  };
  if (input[at] !== K.identifier || textAt(at) !== "class") return ok(at, named);
  return ok(at + 1, { kind: "metaType", class: named, span: spanOf(i, at + 1) });
});

const parenthesizedType = P.seqMap(
  token(K.parenOpen, "`(`"),
  later(() => type),
  parenClose,
  (_open, inner, _close) => inner,
);

const primaryType: Parser<TypeExpression> = choose<TypeExpression>({
  [K.className]: namedType,
  [K.parenOpen]: rule((input, i) => {
    if (reading.depth > MAX_NESTING) return fail(i, TYPE);
    reading.depth++;
    const reply = parenthesizedType._(input, i);
    reading.depth--;
    return reply;
  }),
  [K.symbol]: rule((_input, i) =>
    ok(i + 1, { kind: "symbolType", value: symbolValue(textAt(i)), span: spanAt(i) })
  ),
  [K.nil]: rule((_input, i) => ok(i + 1, { kind: "nilType", span: spanAt(i) })),
  [K.boolean]: rule((_input, i) =>
    ok(i + 1, { kind: "booleanType", value: textAt(i) === "true", span: spanAt(i) })
  ),
}, TYPE);

/** `A & B` and `A \ B`: a type without a `|` outside parentheses. */
export const typeWithoutUnion: Parser<TypeExpression> = rule<TypeExpression>((input, i) => {
  const first = primaryType._(input, i);
  if (!first.status) return first;
  let { value, index } = first;
  for (;;) {
    const operator = input[index] === K.operator ? textAt(index) : "";
    if (operator !== "&" && operator !== "\\") return ok(index, value);
    const next = primaryType._(input, index + 1);
    if (!next.status) return next;
    index = next.index;
    const span = spanOf(i, index);
    if (operator === "\\") value = { kind: "difference", left: value, right: next.value, span };
    else {
      const members = value.kind === "intersection" ? value.members : [value];
      value = { kind: "intersection", members: [...members, next.value], span };
    }
  }
});

const unionBar: Parser<number> = rule<number>((input, i) =>
  isBar(input, i) ? ok(i + 1, i) : fail(i, "`|`")
);

/** A whole type. */
export const type: Parser<TypeExpression> = spanned(
  P.sepBy1(typeWithoutUnion, unionBar),
  (members, span) => {
    const [only] = members;
    return members.length === 1 && only !== undefined ? only : { kind: "union", members, span };
  },
);

/** `:: Type`. */
export const typeAnnotation: Parser<TypeExpression> = token(K.doubleColon, "`::`").then(type);

const typeParameter: Parser<TypeParameter> = rule<TypeParameter>((input, i) => {
  if (input[i] !== K.className) return fail(i, "a type parameter");
  const name = nameAt(i);
  if (input[i + 1] !== K.doubleColon) {
    return ok(i + 1, { name, bound: undefined, span: spanAt(i) });
  }
  const bound = type._(input, i + 2);
  if (!bound.status) return bound;
  return ok(bound.index, { name, bound: bound.value, span: spanOf(i, bound.index) });
});

/** `(T, U :: Bound)`, or nothing. */
export const typeParameters: Parser<TypeParameter[]> = rule<TypeParameter[]>((input, i) => {
  if (input[i] !== K.parenOpen) return ok(i, []);
  const reply = commaList(typeParameter, K.parenClose)._(input, i + 1);
  if (!reply.status) return reply;
  const close = parenClose._(input, reply.index);
  return close.status ? ok(close.index, reply.value) : close;
});

/** `(A, B)` after a class name, or nothing. */
export const optionalTypeArguments: Parser<TypeExpression[]> = rule<TypeExpression[]>((input, i) =>
  input[i] === K.parenOpen ? typeArguments._(input, i) : ok(i, [])
);

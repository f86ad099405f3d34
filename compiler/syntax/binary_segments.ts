/**
 * Grammar of the segments of `<<...>>`, in expressions and in patterns.
 * @module
 */
import type { BinarySegment, Expression, Span } from "./ast.ts";
import type { Parser, Reply } from "./parsimmon.d.ts";
import { fail, ok, rule, spanAt, spanOf, textAt } from "./primitives.ts";
import { K } from "./token.ts";

/**
 * One segment `value:size/specifiers`. `value` reads what can stand before the colon; `named` makes
 * a value of `name`, since `n:` in `n:16` is one token; `size` reads the size.
 */
export function binarySegment<V extends { readonly span: Span }>(
  value: Parser<V>,
  named: (name: string, span: Span) => V,
  size: Parser<Expression>,
): Parser<BinarySegment<V>> {
  return rule((input, i) => {
    let at: number;
    let it: V;
    let hasSize: boolean;
    if (input[i] === K.keyword) {
      const { start, end } = spanAt(i);
      it = named(textAt(i).slice(0, -1), { start, end: end - 1 });
      at = i + 1;
      hasSize = true;
    } else {
      const reply = value._(input, i);
      if (!reply.status) return reply;
      it = reply.value;
      hasSize = input[reply.index] === K.colon;
      at = hasSize ? reply.index + 1 : reply.index;
    }
    let sizeExpression: Expression | undefined;
    if (hasSize) {
      const reply = size._(input, at);
      if (!reply.status) return reply;
      sizeExpression = reply.value;
      at = reply.index;
    }
    const specifiers: string[] = [];
    if (input[at] === K.multiplicative && textAt(at) === "/") {
      const reply = readSpecifiers(input, at + 1, specifiers);
      if (!reply.status) return reply;
      at = reply.index;
    }
    return ok(at, { value: it, size: sizeExpression, specifiers, span: spanOf(i, at) });
  });
}

function readSpecifiers(input: string, from: number, into: string[]): Reply<undefined> {
  let at = from;
  for (;;) {
    if (input[at] === K.keyword && input[at + 1] === K.integer) {
      into.push(textAt(at) + textAt(at + 1));
      at += 2;
    } else if (input[at] === K.identifier) {
      into.push(textAt(at));
      at++;
    } else return fail(at, "a segment type such as `binary`");
    if (input[at] !== K.additive || textAt(at) !== "-") return ok(at, undefined);
    at++;
  }
}

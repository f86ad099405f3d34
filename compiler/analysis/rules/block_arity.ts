import type { Expression, Span } from "../../syntax/ast.ts";
import type { BodyContext, Rule } from "../rule.ts";

const ARGUMENTS: ReadonlyMap<string, number> = new Map([
  ["value", 0],
  ["value:", 1],
  ["value:value:", 2],
  ["value:value:value:", 3],
  ["value:value:value:value:", 4],
]);

/** `[:a :b | a] value: 1`. */
export const blockArity: Rule = {
  code: "BT4006",
  name: "block-arity",
  severity: "warning",
  category: "type",
  summary: "A block is run with another number of arguments than it has parameters.",
  explanation:
    "Running it raises `#arity_mismatch`. Give one argument for each parameter; more than four go " +
    "through `valueWithArguments:`.",
  wrong: `Object subclass: Sums
  run =>
    add := [:a :b | a + b]
    add value: 1
`,
  right: `Object subclass: Sums
  run =>
    add := [:a :b | a + b]
    add value: 1 value: 2
`,
  expressions: {
    send: (node, context, ancestors) => check(node, node.selectorSpans[0], context, ancestors),
  },
};

function check(
  message: object,
  span: Span | undefined,
  context: BodyContext,
  ancestors: readonly Expression[],
): void {
  const send = context.types().sends.get(message);
  if (send?.receiver.kind !== "block" || send.receiver.parameters === undefined) return;
  const given = ARGUMENTS.get(send.selector);
  const wanted = send.receiver.parameters.length;
  if (given === undefined || given === wanted || span === undefined) return;
  if (context.isExpectedToFail(ancestors)) return;
  context.report(blockArity, span, `The block expects ${wanted} but is called with ${given}`);
}

import type { Expression, Send, Span } from "../../syntax/ast.ts";
import type { BodyContext, Rule } from "../rule.ts";
import { LIBRARY_PACKAGE } from "../module_naming.ts";
import { bare } from "../walk.ts";

const ARGUMENTS: ReadonlyMap<string, number> = new Map([
  ["value", 0],
  ["value:", 1],
  ["value:value:", 2],
  ["value:value:value:", 3],
  ["value:value:value:value:", 4],
]);

/** With how many arguments control flow runs a block: the receiver's first, then each argument's. */
const CONTROL_FLOW: ReadonlyMap<string, readonly (readonly number[] | undefined)[]> = new Map([
  ["ifTrue:", [undefined, [0]]],
  ["ifFalse:", [undefined, [0]]],
  ["ifTrue:ifFalse:", [undefined, [0], [0]]],
  ["ifFalse:ifTrue:", [undefined, [0], [0]]],
  ["ifNil:", [undefined, [0]]],
  ["ifNotNil:", [undefined, [0, 1]]],
  ["ifNil:ifNotNil:", [undefined, [0], [0, 1]]],
  ["ifNotNil:ifNil:", [undefined, [0, 1], [0]]],
  ["and:", [undefined, [0]]],
  ["or:", [undefined, [0]]],
  ["whileTrue:", [[0], [0]]],
  ["whileFalse:", [[0], [0]]],
  ["whileTrue", [[0]]],
  ["whileFalse", [[0]]],
  ["repeat", [[0]]],
  ["on:do:", [[0], undefined, [0, 1]]],
  ["ensure:", [[0], [0]]],
  ["ifCurtailed:", [[0], [0]]],
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
    send: (node, context, ancestors) => {
      check(node, node.selectorSpans[0], context, ancestors);
      checkControlFlow(node, context, ancestors);
    },
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

/** Literal blocks of control flow; what a user's own method of that name takes is its own affair. */
function checkControlFlow(
  node: Send,
  context: BodyContext,
  ancestors: readonly Expression[],
): void {
  const counts = CONTROL_FLOW.get(node.selector);
  if (counts === undefined || context.isExpectedToFail(ancestors)) return;
  const owner = context.types().sends.get(node)?.found?.owner;
  if (owner !== undefined && owner.package !== LIBRARY_PACKAGE) return;
  if (counts[0] !== undefined && !isBlock(node.receiver, context)) return;
  [node.receiver, ...node.arguments].forEach((part, index) => {
    const allowed = counts[index];
    const block = bare(part);
    if (allowed === undefined || block.kind !== "block") return;
    const wanted = block.parameters.length;
    if (allowed.includes(wanted)) return;
    const given = allowed[allowed.length - 1];
    const message = `The block expects ${wanted} but is called with ${given}`;
    context.report(blockArity, block.span, message);
  });
}

/** What is no block may have such a message of its own: `button on: #click do: [:x :y | ...]`. */
function isBlock(receiver: Expression, context: BodyContext): boolean {
  return bare(receiver).kind === "block" || context.types().typeOf(receiver)?.kind === "block";
}

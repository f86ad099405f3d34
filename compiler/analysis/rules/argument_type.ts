import type { Expression } from "../../syntax/ast.ts";
import type { BodyContext, Rule } from "../rule.ts";
import { printType } from "../types/print.ts";
import { mayBe } from "../types/relation.ts";
import type { Type } from "../types/type.ts";
import { bare } from "../walk.ts";

/** An argument of a class that the method cannot take. */
export const argumentType: Rule = {
  code: "BT4002",
  name: "argument-type",
  severity: "warning",
  category: "type",
  summary: "An argument is of another class than the method says it takes.",
  explanation:
    "The method's annotation and the argument's type have no value in common, so the send is " +
    "likely to raise `#type_error`. Pass another value, convert it, or mend the annotation.",
  wrong: `Object subclass: Greeter
  greet => "hello" repeat: "twice"
`,
  right: `Object subclass: Greeter
  greet => "hello" repeat: 2
`,
  expressions: {
    send: (node, context, ancestors) => check(node, node.arguments, context, ancestors),
    cascade: (node, context, ancestors) => {
      for (const message of node.messages) check(message, message.arguments, context, ancestors);
    },
  },
};

/** Tests of identity, and questions about any object, take whatever they are given. */
const OPEN_SELECTORS = new Set([
  "=:=",
  "=/=",
  "==",
  "/=",
  "~=",
  "equals:",
  "includes:",
  "indexOf:",
]);

function check(
  message: object,
  given: readonly Expression[],
  context: BodyContext,
  ancestors: readonly Expression[],
): void {
  const send = context.types().sends.get(message);
  if (send === undefined || OPEN_SELECTORS.has(send.selector)) return;
  send.parameters.forEach((wanted, index) => {
    const type = send.arguments[index];
    const node = given[index];
    if (type === undefined || node === undefined) return;
    if (hasOtherCount(node, wanted)) return checkBlock(node, wanted, context, ancestors);
    if (mayBe(type, wanted, context.scope.environment)) return;
    if (context.isExpectedToFail(ancestors)) return;
    const message = `\`${send.selector}\` takes ${printType(wanted)} here, got ${printType(type)}`;
    context.report(argumentType, node.span, message);
  });
}

/** Whether a literal block has another number of parameters than it will be given. */
function hasOtherCount(node: Expression, wanted: Type): boolean {
  const block = bare(node);
  return block.kind === "block" && wanted.kind === "block" && wanted.parameters !== undefined &&
    block.parameters.length !== wanted.parameters.length;
}

function checkBlock(
  node: Expression,
  wanted: Type,
  context: BodyContext,
  ancestors: readonly Expression[],
): void {
  const block = bare(node);
  if (block.kind !== "block" || wanted.kind !== "block") return;
  if (context.isExpectedToFail(ancestors)) return;
  const many = (count: number) => count === 1 ? "1 parameter" : `${count} parameters`;
  const message = `This block is given ${many(wanted.parameters?.length ?? 0)} and takes ` +
    `${block.parameters.length}`;
  context.report(argumentType, block.span, message);
}

/**
 * Which sends may start a future, and which messages are a future's own.
 * @module
 */
import type { Expression, Send } from "../syntax/ast.ts";
import { isCollectionLoop, isInlined } from "./inlining.ts";
import { bare } from "../analysis/walk.ts";

const FUTURE_MESSAGES = new Set([
  "await",
  "await:",
  "isResolved",
  "isRejected",
  "isPending",
  "whenResolved:",
  "whenRejected:",
  "whenResolved:whenRejected:",
  "whenRejected:whenResolved:",
  "map:",
  "then:",
  "cancel",
]);

const OPERATORS = new Set([
  ...["+", "-", "*", "/", "%", "<", ">", "<=", ">=", "++"],
  ...["=:=", "==", "=/=", "/=", "~=", "**", "->"],
]);

/** Whether a selector is one of a future's own messages. */
export function isFutureMessage(selector: string): boolean {
  return FUTURE_MESSAGES.has(selector);
}

/** Whether the selector waits for its receiver: then the request needs no process of its own. */
export function isAwait(selector: string): boolean {
  return selector === "await" || selector === "await:";
}

/** Whether a future answers another one to it, which a local then holds like that of any send. */
export function answersFuture(selector: string): boolean {
  return selector === "map:" || selector === "then:";
}

/** The `x future` inside `x future sel`; undefined where the send is another. */
export function explicitFuture(send: Send): Expression | undefined {
  const receiver = bare(send.receiver);
  if (receiver.kind !== "send" || receiver.selector !== "future") return undefined;
  return receiver.receiver.kind === "super" ? undefined : receiver.receiver;
}

/** Whether an expression, put where a future may stand, can be a future by itself. */
export function mayBeFuture(expression: Expression): boolean {
  const node = bare(expression);
  if (node.kind === "pipe") return true;
  if (
    node.kind !== "send" || isInlined(node) || isCollectionLoop(node) ||
    OPERATORS.has(node.selector)
  ) return false;
  if (explicitFuture(node) !== undefined) return false;
  const receiver = bare(node.receiver);
  switch (receiver.kind) {
    case "variable":
    case "field":
    case "cascade":
    case "match":
    case "assignment":
      return true;
    case "send":
      return !isErlangModule(receiver);
    default:
      return false;
  }
}

/** Whether the expression is `Erlang name`. */
export function isErlangModule(node: Expression): boolean {
  return node.kind === "send" && node.arguments.length === 0 &&
    node.receiver.kind === "class" && node.receiver.name === "Erlang";
}

/**
 * Sends that are control flow: their literal blocks are branches, and tests in them narrow.
 * @module
 */
import type { Expression, Send } from "../../syntax/ast.ts";
import { bare } from "../walk.ts";
import { instanceOf, without } from "./annotation.ts";
import type { BodyInference } from "./body_inference.ts";
import { misunderstanding } from "./understanding.ts";
import { DYNAMIC, type Type, union } from "./type.ts";

/** The type of a control-flow send; undefined where the send is an ordinary one. */
export function controlFlow(node: Send, inference: BodyInference): Type | undefined {
  const [first, second] = node.arguments;
  switch (node.selector) {
    case "ifTrue:":
      return conditional(node, first, undefined, inference);
    case "ifFalse:":
      return conditional(node, undefined, first, inference);
    case "ifTrue:ifFalse:":
      return conditional(node, first, second, inference);
    case "ifFalse:ifTrue:":
      return conditional(node, second, first, inference);
    case "ifNil:":
      return nilTest(node, first, undefined, inference);
    case "ifNotNil:":
      return nilTest(node, undefined, first, inference);
    case "ifNil:ifNotNil:":
      return nilTest(node, first, second, inference);
    case "ifNotNil:ifNil:":
      return nilTest(node, second, first, inference);
    case "and:":
    case "or:":
      return connective(node, inference);
    case "whileTrue:":
    case "whileFalse:":
      return loop(node, inference);
    case "on:do:":
      return protectedBlock(node, inference);
    case "ensure:":
      return ensured(node, inference);
    case "class":
      return classOf(node, inference);
    default:
      return undefined;
  }
}

function isBlock(node: Expression | undefined): boolean {
  return node === undefined || bare(node).kind === "block";
}

function nil(inference: BodyInference): Type {
  return instanceOf("UndefinedObject", inference.environment);
}

function conditional(
  node: Send,
  whenTrue: Expression | undefined,
  whenFalse: Expression | undefined,
  inference: BodyInference,
): Type | undefined {
  if (!isBlock(whenTrue) || !isBlock(whenFalse)) return undefined;
  const condition = inference.infer(node.receiver);
  // What is no boolean is told as an unknown message, which an ordinary send is checked for.
  if (misunderstanding(condition, node.selector, inference.environment) !== undefined) {
    return inference.sendTo(node, condition);
  }
  return inference.alternatives([
    () => {
      inference.narrowBy(node.receiver, true);
      return whenTrue === undefined ? nil(inference) : inference.branch(whenTrue);
    },
    () => {
      inference.narrowBy(node.receiver, false);
      return whenFalse === undefined ? nil(inference) : inference.branch(whenFalse);
    },
  ]);
}

function nilTest(
  node: Send,
  whenNil: Expression | undefined,
  whenNot: Expression | undefined,
  inference: BodyInference,
): Type | undefined {
  if (!isBlock(whenNil) || !isBlock(whenNot)) return undefined;
  const subject = inference.infer(node.receiver);
  const some = subject.kind === "dynamic"
    ? DYNAMIC
    : without(subject, nil(inference), inference.environment);
  return inference.alternatives([
    () => {
      inference.places.refine(node.receiver, nil(inference));
      return whenNil === undefined ? nil(inference) : inference.branch(whenNil);
    },
    () => {
      if (some.kind !== "never") inference.places.refine(node.receiver, some);
      if (whenNot !== undefined) return inference.branch(whenNot, [present(some)]);
      return present(some);
    },
  ]);
}

/** What is never there would end the flow; the analysis does not go so far. */
function present(some: Type): Type {
  return some.kind === "never" ? DYNAMIC : some;
}

function connective(node: Send, inference: BodyInference): Type | undefined {
  const [argument] = node.arguments;
  if (argument === undefined || !isBlock(argument)) return undefined;
  const condition = inference.infer(node.receiver);
  if (misunderstanding(condition, node.selector, inference.environment) !== undefined) {
    return inference.sendTo(node, condition);
  }
  const truth = node.selector === "and:";
  return inference.alternatives([
    () => {
      inference.narrowBy(node.receiver, truth);
      return inference.branch(argument);
    },
    () => instanceOf("Boolean", inference.environment),
  ]);
}

/** The condition holds in the body, and no longer after the loop. */
function loop(node: Send, inference: BodyInference): Type | undefined {
  const condition = bare(node.receiver);
  const body = node.arguments[0] && bare(node.arguments[0]);
  if (condition.kind !== "block" || body?.kind !== "block") return undefined;
  const test = condition.statements[condition.statements.length - 1]?.expression;
  inference.block(condition, [], "loop");
  const before = inference.places.flow;
  inference.places.flow = before.copy();
  if (test !== undefined) inference.narrowBy(test, node.selector === "whileTrue:");
  inference.block(body, [], "loop");
  inference.places.flow = before;
  inference.places.forgetAssignedIn(body);
  return nil(inference);
}

function protectedBlock(node: Send, inference: BodyInference): Type | undefined {
  const [exception, handler] = node.arguments;
  const block = bare(node.receiver);
  const action = handler && bare(handler);
  if (block.kind !== "block" || action?.kind !== "block" || exception === undefined) {
    return undefined;
  }
  const value = inference.block(block, [], "loop");
  const caught = inference.infer(exception);
  const parameter: Type = caught.kind === "classObject"
    ? { kind: "instance", class: caught.class, arguments: [], exact: false }
    : DYNAMIC;
  const handled = inference.block(action, [parameter], "loop");
  return union([resultOf(value), resultOf(handled)]);
}

function ensured(node: Send, inference: BodyInference): Type | undefined {
  const [last] = node.arguments;
  const block = bare(node.receiver);
  const action = last && bare(last);
  if (block.kind !== "block" || action?.kind !== "block") return undefined;
  const value = inference.block(block, [], "loop");
  inference.block(action, [], "loop");
  return resultOf(value);
}

function resultOf(type: Type): Type {
  return type.kind === "block" ? type.result : DYNAMIC;
}

function classOf(node: Send, inference: BodyInference): Type | undefined {
  const receiver = inference.infer(node.receiver);
  if (receiver.kind !== "instance") return inference.sendTo(node, receiver);
  return { kind: "classObject", class: receiver.class, exact: receiver.exact };
}

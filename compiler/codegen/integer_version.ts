/**
 * A second version of a method for integers: where a method calls itself or loops, and calculates
 * with its parameters, it is compiled once more for an instance of this very class and integers in
 * those parameters. That version tests nothing, and calls itself directly.
 * @module
 */
import type { Expression, MethodDefinition, Send, Statement } from "../syntax/ast.ts";
import {
  apply,
  bif,
  caseOf,
  clause,
  type Core,
  fun,
  functionName,
  letrec,
  type Var,
} from "./core.ts";
import type { Generator } from "./generator.ts";
import { isInlined, isLoop } from "./inlining.ts";
import { integersIn } from "./integers.ts";
import type { FunctionScope } from "./locals.ts";
import { isOperator, termGuard } from "./operators.ts";
import { exactClassPattern } from "./self_sends.ts";
import { bare, boundNames, childExpressions, expressionsOf } from "../analysis/walk.ts";
import { sizeOf } from "./mentions.ts";

/** A method whose body is longer is compiled once only. */
const LARGEST = 120;

/** Makes a method's body with some of its parameters known to be integers. */
export type MakeBody = (
  scope: FunctionScope,
  parameters: readonly Var[],
  integers: ReadonlySet<string>,
) => Core;

/** The body of a method, in two versions where that is worth its code. */
export function versionedBody(
  g: Generator,
  node: MethodDefinition,
  root: readonly Statement[],
  parameters: readonly Var[],
  scope: FunctionScope,
  make: MakeBody,
): Core {
  const general = () => make(scope, parameters, new Set());
  const integers = g.source.compact !== true && g.context.inOwnModule && HELD.has(g.context.holds)
    ? integerParameters(g, node, root)
    : NONE;
  if (integers.size === 0) return general();
  const names = node.parameters.map(({ pattern }) => boundNames(pattern)[0] ?? "");
  const guards = parameters.filter((_, index) => integers.has(names[index] ?? ""))
    .map((parameter) => bif("is_integer", [parameter]));
  const [first, ...rest] = guards;
  if (first === undefined) return general();
  return caseOf(scope.self, [
    clause(
      exactClassPattern(g),
      special(g, names, integers, root, parameters, scope, make),
      rest.reduce((all, each) => bif("and", [all, each]), first),
    ),
    clause(g.fresh(), general()),
  ]);
}

const NONE: ReadonlySet<string> = new Set();
/** How `self` is held where a version for the very class can be told from others. */
const HELD: ReadonlySet<string> = new Set(["value", "exception", "object", "actor", "classSide"]);

function special(
  g: Generator,
  names: readonly string[],
  integers: ReadonlySet<string>,
  root: readonly Statement[],
  parameters: readonly Var[],
  scope: FunctionScope,
  make: MakeBody,
): Core {
  const body = expressionsOf(root);
  // Each activation of a method whose blocks return from it must be told from the others.
  if (g.scopes.returnsFromBlock || !mentionsSelector(body, g.context.selector)) {
    return make(scope, parameters, integers);
  }
  const self = g.fresh("Self");
  const own = parameters.map((_, index) => g.fresh(names[index] ?? ""));
  const name = functionName(g.label("integers"), parameters.length + 1);
  const isInteger = names.map((each) => integers.has(each));
  const recursion = {
    name,
    selector: g.context.selector,
    isInteger,
    answersInteger: answersInteger(g.context.selector, body, integers, isInteger),
  };
  const code = g.inFunction(() => make({ ...scope, self, recursion }, own, integers));
  const start = apply(name, [scope.self, ...parameters]);
  return letrec([{ name, fun: fun([self, ...own], code) }], start);
}

/** Whether the version answers an integer: if its own calls do, all its values are integers. */
function answersInteger(
  selector: string,
  body: readonly Expression[],
  integers: ReadonlySet<string>,
  isIntegerParameter: readonly boolean[],
): boolean {
  const isInteger = integersIn(body, {
    integer: (name) => integers.has(name),
    visible: (name) => integers.has(name),
    answer: (send, isInteger) =>
      send.selector === selector && bare(send.receiver).kind === "self" &&
      send.arguments.every((argument, index) =>
        isIntegerParameter[index] !== true || isInteger(argument)
      ),
  });
  const last = body[body.length - 1];
  return last !== undefined && answers(last).every(isInteger) &&
    body.flatMap(returned).every(isInteger);
}

/** What an expression at the end may answer; what follows `^` is counted elsewhere. */
function answers(node: Expression): readonly Expression[] {
  const inner = bare(node);
  return inner.kind === "return" ? [] : [inner];
}

function returned(node: Expression): readonly Expression[] {
  const inside = childExpressions(node).flatMap(returned);
  return node.kind === "return" ? [node.value, ...inside] : inside;
}

/** Parameters that the body calculates with, where it may do so often. */
function integerParameters(
  g: Generator,
  node: MethodDefinition,
  root: readonly Statement[],
): ReadonlySet<string> {
  const body = expressionsOf(root);
  if (!body.some((each) => repeats(each, g.context.selector))) return NONE;
  if (body.reduce((sum, each) => sum + sizeOf(each), 0) > LARGEST) return NONE;
  const counted = new Set<string>();
  body.forEach((each) => gatherOperands(each, counted));
  let before = -1;
  while (before !== counted.size) {
    before = counted.size;
    body.forEach((each) => gatherSources(each, counted));
  }
  const names = node.parameters.flatMap(({ pattern, type }) =>
    type === undefined || (type.kind === "typeName" && NUMBERS.has(type.name))
      ? boundNames(pattern)
      : []
  );
  return new Set(
    names.filter((name) => counted.has(name) && g.scopes.variable(root, name)?.cell !== true),
  );
}

/** Written types that an integer may have; a type is a hint here, and is not relied on. */
const NUMBERS: ReadonlySet<string> = new Set(["Integer", "Number", "Object", "Dynamic"]);

/** A loop, or a message to `self` with the method's own selector. */
function repeats(node: Expression, selector: string): boolean {
  if (node.kind === "send" && isInlined(node) && isLoop(node)) return true;
  return isSelfSend(node, selector) ||
    childExpressions(node).some((child) => repeats(child, selector));
}

function mentionsSelector(nodes: readonly Expression[], selector: string): boolean {
  return nodes.some((node) =>
    isSelfSend(node, selector) || mentionsSelector(childExpressions(node), selector)
  );
}

function isSelfSend(node: Expression, selector: string): boolean {
  return node.kind === "send" && node.selector === selector &&
    bare(node.receiver).kind === "self";
}

/** Names of variables that stand as operands of arithmetic, or bound a loop. */
function gatherOperands(node: Expression, names: Set<string>): void {
  if (node.kind === "send" && calculates(node)) {
    for (const part of [node.receiver, ...node.arguments]) addVariable(part, names);
  }
  if (node.kind === "assignment" && node.operator !== undefined && node.operator !== "++") {
    addVariable(node.target, names);
    addVariable(node.value, names);
  }
  for (const child of childExpressions(node)) gatherOperands(child, names);
}

function calculates(node: Send): boolean {
  if (isLoop(node)) return node.selector !== "repeat";
  return isOperator(node.selector) && node.selector !== "++" &&
    termGuard(node.selector) === undefined;
}

/** What is assigned to a name that is calculated with is so itself. */
function gatherSources(node: Expression, names: Set<string>): void {
  if (node.kind === "assignment" && node.target.kind === "variable") {
    if (names.has(node.target.name)) addVariable(node.value, names);
  }
  for (const child of childExpressions(node)) gatherSources(child, names);
}

function addVariable(node: Expression, names: Set<string>): void {
  const inner = bare(node);
  if (inner.kind === "variable") names.add(inner.name);
}

/**
 * Branching on a boolean expression. A comparison becomes a guard, which costs less than making a
 * boolean and testing it.
 * @module
 */
import type { Expression, Send } from "../syntax/ast.ts";
import {
  apply,
  atom,
  bif,
  caseOf,
  type Clause,
  clause,
  type Core,
  type Definition,
  fun,
  functionName,
  isAtomic,
  letrec,
  no,
  type Var,
  yes,
} from "./core.ts";
import { expression, expressions } from "./expression.ts";
import type { Generator } from "./generator.ts";
import type { Environment, Value } from "./locals.ts";
import {
  calledOperator,
  choose,
  isCalled,
  numberTests,
  orderGuard,
  sendOperator,
  termGuard,
} from "./operators.ts";
import { bare } from "../analysis/walk.ts";

/** Builds the code that goes one of two ways; `other` is taken by what is no boolean. */
export type Branching = (whenTrue: Core, whenFalse: Core, other: (value: Core) => Core) => Core;

/**
 * Evaluates a condition; `build` is given the means to branch on it. `last` is there where nothing
 * in the function follows the branches, so that they may be functions themselves: it holds the
 * function's variables in their order. Handing them on in that order costs no moves.
 */
export function condition(
  g: Generator,
  node: Expression,
  env: Environment,
  build: (branching: Branching, env: Environment) => Core,
  last: readonly Var[] | undefined,
): Core {
  const inner = bare(node);
  if (inner.kind === "send" && isComparison(inner)) {
    return expressions(g, [inner.receiver, ...inner.arguments], env, ([left, right], at) => {
      if (left === undefined || right === undefined) return build(onValue(g, yes), at);
      return build(onComparison(g, inner, left, right, last), at);
    });
  }
  return expression(g, inner, env, (value, at) => build(onValue(g, value.core), at));
}

function isComparison(node: Send): boolean {
  if (node.receiver.kind === "super" || node.arguments.length !== 1) return false;
  return termGuard(node.selector) !== undefined || orderGuard(node.selector) !== undefined;
}

function onValue(g: Generator, value: Core): Branching {
  return (whenTrue, whenFalse, other) => {
    const rest = g.fresh();
    return caseOf(value, [clause(yes, whenTrue), clause(no, whenFalse), clause(rest, other(rest))]);
  };
}

function onComparison(
  g: Generator,
  node: Send,
  left: Value,
  right: Value,
  last: readonly Var[] | undefined,
): Branching {
  const operands = [left.core, right.core];
  const term = termGuard(node.selector);
  if (term !== undefined) {
    return (whenTrue, whenFalse) => choose([[bif(term, operands), whenTrue]], whenFalse);
  }
  const order = bif(orderGuard(node.selector) ?? "<", operands);
  const tests = numberTests([left, right]);
  if (tests === undefined) {
    return (whenTrue, whenFalse) => choose([[order, whenTrue]], whenFalse);
  }
  if (isCalled(g, node.selector, left, right)) {
    const line = g.line(node.selectorSpans[0] ?? node.span);
    return onValue(g, calledOperator(node.selector, operands, line));
  }
  const sent = sendOperator(g, node.selector, left, right, node.selectorSpans[0] ?? node.span);
  if (last !== undefined) return (...ways) => apart(g, last, tests, order, sent, ways);
  return (whenTrue, whenFalse, other) => {
    const answer = g.fresh();
    const [first, second, rest] = [g.fresh(), g.fresh(), g.fresh()];
    const isNumber = (variable: Core) => bif("=:=", [variable, NUMBER]);
    const clauses: Clause[] = [
      clause(
        first,
        whenTrue,
        bif("or", [bif("=:=", [first, yes]), bif("and", [isNumber(first), order])]),
      ),
      clause(second, whenFalse, bif("or", [bif("=:=", [second, no]), isNumber(second)])),
      clause(rest, other(rest)),
    ];
    return {
      kind: "let",
      vars: [answer],
      arg: choose([[tests, NUMBER]], sent),
      body: caseOf(answer, clauses),
    };
  };
}

/** Keeps the send out of the way of numbers: then they need no stack frame. */
function apart(
  g: Generator,
  variables: readonly Var[],
  tests: Core,
  order: Core,
  sent: Core,
  [whenTrue, whenFalse, other]: Parameters<Branching>,
): Core {
  const [onTrue, first] = asFunction(g, "then", variables, whenTrue);
  const [onFalse, second] = asFunction(g, "else", variables, whenFalse);
  const rest = g.fresh();
  const slow = caseOf(sent, [clause(yes, onTrue), clause(no, onFalse), clause(rest, other(rest))]);
  const code = choose([[tests, choose([[order, onTrue]], onFalse)]], slow);
  const definitions = [...first, ...second];
  return definitions.length === 0 ? code : letrec(definitions, code);
}

/** A branch that is entered from two places: a function, unless it is a mere value. */
function asFunction(
  g: Generator,
  prefix: string,
  variables: readonly Var[],
  branch: Core,
): [Core, Definition[]] {
  if (isAtomic(branch)) return [branch, []];
  const name = functionName(g.label(prefix), variables.length);
  return [apply(name, variables), [{ name, fun: fun(variables, branch) }]];
}

/** Stands for: both operands are numbers, compare them. */
const NUMBER = atom("$number");

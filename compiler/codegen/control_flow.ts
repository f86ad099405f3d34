/**
 * Messages with literal blocks that are compiled in place: conditions here, loops in `loops.ts`.
 * @module
 */
import type { Block, Send } from "../syntax/ast.ts";
import { atom, call, caseOf, clause, type Core, fun, list, nil, no, yes } from "./core.ts";
import { expression, inlineBlock } from "./expression.ts";
import type { Continuation, Generator } from "./generator.ts";
import { isLoop } from "./inlining.ts";
import { type Environment, plain, type Value } from "./locals.ts";
import { loop } from "./loops.ts";
import { literalBlock } from "./walk.ts";

/** Code for an inlined message. */
export function controlFlow(g: Generator, node: Send, env: Environment, k: Continuation): Core {
  if (isLoop(node)) return loop(g, node, env, k);
  return expression(g, node.receiver, env, (receiver, at) => {
    const first = literalBlock(node.arguments[0]);
    const second = literalBlock(node.arguments[1]);
    switch (node.selector) {
      case "ifTrue:":
      case "ifTrue:ifFalse:":
        return choice(g, node, receiver, first, second, at, k);
      case "ifFalse:":
      case "ifFalse:ifTrue:":
        return choice(g, node, receiver, second, first, at, k);
      case "and:":
        return shortCircuit(g, node, receiver, true, first, at, k);
      case "or:":
        return shortCircuit(g, node, receiver, false, first, at, k);
      case "ifNil:":
      case "ifNil:ifNotNil:":
        return nilChoice(g, receiver, first, second, at, k);
      default:
        return nilChoice(g, receiver, second, first, at, k, node.selector === "ifNotNil:");
    }
  });
}

/** A branch that a missing block leaves at nil. */
function branch(
  g: Generator,
  block: Block | undefined,
  values: readonly Value[],
  env: Environment,
  k: Continuation,
): Core {
  if (block === undefined) return k(plain(nil), env);
  return inlineBlock(g, block, values, env, k);
}

function choice(
  g: Generator,
  node: Send,
  receiver: Value,
  whenTrue: Block | undefined,
  whenFalse: Block | undefined,
  env: Environment,
  k: Continuation,
): Core {
  return g.join(env, k, (next) =>
    caseOf(receiver.core, [
      clause(yes, branch(g, whenTrue, [], env, next)),
      clause(no, branch(g, whenFalse, [], env, next)),
      notBoolean(g, node, env, next),
    ]));
}

function shortCircuit(
  g: Generator,
  node: Send,
  receiver: Value,
  goesOn: boolean,
  block: Block | undefined,
  env: Environment,
  k: Continuation,
): Core {
  return g.join(env, k, (next) =>
    caseOf(receiver.core, [
      clause(goesOn ? yes : no, branch(g, block, [], env, next)),
      clause(goesOn ? no : yes, next(plain(goesOn ? no : yes), env)),
      notBoolean(g, node, env, next),
    ]));
}

/** The message is sent for real to what is no boolean: `doesNotUnderstand`, or its own method. */
function notBoolean(g: Generator, node: Send, env: Environment, k: Continuation) {
  const other = g.fresh();
  const args = node.arguments.map(() => fun([], nil));
  const send = call(
    "beamtalk_exception",
    "dnu",
    [other, atom(node.selector), list(args)],
    g.line(node.selectorSpans[0] ?? node.span),
  );
  return clause(other, g.bind(send, env, k));
}

function nilChoice(
  g: Generator,
  receiver: Value,
  whenNil: Block | undefined,
  whenValue: Block | undefined,
  env: Environment,
  k: Continuation,
  nilOtherwise = false,
): Core {
  const found = g.fresh();
  const value = { ...receiver, core: found };
  return g.join(env, k, (next) =>
    caseOf(receiver.core, [
      clause(nil, branch(g, whenNil, [], env, next)),
      clause(
        found,
        whenValue === undefined && !nilOtherwise
          ? next(value, env)
          : branch(g, whenValue, [value], env, next),
      ),
    ]));
}

/**
 * Messages with literal blocks that are compiled in place: conditions here, loops in `loops.ts`.
 * @module
 */
import type { Block, Send } from "../syntax/ast.ts";
import { atom, call, caseOf, clause, type Core, list, nil, no, yes } from "./core.ts";
import { condition } from "./conditions.ts";
import { expression, inlineBlock } from "./expression.ts";
import { type Continuation, type Generator, tail } from "./generator.ts";
import { isLoop } from "./inlining.ts";
import { type Environment, plain, type Value } from "./locals.ts";
import { loop } from "./loops.ts";
import { literalBlock } from "../analysis/walk.ts";

/** Code for an inlined message. */
export function controlFlow(g: Generator, node: Send, env: Environment, k: Continuation): Core {
  if (isLoop(node)) return loop(g, node, env, k);
  const first = literalBlock(node.arguments[0]);
  const second = literalBlock(node.arguments[1]);
  switch (node.selector) {
    case "ifTrue:":
    case "ifTrue:ifFalse:":
      return choice(g, node, first, second, env, k);
    case "ifFalse:":
    case "ifFalse:ifTrue:":
      return choice(g, node, second, first, env, k);
    case "and:":
      return shortCircuit(g, node, true, first, env, k);
    case "or:":
      return shortCircuit(g, node, false, first, env, k);
    default:
      return expression(
        g,
        node.receiver,
        env,
        (receiver, at) => nilTest(g, node, receiver, first, second, at, k),
      );
  }
}

function nilTest(
  g: Generator,
  node: Send,
  receiver: Value,
  first: Block | undefined,
  second: Block | undefined,
  env: Environment,
  k: Continuation,
): Core {
  if (node.selector.startsWith("ifNil:")) return nilChoice(g, receiver, first, second, env, k);
  return nilChoice(g, receiver, second, first, env, k, node.selector === "ifNotNil:");
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
  whenTrue: Block | undefined,
  whenFalse: Block | undefined,
  env: Environment,
  k: Continuation,
): Core {
  return condition(g, node.receiver, env, (branching, at) =>
    g.join(at, k, (next) =>
      branching(
        branch(g, whenTrue, [], at, next),
        branch(g, whenFalse, [], at, next),
        (other) => notBoolean(g, node, other, at, next),
      )), k === tail ? [] : undefined);
}

function shortCircuit(
  g: Generator,
  node: Send,
  goesOn: boolean,
  block: Block | undefined,
  env: Environment,
  k: Continuation,
): Core {
  return condition(g, node.receiver, env, (branching, at) =>
    g.join(at, k, (next) => {
      const more = branch(g, block, [], at, next);
      const ends = next(plain(goesOn ? no : yes), at);
      const other = (value: Core) => notBoolean(g, node, value, at, next);
      return goesOn ? branching(more, ends, other) : branching(ends, more, other);
    }), k === tail ? [] : undefined);
}

/** What is no boolean does not understand the message. */
function notBoolean(
  g: Generator,
  node: Send,
  other: Core,
  env: Environment,
  k: Continuation,
): Core {
  const args = node.arguments.map(() => nil);
  const send = call(
    "beamtalk_exception",
    "dnu",
    [other, atom(node.selector), list(args)],
    g.line(node.selectorSpans[0] ?? node.span),
  );
  return g.bind(send, env, k);
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

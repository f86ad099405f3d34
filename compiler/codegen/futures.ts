/**
 * Futures by position: starting a send without waiting, and waiting where its value is needed.
 * @module
 */
import type { Expression } from "../syntax/ast.ts";
import { bif, call, caseOf, clause, type Core } from "./core.ts";
import { expression } from "./expression.ts";
import type { Continuation, Generator } from "./generator.ts";
import { type Environment, lookup, update, type Value, valueLocal } from "./locals.ts";
import { pipe } from "./pipes.ts";
import { send } from "./sends.ts";
import { bare } from "../analysis/walk.ts";

/** How a send is made: its value is needed, or it is started for this function or for anyone. */
export type Position = "value" | "start" | "future";

/** Code for an expression in a place that may hold a future. */
export function lazily(
  g: Generator,
  node: Expression,
  env: Environment,
  position: Position,
  k: Continuation,
): Core {
  const inner = bare(node);
  if (inner.kind === "send") return send(g, inner, env, k, position);
  if (inner.kind === "pipe") return pipe(g, inner, env, k, position);
  return expression(g, inner, env, k);
}

/** Waits for a value that may be a future; the local that held it may then hold the value. */
export function forceValue(
  g: Generator,
  node: Expression,
  value: Value,
  env: Environment,
  k: Continuation,
): Core {
  if (!value.future) return k(value, env);
  const forced: Value = { ...value, core: force(g, value.core), future: false };
  return g.bindValue(forced, env, (result, at) => k(result, remember(g, node, result, at)));
}

function remember(g: Generator, node: Expression, value: Value, env: Environment): Environment {
  if (node.kind !== "variable" || g.scopes.asked.has(node.name)) return env;
  if (lookup(env, node.name)?.kind !== "value") return env;
  return update(env, node.name, valueLocal(value));
}

/** Futures are tuples: other values are let through without a call. */
function force(g: Generator, core: Core): Core {
  const held = g.fresh();
  const value = g.fresh();
  return caseOf(core, [
    clause(held, call("beamtalk_future", "value", [held]), bif("is_tuple", [held])),
    clause(value, value),
  ]);
}

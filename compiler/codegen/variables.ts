/**
 * Reading and assigning locals, cells and the variables of a session.
 * @module
 */
import type { Assignment, Expression, Variable } from "../syntax/ast.ts";
import { atom, bind, call, type Core, nil, sequence } from "./core.ts";
import { expression } from "./expression.ts";
import { writeField } from "./fields.ts";
import { mayBeFuture } from "./future_positions.ts";
import { lazily } from "./futures.ts";
import type { Continuation, Generator } from "./generator.ts";
import {
  declare,
  type Environment,
  lookup,
  plain,
  update,
  type Value,
  valueLocal,
} from "./locals.ts";
import { binaryOperation } from "./operators.ts";
import type { ScopeNode, VariableFacts } from "./scope_facts.ts";
import { bare } from "../analysis/walk.ts";

/** The variable's value as it is held: a future is not waited for. */
export function readVariable(
  g: Generator,
  node: Variable,
  env: Environment,
  k: Continuation,
): Core {
  const local = lookup(env, node.name);
  if (local === undefined) return readOuter(g, node, env, k);
  if (local.kind === "value") {
    const { core, type, likely, future } = local;
    return k({ core, type, classObject: undefined, likely, future }, env);
  }
  const args = local.snapshot === undefined ? [local.key] : [local.key, local.snapshot];
  const value = { ...plain(call("beamtalk_cell", "get", args)), future: local.future };
  return g.bindValue(value, env, k);
}

/** A name that is no local: the session knows it, or it raises `Undefined variable`. */
function readOuter(g: Generator, node: Variable, env: Environment, k: Continuation): Core {
  const snapshot = env.scope.sessionSnapshots.get(node.name);
  const args = snapshot === undefined ? [atom(node.name)] : [atom(node.name), snapshot];
  const read = call("beamtalk_binding", "get", args, g.line(node.span));
  const { session } = g;
  // A block may run after any statement that is still to come.
  const future = session !== undefined &&
    (session.futures.has(node.name) || !session.known.has(node.name) ||
      (env.scope.inBlock && !session.objects.has(node.name)));
  return g.bindValue({ ...plain(read), future }, env, k);
}

/** `target := value`; the value given to `k` may still be a future. */
export function assignment(
  g: Generator,
  node: Assignment,
  env: Environment,
  k: Continuation,
): Core {
  const { target } = node;
  if (target.kind === "field") return assignField(g, node, env, k);
  if (node.operator !== undefined) {
    return compound(g, node, env, (value, at) => assign(g, target.name, value, at, k));
  }
  const facts = g.scopes.variable(env.declaring, target.name);
  if (facts?.recursive === true && lookup(env, target.name) === undefined) {
    return newCell(
      g,
      target.name,
      nil,
      env,
      facts,
      (at) =>
        assignedValue(
          g,
          node.value,
          facts,
          at,
          (value, after) => assign(g, target.name, value, after, k),
        ),
    );
  }
  return assignedValue(g, node.value, facts, env, (value, at) => {
    noteSessionFuture(g, target.name, value, at);
    return assign(g, target.name, value, at, k);
  });
}

function noteSessionFuture(g: Generator, name: string, value: Value, env: Environment): void {
  if (g.session === undefined || lookup(env, name) !== undefined) return;
  if (value.future) g.session.futures.add(name);
  else if (!g.session.lasting.has(name)) g.session.futures.delete(name);
}

function assignedValue(
  g: Generator,
  node: Expression,
  facts: VariableFacts | undefined,
  env: Environment,
  k: Continuation,
): Core {
  if (mayBeFuture(node)) return lazily(g, node, env, facts?.light === true ? "start" : "future", k);
  const inner = bare(node);
  if (inner.kind === "variable") return readVariable(g, inner, env, k);
  return expression(g, node, env, k);
}

function assignField(g: Generator, node: Assignment, env: Environment, k: Continuation): Core {
  const { target } = node;
  if (target.kind !== "field") return nil;
  const store = (value: Value, at: Environment) =>
    writeField(g, target.name.text, value, at, k, node.span);
  if (node.operator !== undefined) return compound(g, node, env, store);
  return expression(g, node.value, env, store);
}

function compound(g: Generator, node: Assignment, env: Environment, k: Continuation): Core {
  const { operator } = node;
  if (operator === undefined) return expression(g, node.value, env, k);
  return expression(
    g,
    node.target,
    env,
    (left, at) =>
      expression(
        g,
        node.value,
        at,
        (right, after) => binaryOperation(g, operator, left, right, node.span, after, k),
      ),
  );
}

/** Gives a name its value: an assigned local, a cell, a session variable, or a new local. */
export function assign(
  g: Generator,
  name: string,
  value: Value,
  env: Environment,
  k: Continuation,
): Core {
  const local = lookup(env, name);
  if (local?.kind === "value") return k(value, update(env, name, valueLocal(value)));
  if (local?.kind === "cell") {
    const at = value.future ? update(env, name, { ...local, future: true }) : env;
    return sequence(call("beamtalk_cell", "put", [local.key, value.core]), k(value, at));
  }
  if (isSessionName(g, name, env)) {
    g.session?.known.add(name);
    return sequence(call("beamtalk_binding", "set", [atom(name), value.core]), k(value, env));
  }
  return declareLocal(g, env.declaring, name, value, env, (at) => k(value, at));
}

/** Whether an assignment of the name goes to the session. */
export function isSessionName(g: Generator, name: string, env: Environment): boolean {
  if (g.session === undefined) return false;
  return Array.isArray(env.declaring) || g.session.known.has(name);
}

/** Declares a local of `scope` with its first value. */
export function declareLocal(
  g: Generator,
  scope: ScopeNode,
  name: string,
  value: Value,
  env: Environment,
  k: (env: Environment) => Core,
): Core {
  const facts = g.scopes.variable(scope, name);
  if (facts?.cell === true) return newCell(g, name, value.core, env, facts, k);
  return k(declare(env, name, valueLocal(value)));
}

/** Declares the locals that a block reads before they are assigned further out: nil until then. */
export function declareLate(
  g: Generator,
  env: Environment,
  k: (env: Environment) => Core,
): Core {
  const scope = env.declaring;
  const names = g.scopes.late(scope).filter((name) => !isSessionName(g, name, env));
  const step = (index: number, at: Environment): Core => {
    const name = names[index];
    if (name === undefined) return k(at);
    return declareLocal(g, scope, name, plain(nil), at, (after) => step(index + 1, after));
  };
  return step(0, env);
}

/** Declares a parameter. */
export const declareParameter = declareLocal;

function newCell(
  g: Generator,
  name: string,
  initial: Core,
  env: Environment,
  facts: VariableFacts,
  k: (env: Environment) => Core,
): Core {
  const key = g.fresh(name);
  const local = { kind: "cell", key, snapshot: undefined, future: facts.future } as const;
  return bind([key], call("beamtalk_cell", "new", [initial]), k(declare(env, name, local)));
}

/**
 * Blocks that are funs, and calls of funs.
 * @module
 */
import type { Block, Expression } from "../syntax/ast.ts";
import {
  apply,
  atom,
  bif,
  bind,
  call,
  caseOf,
  clause,
  type Core,
  fun,
  integer,
  type Var,
} from "./core.ts";
import { declareParameters, freeingCells, statements } from "./expression.ts";
import { instance } from "./fields.ts";
import { keepingFrame, keepsBlockFrame } from "./frames.ts";
import { type Continuation, type Generator, tail } from "./generator.ts";
import { type Environment, type Local, lookup, plain, update, type Value } from "./locals.ts";
import { childExpressions } from "../analysis/walk.ts";

/** A block as a fun. */
export function realBlock(g: Generator, node: Block, env: Environment, k: Continuation): Core {
  const returnsBefore = g.returns;
  const [withCells, snapshots] = captureCells(g, node, env);
  const [withSession, sessionSnapshots] = captureSession(g, node, withCells);
  const [inside, instanceSnapshots] = captureInstance(g, node, env, withSession);
  const parameters = node.parameters.map((parameter) => g.fresh(parameter.text));
  const body = g.inFunction(() =>
    declareParameters(
      g,
      node,
      parameters.map((parameter) => plain(parameter)),
      inside,
      (at) => statements(g, node.statements, at, freeingCells(g, node, tail)),
    )
  );
  g.returns = returnsBefore;
  const whole = keepsBlockFrame(g, node) ? keepingFrame(g, body) : body;
  const made = fun(parameters, whole, g.line(node.span));
  const rest = g.bind(made, env, k, "Block");
  const taken = [
    ...snapshots.map(([variable, key]) => [variable, call("beamtalk_cell", "get", [key])] as const),
    ...sessionSnapshots.map(([variable, name]) =>
      [variable, call("beamtalk_binding", "find", [atom(name)])] as const
    ),
    ...instanceSnapshots,
  ];
  return taken.reduceRight((code, [variable, value]) => bind([variable], value, code), rest);
}

/** The test's instance as it is when the block is made, for a run in another process. */
function captureInstance(
  g: Generator,
  node: Block,
  outside: Environment,
  inside: Environment,
): [Environment, (readonly [Var, Core])[]] {
  if (g.context.holds !== "testCase" || !mentionsSelf(node)) return [inside, []];
  const self = g.fresh("Self");
  const scope = { ...inside.scope, self };
  return [{ ...inside, scope }, [[self, instance(outside)]]];
}

function mentionsSelf(node: Expression): boolean {
  if (node.kind === "self" || node.kind === "super" || node.kind === "field") return true;
  return childExpressions(node).some(mentionsSelf);
}

/** Session variables that the block uses, as they are when it is made. */
function captureSession(
  g: Generator,
  node: Block,
  env: Environment,
): [Environment, (readonly [Var, string])[]] {
  const taken: (readonly [Var, string])[] = [];
  if (g.session === undefined) return [env, taken];
  const all = new Map(env.scope.sessionSnapshots);
  for (const name of g.scopes.namesIn(node)) {
    if (lookup(env, name) !== undefined || all.has(name)) continue;
    if (!g.session.known.has(name)) continue;
    const variable = g.fresh(name);
    taken.push([variable, name]);
    all.set(name, variable);
  }
  return [{ ...env, scope: { ...env.scope, sessionSnapshots: all } }, taken];
}

/** Cells that the block uses get a copy of their content, for a run in another process. */
function captureCells(
  g: Generator,
  node: Block,
  env: Environment,
): [Environment, (readonly [Var, Core])[]] {
  const snapshots: (readonly [Var, Core])[] = [];
  let inside: Environment = { ...env, scope: { ...env.scope, inBlock: true } };
  for (const name of g.scopes.namesIn(node)) {
    const local = lookup(env, name);
    if (local?.kind !== "cell" || local.snapshot !== undefined) continue;
    const snapshot = g.fresh(name);
    snapshots.push([snapshot, local.key]);
    inside = update(inside, name, { ...local, snapshot } satisfies Local);
  }
  return [inside, snapshots];
}

/** Calls a fun where the receiver is one that takes so many arguments; else `otherwise`. */
export function callBlock(
  receiver: Core,
  args: readonly Value[],
  line: number,
  otherwise: Core,
  g: Generator,
): Core {
  const block = g.fresh();
  return caseOf(receiver, [
    clause(
      block,
      apply(block, args.map((value) => value.core), line),
      bif("is_function", [block, integer(args.length)]),
    ),
    clause(g.fresh(), otherwise),
  ]);
}

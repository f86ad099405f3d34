/**
 * Code for expressions of every kind and for statement lists.
 * @module
 */
import type { Block, Expression, Statement } from "../syntax/ast.ts";
import {
  atom,
  call,
  constant,
  type Core,
  type Hole,
  list as listOf,
  literal as constantNode,
  nil,
  resolve,
  sequence,
  string,
  tuple,
} from "./core.ts";
import { counted } from "./coverage.ts";
import { assignment, declareLate, declareParameter, readVariable } from "./variables.ts";
import { realBlock } from "./blocks.ts";
import { cascade, cast, send } from "./sends.ts";
import { type Continuation, type Generator, tail } from "./generator.ts";
import { readField } from "./fields.ts";
import { arrayLiteral, binaryLiteral, dictionaryLiteral, interpolation } from "./literals.ts";
import { type Environment, leaveBlock, lookup, plain, type Value } from "./locals.ts";
import { destructuring, match } from "./matching.ts";
import { pipe } from "./pipes.ts";
import { classReference, selfValue } from "./references.ts";
import { forceValue } from "./futures.ts";
import type { ScopeNode } from "./scope_facts.ts";
import { expressionsOf } from "../analysis/walk.ts";

/** Code for an expression whose value is needed: a future is waited for. */
export function expression(
  g: Generator,
  node: Expression,
  env: Environment,
  k: Continuation,
): Core {
  switch (node.kind) {
    case "integer":
      return k(plain(constantNode(constant.integer(node.value)), "Integer"), env);
    case "float":
      return k(plain(constantNode(constant.float(node.value)), "Float"), env);
    case "string":
      return k(plain(string(node.value), "String"), env);
    case "character":
      return k(plain(constantNode(constant.integer(node.value)), "Character"), env);
    case "symbol":
      return k(plain(atom(node.value), symbolType(node.value)), env);
    case "nil":
      return k(plain(nil, "UndefinedObject"), env);
    case "boolean":
      return k(plain(atom(String(node.value))), env);
    case "interpolation":
      return interpolation(g, node, env, k);
    case "list": {
      const parts = node.tail === undefined ? node.elements : [...node.elements, node.tail];
      return expressions(g, parts, env, (values, at) => {
        const cores = values.map((value) => value.core);
        const last = node.tail === undefined ? undefined : cores.pop();
        return g.bind(listOf(cores, last), at, k, node.tail === undefined ? "List" : undefined);
      });
    }
    case "array":
      return arrayLiteral(g, node, env, k);
    case "dictionary":
      return dictionaryLiteral(g, node, env, k);
    case "tuple":
      return expressions(
        g,
        node.elements,
        env,
        (values, at) => g.bind(tuple(values.map((value) => value.core)), at, k),
      );
    case "binary":
      return binaryLiteral(g, node, env, k);
    case "variable":
      return readVariable(g, node, env, (value, at) => forceValue(g, node, value, at, k));
    case "class":
      return classReference(g, node, env, k);
    case "self":
    case "super":
      return selfValue(g, env, k);
    case "field":
      return readField(g, node.name.text, env, k, node.span);
    case "block":
      return realBlock(g, node, env, k);
    case "send":
      return send(g, node, env, k, "value");
    case "cascade":
      return cascade(g, node, env, k);
    case "pipe":
      return pipe(g, node, env, k, "value");
    case "match":
      return match(g, node, env, k);
    case "assignment":
      return assignment(g, node, env, (value, at) => forceValue(g, node.target, value, at, k));
    case "destructuring":
      return destructuring(g, node, env, k);
    case "return":
      return returnFrom(g, node.value, env);
    case "cast":
      return cast(g, node.send, env, k);
    case "parenthesized":
      return expression(g, node.expression, env, k);
    case "error":
      return g.bind(syntaxError(g, node), env, k);
    default:
      return node satisfies never;
  }
}

function symbolType(name: string): string | undefined {
  return name === "true" || name === "false" || name === "nil" ? undefined : "Symbol";
}

/** Code for expressions in order; `k` is given all values. */
export function expressions(
  g: Generator,
  nodes: readonly Expression[],
  env: Environment,
  k: (values: Value[], env: Environment) => Core,
): Core {
  const values: Value[] = [];
  return inOrder(
    g,
    nodes,
    env,
    (node, at, next) => expression(g, node, at, next),
    (value) => values.push(value),
    (after) => k(values, after),
  );
}

/** Code for statements; the value is the last one's, nil where there is none. */
export function statements(
  g: Generator,
  list: readonly Statement[],
  env: Environment,
  k: Continuation,
): Core {
  const nodes = expressionsOf(list);
  const last = nodes[nodes.length - 1];
  if (last === undefined) return k(plain(nil), env);
  return declareLate(g, env, (start) =>
    inOrder(
      g,
      nodes.slice(0, -1),
      start,
      (node, at, next) =>
        counted(g, node, () => effect(g, node, at, (after) => next(plain(nil), after))),
      () => {},
      (after) => counted(g, last, () => expression(g, last, after, k)),
    ));
}

/** Code for nodes one after the other, then for what follows all of them. */
function inOrder(
  g: Generator,
  nodes: readonly Expression[],
  env: Environment,
  make: (node: Expression, env: Environment, k: Continuation) => Core,
  note: (value: Value) => void,
  rest: (env: Environment) => Core,
): Core {
  const start: Hole = { kind: "hole", content: undefined };
  const { depth } = g;
  let place = start;
  let at = env;
  for (const node of nodes) {
    const { code, exit } = g.split((next) => make(node, at, next));
    place.content = code;
    if (exit === undefined) {
      g.depth = depth;
      return resolve(start);
    }
    note(exit.value);
    at = exit.env;
    place = exit.hole;
    g.depth = exit.depth;
  }
  place.content = rest(at);
  g.depth = depth;
  return resolve(start);
}

/** Code for an expression whose value is dropped. */
export function effect(
  g: Generator,
  node: Expression,
  env: Environment,
  k: (env: Environment) => Core,
): Core {
  if (node.kind === "assignment") return assignment(g, node, env, (_value, after) => k(after));
  return expression(g, node, env, (_value, after) => k(after));
}

/** Code for the body of a block in place; its locals end with it. */
export function inlineBlock(
  g: Generator,
  block: Block,
  values: readonly Value[],
  env: Environment,
  k: Continuation,
): Core {
  return declareParameters(g, block, values, env, (inside) =>
    statements(
      g,
      block.statements,
      inside,
      freeingCells(
        g,
        block,
        k === tail ? tail : (value, after) => k(value, leaveBlock(env, after)),
      ),
    ));
}

/** Takes the cells of a scope away where nothing can ask for them after it has ended. */
export function freeingCells(g: Generator, scope: ScopeNode, k: Continuation): Continuation {
  const names = g.scopes.freeable(scope);
  if (names.length === 0) return k;
  return (value, env) => {
    const keys = names.flatMap((name) => {
      const local = lookup(env, name);
      return local?.kind === "cell" ? [local.key] : [];
    });
    if (keys.length === 0) return k(value, env);
    return sequence(call("beamtalk_cell", "free", [listOf(keys)]), k(value, env));
  };
}

/** Declares the parameters of a block with their values, and its recursive locals. */
export function declareParameters(
  g: Generator,
  block: Block,
  values: readonly Value[],
  env: Environment,
  k: (env: Environment) => Core,
): Core {
  const step = (index: number, at: Environment): Core => {
    const parameter = block.parameters[index];
    if (parameter === undefined) return k(enterScope(at, block));
    return declareParameter(
      g,
      block,
      parameter.text,
      values[index] ?? plain(nil),
      at,
      (after) => step(index + 1, after),
    );
  };
  return step(0, env);
}

/** The environment whose new locals belong to `scope`. */
export function enterScope(env: Environment, scope: ScopeNode): Environment {
  return { ...env, declaring: scope };
}

function returnFrom(g: Generator, node: Expression, env: Environment): Core {
  g.returns++;
  if (env.scope.inBlock && env.scope.token !== undefined) {
    const { token } = env.scope;
    return expression(
      g,
      node,
      env,
      (value) => call("beamtalk_block", "return", [token, value.core], g.line(node.span)),
    );
  }
  return expression(g, node, env, tail);
}

function syntaxError(g: Generator, node: Expression): Core {
  return call("beamtalk_exception", "raise", [
    atom("parse_error"),
    nil,
    nil,
    string("This expression could not be read"),
    nil,
    nil,
  ], g.line(node.span));
}

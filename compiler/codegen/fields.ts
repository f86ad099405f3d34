/**
 * `self.x` by how the receiver's data are held.
 * @module
 */
import type { Span } from "../syntax/ast.ts";
import {
  apply,
  atom,
  bif,
  call,
  caseOf,
  clause,
  type Core,
  fun,
  functionName,
  letrec,
  map,
  mapPattern,
  mapValue,
  nil,
  sequence,
  string,
  updateMap,
  type Var,
} from "./core.ts";
import type { Continuation, Generator } from "./generator.ts";
import type { Environment, Value } from "./locals.ts";

/** Code that reads a field of `self`. */
export function readField(
  g: Generator,
  name: string,
  env: Environment,
  k: Continuation,
  span: Span,
): Core {
  return g.bind(fieldRead(g, name, env, g.line(span)), env, k);
}

function fieldRead(g: Generator, name: string, env: Environment, line: number): Core {
  const { self, inBlock } = env.scope;
  const stored = (from: Core) =>
    g.source.compact === true
      ? bif("map_get", [atom(name), from], line)
      : mapValue(name, from, g.fresh(), g.fresh(), line);
  switch (g.context.holds) {
    case "actor":
      if (inBlock) return call("beamtalk_actor", "field", [self, atom(name)], line);
      return stored(held("$bt_state"));
    case "patch":
      return stored(held("$bt_state"));
    case "testCase":
      return stored(instance(env));
    case "classSide":
      return call("beamtalk_class_state", "get", [self, atom(name)], line);
    case "script":
      return noFields(g, name, line);
    case "value":
    case "exception":
    case "object":
    case "supervisor":
      return fieldOfObject(g, name, self, line);
    default:
      return g.context.holds satisfies never;
  }
}

/** Code that reads a field of an object, which may be older than the field. */
export function fieldOfObject(g: Generator, name: string, object: Core, line?: number): Core {
  const absent = (from: Core) => call("beamtalk_value", "field", [from, atom(name)], line);
  if (g.source.compact === true) return absent(object);
  const [found, other] = [g.fresh(), g.fresh()];
  return caseOf(object, [
    clause(mapPattern([{ op: "exact", key: atom(name), value: found }]), found),
    clause(other, absent(other)),
  ]);
}

/** What is done with fields that were read, by their names. */
export type FieldsUse = (fields: ReadonlyMap<string, Core>, env: Environment) => Core;

/**
 * Code that reads fields of an immutable `self` at once. Where it ends the method, an object that is older
 * than one of the fields goes on by `late` in a function of its own: it needs a stack frame, which the
 * others are spared.
 */
export function readFields(
  g: Generator,
  names: readonly string[],
  env: Environment,
  use: FieldsUse,
  late?: FieldsUse,
): Core {
  if (names.length === 0) return use(new Map(), env);
  const { self } = env.scope;
  const absent = names.map((name) => call("beamtalk_value", "field", [self, atom(name)]));
  const bound = (values: Core, then: FieldsUse): Core => {
    const variables = names.map((name) => g.fresh(name));
    const fields = new Map(names.map((name, index) => [name, variables[index] ?? nil] as const));
    return { kind: "let", vars: variables, arg: values, body: then(fields, env) };
  };
  const read = (found: readonly Var[], present: Core, missing: Core) => {
    const pairs = names.map((name, index) =>
      ({ op: "exact", key: atom(name), value: found[index] ?? nil }) as const
    );
    return caseOf(self, [clause(mapPattern(pairs), present), clause(g.fresh(), missing)]);
  };
  if (late === undefined) {
    const found = names.map(() => g.fresh());
    return bound(read(found, valuesOf(found), valuesOf(absent)), use);
  }
  const older = functionName(g.label("older"), 0);
  const found = names.map((name) => g.fresh(name));
  const fields = new Map(names.map((name, index) => [name, found[index] ?? nil] as const));
  return letrec(
    [{ name: older, fun: fun([], bound(valuesOf(absent), late)) }],
    read(found, use(fields, env), apply(older, [])),
  );
}

function valuesOf(elements: readonly Core[]): Core {
  const [only] = elements;
  return elements.length === 1 && only !== undefined ? only : { kind: "values", elements };
}

/** Code that writes a field of `self`; the value goes on. */
export function writeField(
  g: Generator,
  name: string,
  value: Value,
  env: Environment,
  k: Continuation,
  span: Span,
): Core {
  return sequence(fieldWrite(g, name, value.core, env, g.line(span)), k(value, env));
}

function fieldWrite(g: Generator, name: string, value: Core, env: Environment, line: number): Core {
  const { self, inBlock } = env.scope;
  switch (g.context.holds) {
    case "actor":
      if (inBlock) return call("beamtalk_actor", "set_field", [self, atom(name), value], line);
      return update(g, "$bt_state", name, value);
    case "patch":
      return update(g, "$bt_state", name, value);
    case "testCase":
      if (inBlock) return call("beamtalk_fixture", "set_field", [self, atom(name), value], line);
      return update(g, "$bt_fixture", name, value);
    case "classSide":
      return call("beamtalk_class_state", "put", [self, atom(name), value], line);
    case "script":
      return noFields(g, name, line);
    case "value":
    case "exception":
    case "object":
    case "supervisor":
      return immutable(g, name, line);
    default:
      return g.context.holds satisfies never;
  }
}

/**
 * The instance of a `TestCase` as it is now. A block may run in a process that has none: then the
 * one with which it was made.
 */
export function instance(env: Environment): Core {
  const { self, inBlock } = env.scope;
  return inBlock ? call("beamtalk_fixture", "current", [self]) : held("$bt_fixture");
}

/** The map that the process dictionary holds under a key. */
export function held(key: string): Core {
  return bif("get", [atom(key)]);
}

function update(g: Generator, key: string, name: string, value: Core): Core {
  if (g.source.compact === true) {
    return bif("put", [atom(key), call("maps", "put", [atom(name), value, held(key)])]);
  }
  const pairs = [{ op: "assoc", key: atom(name), value }] as const;
  return bif("put", [atom(key), updateMap(held(key), pairs, g.fresh(), g.fresh())]);
}

function immutable(g: Generator, name: string, line: number): Core {
  const owner = g.context.owner?.name ?? "Object";
  const setter = `with${name.charAt(0).toUpperCase()}${name.slice(1)}:`;
  return call("beamtalk_exception", "raise", [
    atom("immutable_value"),
    atom(owner),
    atom(g.context.selector),
    string(`Cannot assign field '${name}': ${owner} is immutable`),
    string(`Answer a changed copy with ${setter}`),
    nil,
  ], line);
}

function noFields(g: Generator, name: string, line: number): Core {
  return call("beamtalk_exception", "raise", [
    atom("does_not_understand"),
    nil,
    atom(g.context.selector),
    string(`There is no self here to have a field '${name}'`),
    nil,
    nil,
  ], line);
}

/** A value known to be a map of the library class. */
export function taggedMap(module: string, pairs: readonly (readonly [string, Core])[]): Core {
  return map([
    { op: "assoc", key: atom("__class__"), value: atom(module) },
    ...pairs.map(([key, value]) => ({ op: "assoc", key: atom(key), value }) as const),
  ]);
}

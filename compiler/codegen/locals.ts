/**
 * What the generator knows of locals at one place of a program.
 *
 * A local is either a Core Erlang variable, replaced by another at each assignment and handed on
 * where control flow joins, or a cell that blocks share. Environments are values: an inlined block
 * starts from its surroundings' and gives back the changed one.
 * @module
 */
import type { Core, FunctionName, Var } from "./core.ts";
import type { ClassFacts } from "../analysis/class_facts.ts";
import type { ScopeNode } from "./scope_facts.ts";

/** The result of an expression: an atomic Core node and what is surely known of it. */
export interface Value {
  readonly core: Core;
  /** Name of the library class whose instance it surely is, `Character` included. */
  readonly type: string | undefined;
  /** The class, where the value is a class object known when compiling. */
  readonly classObject: ClassFacts | undefined;
  /** The class whose very instance it may be: worth a test, never to be relied on. */
  readonly likely?: ClassFacts | undefined;
  /** It may be a future that stands for the value. */
  readonly future: boolean;
}

/** A value of which nothing is known. */
export function plain(core: Core, type?: string): Value {
  return { core, type, classObject: undefined, future: false };
}

/** A local as it is at one place. */
export type Local =
  | {
    readonly kind: "value";
    readonly core: Core;
    readonly type: string | undefined;
    readonly likely?: ClassFacts | undefined;
    readonly future: boolean;
  }
  | {
    readonly kind: "cell";
    readonly key: Core;
    /** The content when the block around was made, for a block that runs in another process. */
    readonly snapshot: Var | undefined;
    readonly future: boolean;
  };

/** The version of a method for integers, which may call itself. */
export interface Recursion {
  readonly name: FunctionName;
  readonly selector: string;
  /** Which parameters must be integers. */
  readonly isInteger: readonly boolean[];
  /** It answers an integer. */
  readonly answersInteger: boolean;
}

/** The function that code is in: a method, a script statement, or a block that is a fun. */
export interface FunctionScope {
  readonly self: Core;
  /** The version for integers that the code is in; `self` is then of this very class. */
  readonly recursion?: Recursion;
  /** Inside a block that may run elsewhere. */
  readonly inBlock: boolean;
  /** Names the method to return from, where blocks of it return. */
  readonly token: Var | undefined;
  /** Session variables as they were when the block around was made. */
  readonly sessionSnapshots: ReadonlyMap<string, Var>;
}

/** All locals that can be seen, and the function around. */
export interface Environment {
  readonly names: ReadonlyMap<string, number>;
  readonly values: ReadonlyMap<number, Local>;
  readonly scope: FunctionScope;
  /** The node whose locals new names are. */
  readonly declaring: ScopeNode;
}

let nextIdentity = 0;

/** An environment without locals. */
export function emptyEnvironment(scope: FunctionScope, declaring: ScopeNode): Environment {
  return { names: new Map(), values: new Map(), scope, declaring };
}

/** The local of that name; undefined where none can be seen. */
export function lookup(env: Environment, name: string): Local | undefined {
  const id = env.names.get(name);
  return id === undefined ? undefined : env.values.get(id);
}

/** A new local, hiding another of its name. */
export function declare(env: Environment, name: string, local: Local): Environment {
  const id = nextIdentity++;
  const names = new Map(env.names).set(name, id);
  return { ...env, names, values: new Map(env.values).set(id, local) };
}

/** The local of that name as it is from here on. */
export function update(env: Environment, name: string, local: Local): Environment {
  const id = env.names.get(name);
  if (id === undefined) return declare(env, name, local);
  return { ...env, values: new Map(env.values).set(id, local) };
}

/** The environment after an inlined block: its own names are gone, its changes of ours stay. */
export function leaveBlock(outer: Environment, inner: Environment): Environment {
  return { ...outer, values: inner.values };
}

/** A local that holds a value. */
export function valueLocal(value: Value): Local {
  const { core, type, likely, future } = value;
  return { kind: "value", core, type, likely, future };
}

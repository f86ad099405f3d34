/**
 * The state of making one module: fresh names, places, and the meeting of branches.
 *
 * Code is made in continuation-passing style: a function that makes code for an expression is given
 * `k`, which makes the code that uses the value. What `^` skips is a continuation that is not
 * called; where two branches go on to the same place, `join` calls it once.
 * @module
 */
import {
  apply,
  atom,
  bind,
  type Core,
  fun,
  functionName,
  type Hole,
  integer,
  isAtomic,
  letrec,
  tuple,
  type Var,
} from "./core.ts";
import { type Environment, leaveBlock, type Local, plain, type Value } from "./locals.ts";
import type { Span } from "../syntax/ast.ts";
import type { ClassEnvironment, ClassFacts, ClassKind } from "../analysis/class_facts.ts";
import { CharacterTypes } from "./characters.ts";
import { LineIndex } from "./line_index.ts";
import type { ScopeFacts } from "./scope_facts.ts";

/** Makes the code that goes on with a value. */
export type Continuation = (value: Value, env: Environment) => Core;

/** The end of a function: its value is the result. */
export const tail: Continuation = (value) => value.core;

/** What surrounds the code of one method, script statement or migration. */
export interface MethodContext {
  /** How `self` and its fields are held. */
  readonly holds: ClassKind | "classSide" | "patch" | "script";
  readonly selector: string;
  /** The class that the code belongs to. */
  readonly owner: ClassFacts | undefined;
  /** The class's module; that of the code itself in a script. */
  readonly module: string;
  readonly side: "instance" | "class";
  /** Whether the code is in the class's own module. */
  readonly inOwnModule: boolean;
}

/** The source of one module, and what its code is to be like. */
export interface SourceContext {
  readonly module: string;
  readonly text: string;
  /** The path that messages, stack traces and `sourceFile` show. */
  readonly file: string;
  /** The lines that those of the text have elsewhere, where it is a part of something. */
  readonly lines?: readonly number[] | undefined;
  readonly environment: ClassEnvironment;
  /** Whether code is to be small, and so quick to make and to compile, rather than fast. */
  readonly compact?: boolean;
  /** Whether the code counts how often each line with a statement is reached. */
  readonly coverage?: boolean;
}

/** How names that are no locals are read and assigned at the top of scripts. */
export interface SessionNames {
  /** Names of session variables that assignments inside blocks reach. */
  readonly known: Set<string>;
  /** Those that may hold a future which stands for its value. */
  readonly futures: Set<string>;
  /** Those that a block may give such a future, whenever it runs. */
  readonly lasting: Set<string>;
  /** Those that hold a future as an ordinary object. */
  readonly objects: Set<string>;
}

export class Generator {
  readonly source: SourceContext;
  readonly lines: LineIndex;
  readonly characters: CharacterTypes;
  context: MethodContext;
  scopes: ScopeFacts;
  session: SessionNames | undefined;
  /** Lines whose statements are counted; collected where the code is to count them. */
  readonly counted = new Set<number>();
  /** Offset in the file of the unit whose code is being made. */
  unitOffset = 0;
  /** Rises inside local functions, where a value cannot be handed out by `let`. */
  depth = 0;
  /** Rises at each `^` compiled in place. */
  returns = 0;
  /** Above zero inside a fun made for a collection's message: no second copy is made in it. */
  closuresOnly = 0;
  #variables = 0;
  #labels = 0;

  constructor(source: SourceContext, context: MethodContext, scopes: ScopeFacts) {
    this.source = source;
    this.lines = new LineIndex(source.text, source.lines);
    this.characters = new CharacterTypes(source.environment);
    this.context = context;
    this.scopes = scopes;
  }

  /** Starts a new function of the module: names begin anew. */
  begin(context: MethodContext, scopes: ScopeFacts, unitOffset: number): void {
    this.context = context;
    this.scopes = scopes;
    this.unitOffset = unitOffset;
    this.characters.end();
    this.depth = 0;
    this.returns = 0;
    this.#variables = 0;
    this.#labels = 0;
  }

  fresh(hint = ""): Var {
    return { kind: "var", id: this.#variables++, hint };
  }

  label(prefix: string): string {
    return `${prefix}${this.#labels++}`;
  }

  /** The line, from 1, of a span in the unit being compiled. */
  line(span: Span): number {
    return this.lines.lineAt(this.unitOffset + span.start);
  }

  /** `{Module, Selector, Line}` of a send. */
  site(span: Span): Core {
    const { module } = this.source;
    return tuple([atom(module), atom(this.context.selector), integer(this.line(span))]);
  }

  /** The class that a reference or a name means. */
  classNamed(name: string, packageName?: string): ClassFacts | undefined {
    return this.source.environment.classNamed(name, packageName);
  }

  /** Binds a node to a variable where it is not atomic already. */
  bind(node: Core, env: Environment, k: Continuation, type?: string): Core {
    if (isAtomic(node)) return k(plain(node, type), env);
    return this.bindValue({ ...plain(node, type) }, env, k);
  }

  /** As `bind`, for a node with what is known of its value. */
  bindValue(value: Value, env: Environment, k: Continuation): Core {
    if (k === tail || isAtomic(value.core)) return k(value, env);
    const variable = this.fresh();
    return bind([variable], value.core, k({ ...value, core: variable }, env));
  }

  /** Code inside a local function. */
  inFunction<T>(make: () => T): T {
    this.depth++;
    try {
      return make();
    } finally {
      this.depth--;
    }
  }

  /**
   * Makes code with `make`, and what follows it afterwards: the compiler's own stack then grows with
   * the depth of the program's text and not with its length. Undefined where nothing follows.
   */
  split(make: (k: Continuation) => Core): { readonly code: Core; readonly exit: Exit | undefined } {
    const found: { exit: Exit | undefined } = { exit: undefined };
    const code = make((value, env) => {
      if (found.exit !== undefined) throw new Error("a continuation was called twice");
      const hole: Hole = { kind: "hole", content: undefined };
      found.exit = { hole, value, env, depth: this.depth };
      return hole;
    });
    return { code, exit: found.exit };
  }

  /** Runs `make` as it were at the place of an exit. */
  at<T>(exit: Exit, make: () => T): T {
    const { depth } = this;
    this.depth = exit.depth;
    const made = make();
    this.depth = depth;
    return made;
  }

  /**
   * Makes branching code whose branches all go on with `k`. `build` is given the continuation of
   * the branches; locals that a branch changed are handed on with the value.
   */
  join(env: Environment, k: Continuation, build: (k: Continuation) => Core): Core {
    if (k === tail) return build(tail);
    const returnsBefore = this.returns;
    const exits: Exit[] = [];
    const code = build((value, at) => {
      const hole: Hole = { kind: "hole", content: undefined };
      exits.push({ hole, value, env: at, depth: this.depth });
      return hole;
    });
    const [first] = exits;
    if (first === undefined) return code;
    if (exits.length === 1) return this.#continueInside(env, first, code, k);
    const flat = this.returns === returnsBefore && exits.every((exit) => exit.depth === this.depth);
    return this.#meet(env, k, exits, code, flat);
  }

  /** Only one branch goes on: the rest stands inside it. */
  #continueInside(env: Environment, exit: Exit, code: Core, k: Continuation): Core {
    exit.hole.content = this.at(exit, () => k(exit.value, leaveBlock(env, exit.env)));
    return code;
  }

  #meet(env: Environment, k: Continuation, exits: Exit[], code: Core, flat: boolean): Core {
    const differing = [...env.values.keys()].filter((id) =>
      exits.some((exit) => exit.env.values.get(id) !== env.values.get(id))
    );
    const changed = differing.filter((id) => env.values.get(id)?.kind === "value");
    const result = this.fresh();
    const variables = changed.map(() => this.fresh());
    const values = new Map(env.values);
    // A cell is the same cell in all branches; only what is known of its content may differ.
    for (const id of differing) {
      const local = env.values.get(id);
      if (local?.kind === "cell") values.set(id, { ...local, future: mayHoldFuture(exits, id) });
    }
    changed.forEach((id, index) => {
      const variable = variables[index];
      if (variable !== undefined) values.set(id, mergeLocals(variable, exits, id));
    });
    const merged = { ...env, values };
    const value = mergeValues(result, exits);
    const outputs = (exit: Exit) => [
      exit.value.core,
      ...changed.map((id) => localCore(exit.env.values.get(id))),
    ];
    if (flat) {
      return this.#meetByLet(k, value, merged, exits, outputs, [result, ...variables], code);
    }
    const name = functionName(this.label("join"), variables.length + 1);
    for (const exit of exits) exit.hole.content = apply(name, outputs(exit));
    const rest = this.inFunction(() => k(value, merged));
    return letrec([{ name, fun: fun([result, ...variables], rest) }], code);
  }

  #meetByLet(
    k: Continuation,
    value: Value,
    merged: Environment,
    exits: Exit[],
    outputs: (exit: Exit) => Core[],
    variables: Var[],
    code: Core,
  ): Core {
    for (const exit of exits) {
      const elements = outputs(exit);
      const [only] = elements;
      exit.hole.content = elements.length === 1 && only !== undefined
        ? only
        : { kind: "values", elements };
    }
    return bind(variables, code, k(value, merged));
  }
}

/** A place where code goes on that is not made yet. */
export interface Exit {
  readonly hole: Hole;
  readonly value: Value;
  readonly env: Environment;
  readonly depth: number;
}

function mergeLocals(variable: Var, exits: readonly Exit[], id: number): Local {
  const locals = exits.map((exit) => exit.env.values.get(id));
  return {
    kind: "value",
    core: variable,
    type: sameType(locals.map((local) => local?.kind === "value" ? local.type : undefined)),
    likely: locals.map((local) => local?.kind === "value" ? local.likely : undefined).find(isKnown),
    future: mayHoldFuture(exits, id),
  };
}

function mayHoldFuture(exits: readonly Exit[], id: number): boolean {
  return exits.some((exit) => exit.env.values.get(id)?.future === true);
}

function mergeValues(result: Var, exits: readonly Exit[]): Value {
  return {
    core: result,
    type: sameType(exits.map((exit) => exit.value.type)),
    classObject: undefined,
    likely: exits.map((exit) => exit.value.likely).find(isKnown),
    future: exits.some((exit) => exit.value.future),
  };
}

function isKnown(facts: ClassFacts | undefined): boolean {
  return facts !== undefined;
}

function sameType(types: readonly (string | undefined)[]): string | undefined {
  const [first] = types;
  return types.every((type) => type === first) ? first : undefined;
}

/** The Core node of a local that is handed on; cells are never changed themselves. */
export function localCore(local: Local | undefined): Core {
  if (local === undefined) return atom("nil");
  return local.kind === "value" ? local.core : local.key;
}

/**
 * A tree of Core Erlang: what the generator builds, `core_text.ts` prints and `core_term.ts` writes
 * as the records that OTP's compiler reads.
 * @module
 */

/** A constant Erlang term. */
export type Constant =
  | { readonly kind: "atom"; readonly name: string }
  | { readonly kind: "integer"; readonly value: bigint }
  | { readonly kind: "float"; readonly value: number }
  | { readonly kind: "binary"; readonly bytes: Uint8Array }
  | { readonly kind: "list"; readonly elements: readonly Constant[] }
  | { readonly kind: "cons"; readonly elements: readonly Constant[]; readonly tail: Constant }
  | { readonly kind: "tuple"; readonly elements: readonly Constant[] }
  | { readonly kind: "map"; readonly entries: readonly (readonly [Constant, Constant])[] };

/** A Core Erlang variable; the number names it, the hint is for readers only. */
export interface Var {
  readonly kind: "var";
  readonly id: number;
  readonly hint: string;
}

/** A function of the module or of a `letrec`. */
export interface FunctionName {
  readonly kind: "functionName";
  readonly name: string;
  readonly arity: number;
}

/** One segment of a binary that is built or matched. */
export interface Segment {
  readonly value: Core;
  readonly size: Core;
  readonly unit: number;
  readonly type: string;
  readonly flags: readonly string[];
}

/** One clause of a `case`; a missing guard is `true`. */
export interface Clause {
  readonly patterns: readonly Core[];
  readonly guard: Core | undefined;
  readonly body: Core;
}

/** One association of a map: `=>` is `assoc`, `:=` is `exact`. */
export interface MapPair {
  readonly op: "assoc" | "exact";
  readonly key: Core;
  readonly value: Core;
}

export interface Fun {
  readonly kind: "fun";
  readonly vars: readonly Var[];
  readonly body: Core;
  readonly line: number | undefined;
}

/** A named function: of a module or of a `letrec`. */
export interface Definition {
  readonly name: FunctionName;
  readonly fun: Fun;
}

/** A place in a tree that is filled after the tree around it has been built. */
export interface Hole {
  readonly kind: "hole";
  content: Core | undefined;
}

/** An expression or a pattern. */
export type Core =
  | { readonly kind: "literal"; readonly value: Constant }
  | Var
  | FunctionName
  | Fun
  | Hole
  | {
    readonly kind: "call";
    readonly module: Core;
    readonly name: Core;
    readonly args: readonly Core[];
    readonly line: number | undefined;
  }
  | {
    readonly kind: "apply";
    readonly op: Core;
    readonly args: readonly Core[];
    readonly line: number | undefined;
  }
  | { readonly kind: "primop"; readonly name: string; readonly args: readonly Core[] }
  | { readonly kind: "case"; readonly arg: Core; readonly clauses: readonly Clause[] }
  | {
    readonly kind: "let";
    readonly vars: readonly Var[];
    readonly arg: Core;
    readonly body: Core;
  }
  | { readonly kind: "seq"; readonly arg: Core; readonly body: Core }
  | { readonly kind: "letrec"; readonly definitions: readonly Definition[]; readonly body: Core }
  | { readonly kind: "cons"; readonly head: Core; readonly tail: Core }
  | { readonly kind: "tuple"; readonly elements: readonly Core[] }
  | {
    readonly kind: "map";
    readonly base: Core | undefined;
    readonly pairs: readonly MapPair[];
    readonly isPattern: boolean;
  }
  | { readonly kind: "binary"; readonly segments: readonly Segment[] }
  | { readonly kind: "values"; readonly elements: readonly Core[] }
  | { readonly kind: "alias"; readonly variable: Var; readonly pattern: Core }
  | {
    readonly kind: "try";
    readonly arg: Core;
    readonly vars: readonly Var[];
    readonly body: Core;
    readonly exceptionVars: readonly Var[];
    readonly handler: Core;
  };

/** A whole module. */
export interface CoreModule {
  readonly name: string;
  /** The source file, for stack traces. */
  readonly file: string;
  readonly exports: readonly FunctionName[];
  readonly attributes: readonly (readonly [string, Constant])[];
  readonly definitions: readonly Definition[];
}

const textEncoder = new TextEncoder();

/** Constructors of constants. */
export const constant = {
  atom: (name: string): Constant => ({ kind: "atom", name }),
  integer: (value: number | bigint): Constant => ({ kind: "integer", value: BigInt(value) }),
  float: (value: number): Constant => ({ kind: "float", value }),
  string: (text: string): Constant => ({ kind: "binary", bytes: textEncoder.encode(text) }),
  /** A list of the string's code points, as Erlang's file names are. */
  charlist: (text: string): Constant =>
    constant.list([...text].map((char) => constant.integer(char.codePointAt(0) ?? 0))),
  list: (elements: readonly Constant[]): Constant => ({ kind: "list", elements }),
  cons: (elements: readonly Constant[], tail: Constant): Constant => {
    if (tail.kind === "list") return constant.list([...elements, ...tail.elements]);
    return { kind: "cons", elements, tail };
  },
  tuple: (elements: readonly Constant[]): Constant => ({ kind: "tuple", elements }),
  map: (entries: readonly (readonly [Constant, Constant])[]): Constant => ({
    kind: "map",
    entries,
  }),
  /** A map with atom keys. */
  record: (entries: Readonly<Record<string, Constant>>): Constant => ({
    kind: "map",
    entries: Object.entries(entries).map(([key, value]) => [constant.atom(key), value] as const),
  }),
};

/** A literal of a constant. */
export function literal(value: Constant): Core {
  return { kind: "literal", value };
}

/** A literal atom. */
export function atom(name: string): Core {
  return literal(constant.atom(name));
}

/** A literal integer. */
export function integer(value: number | bigint): Core {
  return literal(constant.integer(value));
}

/** A literal UTF-8 binary. */
export function string(text: string): Core {
  return literal(constant.string(text));
}

/** The atom `nil`, Beamtalk's nil. */
export const nil: Core = atom("nil");
/** The atom `true`. */
export const yes: Core = atom("true");
/** The atom `false`. */
export const no: Core = atom("false");
/** The empty list. */
export const emptyList: Core = literal(constant.list([]));

/** `Module:Name(Args)` with names known when compiling. */
export function call(
  module: string,
  name: string,
  args: readonly Core[],
  line?: number,
): Core {
  return { kind: "call", module: atom(module), name: atom(name), args, line };
}

/** `Module:Name(Args)` with a module known only when running. */
export function callModule(module: Core, name: string, args: readonly Core[], line?: number): Core {
  return { kind: "call", module, name: atom(name), args, line };
}

/** A call of a BIF of `erlang`. */
export function bif(name: string, args: readonly Core[], line?: number): Core {
  return call("erlang", name, args, line);
}

/** A call of a fun or a local function. */
export function apply(op: Core, args: readonly Core[], line?: number): Core {
  return { kind: "apply", op, args, line };
}

/** The name of a function of this module or of a `letrec`. */
export function functionName(name: string, arity: number): FunctionName {
  return { kind: "functionName", name, arity };
}

/** A fun, or the body of a definition. */
export function fun(vars: readonly Var[], body: Core, line?: number): Fun {
  return { kind: "fun", vars, body, line };
}

/** `let <Vars> = Arg in Body`; without effect where the body is the variable itself. */
export function bind(vars: readonly Var[], arg: Core, body: Core): Core {
  const only = vars.length === 1 ? vars[0] : undefined;
  if (only !== undefined && body.kind === "var" && body.id === only.id) return arg;
  return { kind: "let", vars, arg, body };
}

/** `do Arg Body`. */
export function sequence(arg: Core, body: Core): Core {
  return { kind: "seq", arg, body };
}

/** `case Arg of Clauses end`. */
export function caseOf(arg: Core, clauses: readonly Clause[]): Core {
  return { kind: "case", arg, clauses };
}

/** One clause over one value. */
export function clause(pattern: Core, body: Core, guard?: Core): Clause {
  return { patterns: [pattern], guard, body };
}

/** Local functions that may call one another. */
export function letrec(definitions: readonly Definition[], body: Core): Core {
  return { kind: "letrec", definitions, body };
}

/** A tuple; a literal where all elements are. */
export function tuple(elements: readonly Core[]): Core {
  const constants = allConstants(elements);
  if (constants !== undefined) return literal(constant.tuple(constants));
  return { kind: "tuple", elements };
}

/** A list of known length, with an optional tail; a literal where all elements are. */
export function list(elements: readonly Core[], tail: Core = emptyList): Core {
  const constants = tail.kind === "literal" ? allConstants(elements) : undefined;
  if (constants !== undefined && tail.kind === "literal") {
    return constants.length === 0 ? tail : literal(constant.cons(constants, tail.value));
  }
  let result = tail;
  for (let index = elements.length - 1; index >= 0; index--) {
    result = cons(elements[index] ?? nil, result);
  }
  return result;
}

/** `[Head | Tail]`; a literal where both are. */
export function cons(head: Core, tail: Core): Core {
  if (head.kind === "literal" && tail.kind === "literal") {
    return literal(prepend(head.value, tail.value));
  }
  return { kind: "cons", head, tail };
}

function prepend(head: Constant, tail: Constant): Constant {
  if (tail.kind === "list") return constant.list([head, ...tail.elements]);
  if (tail.kind === "cons") return constant.cons([head, ...tail.elements], tail.tail);
  return constant.cons([head], tail);
}

/** A new map; a literal where all keys are different atoms and all values are literals. */
export function map(pairs: readonly MapPair[]): Core {
  const entries = constantEntries(pairs);
  if (entries !== undefined) return literal(constant.map(entries));
  return { kind: "map", base: undefined, pairs, isPattern: false };
}

/**
 * A map with some values replaced. The virtual machine wants to know that the base is a map, so
 * this tests it; `held` and `other` are variables of its own.
 */
export function updateMap(base: Core, pairs: readonly MapPair[], held: Var, other: Var): Core {
  const updated: Core = { kind: "map", base: held, pairs, isPattern: false };
  return caseOf(base, [
    clause(held, updated, bif("is_map", [held])),
    clause(other, bif("error", [tuple([atom("badmap"), other])])),
  ]);
}

/** A map pattern: the keys must be there, others may. */
export function mapPattern(pairs: readonly MapPair[]): Core {
  return { kind: "map", base: undefined, pairs, isPattern: true };
}

/** The constants of literal nodes; undefined when one is not a literal. */
function allConstants(nodes: readonly Core[]): Constant[] | undefined {
  const constants: Constant[] = [];
  for (const node of nodes) {
    if (node.kind !== "literal") return undefined;
    constants.push(node.value);
  }
  return constants;
}

function constantEntries(
  pairs: readonly MapPair[],
): (readonly [Constant, Constant])[] | undefined {
  const entries: (readonly [Constant, Constant])[] = [];
  const keys = new Set<string>();
  for (const { key, value } of pairs) {
    if (key.kind !== "literal" || value.kind !== "literal") return undefined;
    if (key.value.kind !== "atom" || keys.has(key.value.name)) return undefined;
    keys.add(key.value.name);
    entries.push([key.value, value.value]);
  }
  return entries;
}

/**
 * The value of a key that a map surely has: a match, which costs less than the BIF; a key that is
 * missing raises what the BIF would. `found` and `other` are variables of its own.
 */
export function mapValue(key: string, from: Core, found: Var, other: Var, line?: number): Core {
  const badkey = constant.atom("badkey");
  return caseOf(from, [
    clause(mapPattern([{ op: "exact", key: atom(key), value: found }]), found),
    clause(other, bif("error", [literal(constant.tuple([badkey, constant.atom(key)]))], line)),
  ]);
}

/** What stands in a hole that is filled; other nodes are themselves. */
export function resolve(node: Core): Core {
  let found = node;
  while (found.kind === "hole" && found.content !== undefined) found = found.content;
  return found;
}

/** Whether evaluating the node twice costs and changes nothing: a literal or a variable. */
export function isAtomic(node: Core): boolean {
  return node.kind === "literal" || node.kind === "var" || node.kind === "functionName";
}

/**
 * Writes Core Erlang as the records of OTP's `core_parse.hrl`, in the external term format: what
 * `compile:noenv_forms(binary_to_term(Bytes), [from_core, binary])` reads.
 *
 * The bytes are written in one pass, without a tree of terms between.
 * @module
 */
import type {
  Clause,
  Constant,
  Core,
  CoreModule,
  Definition,
  FunctionName,
  MapPair,
  Segment,
} from "./core.ts";
import { ByteWriter } from "../../bridge/byte_writer.ts";

const NIL = 106;
/** Atoms whose bytes are kept from one module to the next. */
const MOST_ATOMS = 20_000;

const textEncoder = new TextEncoder();
/** The bytes of an atom by its name. */
const atoms = new Map<string, Uint8Array>();
/** What a record without annotations begins with, by its name and the number of its fields. */
const heads = new Map<string, Uint8Array>();

function atomBytes(name: string): Uint8Array {
  const known = atoms.get(name);
  if (known !== undefined) return known;
  const text = textEncoder.encode(name);
  const bytes = new Uint8Array(text.length + (text.length < 256 ? 2 : 3));
  if (text.length < 256) bytes.set([119, text.length]);
  else bytes.set([118, text.length >> 8, text.length & 255]);
  bytes.set(text, bytes.length - text.length);
  if (atoms.size >= MOST_ATOMS) atoms.clear();
  atoms.set(name, bytes);
  return bytes;
}

function headBytes(name: string, fields: number): Uint8Array {
  const known = heads.get(name);
  if (known !== undefined) return known;
  const bytes = Uint8Array.from([104, fields + 2, ...atomBytes(name), NIL]);
  heads.set(name, bytes);
  return bytes;
}

class CoreWriter extends ByteWriter {
  /** `{file, File}` and the end of the list of annotations. */
  readonly #file: Uint8Array;

  constructor(file: string) {
    super();
    const path = textEncoder.encode(file);
    this.#file = Uint8Array.from(
      [104, 2, ...atomBytes("file"), 107, path.length >> 8, path.length & 255, ...path, NIL],
    );
  }

  atom(name: string): void {
    this.raw(atomBytes(name));
  }

  tupleHead(arity: number): void {
    if (arity > 255) return this.tagged32(105, arity);
    this.byte(104);
    this.byte(arity);
  }

  /** A list of known length; `each` writes one element. */
  list<T>(elements: readonly T[], each: (element: T) => void): void {
    if (elements.length > 0) {
      this.tagged32(108, elements.length);
      for (const element of elements) each(element);
    }
    this.byte(NIL);
  }

  /** An integer of up to 31 bits. */
  small(value: number): void {
    if (value < 0 || value > 255) return this.tagged32(98, value);
    this.byte(97);
    this.byte(value);
  }

  integer(value: bigint): void {
    if (value >= -0x80000000n && value < 0x80000000n) return this.small(Number(value));
    this.#bignum(value);
  }

  #bignum(value: bigint): void {
    const digits: number[] = [];
    const hex = (value < 0n ? -value : value).toString(16);
    for (let end = hex.length; end > 0; end -= 2) {
      digits.push(parseInt(hex.slice(Math.max(0, end - 2), end), 16));
    }
    if (digits.length < 256) {
      this.byte(110);
      this.byte(digits.length);
    } else this.tagged32(111, digits.length);
    this.byte(value < 0n ? 1 : 0);
    this.raw(Uint8Array.from(digits));
  }

  #float(value: number): void {
    const bytes = new Uint8Array(9);
    bytes[0] = 70;
    new DataView(bytes.buffer).setFloat64(1, value);
    this.raw(bytes);
  }

  constant(value: Constant): void {
    switch (value.kind) {
      case "atom":
        return this.atom(value.name);
      case "integer":
        return this.integer(value.value);
      case "float":
        return this.#float(value.value);
      case "binary":
        this.tagged32(109, value.bytes.length);
        return this.raw(value.bytes);
      case "list":
        return this.list(value.elements, (element) => this.constant(element));
      case "cons":
        this.tagged32(108, value.elements.length);
        for (const element of value.elements) this.constant(element);
        return this.constant(value.tail);
      case "tuple":
        this.tupleHead(value.elements.length);
        for (const element of value.elements) this.constant(element);
        return;
      case "map":
        this.tagged32(116, value.entries.length);
        for (const [key, entry] of value.entries) {
          this.constant(key);
          this.constant(entry);
        }
        return;
      default:
        return value satisfies never;
    }
  }

  /** Head of a record: its name and annotations `[Line, {file, File}]` where a line is known. */
  #record(name: string, fields: number, line?: number): void {
    if (line === undefined) return this.raw(headBytes(name, fields));
    this.tupleHead(fields + 2);
    this.atom(name);
    this.tagged32(108, 2);
    this.small(line);
    this.raw(this.#file);
  }

  #literalAtom(name: string): void {
    this.#record("c_literal", 1);
    this.atom(name);
  }

  #nodes(nodes: readonly Core[]): void {
    this.list(nodes, (node) => this.node(node));
  }

  functionVar(name: FunctionName): void {
    this.#record("c_var", 1);
    this.tupleHead(2);
    this.atom(name.name);
    this.small(name.arity);
  }

  definitions(definitions: readonly Definition[]): void {
    this.list(definitions, ({ name, fun }) => {
      this.tupleHead(2);
      this.functionVar(name);
      this.node(fun);
    });
  }

  /** Long runs of `let` and `do` are written in a loop, so that long methods need no deep stack. */
  node(root: Core): void {
    let node: Core | undefined = root;
    while (node !== undefined) node = this.#nodeHead(node);
  }

  /** Writes a node up to its last part, which it answers where that is an expression. */
  #nodeHead(node: Core): Core | undefined {
    switch (node.kind) {
      case "hole":
        if (node.content === undefined) throw new Error("a hole in Core Erlang was not filled");
        return node.content;
      case "fun":
        this.#record("c_fun", 2, node.line);
        this.#nodes(node.vars);
        return node.body;
      case "let":
        this.#record("c_let", 3);
        this.#nodes(node.vars);
        this.node(node.arg);
        return node.body;
      case "seq":
        this.#record("c_seq", 2);
        this.node(node.arg);
        return node.body;
      case "letrec":
        this.#record("c_letrec", 2);
        this.definitions(node.definitions);
        return node.body;
      default:
        this.#plainNode(node);
        return undefined;
    }
  }

  #plainNode(node: Exclude<Core, { kind: "hole" | "fun" | "let" | "seq" | "letrec" }>): void {
    switch (node.kind) {
      case "literal":
        this.#record("c_literal", 1);
        return this.constant(node.value);
      case "var":
        this.#record("c_var", 1);
        return this.small(node.id);
      case "functionName":
        return this.functionVar(node);
      case "call":
        this.#record("c_call", 3, node.line);
        this.node(node.module);
        this.node(node.name);
        return this.#nodes(node.args);
      case "apply":
        this.#record("c_apply", 2, node.line);
        this.node(node.op);
        return this.#nodes(node.args);
      case "primop":
        this.#record("c_primop", 2);
        this.#literalAtom(node.name);
        return this.#nodes(node.args);
      case "case":
        this.#record("c_case", 2);
        this.node(node.arg);
        return this.list(node.clauses, (clause) => this.#clause(clause));
      case "cons":
        this.#record("c_cons", 2);
        this.node(node.head);
        return this.node(node.tail);
      case "tuple":
        this.#record("c_tuple", 1);
        return this.#nodes(node.elements);
      case "map":
        return this.#map(node.base, node.pairs, node.isPattern);
      case "binary":
        this.#record("c_binary", 1);
        return this.list(node.segments, (segment) => this.#segment(segment));
      case "values":
        this.#record("c_values", 1);
        return this.#nodes(node.elements);
      case "alias":
        this.#record("c_alias", 2);
        this.node(node.variable);
        return this.node(node.pattern);
      case "try":
        this.#record("c_try", 5);
        this.node(node.arg);
        this.#nodes(node.vars);
        this.node(node.body);
        this.#nodes(node.exceptionVars);
        return this.node(node.handler);
      default:
        return node satisfies never;
    }
  }

  #clause(clause: Clause): void {
    this.#record("c_clause", 3);
    this.#nodes(clause.patterns);
    if (clause.guard === undefined) this.#literalAtom("true");
    else this.node(clause.guard);
    this.node(clause.body);
  }

  #map(base: Core | undefined, pairs: readonly MapPair[], isPattern: boolean): void {
    this.#record("c_map", 3);
    if (base === undefined) {
      this.#record("c_literal", 1);
      this.tagged32(116, 0);
    } else this.node(base);
    this.list(pairs, (pair) => {
      this.#record("c_map_pair", 3);
      this.#literalAtom(pair.op);
      this.node(pair.key);
      this.node(pair.value);
    });
    this.atom(isPattern ? "true" : "false");
  }

  #segment(segment: Segment): void {
    this.#record("c_bitstr", 5);
    this.node(segment.value);
    this.node(segment.size);
    this.#record("c_literal", 1);
    if (segment.unit === 0) this.atom("undefined");
    else this.small(segment.unit);
    this.#literalAtom(segment.type);
    this.#record("c_literal", 1);
    this.list(segment.flags, (flag) => this.atom(flag));
  }

  module(module: CoreModule): void {
    this.byte(131);
    this.#record("c_module", 4);
    this.#literalAtom(module.name);
    this.list(module.exports, (name) => this.functionVar(name));
    this.list(module.attributes, ([name, value]) => {
      this.tupleHead(2);
      this.#literalAtom(name);
      this.#record("c_literal", 1);
      this.constant(value);
    });
    this.definitions(module.definitions);
  }
}

/** The module as one external term, its version byte included. */
export function encodeCore(module: CoreModule): Uint8Array {
  const writer = new CoreWriter(module.file);
  writer.module(module);
  return writer.taken();
}

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

const textEncoder = new TextEncoder();
const NIL = 106;

class TermWriter {
  #bytes = new Uint8Array(16384);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;
  readonly #atoms = new Map<string, Uint8Array>();
  readonly #file: Uint8Array;

  constructor(file: string) {
    this.#file = textEncoder.encode(file);
  }

  result(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  #reserve(count: number): void {
    const needed = this.#length + count;
    if (needed <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(needed, this.#bytes.length * 2));
    grown.set(this.#bytes);
    this.#bytes = grown;
    this.#view = new DataView(grown.buffer);
  }

  byte(value: number): void {
    this.#reserve(1);
    this.#bytes[this.#length++] = value;
  }

  #uint32(value: number): void {
    this.#reserve(4);
    this.#view.setUint32(this.#length, value);
    this.#length += 4;
  }

  #raw(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  atom(name: string): void {
    const known = this.#atoms.get(name);
    if (known !== undefined) return this.#raw(known);
    const text = textEncoder.encode(name);
    const bytes = new Uint8Array(text.length + (text.length < 256 ? 2 : 3));
    if (text.length < 256) bytes.set([119, text.length]);
    else bytes.set([118, text.length >> 8, text.length & 255]);
    bytes.set(text, bytes.length - text.length);
    this.#atoms.set(name, bytes);
    this.#raw(bytes);
  }

  tupleHead(arity: number): void {
    if (arity < 256) {
      this.byte(104);
      this.byte(arity);
      return;
    }
    this.byte(105);
    this.#uint32(arity);
  }

  /** A list of known length; `each` writes one element. */
  list<T>(elements: readonly T[], each: (element: T) => void): void {
    if (elements.length > 0) {
      this.byte(108);
      this.#uint32(elements.length);
      for (const element of elements) each(element);
    }
    this.byte(NIL);
  }

  integer(value: bigint): void {
    if (value >= 0n && value < 256n) {
      this.byte(97);
      this.byte(Number(value));
      return;
    }
    if (value >= -0x80000000n && value < 0x80000000n) {
      this.byte(98);
      this.#uint32(Number(value) >>> 0);
      return;
    }
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
    } else {
      this.byte(111);
      this.#uint32(digits.length);
    }
    this.byte(value < 0n ? 1 : 0);
    this.#raw(Uint8Array.from(digits));
  }

  constant(value: Constant): void {
    switch (value.kind) {
      case "atom":
        return this.atom(value.name);
      case "integer":
        return this.integer(value.value);
      case "float":
        this.byte(70);
        this.#reserve(8);
        this.#view.setFloat64(this.#length, value.value);
        this.#length += 8;
        return;
      case "binary":
        this.byte(109);
        this.#uint32(value.bytes.length);
        return this.#raw(value.bytes);
      case "list":
        return this.list(value.elements, (element) => this.constant(element));
      case "cons":
        this.byte(108);
        this.#uint32(value.elements.length);
        for (const element of value.elements) this.constant(element);
        return this.constant(value.tail);
      case "tuple":
        this.tupleHead(value.elements.length);
        for (const element of value.elements) this.constant(element);
        return;
      case "map":
        this.byte(116);
        this.#uint32(value.entries.length);
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
    this.tupleHead(fields + 2);
    this.atom(name);
    if (line === undefined) return this.byte(NIL);
    this.byte(108);
    this.#uint32(2);
    this.integer(BigInt(line));
    this.tupleHead(2);
    this.atom("file");
    this.byte(107);
    this.byte(this.#file.length >> 8);
    this.byte(this.#file.length & 255);
    this.#raw(this.#file);
    this.byte(NIL);
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
    this.integer(BigInt(name.arity));
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
        return this.integer(BigInt(node.id));
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
      this.byte(116);
      this.#uint32(0);
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
    else this.integer(BigInt(segment.unit));
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
  const writer = new TermWriter(module.file);
  writer.module(module);
  return writer.result();
}

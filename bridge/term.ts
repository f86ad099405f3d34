/**
 * Erlang terms as TypeScript values.
 *
 * | Erlang | TypeScript |
 * |---|---|
 * | integer | `number` when it is a safe integer, `bigint` beyond |
 * | float | {@link Float} |
 * | atom | {@link Atom}, one object a name: compare with `===` |
 * | tuple | {@link Tuple} |
 * | proper list | array |
 * | improper list | {@link ImproperList} |
 * | binary | `Uint8Array` |
 * | bitstring of a broken byte | {@link BitString} |
 * | map | {@link TermMap}, keys compared by structure |
 * | pid, port, reference | {@link Pid}, {@link Port}, {@link Reference} |
 * | fun, `fun M:F/A` | {@link Fun}, {@link ExternalFun} |
 *
 * Nothing is converted behind the writer's back: a JavaScript string is no term, because Erlang has
 * two things of that name. Say {@link binary} or {@link charlist}.
 *
 * @module
 */

import { allocate } from "./byte_pool.ts";
import { TermMap } from "./term_map.ts";
export { TermMap } from "./term_map.ts";

/** Any Erlang term. */
export type Term =
  | number
  | bigint
  | Atom
  | Float
  | Tuple
  | Uint8Array
  | BitString
  | readonly Term[]
  | ImproperList
  | TermMap
  | Pid
  | Port
  | Reference
  | Fun
  | ExternalFun;

/** The BEAM's own bound on atoms; reaching it is an error here as it is there. */
const ATOM_TABLE_LIMIT = 1_048_576;

const atoms = new Map<string, Atom>();

const utf8 = new TextEncoder();

/** An atom. Made by {@link atom}, which gives the same object for the same name. */
export class Atom {
  /** The atom as the external format writes it: tag, length, UTF-8. */
  readonly encoded: Uint8Array;

  readonly name: string;

  /** @internal Use {@link atom}. */
  constructor(name: string) {
    this.name = name;
    if (!name.isWellFormed()) throw new TypeError("an atom's name must be well-formed Unicode");
    if (name.length > 255 && [...name].length > 255) {
      throw new RangeError("an atom's name has at most 255 characters");
    }
    const text = utf8.encode(name);
    const short = text.length < 256;
    const head = short ? 2 : 3;
    this.encoded = allocate(head + text.length);
    this.encoded[0] = short ? 119 : 118;
    if (!short) this.encoded[1] = text.length >> 8;
    this.encoded[head - 1] = text.length & 255;
    this.encoded.set(text, head);
  }

  /** The name, without quotes. */
  toString(): string {
    return this.name;
  }
}

/** The atom of that name. */
export function atom(name: string): Atom {
  const known = atoms.get(name);
  if (known !== undefined) return known;
  if (atoms.size >= ATOM_TABLE_LIMIT) throw new RangeError("too many different atoms");
  const made = new Atom(name);
  atoms.set(name, made);
  return made;
}

/** A float. Integers are plain numbers, so a float needs a mark of its own. */
export class Float {
  readonly value: number;

  constructor(value: number) {
    this.value = value;
  }
}

/** A float term; infinities and NaN do not exist in Erlang and are refused. */
export function float(value: number): Float {
  if (!Number.isFinite(value)) throw new RangeError(`no Erlang float: ${value}`);
  return new Float(value);
}

/** A tuple. */
export class Tuple {
  readonly elements: readonly Term[];

  constructor(elements: readonly Term[]) {
    this.elements = elements;
  }

  /** The element count. */
  get size(): number {
    return this.elements.length;
  }
}

/** A tuple of these elements. */
export function tuple(...elements: Term[]): Tuple {
  return new Tuple(elements);
}

/** A proper list of these elements; an array literal is the same. */
export function list(...elements: Term[]): readonly Term[] {
  return elements;
}

/** A list whose last tail is not a list: `[1, 2 | 3]`. */
export class ImproperList {
  readonly elements: readonly Term[];
  readonly tail: Term;

  constructor(elements: readonly Term[], tail: Term) {
    this.elements = elements;
    this.tail = tail;
    if (elements.length === 0) throw new RangeError("an improper list has at least one element");
    if (Array.isArray(tail) || tail instanceof ImproperList) {
      throw new TypeError("the tail of an improper list is not a list");
    }
  }
}

/** A bitstring whose length is not a multiple of eight. */
export class BitString {
  /** The bytes; the bits of the last one that are not used are zero. */
  readonly bytes: Uint8Array;

  readonly lastBits: number;

  /** @param lastBits how many bits of the last byte are in use, from its most significant one: 1 to 7 */
  constructor(bytes: Uint8Array, lastBits: number) {
    this.lastBits = lastBits;
    if (bytes.length === 0 || lastBits < 1 || lastBits > 7 || !Number.isInteger(lastBits)) {
      throw new RangeError("a bitstring uses 1 to 7 bits of its last byte");
    }
    const last = bytes.length - 1;
    const wanted = bytes[last]! & (0xff << (8 - lastBits));
    this.bytes = bytes;
    if (wanted !== bytes[last]) {
      this.bytes = bytes.slice();
      this.bytes[last] = wanted;
    }
  }
}

/** A binary of these bytes, or of the UTF-8 form of a text. */
export function binary(value: string | Uint8Array): Uint8Array {
  if (typeof value !== "string") return value;
  if (value.length > 48) return utf8.encode(value);
  const bytes = allocate(value.length);
  for (let i = 0; i < value.length; i++) {
    const code = value.charCodeAt(i);
    if (code > 127) return utf8.encode(value);
    bytes[i] = code;
  }
  return bytes;
}

/** The text as Erlang's `"..."`: a list of code points. */
export function charlist(text: string): readonly number[] {
  return Array.from(text, (character) => character.codePointAt(0)!);
}

/** A map of these entries; a later entry replaces an earlier one of an equal key. */
export function map(entries: Iterable<readonly [Term, Term]> = []): TermMap {
  return TermMap.from(entries);
}

/** A process identifier. */
export class Pid {
  readonly node: Atom;
  readonly id: number;
  readonly serial: number;
  readonly creation: number;

  constructor(node: Atom, id: number, serial: number, creation: number) {
    this.node = node;
    this.id = id;
    this.serial = serial;
    this.creation = creation;
  }
}

/** A port identifier. */
export class Port {
  readonly node: Atom;
  readonly id: bigint;
  readonly creation: number;
  /**
   * Whether a small id too is written with eight bytes (`V4_PORT_EXT`): OTP 25 does not, later
   * releases do. It goes back as it came; the port is the same either way.
   */
  readonly isWide: boolean;

  constructor(node: Atom, id: bigint, creation: number, isWide: boolean = false) {
    this.node = node;
    this.id = id;
    this.creation = creation;
    this.isWide = isWide;
  }
}

/** A reference; `ids` in the order of the external format. */
export class Reference {
  readonly node: Atom;
  readonly creation: number;
  readonly ids: readonly number[];

  constructor(node: Atom, creation: number, ids: readonly number[]) {
    this.node = node;
    this.creation = creation;
    this.ids = ids;
  }
}

/** The parts of a {@link Fun}. */
export interface FunParts {
  readonly module: Atom;
  readonly arity: number;
  /** MD5 of the significant parts of the module: 16 bytes. */
  readonly uniq: Uint8Array;
  readonly index: number;
  readonly oldIndex: number;
  readonly oldUniq: number;
  readonly pid: Pid;
  /** The values of the variables that the fun has captured. */
  readonly free: readonly Term[];
}

/** A local fun. It can be carried and given back; only a node that has the module can call it. */
export class Fun {
  readonly parts: FunParts;

  constructor(parts: FunParts) {
    this.parts = parts;
  }
}

/** `fun Module:Function/Arity`. */
export class ExternalFun {
  readonly module: Atom;
  readonly name: Atom;
  readonly arity: number;

  constructor(module: Atom, name: Atom, arity: number) {
    this.module = module;
    this.name = name;
    this.arity = arity;
  }
}

/** The empty list. */
export const nil: readonly Term[] = [];

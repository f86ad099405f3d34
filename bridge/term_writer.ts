/**
 * Terms to bytes of the external term format.
 *
 * @module
 */

import { ByteWriter } from "./byte_writer.ts";
import { compare } from "./compare.ts";
import { writeBigInteger } from "./integers.ts";
import {
  Atom,
  atom,
  BitString,
  ExternalFun,
  Float,
  Fun,
  ImproperList,
  Pid,
  Port,
  Reference,
  type Term,
  TermMap,
  Tuple,
} from "./term.ts";

/** A value that no Erlang term stands for. */
export class EncodeError extends Error {
  override readonly name = "EncodeError";
}

/** Maps up to this size are kept sorted by the BEAM, larger ones in the order of a hash. */
const SORTED_MAP_LIMIT = 32;
/** The longest list of bytes that is written as a string. */
const STRING_LIMIT = 0xffff;
/** A binary of this size or more is kept apart by {@link encodeSplit}. */
const BLOB_SIZE = 65_536;
/** From this depth on the writer keeps its own stack instead of the engine's. */
const RECURSION_LIMIT = 500;

/** Stands on the stack of {@link writeDeep} for the end of a proper list. */
const LIST_END: readonly Term[] = [];

const floatCell = new Float64Array(1);
const floatBytes = new Uint8Array(floatCell.buffer);

/** Large binaries that are kept apart from their term. */
export interface Blobs {
  /** A number that nobody could have written into the term. */
  readonly nonce: bigint;
  readonly list: Uint8Array[];
}

/** Writes terms. */
export class TermWriter extends ByteWriter {
  depth = 0;
  deterministic = false;
  blobs: Blobs | undefined;
  /** How many funs, whose size is filled in later, stand around the place of writing. */
  openFuns = 0;

  /** The bytes of a term, with the version byte 131 before them. */
  whole(term: Term, deterministic: boolean, blobs: Blobs | undefined): Uint8Array {
    this.depth = 0;
    this.openFuns = 0;
    this.deterministic = deterministic;
    this.blobs = blobs;
    try {
      this.byte(131);
      this.write(term);
      return this.taken();
    } catch (error) {
      this.reset();
      throw error;
    }
  }

  write(term: Term): void {
    if (typeof term === "number") return this.writeInteger(term);
    if (term instanceof Atom) return this.writeAtom(term);
    if (++this.depth > RECURSION_LIMIT) {
      this.writeDeep(term);
    } else {
      this.writeCompound(term);
    }
    this.depth--;
  }

  writeCompound(term: Exclude<Term, number>): void {
    if (term instanceof Tuple) {
      const elements = term.elements;
      this.tupleHead(elements.length);
      for (let i = 0; i < elements.length; i++) this.write(elements[i]!);
    } else if (Array.isArray(term)) {
      if (!this.listHead(term)) return;
      for (let i = 0; i < term.length; i++) this.write(term[i]!);
      this.byte(106);
    } else if (term instanceof TermMap) {
      this.writeMap(term);
    } else if (term instanceof ImproperList) {
      this.tagged32(108, term.elements.length);
      for (const element of term.elements) this.write(element);
      this.write(term.tail);
    } else {
      this.writeLeaf(term);
    }
  }

  writeLeaf(term: Exclude<Term, number>): void {
    if (term instanceof Uint8Array) {
      this.writeBinary(term);
    } else if (term instanceof Float) {
      this.writeFloat(term.value);
    } else if (typeof term === "bigint") {
      this.writeBig(term);
    } else if (term instanceof BitString) {
      this.tagged32(77, term.bytes.length);
      this.byte(term.lastBits);
      this.raw(term.bytes);
    } else {
      this.writeRare(term);
    }
  }

  writeBinary(term: Uint8Array): void {
    if (this.blobs === undefined || term.length < BLOB_SIZE) {
      this.tagged32(109, term.length);
      return term.length < BLOB_SIZE || this.openFuns > 0 ? this.raw(term) : this.setApart(term);
    }
    this.tupleHead(3);
    this.writeAtom(atom("$blob"));
    this.writeBig(this.blobs.nonce);
    this.writeInteger(this.blobs.list.length);
    this.blobs.list.push(term);
  }

  writeInteger(value: number): void {
    if ((value | 0) === value) {
      if (value >= 0 && value < 256) {
        if (this.position + 2 > this.buffer.length) this.reserve(2);
        this.buffer[this.position++] = 97;
        this.buffer[this.position++] = value;
      } else {
        this.tagged32(98, value);
      }
      return;
    }
    if (!Number.isSafeInteger(value)) {
      throw new EncodeError(
        `${value} is no exact integer; say float(${value}) or use a bigint`,
      );
    }
    this.writeBig(BigInt(value));
  }

  writeBig(value: bigint): void {
    if (value >= -0x80000000n && value <= 0x7fffffffn) return this.writeInteger(Number(value));
    this.reserve(16);
    const written = writeBigInteger(value, (count) => this.reserveFor(count));
    this.position = written;
  }

  /** Room for the digits of a large integer: the buffer and where to write. */
  reserveFor(count: number): { bytes: Uint8Array; at: number } {
    this.reserve(count);
    return { bytes: this.buffer, at: this.position };
  }

  writeAtom(term: Atom): void {
    const bytes = term.encoded;
    const length = bytes.length;
    if (this.position + length > this.buffer.length) this.reserve(length);
    if (length > 32) {
      this.buffer.set(bytes, this.position);
    } else {
      for (let i = 0; i < length; i++) this.buffer[this.position + i] = bytes[i]!;
    }
    this.position += length;
  }

  writeFloat(value: number): void {
    if (!Number.isFinite(value)) throw new EncodeError(`no Erlang float: ${value}`);
    this.reserve(9);
    floatCell[0] = value;
    this.buffer[this.position] = 70;
    for (let i = 0; i < 8; i++) this.buffer[this.position + 1 + i] = floatBytes[7 - i]!;
    this.position += 9;
  }

  tupleHead(arity: number): void {
    if (arity > 255) return this.tagged32(105, arity);
    if (this.position + 2 > this.buffer.length) this.reserve(2);
    this.buffer[this.position++] = 104;
    this.buffer[this.position++] = arity;
  }

  /** Writes what comes before the elements; false when the whole list is written already. */
  listHead(elements: readonly Term[]): boolean {
    const length = elements.length;
    if (length === 0) {
      this.byte(106);
      return false;
    }
    if (length <= STRING_LIMIT && allBytes(elements)) {
      this.writeString(elements as readonly number[]);
      return false;
    }
    this.tagged32(108, length);
    return true;
  }

  writeString(elements: readonly (number | bigint)[]): void {
    const length = elements.length;
    this.reserve(3 + length);
    this.buffer[this.position] = 107;
    this.buffer[this.position + 1] = length >> 8;
    this.buffer[this.position + 2] = length & 255;
    this.position += 3;
    for (let i = 0; i < length; i++) this.buffer[this.position + i] = Number(elements[i]);
    this.position += length;
  }

  writeMap(term: TermMap): void {
    const keys = term.keys();
    this.tagged32(116, keys.length);
    if (this.needsSorting(term)) {
      for (const at of sortedPlaces(keys)) {
        this.write(keys[at]!);
        this.write(term.values()[at]!);
      }
      return;
    }
    const values = term.values();
    for (let i = 0; i < keys.length; i++) {
      this.write(keys[i]!);
      this.write(values[i]!);
    }
  }

  needsSorting(term: TermMap): boolean {
    return this.deterministic || (!term.ordered && term.size <= SORTED_MAP_LIMIT);
  }

  writeRare(term: Term): void {
    if (term instanceof Pid) {
      this.byte(88);
      this.writeAtom(term.node);
      this.unsigned32(term.id);
      this.unsigned32(term.serial);
      this.unsigned32(term.creation);
    } else if (term instanceof Reference) {
      this.byte(90);
      this.byte(term.ids.length >> 8);
      this.byte(term.ids.length & 255);
      this.writeAtom(term.node);
      this.unsigned32(term.creation);
      for (const id of term.ids) this.unsigned32(id);
    } else if (term instanceof Port) {
      this.writePort(term);
    } else if (term instanceof ExternalFun) {
      this.byte(113);
      this.writeAtom(term.module);
      this.writeAtom(term.name);
      this.writeInteger(term.arity);
    } else if (term instanceof Fun) {
      this.writeFun(term);
    } else {
      throw new EncodeError(notATerm(term));
    }
  }

  /** Ports of up to 28 bits keep the format that older nodes read, unless they came in the other. */
  writePort(term: Port): void {
    const small = term.id < 1n << 28n && (!term.isWide || this.deterministic);
    this.byte(small ? 89 : 120);
    this.writeAtom(term.node);
    if (!small) this.unsigned32(Number(term.id >> 32n));
    this.unsigned32(Number(term.id & 0xffffffffn));
    this.unsigned32(term.creation);
  }

  writeFun(term: Fun): void {
    const parts = term.parts;
    this.byte(112);
    // What a fun has captured cannot be filled in later.
    const outer = this.blobs;
    this.blobs = undefined;
    this.openFuns++;
    this.reserve(4);
    const start = this.position;
    this.position += 4;
    this.byte(parts.arity);
    this.raw(parts.uniq);
    this.unsigned32(parts.index);
    this.unsigned32(parts.free.length);
    this.writeAtom(parts.module);
    this.writeInteger(parts.oldIndex);
    this.writeInteger(parts.oldUniq);
    this.writeRare(parts.pid);
    for (const value of parts.free) this.write(value);
    const end = this.position;
    this.position = start;
    this.unsigned32(end - start);
    this.position = end;
    this.blobs = outer;
    this.openFuns--;
  }

  /** The same bytes without recursion, for terms so deep that the engine's stack would not hold them. */
  writeDeep(root: Term): void {
    const waiting: Term[] = [root];
    while (waiting.length > 0) {
      const term = waiting.pop()!;
      if (term === LIST_END) {
        this.byte(106);
      } else if (typeof term === "number") {
        this.writeInteger(term);
      } else if (term instanceof Atom) {
        this.writeAtom(term);
      } else {
        this.pushParts(term, waiting);
      }
    }
  }

  pushParts(term: Exclude<Term, number | Atom>, waiting: Term[]): void {
    if (term instanceof Tuple) {
      this.tupleHead(term.size);
      pushReversed(waiting, term.elements);
    } else if (Array.isArray(term)) {
      if (!this.listHead(term)) return;
      waiting.push(LIST_END);
      pushReversed(waiting, term);
    } else if (term instanceof ImproperList) {
      this.tagged32(108, term.elements.length);
      waiting.push(term.tail);
      pushReversed(waiting, term.elements);
    } else if (term instanceof TermMap) {
      this.pushEntries(term, waiting);
    } else {
      this.writeLeaf(term);
    }
  }

  pushEntries(term: TermMap, waiting: Term[]): void {
    const keys = term.keys();
    this.tagged32(116, keys.length);
    const order = this.needsSorting(term) ? sortedPlaces(keys) : Array.from(keys.keys());
    for (let i = order.length - 1; i >= 0; i--) {
      waiting.push(term.values()[order[i]!]!, keys[order[i]!]!);
    }
  }
}

function allBytes(elements: readonly Term[]): boolean {
  for (let i = 0; i < elements.length; i++) {
    const element = elements[i];
    if (typeof element === "number") {
      if ((element & 255) !== element) return false;
    } else if (typeof element !== "bigint" || element < 0n || element > 255n) {
      return false;
    }
  }
  return true;
}

function sortedPlaces(keys: readonly Term[]): number[] {
  return Array.from(keys.keys()).sort((a, b) => compare(keys[a]!, keys[b]!));
}

function pushReversed(waiting: Term[], terms: readonly Term[]): void {
  for (let i = terms.length - 1; i >= 0; i--) waiting.push(terms[i]!);
}

function notATerm(value: unknown): string {
  if (typeof value === "string") {
    return "a JavaScript string is no term; say binary(text), charlist(text) or atom(name)";
  }
  return `no Erlang term: ${value === null ? "null" : typeof value}`;
}

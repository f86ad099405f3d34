/**
 * Terms to the external term format, byte for byte as `term_to_binary(Term, [{minor_version, 2}])`.
 *
 * @module
 */

import { deflateSync } from "node:zlib";
import { copyOf } from "./byte_pool.ts";
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
import { compare } from "./compare.ts";

/** How a term is written. */
export interface EncodeOptions {
  /** Sort the keys of every map, so that equal terms give equal bytes. */
  readonly deterministic?: boolean;
  /** Compress with zlib where that makes it smaller; a level from 1 to 9. */
  readonly compressed?: number;
}

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
/** A scratch buffer that has grown beyond this is let go. */
const KEPT_BUFFER = 1 << 22;

/** Stands on the stack of {@link writeDeep} for the end of a proper list. */
const LIST_END: readonly Term[] = [];

const floatCell = new Float64Array(1);
const floatBytes = new Uint8Array(floatCell.buffer);

let buffer: Uint8Array = new Uint8Array(1 << 16);
let position = 0;
let depth = 0;
let deterministic = false;
let blobs: Blobs | undefined;
/** What is written before the large binary last met, so that it goes through the buffer not at all. */
let parts: Uint8Array[] | undefined;
/** Where in the buffer the bytes behind those parts begin. */
let flushed = 0;
/** How many funs, whose size is filled in later, stand around the place of writing. */
let openFuns = 0;

/** The bytes of a term, with the version byte 131 before them. */
export function encode(term: Term, options: EncodeOptions = {}): Uint8Array {
  const bytes = run(term, options.deterministic === true, undefined);
  return options.compressed === undefined ? bytes : compress(bytes, options.compressed);
}

/** A term of which the large binaries are kept apart; see {@link encodeSplit}. */
export interface SplitTerm {
  /** The term, with the tuple `{'$blob', Nonce, N}` in place of the N-th large binary. */
  readonly bytes: Uint8Array;
  /** The large binaries, sharing the memory of those in the term. */
  readonly blobs: readonly Uint8Array[];
}

/**
 * Encodes a term without copying its binaries of 64 KiB or more: they are handed out beside it.
 * The nonce is a number that nobody could have written into the term.
 */
export function encodeSplit(term: Term, nonce: bigint): SplitTerm {
  const found: Blobs = { nonce, list: [] };
  return { bytes: run(term, false, found), blobs: found.list };
}

interface Blobs {
  readonly nonce: bigint;
  readonly list: Uint8Array[];
}

function run(term: Term, sorted: boolean, split: Blobs | undefined): Uint8Array {
  const outer = { position, flushed, depth, deterministic, blobs, parts, openFuns };
  // An encoding inside an encoding (the key of a map) writes behind the outer one's bytes.
  const start = position;
  depth = 0;
  deterministic = sorted;
  blobs = split;
  flushed = start;
  parts = undefined;
  openFuns = 0;
  try {
    byte(131);
    write(term);
    return parts === undefined ? copyOf(buffer, start, position) : joined(parts);
  } finally {
    ({ position, flushed, depth, deterministic, blobs, parts, openFuns } = outer);
    if (start === 0 && buffer.length > KEPT_BUFFER) buffer = new Uint8Array(1 << 16);
  }
}

/** The parts and what stands in the buffer behind them, in one piece. */
function joined(before: readonly Uint8Array[]): Uint8Array {
  const all = [...before, buffer.subarray(flushed, position)];
  const whole = new Uint8Array(all.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of all) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function compress(bytes: Uint8Array, level: number): Uint8Array {
  const packed = deflateSync(bytes.subarray(1), { level });
  if (packed.length + 6 >= bytes.length) return bytes;
  const out = new Uint8Array(packed.length + 6);
  const size = bytes.length - 1;
  out.set([131, 80, size >>> 24, (size >> 16) & 255, (size >> 8) & 255, size & 255]);
  out.set(packed, 6);
  return out;
}

function reserve(count: number): void {
  if (position + count <= buffer.length) return;
  let size = buffer.length * 2;
  while (size < position + count) size *= 2;
  const larger = new Uint8Array(size);
  larger.set(position === buffer.length ? buffer : buffer.subarray(0, position));
  buffer = larger;
}

function byte(value: number): void {
  if (position === buffer.length) reserve(1);
  buffer[position++] = value;
}

function tagged32(tag: number, value: number): void {
  reserve(5);
  buffer[position] = tag;
  buffer[position + 1] = value >>> 24;
  buffer[position + 2] = value >>> 16;
  buffer[position + 3] = value >>> 8;
  buffer[position + 4] = value;
  position += 5;
}

function unsigned32(value: number): void {
  reserve(4);
  buffer[position] = value >>> 24;
  buffer[position + 1] = value >>> 16;
  buffer[position + 2] = value >>> 8;
  buffer[position + 3] = value;
  position += 4;
}

function raw(bytes: Uint8Array): void {
  const length = bytes.length;
  reserve(length);
  if (length > 24) {
    buffer.set(bytes, position);
  } else {
    for (let i = 0; i < length; i++) buffer[position + i] = bytes[i]!;
  }
  position += length;
}

function write(term: Term): void {
  if (typeof term === "number") return writeInteger(term);
  if (term instanceof Atom) return writeAtom(term);
  if (++depth > RECURSION_LIMIT) {
    writeDeep(term);
  } else {
    writeCompound(term);
  }
  depth--;
}

function writeCompound(term: Exclude<Term, number>): void {
  if (term instanceof Tuple) {
    const elements = term.elements;
    tupleHead(elements.length);
    for (let i = 0; i < elements.length; i++) write(elements[i]!);
  } else if (Array.isArray(term)) {
    if (!listHead(term)) return;
    for (let i = 0; i < term.length; i++) write(term[i]!);
    byte(106);
  } else if (term instanceof TermMap) {
    writeMap(term);
  } else if (term instanceof ImproperList) {
    tagged32(108, term.elements.length);
    for (const element of term.elements) write(element);
    write(term.tail);
  } else {
    writeLeaf(term);
  }
}

function writeLeaf(term: Exclude<Term, number>): void {
  if (term instanceof Uint8Array) {
    writeBinary(term);
  } else if (term instanceof Float) {
    writeFloat(term.value);
  } else if (typeof term === "bigint") {
    writeBig(term);
  } else if (term instanceof BitString) {
    tagged32(77, term.bytes.length);
    byte(term.lastBits);
    raw(term.bytes);
  } else {
    writeRare(term);
  }
}

function writeBinary(term: Uint8Array): void {
  if (blobs === undefined || term.length < BLOB_SIZE) {
    tagged32(109, term.length);
    return term.length < BLOB_SIZE || openFuns > 0 ? raw(term) : setApart(term);
  }
  tupleHead(3);
  writeAtom(atom("$blob"));
  writeBig(blobs.nonce);
  writeInteger(blobs.list.length);
  blobs.list.push(term);
}

function setApart(bytes: Uint8Array): void {
  parts ??= [];
  parts.push(copyOf(buffer, flushed, position), bytes);
  flushed = position;
}

function writeInteger(value: number): void {
  if ((value | 0) === value) {
    if (value >= 0 && value < 256) {
      if (position + 2 > buffer.length) reserve(2);
      buffer[position++] = 97;
      buffer[position++] = value;
    } else {
      tagged32(98, value);
    }
    return;
  }
  if (!Number.isSafeInteger(value)) {
    throw new EncodeError(
      `${value} is no exact integer; say float(${value}) or use a bigint`,
    );
  }
  writeBig(BigInt(value));
}

function writeBig(value: bigint): void {
  if (value >= -0x80000000n && value <= 0x7fffffffn) return writeInteger(Number(value));
  reserve(16);
  const written = writeBigInteger(value, reserveFor);
  position = written;
}

/** Room for the digits of a large integer: the buffer and where to write. */
function reserveFor(count: number): { bytes: Uint8Array; at: number } {
  reserve(count);
  return { bytes: buffer, at: position };
}

function writeAtom(term: Atom): void {
  const bytes = term.encoded;
  const length = bytes.length;
  if (position + length > buffer.length) reserve(length);
  if (length > 32) {
    buffer.set(bytes, position);
  } else {
    for (let i = 0; i < length; i++) buffer[position + i] = bytes[i]!;
  }
  position += length;
}

function writeFloat(value: number): void {
  if (!Number.isFinite(value)) throw new EncodeError(`no Erlang float: ${value}`);
  reserve(9);
  floatCell[0] = value;
  buffer[position] = 70;
  for (let i = 0; i < 8; i++) buffer[position + 1 + i] = floatBytes[7 - i]!;
  position += 9;
}

function tupleHead(arity: number): void {
  if (arity > 255) return tagged32(105, arity);
  if (position + 2 > buffer.length) reserve(2);
  buffer[position++] = 104;
  buffer[position++] = arity;
}

/** Writes what comes before the elements; false when the whole list is written already. */
function listHead(elements: readonly Term[]): boolean {
  const length = elements.length;
  if (length === 0) {
    byte(106);
    return false;
  }
  if (length <= STRING_LIMIT && allBytes(elements)) {
    writeString(elements as readonly number[]);
    return false;
  }
  tagged32(108, length);
  return true;
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

function writeString(elements: readonly (number | bigint)[]): void {
  const length = elements.length;
  reserve(3 + length);
  buffer[position] = 107;
  buffer[position + 1] = length >> 8;
  buffer[position + 2] = length & 255;
  position += 3;
  for (let i = 0; i < length; i++) buffer[position + i] = Number(elements[i]);
  position += length;
}

function writeMap(term: TermMap): void {
  const keys = term.keys();
  tagged32(116, keys.length);
  if (needsSorting(term)) {
    for (const at of sortedPlaces(keys)) {
      write(keys[at]!);
      write(term.values()[at]!);
    }
    return;
  }
  const values = term.values();
  for (let i = 0; i < keys.length; i++) {
    write(keys[i]!);
    write(values[i]!);
  }
}

function needsSorting(term: TermMap): boolean {
  return deterministic || (!term.ordered && term.size <= SORTED_MAP_LIMIT);
}

function sortedPlaces(keys: readonly Term[]): number[] {
  return Array.from(keys.keys()).sort((a, b) => compare(keys[a]!, keys[b]!));
}

function writeRare(term: Term): void {
  if (term instanceof Pid) {
    byte(88);
    writeAtom(term.node);
    unsigned32(term.id);
    unsigned32(term.serial);
    unsigned32(term.creation);
  } else if (term instanceof Reference) {
    byte(90);
    byte(term.ids.length >> 8);
    byte(term.ids.length & 255);
    writeAtom(term.node);
    unsigned32(term.creation);
    for (const id of term.ids) unsigned32(id);
  } else if (term instanceof Port) {
    writePort(term);
  } else if (term instanceof ExternalFun) {
    byte(113);
    writeAtom(term.module);
    writeAtom(term.name);
    writeInteger(term.arity);
  } else if (term instanceof Fun) {
    writeFun(term);
  } else {
    throw new EncodeError(notATerm(term));
  }
}

/** Ports of up to 28 bits keep the format that older nodes read. */
function writePort(term: Port): void {
  const small = term.id < 1n << 28n;
  byte(small ? 89 : 120);
  writeAtom(term.node);
  if (!small) unsigned32(Number(term.id >> 32n));
  unsigned32(Number(term.id & 0xffffffffn));
  unsigned32(term.creation);
}

function writeFun(term: Fun): void {
  const parts = term.parts;
  byte(112);
  // What a fun has captured cannot be filled in later.
  const outer = blobs;
  blobs = undefined;
  openFuns++;
  reserve(4);
  const start = position;
  position += 4;
  byte(parts.arity);
  raw(parts.uniq);
  unsigned32(parts.index);
  unsigned32(parts.free.length);
  writeAtom(parts.module);
  writeInteger(parts.oldIndex);
  writeInteger(parts.oldUniq);
  writeRare(parts.pid);
  for (const value of parts.free) write(value);
  const end = position;
  position = start;
  unsigned32(end - start);
  position = end;
  blobs = outer;
  openFuns--;
}

/** The same bytes without recursion, for terms so deep that the engine's stack would not hold them. */
function writeDeep(root: Term): void {
  const waiting: Term[] = [root];
  while (waiting.length > 0) {
    const term = waiting.pop()!;
    if (term === LIST_END) {
      byte(106);
    } else if (typeof term === "number") {
      writeInteger(term);
    } else if (term instanceof Atom) {
      writeAtom(term);
    } else {
      pushParts(term, waiting);
    }
  }
}

function pushParts(term: Exclude<Term, number | Atom>, waiting: Term[]): void {
  if (term instanceof Tuple) {
    tupleHead(term.size);
    pushReversed(waiting, term.elements);
  } else if (Array.isArray(term)) {
    if (!listHead(term)) return;
    waiting.push(LIST_END);
    pushReversed(waiting, term);
  } else if (term instanceof ImproperList) {
    tagged32(108, term.elements.length);
    waiting.push(term.tail);
    pushReversed(waiting, term.elements);
  } else if (term instanceof TermMap) {
    pushEntries(term, waiting);
  } else {
    writeLeaf(term);
  }
}

function pushEntries(term: TermMap, waiting: Term[]): void {
  const keys = term.keys();
  tagged32(116, keys.length);
  const order = needsSorting(term) ? sortedPlaces(keys) : Array.from(keys.keys());
  for (let i = order.length - 1; i >= 0; i--) {
    waiting.push(term.values()[order[i]!]!, keys[order[i]!]!);
  }
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

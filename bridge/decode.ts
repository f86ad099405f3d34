/**
 * The external term format to terms.
 *
 * Bytes may come from anywhere: every length is checked against the bytes that are there before
 * memory is taken, nesting is bounded, and what is wrong is told with its offset.
 *
 * @module
 */

import { copyOf } from "./byte_pool.ts";
import { DecodeError, plainBytes } from "./byte_reader.ts";
import { inflate } from "./inflate.ts";
import { LARGE_BIG, SMALL_BIG } from "./integers.ts";
import { LeafReader } from "./leaf_reader.ts";
import { ExternalFun, Fun, ImproperList, nil, Pid, type Term, TermMap, Tuple } from "./term.ts";

export { DecodeError } from "./byte_reader.ts";

/** Bounds for what is read. */
export interface DecodeOptions {
  /** How deep terms may be nested; 100,000 unless said. */
  readonly maxDepth?: number;
  /** How many bytes a compressed term may have when it is unpacked; 512 MiB unless said. */
  readonly maxSize?: number;
}

/** What is read and how far it went. */
export interface DecodedPart {
  readonly term: Term;
  /** Offset of the first byte behind the term. */
  readonly end: number;
}

const DEFAULT_DEPTH = 100_000;
const DEFAULT_SIZE = 512 * 1024 * 1024;
/** From this depth on the reader keeps its own stack instead of the engine's. */
const RECURSION_LIMIT = 400;

/** The term that these bytes hold: version byte 131, one term, nothing behind it. */
export function decode(input: Uint8Array, options?: DecodeOptions): Term {
  const bytes = plainBytes(input);
  if (bytes[0] !== 131 || bytes[1] === 80) {
    const { term, end } = decodePart(bytes, 0, options);
    if (end !== bytes.length) throw new DecodeError("bytes behind the term", end);
    return term;
  }
  const term = reader.read(bytes, 1, options?.maxDepth ?? DEFAULT_DEPTH);
  if (reader.position !== bytes.length) {
    throw new DecodeError("bytes behind the term", reader.position);
  }
  return term;
}

/** The term that starts at an offset with the version byte 131, and where it ends. */
export function decodePart(
  input: Uint8Array,
  offset = 0,
  options: DecodeOptions = {},
): DecodedPart {
  const bytes = plainBytes(input);
  if (bytes[offset] !== 131) throw new DecodeError("no version byte 131", offset);
  if (bytes[offset + 1] === 80) return decodeCompressed(bytes, offset + 2, options);
  const term = reader.read(bytes, offset + 1, options.maxDepth ?? DEFAULT_DEPTH);
  return { term, end: reader.position };
}

function decodeCompressed(bytes: Uint8Array, at: number, options: DecodeOptions): DecodedPart {
  if (at + 4 > bytes.length) throw new DecodeError("truncated term", bytes.length);
  const size = ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) |
    bytes[at + 3]!) >>> 0;
  if (size > (options.maxSize ?? DEFAULT_SIZE)) {
    throw new DecodeError(`compressed term of ${size} bytes is over the limit`, at);
  }
  const { unpacked, used } = inflate(bytes, at + 4, size);
  const term = reader.read(unpacked, 0, options.maxDepth ?? DEFAULT_DEPTH);
  if (reader.position !== size) throw new DecodeError("bytes behind the compressed term", at);
  return { term, end: at + 4 + used };
}

/** What it takes to begin with integers side by side is lost on no more than these. */
const FEW = 7;

class Reader extends LeafReader {
  maxDepth = DEFAULT_DEPTH;
  recursion = RECURSION_LIMIT;
  depth = 0;

  /** Reads one term; afterwards `position` is behind it. */
  read(bytes: Uint8Array, position: number, maxDepth: number): Term {
    this.bytes = bytes;
    this.position = position;
    this.maxDepth = maxDepth;
    this.depth = 0;
    this.recursion = Math.min(RECURSION_LIMIT, maxDepth);
    try {
      return this.term();
    } catch (error) {
      // Comparing the keys of a map needs the engine's stack as well.
      if (!(error instanceof RangeError)) throw error;
      throw new DecodeError("nested too deep for a key", this.position);
    } finally {
      this.release();
    }
  }

  term(): Term {
    const bytes = this.bytes;
    const at = this.position;
    if (at >= bytes.length) throw this.truncated();
    const tag = bytes[at]!;
    if (tag === 97) {
      if (at + 2 > bytes.length) throw this.truncated();
      this.position = at + 2;
      return bytes[at + 1]!;
    }
    if (tag === 98) {
      if (at + 5 > bytes.length) throw this.truncated();
      this.position = at + 5;
      return (bytes[at + 1]! << 24) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 8) |
        bytes[at + 4]!;
    }
    if (tag === 119 || tag === 118 || tag === 100 || tag === 115) return this.atom();
    if (tag === 104 || tag === 105 || tag === 108 || tag === 116) return this.nested(tag);
    if (tag === SMALL_BIG) return this.smallBig(at);
    return this.leaf(tag);
  }

  /** A term that holds terms. */
  nested(tag: number): Term {
    if (++this.depth > this.recursion) {
      this.depth--;
      return this.deep();
    }
    this.position++;
    let made: Term;
    if (tag === 104) made = this.tuple(this.byte());
    else if (tag === 105) made = this.tuple(this.count(1));
    else if (tag === 108) made = this.list();
    else made = this.map();
    this.depth--;
    return made;
  }

  tuple(arity: number): Tuple {
    this.need(arity);
    const elements: Term[] = new Array(arity);
    for (let i = 0; i < arity; i++) elements[i] = this.term();
    return new Tuple(elements);
  }

  list(): Term {
    const length = this.count(1);
    if (length > 1_000_000) return this.longList(length);
    const elements: Term[] = new Array(length);
    // Arrays of anything from the start: the engine would have one of numbers become one of others,
    // and every place that writes to either would be slower for it.
    if (length > 0) elements[0] = nil;
    for (let i = 0; i < length; i++) {
      if (this.bytes[this.position] === SMALL_BIG && i + FEW < length) {
        i = this.smallBigs(elements, i, length);
      }
      if (i < length) elements[i] = this.term();
    }
    return this.tail(elements);
  }

  /** V8 makes a slow dictionary of an array that is asked for at a very large size. */
  longList(length: number): Term {
    const elements: Term[] = [];
    for (let i = 0; i < length; i++) elements.push(this.term());
    return this.tail(elements);
  }

  /** The end of a list: nearly always nil; else more of the same list, or an improper tail. */
  tail(elements: Term[]): Term {
    for (;;) {
      if (this.position >= this.bytes.length) throw this.truncated();
      const tag = this.bytes[this.position]!;
      if (tag === 106) {
        this.position++;
        return elements.length === 0 ? nil : elements;
      }
      if (tag !== 108) return joined(elements, this.term());
      this.position++;
      const length = this.count(1);
      for (let i = 0; i < length; i++) elements.push(this.term());
    }
  }

  map(): TermMap {
    const start = this.position;
    const size = this.count(2);
    // Small arrays of the right size at once; large ones grow, since V8 would make them sparse.
    const keys: Term[] = new Array(Math.min(size, 1024));
    const values: Term[] = new Array(Math.min(size, 1024));
    for (let i = 0; i < size; i++) {
      keys[i] = this.term();
      values[i] = this.term();
    }
    return this.asMap(keys, values, start);
  }

  asMap(keys: Term[], values: Term[], start: number): TermMap {
    const made = TermMap.decoded(keys, values);
    if (made === undefined) throw new DecodeError("map with two equal keys", start);
    return made;
  }

  leaf(tag: number): Term {
    const start = this.position++;
    switch (tag) {
      case 106:
        return nil;
      case 109:
        return this.binary(this.count(1));
      case 107:
        return this.string();
      case 70:
        return this.float(start);
      case 99:
        return this.textFloat(start);
      case LARGE_BIG:
        return this.largeBig(start);
      case 77:
        return this.bitString(start);
      case 113:
        return this.externalFun(start);
      case 112:
        return this.fun(start);
      default:
        return this.identifier(tag, start);
    }
  }

  externalFun(start: number): ExternalFun {
    const module = this.node();
    const name = this.node();
    const arity = this.term();
    if (typeof arity !== "number" || arity < 0 || arity > 255) {
      throw new DecodeError("wrong arity", start);
    }
    return new ExternalFun(module, name, arity);
  }

  fun(start: number): Fun {
    const size = this.unsigned32();
    this.need(Math.max(size - 4, 0));
    const arity = this.byte();
    this.need(16);
    const uniq = copyOf(this.bytes, this.position, this.position + 16);
    this.position += 16;
    const index = this.unsigned32();
    const freeCount = this.unsigned32();
    const module = this.node();
    const oldIndex = this.term();
    const oldUniq = this.term();
    const pid = this.term();
    if (
      typeof oldIndex !== "number" || typeof oldUniq !== "number" || !(pid instanceof Pid)
    ) {
      throw new DecodeError("broken fun", start);
    }
    const free = this.tuple(this.checked(freeCount)).elements;
    if (this.position !== start + 1 + size) throw new DecodeError("wrong size of fun", start);
    return new Fun({ module, arity, uniq, index, oldIndex, oldUniq, pid, free });
  }

  /** Reads a nested term without recursion, for nesting that the engine's stack would not hold. */
  deep(): Term {
    const stack: Frame[] = [];
    let done: Term | undefined;
    do {
      done = this.opened(stack);
      while (done !== undefined && stack.length > 0) done = this.given(stack, done);
    } while (done === undefined);
    return done;
  }

  /** Reads one leaf, or opens a frame for a term that holds terms and answers undefined. */
  opened(stack: Frame[]): Term | undefined {
    const start = this.position;
    const tag = this.bytes[start];
    if (tag !== 104 && tag !== 105 && tag !== 108 && tag !== 116) return this.term();
    if (this.depth + stack.length >= this.maxDepth) {
      throw new DecodeError(`nested deeper than ${this.maxDepth}`, start);
    }
    this.position++;
    const count = tag === 104 ? this.checked(this.byte()) : this.count(tag === 116 ? 2 : 1);
    if (tag === 104 || tag === 105) return opened(stack, "tuple", count, start);
    if (tag === 116) return opened(stack, "map", count * 2, start);
    // The tail is read as one more element.
    return opened(stack, "list", count + 1, start);
  }

  /** Puts a term into the innermost frame; answers the frame's own term when that was its last. */
  given(stack: Frame[], term: Term): Term | undefined {
    const frame = stack[stack.length - 1]!;
    frame.parts.push(term);
    if (frame.parts.length < frame.count) return undefined;
    stack.pop();
    if (frame.kind === "tuple") return new Tuple(frame.parts);
    if (frame.kind === "list") return joined(frame.parts, frame.parts.pop()!);
    const keys = frame.parts.filter((_, at) => at % 2 === 0);
    const values = frame.parts.filter((_, at) => at % 2 === 1);
    return this.asMap(keys, values, frame.start);
  }
}

/** One for all: reading calls nobody that could read. */
const reader = new Reader();

/** A term of which some parts are still to come. */
interface Frame {
  readonly kind: "tuple" | "list" | "map";
  readonly count: number;
  readonly start: number;
  readonly parts: Term[];
}

function opened(
  stack: Frame[],
  kind: Frame["kind"],
  count: number,
  start: number,
): Term | undefined {
  if (count === 0) return kind === "tuple" ? new Tuple([]) : TermMap.decoded([], []);
  stack.push({ kind, count, start, parts: [] });
  return undefined;
}

function joined(elements: Term[], tail: Term): Term {
  if (elements.length === 0) return tail;
  if (Array.isArray(tail)) {
    for (const element of tail) elements.push(element);
    return elements;
  }
  if (!(tail instanceof ImproperList)) return new ImproperList(elements, tail);
  for (const element of tail.elements) elements.push(element);
  return new ImproperList(elements, tail.tail);
}

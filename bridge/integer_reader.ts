/**
 * Reading of integers beyond 32 bits, alone or side by side: sign and magnitude, least significant
 * byte first. Most that a node sends have one word of 64 bits, or two.
 *
 * A `BigInt` of several words is made of its words by a shift and an "or" for each; beyond a few
 * words the engine's own reader takes less.
 *
 * @module
 */

import { ByteReader, DecodeError, NOTHING } from "./byte_reader.ts";
import { EngineReader, MOST_AT_ONCE } from "./engine_reader.ts";
import { BIG_INTEGER_LIMIT, SMALL_BIG } from "./integers.ts";
import type { Term } from "./term.ts";

/** No node writes an integer of fewer bytes as a large one. */
const LEAST = 4;
/** Up to so many bytes an integer alone is joined of its words. */
const MOST_JOINED = 32;
/** Up to so many where several stand side by side, which the engine reads at once. */
const MOST_JOINED_IN_ROW = 16;
/** What is joined in the time in which the engine reads several, in bytes of a term. */
const AT_ONCE = { start: 100, integer: 12 } as const;

/** What is beyond 32 bits of a number that is safe is less than this. */
const SAFE_HIGH = 0x20_0000;
const HIGH_UNIT = 0x1_0000_0000;

const word = new BigUint64Array(1);
const halves = new Uint32Array(word.buffer);
/** By a count of bytes, the word in which these are set. */
const masks = BigUint64Array.from({ length: 9 }, (_, count) => (1n << BigInt(8 * count)) - 1n);
/** By a byte, what it is worth as the ninth of an integer alone: it saves a shift and its operand. */
const ninths = Array.from({ length: 256 }, (_, byte) => BigInt(byte) << 64n);

/** One for all: reading calls nobody that could read. */
const engine = new EngineReader();

/** Bytes out of which integers are read. */
export class IntegerReader extends ByteReader {
  /** The bytes as words, made where several integers stand side by side. */
  #view: DataView | undefined;

  /** Lets the bytes go, so that they are not kept alive until the next ones come. */
  release(): void {
    this.bytes = NOTHING;
    this.#view = undefined;
  }

  /**
   * The integer whose tag is here and whose length is a byte. All is done in this one function,
   * since a call would cost as much as a word does.
   */
  smallBig(tagAt: number): number | bigint {
    const bytes = this.bytes;
    const start = tagAt + 3;
    if (start > bytes.length) throw this.truncated();
    const length = bytes[tagAt + 1]!;
    const end = start + length;
    if (end > bytes.length) throw this.truncated();
    this.position = end;
    const isNegative = bytes[tagAt + 2] !== 0;
    if (length > MOST_JOINED || length < LEAST || bytes[end - 1] === 0) {
      return anyInteger(bytes, start, length, isNegative);
    }
    if (length === 9) {
      const magnitude = ninths[bytes[end - 1]!]! | firstWord(bytes, start);
      return isNegative ? -magnitude : magnitude;
    }
    // The most significant word may be a part of one.
    let at = start + ((length - 1) & ~7);
    let high = 0;
    let low = 0;
    let i = end - 1;
    for (; i >= at + 4; i--) high = (high << 8) | bytes[i]!;
    for (; i >= at; i--) low = (low << 8) | bytes[i]!;
    if (length < 8 && high < SAFE_HIGH) {
      const value = high * HIGH_UNIT + (low >>> 0);
      return isNegative ? -value : value;
    }
    halves[0] = low;
    halves[1] = high;
    let magnitude = word[0]!;
    while (at > start) {
      at -= 8;
      halves[0] = bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) |
        (bytes[at + 3]! << 24);
      halves[1] = bytes[at + 4]! | (bytes[at + 5]! << 8) | (bytes[at + 6]! << 16) |
        (bytes[at + 7]! << 24);
      magnitude = (magnitude << 64n) | word[0]!;
    }
    return isNegative ? -magnitude : magnitude;
  }

  /** The integer whose tag is here and whose length has four bytes. */
  largeBig(tagAt: number): number | bigint {
    this.position = tagAt + 1;
    const length = this.count(1);
    if (length > BIG_INTEGER_LIMIT) throw new DecodeError("integer over the limit", tagAt);
    const isNegative = this.byte() !== 0;
    this.need(length);
    const start = this.position;
    this.position = start + length;
    return anyInteger(this.bytes, start, length, isNegative);
  }

  /**
   * Reads the integers that stand here side by side, each with a length of one byte, into
   * `elements` from `index` on, up to `count`; answers the index behind the last of them.
   */
  smallBigs(elements: Term[], index: number, count: number): number {
    let i = index;
    for (;;) {
      i = this.#joined(elements, i, count);
      i = this.#atOnce(elements, i, count);
      if (i >= count || this.bytes[this.position] !== SMALL_BIG) return i;
      // One that is not in its usual form, or near the end of the bytes.
      elements[i++] = this.smallBig(this.position);
    }
  }

  /** Those of one word or two, up to the first other term. */
  #joined(elements: Term[], index: number, count: number): number {
    const bytes = this.bytes;
    const view = this.#view ??= new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const last = bytes.length - 3 - MOST_JOINED_IN_ROW;
    let at = this.position;
    let i = index;
    for (; i < count && at <= last && bytes[at] === SMALL_BIG; i++) {
      const length = bytes[at + 1]!;
      const start = at + 3;
      const end = start + length;
      if (length > MOST_JOINED_IN_ROW || length < LEAST || bytes[end - 1] === 0) break;
      at = end;
      if (length > 8) {
        const high = BigInt.asUintN(64, view.getBigUint64(start + 8, true) & masks[length - 8]!);
        const magnitude = (high << 64n) | view.getBigUint64(start, true);
        elements[i] = bytes[start - 1] === 0 ? magnitude : -magnitude;
        continue;
      }
      // Shifted by half of what is too much, twice: a shift by 32 bits would be none.
      const half = (8 - length) << 2;
      const high = view.getUint32(end - 4, true) >>> half >>> half;
      if (high < SAFE_HIGH) {
        const value = high * HIGH_UNIT + view.getUint32(start, true);
        elements[i] = bytes[start - 1] === 0 ? value : -value;
      } else {
        const magnitude = BigInt.asUintN(64, view.getBigUint64(start, true) & masks[length]!);
        elements[i] = bytes[start - 1] === 0 ? magnitude : -magnitude;
      }
    }
    this.position = at;
    return i;
  }

  /** Those of more words, up to the first other term. */
  #atOnce(elements: Term[], index: number, count: number): number {
    const bytes = this.bytes;
    const from = this.position;
    let end = from;
    let to = index;
    for (; to < count; to++) {
      const next = endOfLong(bytes, end);
      if (next < 0 || next - from > MOST_AT_ONCE) break;
      end = next;
    }
    const isWorthIt = end - from > AT_ONCE.start + (to - index) * AT_ONCE.integer;
    if (isWorthIt && to > index + 1) {
      engine.integers(bytes, from, end, elements, index, to);
      this.position = end;
    } else {
      for (let i = index; i < to; i++) elements[i] = this.smallBig(this.position);
    }
    return to;
  }
}

/** Where the integer of several words ends whose tag is here; -1 if there is none. */
function endOfLong(bytes: Uint8Array, at: number): number {
  if (at + 2 >= bytes.length || bytes[at] !== SMALL_BIG) return -1;
  const length = bytes[at + 1]!;
  const end = at + 3 + length;
  // With zeros before its first digit an integer may be a small one.
  return length > MOST_JOINED_IN_ROW && end <= bytes.length && bytes[end - 1] !== 0 ? end : -1;
}

function firstWord(bytes: Uint8Array, at: number): bigint {
  halves[0] = bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
  halves[1] = bytes[at + 4]! | (bytes[at + 5]! << 8) | (bytes[at + 6]! << 16) |
    (bytes[at + 7]! << 24);
  return word[0]!;
}

/** The integer of any digits, be they none or zeros; a number where it is safe. */
function anyInteger(
  bytes: Uint8Array,
  start: number,
  size: number,
  isNegative: boolean,
): number | bigint {
  let length = size;
  while (length > 0 && bytes[start + length - 1] === 0) length--;
  if (length === 0) return 0;
  const value = engine.integer(bytes, start, length, isNegative);
  if (length > 7) return value;
  const small = Number(value);
  return Number.isSafeInteger(small) ? small : value;
}

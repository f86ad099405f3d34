/**
 * Reads large integers by the engine's own serialization. It holds their digits as the external
 * term format does, least significant byte first, and a head of the same size fits before them: so
 * bytes are copied where any calculation would make integers in between.
 *
 * The format is that of V8's `ValueSerializer`, as `node:v8` gives it: a version; `Z`, a bit field
 * (the size of the digits in bytes, times two, plus the sign) and the digits for an integer; `A` and
 * a length for an array of what follows, then `$` and its counts of properties and elements. Fields
 * are written seven bits a byte, and may be longer than they need to be; zeros before a tag are
 * skipped, so that the digits of an integer alone can be written as words.
 *
 * @module
 */

import { deserialize, Deserializer, serialize } from "node:v8";

const VERSION = serialize(1n).subarray(0, 2);
const INTEGER = 0x5a;
const ARRAY = 0x41;
const ARRAY_END = 0x24;

/** Before the digits of an integer alone: three bytes of padding, its tag, a field of four bytes. */
const HEAD = 8;
/** In an array: its tag, and a field of two bytes, as long as the head in a term. */
const ELEMENT_HEAD = 3;
/** Before and behind the elements of an array: tags, and fields of three bytes. */
const ARRAY_HEAD = 4;
const ARRAY_TAIL = 5;
/** Up to so many digits are copied one by one in less time than by the engine. */
const COPIED = 80;

/** Values of usual size are put together here, one behind the other, and read from here. */
const ROOM = 64 * 1024;

/** The most bytes that integers read at once may take in the external term format. */
export const MOST_AT_ONCE = ROOM - HEAD - ARRAY_HEAD - ARRAY_TAIL;

/** A reader with its room. One deserializer for many values saves most of the time of a value. */
export class EngineReader {
  #isLive: boolean | undefined;
  #room = new Uint8Array(0);
  #words = new Uint32Array(0);
  #deserializer: Deserializer | undefined;
  #at = 0;

  /**
   * `isLive`: whether the engine reads what is written behind the place that it has come to; found
   * out where it is not said.
   */
  constructor(isLive?: boolean) {
    this.#isLive = isLive;
  }

  /** The integer with these digits, the last of which is not zero. */
  integer(bytes: Uint8Array, start: number, length: number, isNegative: boolean): bigint {
    const at = this.#reserve(HEAD + length);
    const words = this.#words;
    const field = length * 2 + (isNegative ? 1 : 0);
    let word = at >> 2;
    words[word++] = INTEGER << 24;
    words[word++] = 0x80_8080 | (field & 0x7f) | ((field & 0x3f80) << 1) |
      ((field & 0x1f_c000) << 2) | ((field & 0xfe0_0000) << 3);
    const end = start + length;
    let from = start;
    if (length > COPIED) {
      from += length & ~3;
      this.#room.set(bytes.subarray(start, from), at + HEAD);
      word += length >> 2;
    }
    for (; from + 4 <= end; from += 4) {
      words[word++] = bytes[from]! | (bytes[from + 1]! << 8) | (bytes[from + 2]! << 16) |
        (bytes[from + 3]! << 24);
    }
    if (from < end) {
      let last = 0;
      for (let i = end - 1; i >= from; i--) last = (last << 8) | bytes[i]!;
      words[word] = last;
    }
    return this.#read(HEAD + length) as bigint;
  }

  /**
   * Reads the integers that fill these bytes of a term, at most `MOST_AT_ONCE`, each of them with a
   * tag, a length of one byte and a last digit that is not zero, into `elements` from `index` up to
   * but not at `to`.
   */
  integers(
    bytes: Uint8Array,
    from: number,
    end: number,
    elements: unknown[],
    index: number,
    to: number,
  ): void {
    const count = to - index;
    const size = ARRAY_HEAD + end - from + ARRAY_TAIL;
    let at = this.#reserve(size);
    const room = this.#room;
    room[at] = ARRAY;
    writeField(room, at + 1, count);
    at += ARRAY_HEAD;
    room.set(bytes.subarray(from, end), at);
    for (let i = 0; i < count; i++) {
      const length = room[at + 1]!;
      const field = length * 2 + (room[at + 2] === 0 ? 0 : 1);
      room[at] = INTEGER;
      room[at + 1] = field | 128;
      room[at + 2] = field >>> 7;
      at += ELEMENT_HEAD + length;
    }
    room[at] = ARRAY_END;
    room[at + 1] = 0;
    writeField(room, at + 2, count);
    room.fill(0, at + ARRAY_TAIL, aligned(at + ARRAY_TAIL));
    const read = this.#read(size) as bigint[];
    for (let i = 0; i < count; i++) elements[index + i] = read[i];
    // The deserializer keeps what it has read, and others may refer to, as long as it lives.
    read.length = 0;
  }

  /** Where in the room a value of so many bytes can stand. */
  #reserve(size: number): number {
    if (this.#at + size <= this.#room.length) return this.#at;
    // What was too large for the room is not kept.
    const length = aligned(HEAD + size);
    if (this.#room.length !== ROOM || length > ROOM) {
      this.#room = new Uint8Array(Math.max(length, ROOM));
      this.#words = new Uint32Array(this.#room.buffer);
    }
    this.#room.fill(0, 0, HEAD);
    this.#room.set(VERSION);
    this.#deserializer = undefined;
    return this.#at = HEAD;
  }

  #read(size: number): unknown {
    const at = this.#at;
    this.#at = aligned(at + size);
    this.#isLive ??= readsLive();
    if (!this.#isLive) {
      this.#room.set(VERSION, at - VERSION.length);
      return deserialize(this.#room.subarray(at - VERSION.length, at + size));
    }
    this.#deserializer ??= opened(this.#room);
    try {
      return this.#deserializer.readValue();
    } catch (error) {
      // Where it has stopped, as for want of memory, nobody knows: the next value begins anew.
      this.#at = this.#room.length;
      throw error;
    }
  }
}

function opened(room: Uint8Array): Deserializer {
  const deserializer = new Deserializer(room);
  deserializer.readHeader();
  return deserializer;
}

/** Whether a deserializer reads its bytes as they are then, and not as they were when it was made. */
function readsLive(): boolean {
  const first = serialize(1n << 64n);
  const second = serialize(1n << 65n).subarray(VERSION.length);
  const room = new Uint8Array(first.length + second.length);
  room.set(first);
  const deserializer = opened(room);
  if (deserializer.readValue() !== 1n << 64n) return false;
  room.set(second, first.length);
  try {
    return deserializer.readValue() === 1n << 65n;
  } catch {
    return false;
  }
}

/** The next place where a word may begin. */
function aligned(at: number): number {
  return (at + 3) & ~3;
}

/** Writes seven bits a byte, the lowest first, in three bytes. */
function writeField(target: Uint8Array, at: number, value: number): void {
  target[at] = (value & 127) | 128;
  target[at + 1] = ((value >>> 7) & 127) | 128;
  target[at + 2] = value >>> 14;
}

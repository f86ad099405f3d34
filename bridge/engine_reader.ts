/**
 * Reads large integers by the engine's own serialization. It holds their digits as the external
 * term format does, least significant byte first, and a head of the same size fits before them: so
 * bytes are copied where any calculation would make integers in between.
 *
 * The format is that of V8's `ValueSerializer`, as `node:v8` gives it: a version; `Z`, a bit field
 * (the size of the digits in bytes, times two, plus the sign) and the digits for an integer; `A` and
 * a length for an array of what follows, then `$` and its counts of properties and elements. Fields
 * are written seven bits a byte, and may be longer than they need to be.
 *
 * @module
 */

import { unsigned32 } from "./byte_reader.ts";
import { deserialize, Deserializer, serialize } from "node:v8";

const VERSION = serialize(1n).subarray(0, 2);
const INTEGER = 0x5a;
const ARRAY = 0x41;
const ARRAY_END = 0x24;

/** Before the digits of an integer: its tag, and a field of two bytes or of five. */
const SHORT_HEAD = 3;
const LONG_HEAD = 6;
/** The digits whose field fits in two bytes. */
const SHORT_DIGITS = 1 << 13;
/** Before and behind the elements of an array: tags, and fields of three bytes. */
const ARRAY_HEAD = 4;
const ARRAY_TAIL = 5;

/** Values of usual size are put together here, one behind the other, and read from here. */
const ROOM = 64 * 1024;

/** The most bytes that integers read at once may take in the external term format. */
export const MOST_AT_ONCE = ROOM - VERSION.length - ARRAY_HEAD - ARRAY_TAIL;

/** The tags of integers whose length is a byte, and four. */
export const SMALL_BIG = 110;
export const LARGE_BIG = 111;

/** A reader with its room. One deserializer for many values saves most of the time of a value. */
export class EngineReader {
  #isLive: boolean | undefined;
  #room = new Uint8Array(0);
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
  integer(bytes: Uint8Array, start: number, length: number, negative: boolean): bigint {
    const head = length < SHORT_DIGITS ? SHORT_HEAD : LONG_HEAD;
    const size = head + length;
    const at = this.#reserve(size);
    const room = this.#room;
    room[at] = INTEGER;
    writeField(room, at + 1, length * 2 + (negative ? 1 : 0), head - 1);
    room.set(bytes.subarray(start, start + length), at + head);
    return this.#read(size) as bigint;
  }

  /**
   * The integers that fill these bytes of a term, at most `MOST_AT_ONCE`, all of them tagged as
   * large and with a last digit that is not zero.
   */
  integers(bytes: Uint8Array, from: number, end: number, count: number): bigint[] {
    const size = ARRAY_HEAD + end - from + ARRAY_TAIL;
    let at = this.#reserve(size);
    const room = this.#room;
    room[at] = ARRAY;
    writeField(room, at + 1, count, 3);
    at += ARRAY_HEAD;
    room.set(bytes.subarray(from, end), at);
    for (let i = 0; i < count; i++) {
      const isSmall = room[at] === SMALL_BIG;
      const head = isSmall ? SHORT_HEAD : LONG_HEAD;
      const length = isSmall ? room[at + 1]! : unsigned32(room, at + 1);
      const negative = room[at + head - 1] !== 0;
      room[at] = INTEGER;
      writeField(room, at + 1, length * 2 + (negative ? 1 : 0), head - 1);
      at += head + length;
    }
    room[at] = ARRAY_END;
    room[at + 1] = 0;
    writeField(room, at + 2, count, 3);
    return this.#read(size) as bigint[];
  }

  /** Where in the room a value of so many bytes can stand. */
  #reserve(size: number): number {
    if (this.#at + size <= this.#room.length) return this.#at;
    // What was too large for the room is not kept.
    const length = VERSION.length + size;
    if (this.#room.length !== ROOM || length > ROOM) {
      this.#room = new Uint8Array(Math.max(length, ROOM));
    }
    this.#room.set(VERSION);
    this.#at = VERSION.length;
    this.#deserializer = undefined;
    return this.#at;
  }

  #read(size: number): unknown {
    const at = this.#at;
    this.#at += size;
    this.#isLive ??= readsLive();
    if (!this.#isLive) {
      this.#room.set(VERSION, at - VERSION.length);
      return deserialize(this.#room.subarray(at - VERSION.length, this.#at));
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

/** Writes seven bits a byte, the lowest first, in just so many bytes. */
function writeField(target: Uint8Array, at: number, value: number, size: number): void {
  let rest = value;
  for (let i = 0; i < size - 1; i++, rest >>>= 7) target[at + i] = (rest & 127) | 128;
  target[at + size - 1] = rest;
}

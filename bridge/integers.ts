/**
 * Integers of any size in the external term format: sign and magnitude, least significant byte first.
 *
 * @module
 */

import { deserialize, serialize } from "node:v8";

const words = new BigUint64Array(64);
const wordBytes = new Uint8Array(words.buffer);

/** The most magnitude bytes that the BEAM itself accepts. */
export const BIG_INTEGER_LIMIT = 8 * 1024 * 1024;

/** Room in which to write. */
export type Reserve = (count: number) => { bytes: Uint8Array; at: number };

/** Writes tag, length, sign and magnitude; answers the position behind them. */
export function writeBigInteger(value: bigint, reserve: Reserve): number {
  const negative = value < 0n;
  const magnitude = negative ? -value : value;
  if (magnitude >> 2048n === 0n) return writeWords(magnitude, negative, reserve);
  return writeDigits(magnitude.toString(16), negative, reserve);
}

function writeWords(magnitude: bigint, negative: boolean, reserve: Reserve): number {
  let count = 0;
  for (let rest = magnitude; rest > 0n; rest >>= 64n) words[count++] = rest;
  let length = count * 8;
  while (wordBytes[length - 1] === 0) length--;
  const { bytes, at } = reserve(length + 3);
  const start = writeHead(bytes, at, length, negative);
  for (let i = 0; i < length; i++) bytes[start + i] = wordBytes[i]!;
  return start + length;
}

function writeDigits(hex: string, negative: boolean, reserve: Reserve): number {
  const length = (hex.length + 1) >> 1;
  const { bytes, at } = reserve(length + 6);
  const start = writeHead(bytes, at, length, negative);
  for (let i = 0, end = hex.length; i < length; i++, end -= 2) {
    const high = end > 1 ? digit(hex.charCodeAt(end - 2)) : 0;
    bytes[start + i] = (high << 4) | digit(hex.charCodeAt(end - 1));
  }
  return start + length;
}

function writeHead(bytes: Uint8Array, at: number, length: number, negative: boolean): number {
  if (length < 256) {
    bytes[at] = 110;
    bytes[at + 1] = length;
    bytes[at + 2] = negative ? 1 : 0;
    return at + 3;
  }
  bytes[at] = 111;
  bytes[at + 1] = length >>> 24;
  bytes[at + 2] = length >>> 16;
  bytes[at + 3] = length >>> 8;
  bytes[at + 4] = length;
  bytes[at + 5] = negative ? 1 : 0;
  return at + 6;
}

function digit(code: number): number {
  return code < 58 ? code - 48 : code - 87;
}

/** The integer whose magnitude is these bytes; a number where it is safe. */
export function readBigInteger(
  bytes: Uint8Array,
  start: number,
  length: number,
  negative: boolean,
): number | bigint {
  if (length <= 6) return readSmall(bytes, start, length, negative);
  const magnitude = length < SERIALIZED_FROM
    ? readWords(bytes, start, length)
    : readSerialized(bytes, start, length);
  const value = negative ? -magnitude : magnitude;
  if (length > 7 && bytes[start + length - 1] !== 0) return value;
  const small = Number(value);
  return Number.isSafeInteger(small) ? small : value;
}

function readSmall(bytes: Uint8Array, start: number, length: number, negative: boolean): number {
  let value = 0;
  for (let i = length - 1; i >= 0; i--) value = value * 256 + bytes[start + i]!;
  return negative && value !== 0 ? -value : value;
}

/** From this many bytes on the engine's own reader is faster than joining words. */
const SERIALIZED_FROM = 192;
/** What stands before the digits of an integer in the engine's serialization. */
const SERIALIZED_HEAD = serialize(1n << 64n).subarray(0, 3);
/** Serialized integers of usual size are put together here. */
const room = new Uint8Array(4096);

/**
 * The value as the engine reads it from its own serialization, which has the digits as they are:
 * after the head twice their number in a variable-length integer, then whole words.
 */
function readSerialized(bytes: Uint8Array, start: number, length: number): bigint {
  const size = (length + 7) & ~7;
  const needed = SERIALIZED_HEAD.length + 5 + size;
  const serialized = needed <= room.length ? room : new Uint8Array(needed);
  serialized.set(SERIALIZED_HEAD);
  let at = SERIALIZED_HEAD.length;
  let field = size * 2;
  for (; field > 127; field >>>= 7) serialized[at++] = (field & 127) | 128;
  serialized[at++] = field;
  serialized.set(bytes.subarray(start, start + length), at);
  serialized.fill(0, at + length, at + size);
  return deserialize(serialized.subarray(0, at + size));
}

/**
 * The value of a few words, the most significant first. Four are joined before they are joined to
 * what has been read: long digits are then copied a quarter as often as word by word.
 */
function readWords(bytes: Uint8Array, start: number, length: number): bigint {
  let at = (length + 7) >> 3;
  words[at - 1] = 0n;
  if (length > 48) {
    wordBytes.set(bytes.subarray(start, start + length));
  } else {
    for (let i = 0; i < length; i++) wordBytes[i] = bytes[start + i]!;
  }
  let value = words[--at]!;
  while ((at & 3) !== 0) value = (value << 64n) | words[--at]!;
  while (at > 0) {
    at -= 4;
    const high = (words[at + 3]! << 64n) | words[at + 2]!;
    const four = (high << 128n) | ((words[at + 1]! << 64n) | words[at]!);
    value = (value << 256n) | four;
  }
  return value;
}

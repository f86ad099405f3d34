/**
 * Integers of any size in the external term format: sign and magnitude, least significant byte first.
 *
 * @module
 */

import { EngineReader } from "./engine_reader.ts";

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
  size: number,
  negative: boolean,
): number | bigint {
  let length = size;
  while (length > 0 && bytes[start + length - 1] === 0) length--;
  if (length <= 6) return readSmall(bytes, start, length, negative);
  if (length >= ENGINE_FROM) return engine.integer(bytes, start, length, negative);
  const magnitude = readWords(bytes, start, length);
  const value = negative ? -magnitude : magnitude;
  if (length > 7) return value;
  const small = Number(value);
  return Number.isSafeInteger(small) ? small : value;
}

function readSmall(bytes: Uint8Array, start: number, length: number, negative: boolean): number {
  let value = 0;
  for (let i = length - 1; i >= 0; i--) value = value * 256 + bytes[start + i]!;
  return negative && value !== 0 ? -value : value;
}

/** From this many bytes on the engine's own reader is faster than joining words. */
const ENGINE_FROM = 41;

/** One for all: reading calls nobody that could read. */
export const engine = new EngineReader();

function readWords(bytes: Uint8Array, start: number, length: number): bigint {
  let at = (length - 1) >> 3;
  words[at] = 0n;
  for (let i = 0; i < length; i++) wordBytes[i] = bytes[start + i]!;
  let value = words[at]!;
  while (at > 0) value = (value << 64n) | words[--at]!;
  return value;
}

/**
 * Writing of integers beyond 32 bits: sign and magnitude, least significant byte first.
 *
 * @module
 */

const words = new BigUint64Array(64);
const wordBytes = new Uint8Array(words.buffer);

/** The most magnitude bytes that the BEAM itself accepts. */
export const BIG_INTEGER_LIMIT = 8 * 1024 * 1024;

/** The tags of integers whose length is a byte, and four. */
export const SMALL_BIG = 110;
export const LARGE_BIG = 111;

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
    bytes[at] = SMALL_BIG;
    bytes[at + 1] = length;
    bytes[at + 2] = negative ? 1 : 0;
    return at + 3;
  }
  bytes[at] = LARGE_BIG;
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

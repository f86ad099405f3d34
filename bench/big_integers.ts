/**
 * Ways to make a `BigInt` of the bytes of a large integer in the external term format, least
 * significant byte first, beside the rounded float that npm's `erlang_js` makes of them.
 *
 *     deno run -A bench/big_integers.ts
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { deserialize, serialize } from "node:v8";
import { readBigInteger } from "../bridge/integers.ts";

const ROUNDS = 15;
const CALLS = 4000;

type Way = (bytes: Uint8Array, start: number, length: number) => bigint | number;

const words = new BigUint64Array(512);
const wordBytes = new Uint8Array(words.buffer);

/** Copies the bytes into the words; answers how many there are. */
function loaded(bytes: Uint8Array, start: number, length: number): number {
  const count = (length + 7) >> 3;
  words[count - 1] = 0n;
  wordBytes.set(bytes.subarray(start, start + length));
  return count;
}

function wordByWord(bytes: Uint8Array, start: number, length: number): bigint {
  let at = loaded(bytes, start, length) - 1;
  let value = words[at]!;
  while (--at >= 0) value = (value << 64n) | words[at]!;
  return value;
}

function joinedHalves(bytes: Uint8Array, start: number, length: number): bigint {
  return halves(0, loaded(bytes, start, length));
}

function halves(from: number, to: number): bigint {
  if (to - from === 1) return words[from]!;
  const middle = from + ((to - from) >> 1);
  return (halves(middle, to) << BigInt(64 * (middle - from))) | halves(from, middle);
}

const pairs = Uint16Array.from({ length: 256 }, (_, byte) => {
  const text = byte.toString(16).padStart(2, "0");
  return text.charCodeAt(0) | (text.charCodeAt(1) << 8);
});
const digits = new Uint16Array(2048);
digits[0] = "0".charCodeAt(0) | ("x".charCodeAt(0) << 8);
const digitBytes = Buffer.from(digits.buffer);

function hexadecimal(bytes: Uint8Array, start: number, length: number): bigint {
  for (let i = 0; i < length; i++) digits[i + 1] = pairs[bytes[start + length - 1 - i]!]!;
  return BigInt(digitBytes.toString("latin1", 0, 2 + 2 * length));
}

const serialized = Buffer.alloc(4096);
/** Version and the tag of a big integer. */
const HEAD = serialize(1n << 64n).subarray(0, 3);

function deserialized(bytes: Uint8Array, start: number, length: number): bigint {
  const size = (length + 7) & ~7;
  serialized.set(HEAD);
  let at = HEAD.length;
  let field = size << 1;
  for (; field > 127; field >>>= 7) serialized[at++] = (field & 127) | 128;
  serialized[at++] = field;
  serialized.set(bytes.subarray(start, start + length), at);
  serialized.fill(0, at + length, at + size);
  return deserialize(serialized.subarray(0, at + size));
}

function rounded(bytes: Uint8Array, start: number, length: number): number {
  let value = 0;
  for (let i = length - 1; i >= 0; i--) value = value * 256 + bytes[start + i]!;
  return value;
}

const WAYS: Readonly<Record<string, Way>> = {
  "the bridge's": (bytes, start, length) => readBigInteger(bytes, start, length, false),
  "word by word": wordByWord,
  "halves joined": joinedHalves,
  "hexadecimal text": hexadecimal,
  "`v8.deserialize`": deserialized,
  "rounded float": rounded,
};

/** Nanoseconds of one call, the calmest of the rounds. */
function nanoseconds(way: Way, bytes: Uint8Array, length: number): number {
  let best = Infinity;
  for (let round = 0; round < ROUNDS; round++) {
    const start = performance.now();
    for (let call = 0; call < CALLS; call++) way(bytes, 3, length);
    best = Math.min(best, ((performance.now() - start) * 1e6) / CALLS);
  }
  return Math.round(best);
}

const names = Object.keys(WAYS);
console.log(`| bits | ${names.join(" | ")} |\n| --- ${"| --- ".repeat(names.length)}|`);
for (const bits of [101, 301, 501, 1000, 2000, 4000]) {
  const length = Math.ceil(bits / 8);
  const bytes = Uint8Array.from({ length: length + 6 }, (_, i) => (i * 37 + 11) & 255);
  const value = wordByWord(bytes, 3, length);
  const times = Object.entries(WAYS).map(([name, way]) => {
    const answer = way(bytes, 3, length);
    if (typeof answer === "bigint" && answer !== value) throw new Error(`${name} is wrong`);
    return nanoseconds(way, bytes, length);
  });
  console.log(`| ${bits} | ${times.join(" | ")} |`);
}

/**
 * Ways to make a `BigInt` of the bytes of a large integer in the external term format, least
 * significant byte first, beside the rounded float that npm's `erlang_js` makes of them; and what
 * of the time for a list of integers of two words the engine takes that joins these two.
 *
 *     deno run -A bench/big_integers.ts
 *
 * Medians of rounds of all ways in turns, in nanoseconds an integer.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { deserialize, serialize } from "node:v8";
import { Erlang } from "erlang_js";
import { decode, encode } from "../bridge/mod.ts";

const WARM_ROUNDS = 40;
const ROUNDS = 101;
const INTEGERS = 1000;

interface Peer {
  binary_to_term(bytes: Uint8Array, done: (error: unknown, term: unknown) => void): void;
}

/** One integer of a term, and where in it the digits are. */
type Way = (term: Uint8Array, start: number, length: number) => unknown;

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

function peerDecode(term: Uint8Array): unknown {
  let made: unknown;
  (Erlang as unknown as Peer).binary_to_term(term, (error, value) => {
    if (error) throw error;
    made = value;
  });
  return made;
}

const WAYS: Readonly<Record<string, Way>> = {
  "bridge, whole term": (term) => decode(term),
  "erlang_js, whole term": peerDecode,
  "word by word": wordByWord,
  "halves joined": joinedHalves,
  "hexadecimal text": hexadecimal,
  "`v8.deserialize`": deserialized,
  "rounded float": rounded,
};

/** The median time of an integer by each way. */
function medians(ways: readonly (() => unknown)[]): number[] {
  const times: number[][] = ways.map(() => []);
  for (let round = -WARM_ROUNDS; round < ROUNDS; round++) {
    ways.forEach((way, at) => {
      const start = performance.now();
      way();
      const time = ((performance.now() - start) * 1e6) / INTEGERS;
      if (round >= 0) times[at]!.push(time);
    });
  }
  return times.map((each) => each.toSorted((a, b) => a - b)[each.length >> 1]!);
}

function repeated(way: Way, term: Uint8Array, start: number, length: number): () => unknown {
  return () => {
    let made: unknown;
    for (let call = 0; call < INTEGERS; call++) made = way(term, start, length);
    return made;
  };
}

function table(head: string, names: readonly string[], rows: readonly (readonly unknown[])[]) {
  console.log(`| ${[head, ...names].join(" | ")} |\n|${" --- |".repeat(names.length + 1)}`);
  for (const row of rows) console.log(`| ${row.join(" | ")} |`);
  console.log("");
}

const alone = [72, 101, 128, 150, 301, 501, 1000, 2000, 4000].map((bits) => {
  const value = (1n << BigInt(bits)) / 3n * 2n;
  const term = encode(value);
  const start = term[1] === 110 ? 4 : 7;
  const length = term.length - start;
  const ways = Object.entries(WAYS).map(([name, way]) => {
    const answer = way === peerDecode ? undefined : way(term, start, length);
    if (typeof answer === "bigint" && answer !== value) throw new Error(`${name} is wrong`);
    return repeated(way, way === peerDecode ? Buffer.from(term) : term, start, length);
  });
  return [bits, ...medians(ways).map(Math.round)];
});
table("bits", Object.keys(WAYS), alone);

/** What is left of reading a list where its words are known and are always the same two. */
function joinedOnly(): unknown {
  const made: bigint[] = new Array(INTEGERS);
  for (let i = 0; i < INTEGERS; i++) made[i] = (words[1]! << 64n) | words[0]!;
  return made;
}

const inLists = [[65, 72], [73, 96], [97, 128], [65, 128]].map(([least, most]) => {
  const list = Array.from(
    { length: INTEGERS },
    (_, at) => (1n << BigInt(least! + (at * 37) % (most! - least! + 1))) - BigInt(at + 1),
  );
  const term = encode(list);
  const peerTerm = Buffer.from(term);
  words.fill((1n << 63n) + 12345n);
  const times = medians([() => decode(term), () => peerDecode(peerTerm), joinedOnly]);
  return [`${least} to ${most}`, ...times.map((time) => time.toFixed(1))];
});
table("bits, in a list", ["bridge", "erlang_js", "two known words joined"], inLists);

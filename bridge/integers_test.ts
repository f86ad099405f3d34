import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import fc from "fast-check";
import { decode, DecodeError } from "./decode.ts";
import { encode } from "./encode.ts";
import { BIG_INTEGER_LIMIT, writeBigInteger } from "./integers.ts";
import { ImproperList, type Term, type Tuple } from "./term.ts";

/** The lengths where the way of reading changes, and those around them. */
const LENGTHS = [
  ...Array.from({ length: 42 }, (_, at) => at + 1),
  ...[63, 64, 79, 80, 81, 82, 83, 84, 127, 128, 191, 192, 193, 254, 255, 256, 257, 4095, 9001],
];

/** A term without its version: so many digits, the sign and the digits as they are given. */
function integerTerm(digits: ArrayLike<number>, sign: number): number[] {
  const { length } = digits;
  const head = length < 256
    ? [110, length]
    : [111, length >>> 24, (length >>> 16) & 255, (length >>> 8) & 255, length & 255];
  return [...head, sign, ...Array.from(digits)];
}

/** The list of these terms; behind it, and before it, is memory of others. */
function listOf(terms: readonly number[][], tail = [106]): Uint8Array {
  const bytes = [131, 108, 0, 0, terms.length >> 8, terms.length & 255, ...terms.flat(), ...tail];
  const memory = new Uint8Array(bytes.length + 40).fill(255);
  memory.set(bytes, 5);
  return memory.subarray(5, 5 + bytes.length);
}

function magnitudeOf(digits: Uint8Array): bigint {
  const hex = Array.from(digits, (byte) => byte.toString(16).padStart(2, "0"));
  return BigInt(`0x${hex.reverse().join("")}`);
}

/** Digits of one length: least, greatest, and such as differ all; the last is never zero. */
function digitsOf(length: number): Uint8Array[] {
  const least = new Uint8Array(length);
  least[length - 1] = 1;
  const different = Uint8Array.from({ length }, (_, i) => (i * 89 + 7) & 255);
  different[length - 1] = 128;
  return [least, new Uint8Array(length).fill(255), different];
}

function asRead(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

Deno.test("integers of every length are read, alone and in a list, and written", () => {
  for (const digits of LENGTHS.flatMap(digitsOf)) {
    const magnitude = magnitudeOf(digits);
    for (const [sign, value] of [[0, magnitude], [1, -magnitude], [255, -magnitude]] as const) {
      const term = integerTerm(digits, sign);
      const expected = asRead(value);
      assertEquals(decode(Uint8Array.from([131, ...term])), expected);
      const row = Array.from({ length: 12 }, () => term);
      assertEquals(decode(listOf(row)), row.map(() => expected));
      if (digits.length < 300) {
        const list = listOf(row);
        const cut = list.length - term.length;
        for (let end = cut; end < list.length; end++) {
          assertThrows(() => decode(list.subarray(0, end)), DecodeError);
        }
      }
    }
    const written = new Uint8Array(digits.length + 9);
    const end = writeBigInteger(-magnitude, () => ({ bytes: written, at: 0 }));
    assertEquals([...written.subarray(0, end)], integerTerm(digits, 1));
  }
});

Deno.test("an integer that ends too early is an error wherever it ends", () => {
  for (const length of [4, 8, 9, 16, 17, 32, 33, 255, 256, 300]) {
    const bytes = Uint8Array.from([131, ...integerTerm(digitsOf(length)[1]!, 0)]);
    for (let end = 2; end < bytes.length; end++) {
      const error = assertThrows(() => decode(bytes.subarray(0, end)), DecodeError);
      assertMatch(error.message, /truncated|longer than what is left/);
    }
  }
});

Deno.test("an integer larger than any node would take is refused", () => {
  const large = (length: number) => {
    const bytes = new Uint8Array(7 + length).fill(1);
    bytes.set([131, 111]);
    new DataView(bytes.buffer).setUint32(2, length);
    return bytes;
  };
  const most = large(BIG_INTEGER_LIMIT);
  assertEquals(encode(decode(most)), most);
  assertThrows(() => decode(large(BIG_INTEGER_LIMIT + 1)), DecodeError, "over the limit");
});

Deno.test("zeros before the first digit change nothing, alone or in a list", () => {
  for (const length of [0, 1, 3, 4, 6, 7, 8, 9, 15, 16, 17, 24, 25, 32, 33, 90]) {
    const digits = digitsOf(length || 1)[2]!.subarray(0, length);
    const magnitude = length === 0 ? 0n : magnitudeOf(digits);
    for (const zeros of [1, 2, 7, 8, 9, 300]) {
      const padded = new Uint8Array(length + zeros);
      padded.set(digits);
      for (const [sign, value] of [[0, magnitude], [1, -magnitude]] as const) {
        const term = integerTerm(padded, sign);
        const expected = asRead(value);
        assertEquals(decode(Uint8Array.from([131, ...term])), expected);
        assertEquals(decode(listOf(new Array(20).fill(term))), new Array(20).fill(expected));
      }
    }
  }
});

Deno.test("there is no zero below zero", () => {
  for (let length = 0; length < 40; length++) {
    const term = integerTerm(new Uint8Array(length), 1);
    assertEquals(Object.is(decode(Uint8Array.from([131, ...term])), 0), true);
    for (const each of decode(listOf(new Array(20).fill(term))) as Term[]) {
      assertEquals(Object.is(each, 0), true);
    }
  }
});

Deno.test("what is safe as a number is one, and nothing else is", () => {
  const safe = BigInt(Number.MAX_SAFE_INTEGER);
  const values = [-2n, -1n, 0n, 1n, 2n].flatMap((by) => [
    ...[32n, 40n, 48n, 56n, 63n, 64n, 72n, 80n].map((bits) => (1n << bits) + by),
    safe + by,
  ]);
  const all = [...values, ...values.map((value) => -value)];
  const read = decode(encode(all)) as Term[];
  assertEquals(read, all.map(asRead));
  for (const value of all) assertEquals(decode(encode(value)), asRead(value));
});

Deno.test("integers in a list stand between anything else, and before any tail", () => {
  const two = integerTerm(digitsOf(13)[2]!, 0);
  const many = integerTerm(digitsOf(40)[2]!, 1);
  const wide = integerTerm(digitsOf(300)[2]!, 1);
  const others = [[97, 7], [98, 255, 255, 255, 255], [106], [119, 2, 111, 107], wide];
  const terms = others.flatMap((other) => [
    ...new Array(9).fill(two),
    other,
    ...new Array(9).fill(many),
    other,
    two,
    many,
  ]);
  const alone = terms.map((term) => decode(Uint8Array.from([131, ...term])));
  assertEquals(decode(listOf(terms)), alone);
  const improper = decode(listOf(terms, many));
  assertEquals(improper, new ImproperList(alone, alone.at(-1)!));
});

/** Terms of integers as a hostile or merely odd writer may write them. */
const oddIntegers = fc.record({
  length: fc.oneof(fc.integer({ min: 0, max: 18 }), fc.integer({ min: 0, max: 300 })),
  zeros: fc.constantFrom(0, 0, 0, 1, 8, 300),
  isWide: fc.boolean(),
  sign: fc.constantFrom(0, 1, 255),
  seed: fc.nat(255),
}).map(({ length, zeros, isWide, sign, seed }) => {
  const digits = Array.from(
    { length: length + zeros },
    (_, at) => at < length ? (at * 37 + seed) & 255 : 0,
  );
  const size = digits.length;
  const bytes = size > 255 || isWide
    ? [111, 0, 0, size >> 8, size & 255, sign, ...digits]
    : [110, size, sign, ...digits];
  const magnitude = digits.reduceRight((sum, digit) => sum * 256n + BigInt(digit), 0n);
  return { bytes, value: sign === 0 ? magnitude : -magnitude };
});

Deno.test("integers side by side are those that they are alone", () => {
  fc.assert(
    fc.property(fc.array(oddIntegers, { minLength: 1, maxLength: 40 }), fc.nat(3), (made, tail) => {
      const { length } = made;
      const list = [131, 108, 0, 0, 0, length, ...made.flatMap(({ bytes }) => bytes), 106];
      const nested = [131, 104, 2, ...list.slice(1), ...made[0]!.bytes];
      const read = decode(Uint8Array.from(list)) as Term[];
      assertEquals(
        read.map((each) => BigInt(each as number | bigint)),
        made.map(({ value }) => value),
      );
      for (const each of read) {
        assertEquals(typeof each === "number", Number.isSafeInteger(Number(each)));
      }
      const pair = decode(Uint8Array.from(nested)) as Tuple;
      assertEquals(pair.elements, [read, read[0]!]);
      // Cut off anywhere, it is an error and no wrong integer.
      const cut = Uint8Array.from(list.slice(0, list.length - 1 - tail));
      assertThrows(() => decode(cut), DecodeError);
      assertEquals(decode(Uint8Array.from(list)), read);
    }),
  );
});

Deno.test("a run of integers longer than what is read at once", () => {
  const values = Array.from(
    { length: 3000 },
    (_, at) => (1n << BigInt(65 + (at % 900))) + BigInt(at),
  );
  assertEquals(decode(encode(values)), values);
});

Deno.test("integers that were read at once are let go with their list", () => {
  const list = encode(Array.from({ length: 1000 }, (_, at) => (1n << 600n) + BigInt(at)));
  const before = Deno.memoryUsage().heapUsed;
  let most = before;
  for (let read = 0; read < 5000; read++) {
    decode(list);
    if (read % 50 === 0) most = Math.max(most, Deno.memoryUsage().heapUsed);
  }
  // All of them together take four times as much.
  assert(most - before < 100_000_000, `${most - before} bytes`);
});

import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { decode, DecodeError } from "./decode.ts";
import { encode } from "./encode.ts";
import { readBigInteger, writeBigInteger } from "./integers.ts";
import type { Term, Tuple } from "./term.ts";

Deno.test("integers of every length are read and written, whichever way is taken", () => {
  for (
    const length of [1, 6, 7, 8, 9, 31, 32, 33, 48, 49, 64, 65, 191, 192, 193, 256, 4095, 9001]
  ) {
    const digits = Uint8Array.from({ length }, (_, i) => (i * 89 + 7) & 255);
    digits[length - 1] = 200;
    const hex = [...digits].reverse().map((byte) => byte.toString(16).padStart(2, "0")).join("");
    const magnitude = BigInt(`0x${hex}`);
    const bytes = Uint8Array.from([1, 2, 3, ...digits, 255]);
    assertEquals(BigInt(readBigInteger(bytes, 3, length, false)), magnitude);
    assertEquals(BigInt(readBigInteger(bytes, 3, length, true)), -magnitude);
    const written = new Uint8Array(length + 9);
    const end = writeBigInteger(-magnitude, () => ({ bytes: written, at: 0 }));
    const head = length < 256 ? 3 : 6;
    assertEquals(end, head + length);
    assertEquals(written[head - 1], 1);
    assertEquals(written.subarray(head, end), digits);
  }
});

Deno.test("zeros before the first digit change nothing", () => {
  const bytes = new Uint8Array(300);
  assertEquals(readBigInteger(bytes, 0, 300, true), 0);
  bytes[0] = 5;
  assertEquals(readBigInteger(bytes, 0, 300, true), -5);
  assertEquals(readBigInteger(bytes, 0, 40, false), 5);
});

/** Terms of integers as a hostile or merely odd writer may write them. */
const oddIntegers = fc.record({
  length: fc.integer({ min: 0, max: 300 }),
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

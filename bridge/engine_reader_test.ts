import { assertEquals } from "@std/assert";
import { EngineReader } from "./engine_reader.ts";
import { writeBigInteger } from "./integers.ts";

const VALUES = [
  1n << 64n,
  -(1n << 64n),
  (1n << 1000n) - 1n,
  -(1n << 2047n),
  1n << 2048n,
  5n ** 999n,
];

/** The terms of these integers, one behind the other. */
function written(values: readonly bigint[]): Uint8Array {
  const bytes: number[] = [];
  for (const value of values) {
    const part = new Uint8Array(600);
    const end = writeBigInteger(value, () => ({ bytes: part, at: 0 }));
    bytes.push(...part.subarray(0, end));
  }
  return Uint8Array.from(bytes);
}

for (const isLive of [true, false]) {
  Deno.test(`integers alone and at once, ${isLive ? "by one reader" : "each anew"}`, () => {
    const engine = new EngineReader(isLive);
    // Often enough to fill its room several times.
    for (let round = 0; round < 200; round++) {
      for (const value of VALUES) {
        const bytes = written([value]);
        const head = bytes[0] === 110 ? 3 : 6;
        const read = engine.integer(bytes, head, bytes.length - head, value < 0n);
        assertEquals(read, value);
      }
      const short = VALUES.slice(0, 3);
      const bytes = Uint8Array.from([7, 7, ...written(short), 7]);
      const elements: unknown[] = ["before", 0, 0, 0, "behind"];
      engine.integers(bytes, 2, bytes.length - 1, elements, 1, 4);
      assertEquals(elements, ["before", ...short, "behind"]);
    }
  });

  Deno.test(`an integer larger than the room, ${isLive ? "by one reader" : "each anew"}`, () => {
    const engine = new EngineReader(isLive);
    const digits = Uint8Array.from({ length: 100_000 }, (_, at) => (at * 31 + 1) & 255);
    const hex = [...digits].reverse().map((byte) => byte.toString(16).padStart(2, "0")).join("");
    for (let round = 0; round < 3; round++) {
      assertEquals(engine.integer(digits, 0, digits.length, true), -BigInt(`0x${hex}`));
      assertEquals(engine.integer(digits, 0, 8, false), 0xdabb9c7d5e3f2001n);
    }
  });
}

import { assertEquals } from "@std/assert";
import { readBigInteger, writeBigInteger } from "./integers.ts";

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

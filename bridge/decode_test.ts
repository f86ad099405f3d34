/** Hostile bytes: an error with the place, in bounded time and memory. */

import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { deflateSync } from "node:zlib";
import { decode, DecodeError, decodePart } from "./decode.ts";
import { encode } from "./encode.ts";
import { atom, type Term, tuple } from "./term.ts";
import { terms } from "./term_generator.ts";

/** The offset of the error that these bytes give; fails where they give none. */
function errorOffset(bytes: Uint8Array | readonly number[]): number {
  const error = assertThrows(() => decode(Uint8Array.from(bytes)), DecodeError);
  assert(error.offset >= 0 && error.offset <= bytes.length, `offset ${error.offset}`);
  return error.offset;
}

/** Reads bytes that may be anything: a term or a `DecodeError`. */
function readAnything(bytes: Uint8Array): void {
  try {
    decode(bytes);
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    assert(error.offset >= 0 && error.offset <= bytes.length);
  }
}

Deno.test("every proper prefix of a term is an error", () => {
  fc.assert(fc.property(terms, (term) => {
    const bytes = encode(term);
    for (let end = 0; end < bytes.length; end++) errorOffset(bytes.subarray(0, end));
  }));
});

Deno.test("bytes behind a term are an error, or the next term", () => {
  assertEquals(errorOffset([131, 97, 1, 0]), 3);
  const bytes = Uint8Array.from([131, 97, 1, 131, 106]);
  assertEquals(decodePart(bytes), { term: 1, end: 3 });
  assertEquals(decodePart(bytes, 3), { term: [], end: 5 });
});

Deno.test("random and damaged bytes never do more than give an error", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      readAnything(bytes);
      readAnything(Uint8Array.from([131, ...bytes]));
    }),
    { numRuns: 3000 },
  );
  const damage = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { maxLength: 5 });
  fc.assert(
    fc.property(terms, damage, (term, changes) => {
      const bytes = encode(term);
      for (const [at, value] of changes) bytes[at % bytes.length] = value;
      readAnything(bytes);
    }),
    { numRuns: 2000 },
  );
});

Deno.test("a length beyond the bytes is refused before memory is taken", () => {
  const huge = [255, 255, 255, 255];
  for (const tag of [105, 108, 109, 111, 116, 77]) {
    assertEquals(errorOffset([131, tag, ...huge, 1, 2, 3]), 2);
  }
  errorOffset([131, 110, 255, 0, 1]);
  errorOffset([131, 107, 255, 255, 1]);
  errorOffset([131, 119, 200, 65]);
  errorOffset([131, 112, ...huge, 0]);
  // A list of lists that each claim all that is left.
  const nested = [131];
  for (let i = 0; i < 2000; i++) nested.push(108, 0, 0, 0, 200);
  errorOffset(nested);
});

Deno.test("nesting beyond the limit is refused, up to it is read", () => {
  const nest = (depth: number) => {
    const bytes = new Uint8Array(2 + depth * 2).fill(104);
    bytes[0] = 131;
    for (let i = 0; i < depth; i++) bytes[2 + i * 2] = 1;
    bytes[bytes.length - 1] = 106;
    return bytes;
  };
  assertThrows(() => decode(nest(5_000_000)), DecodeError, "nested deeper");
  assertThrows(() => decode(nest(11), { maxDepth: 10 }), DecodeError, "nested deeper");
  decode(nest(10), { maxDepth: 10 });
  const deep = nest(90_000);
  assertEquals(encode(decode(deep)), deep);
});

Deno.test("deep nesting in the keys of a map gives no stack overflow", () => {
  const depth = 80_000;
  const key = new Uint8Array(depth * 2 + 1).fill(104);
  for (let i = 0; i < depth; i++) key[i * 2 + 1] = 1;
  key[depth * 2] = 106;
  const one = [...key, 97, 1];
  readAnything(Uint8Array.from([131, 116, 0, 0, 0, 2, ...one, ...one]));
  const many = Array.from({ length: 12 }, () => one).flat();
  readAnything(Uint8Array.from([131, 116, 0, 0, 0, 12, ...many]));
});

Deno.test("tails within tails are read in one loop", () => {
  const count = 300_000;
  const bytes = new Uint8Array(2 + count * 7);
  bytes[0] = 131;
  for (let i = 0; i < count; i++) bytes.set([108, 0, 0, 0, 1, 97, 7], 1 + i * 7);
  bytes[bytes.length - 1] = 106;
  const start = performance.now();
  assertEquals((decode(bytes) as Term[]).length, count);
  assert(performance.now() - start < 2000);
});

Deno.test("a compressed term may be no larger than it says, nor than the limit", () => {
  const inner = encode(Array.from({ length: 100_000 }, () => atom("zero"))).subarray(1);
  const packed = deflateSync(inner);
  const head = (size: number) => {
    const bytes = new Uint8Array(6);
    bytes.set([131, 80]);
    new DataView(bytes.buffer).setUint32(2, size);
    return bytes;
  };
  const withSize = (size: number) => Uint8Array.from([...head(size), ...packed]);
  assertEquals((decode(withSize(inner.length)) as Term[]).length, 100_000);
  errorOffset(withSize(inner.length - 1));
  errorOffset(withSize(inner.length + 1));
  errorOffset(withSize(0xffffffff));
  assertThrows(() => decode(withSize(inner.length), { maxSize: 1000 }), DecodeError, "limit");
  errorOffset([...head(10), 1, 2, 3]);
  errorOffset([131, 80, 0, 0]);
});

Deno.test("what no node would send is refused", () => {
  const wrong: Record<string, number[]> = {
    "two equal keys": [116, 0, 0, 0, 2, 97, 1, 97, 2, 97, 1, 97, 3],
    "infinity": [70, 0x7f, 0xf0, 0, 0, 0, 0, 0, 0],
    "an atom of broken UTF-8": [119, 2, 0xc3, 0x28],
    "an atom of surrogates": [119, 3, 0xed, 0xa0, 0x80],
    "nine bits in a byte": [77, 0, 0, 0, 1, 9, 1],
    "no bits in a byte": [77, 0, 0, 0, 1, 0, 1],
    "a pid of no node": [88, 97, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1],
    "a reference of no number": [90, 0, 0, 119, 1, 97, 0, 0, 0, 1],
    "an unknown tag": [200],
    "a cached atom": [82, 1],
  };
  for (const bytes of Object.values(wrong)) errorOffset([131, ...bytes]);
  errorOffset([]);
  errorOffset([130, 97, 1]);
  errorOffset([131, 119, 0xff, ...new Array(255).fill(0xc3)]);
});

Deno.test("a map of many equal keys is refused in little time", () => {
  const key = encode(tuple(1, 2)).subarray(1);
  const entry = [...key, 97, 1];
  const count = 20_000;
  const bytes = new Uint8Array(6 + entry.length * count);
  bytes.set([131, 116, 0, 0, count >> 8, count & 255]);
  for (let i = 0; i < count; i++) bytes.set(entry, 6 + i * entry.length);
  const start = performance.now();
  assertThrows(() => decode(bytes), DecodeError, "equal keys");
  assert(performance.now() - start < 2000);
});

Deno.test("old forms of terms are read", () => {
  const old = new Uint8Array(33);
  old.set([131, 99]);
  old.set(new TextEncoder().encode("1.50000000000000000000e+00"), 2);
  assertEquals(
    encode(decode(old)),
    encode(decode(Uint8Array.from([131, 70, 0x3f, 0xf8, 0, 0, 0, 0, 0, 0]))),
  );
  assertEquals(decode(Uint8Array.from([131, 100, 0, 1, 0xe9])), atom("é"));
  assertEquals(decode(Uint8Array.from([131, 115, 2, 111, 107])), atom("ok"));
  assertEquals(decode(Uint8Array.from([131, 110, 3, 1, 1, 0, 0])), -1);
});

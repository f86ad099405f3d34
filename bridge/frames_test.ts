/** Frames on this side: cut, put together, refused. */

import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { encode } from "./encode.ts";
import { FRAME_LIMIT, FrameError, FrameReader, frames } from "./frames.ts";
import { atom, tuple } from "./term.ts";
import { terms } from "./term_generator.ts";

/** All bytes of a message's frames. */
function written(message: Parameters<typeof frames>[0], stream = 1): Uint8Array {
  const pieces = [...frames(message, stream, [])].flat();
  return Uint8Array.from(pieces.flatMap((piece) => [...piece]));
}

function reader(maxSize = 1 << 24): { read: FrameReader; messages: Uint8Array[] } {
  const messages: Uint8Array[] = [];
  return { read: new FrameReader((bytes) => messages.push(bytes), maxSize), messages };
}

Deno.test("messages are the same however the bytes are cut", () => {
  const cuts = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 20 });
  fc.assert(fc.property(fc.array(terms, { maxLength: 5 }), cuts, (made, sizes) => {
    const all = made.map((term) => tuple(atom("reply"), 1, term));
    const bytes = Uint8Array.from(all.flatMap((message) => [...written(message)]));
    const { read, messages } = reader();
    for (let at = 0, turn = 0; at < bytes.length; turn++) {
      const size = sizes[turn % sizes.length]!;
      read.push(bytes.subarray(at, at + size));
      at += size;
    }
    assertEquals(messages, all.map((message) => encode(message)));
  }));
});

Deno.test("a message larger than a frame comes in pieces, with others between them", () => {
  const numbers = Array.from({ length: 200_000 }, (_, n) => n);
  const large = tuple(atom("reply"), 1, numbers);
  const small = written(tuple(atom("reply"), 2, []));
  const { read, messages } = reader();
  for (const frame of frames(large, 1, [])) {
    for (const piece of frame) read.push(piece);
    read.push(small);
  }
  const pieces = Math.ceil(encode(large).length / FRAME_LIMIT);
  assertEquals(messages.length, pieces + 2);
  assertEquals(messages[pieces], encode(large));
});

Deno.test("large binaries go beside the message, by their own memory", () => {
  const blob = new Uint8Array(100_000);
  const begun: number[] = [];
  const pieces = [...frames(tuple(atom("request"), 1, blob), 1, begun)].flat();
  assertEquals(begun.length, 1);
  assertEquals(pieces.some((piece) => piece.buffer === blob.buffer), true);
});

Deno.test("what is no frame, or too large, is refused", () => {
  const garbage = new TextEncoder().encode("=ERROR REPORT====");
  assertThrows(() => reader().read.push(garbage), FrameError, "=ERR");
  const begin = Uint8Array.from([0, 0, 0, 13, 1, 0, 0, 0, 5, 0, 0, 0, 9, 0, 0, 0, 0]);
  assertThrows(() => reader().read.push(begin), FrameError, "over the limit");
  assertThrows(() => reader().read.push(Uint8Array.from([0, 0, 0, 1, 77])), FrameError, "kind");
});

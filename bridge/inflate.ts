/**
 * Unpacking of compressed terms, bounded by the size that they say.
 *
 * @module
 */

import { inflateSync } from "node:zlib";
import { DecodeError } from "./byte_reader.ts";

/** The bytes packed from `at` on, which must be `size`, and how many packed ones that took. */
export function inflate(bytes: Uint8Array, at: number, size: number) {
  try {
    const result = inflateSync(bytes.subarray(at), { maxOutputLength: size + 1, info: true });
    const { buffer, engine } = result as unknown as {
      buffer: Uint8Array;
      engine: { bytesWritten: number };
    };
    if (buffer.length !== size) throw new Error("wrong size");
    return { unpacked: new Uint8Array(buffer), used: engine.bytesWritten };
  } catch {
    throw new DecodeError("broken compressed term", at);
  }
}

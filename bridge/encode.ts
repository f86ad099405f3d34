/**
 * Terms to the external term format, byte for byte as `term_to_binary(Term, [{minor_version, 2}])`.
 *
 * @module
 */

import { deflateSync } from "node:zlib";
import type { Term } from "./term.ts";
import { type Blobs, TermWriter } from "./term_writer.ts";

export { EncodeError } from "./term_writer.ts";

/** How a term is written. */
export interface EncodeOptions {
  /** Sort the keys of every map, so that equal terms give equal bytes. */
  readonly deterministic?: boolean;
  /** Compress with zlib where that makes it smaller; a level from 1 to 9. */
  readonly compressed?: number;
}

/** The writer that is free: writing a term may need the bytes of another, as the key of a map. */
let idle: TermWriter | undefined;

/** The bytes of a term, with the version byte 131 before them. */
export function encode(term: Term, options?: EncodeOptions): Uint8Array {
  const bytes = written(term, options?.deterministic === true, undefined);
  return options?.compressed === undefined ? bytes : compress(bytes, options.compressed);
}

/** A term of which the large binaries are kept apart; see {@link encodeSplit}. */
export interface SplitTerm {
  /** The term, with the tuple `{'$blob', Nonce, N}` in place of the N-th large binary. */
  readonly bytes: Uint8Array;
  /** The large binaries, sharing the memory of those in the term. */
  readonly blobs: readonly Uint8Array[];
}

/**
 * Encodes a term without copying its binaries of 64 KiB or more: they are handed out beside it.
 * The nonce is a number that nobody could have written into the term.
 */
export function encodeSplit(term: Term, nonce: bigint): SplitTerm {
  const found: Blobs = { nonce, list: [] };
  return { bytes: written(term, false, found), blobs: found.list };
}

function written(term: Term, deterministic: boolean, blobs: Blobs | undefined): Uint8Array {
  const writer = idle ?? new TermWriter();
  idle = undefined;
  try {
    return writer.whole(term, deterministic, blobs);
  } finally {
    idle = writer;
  }
}

function compress(bytes: Uint8Array, level: number): Uint8Array {
  const packed = deflateSync(bytes.subarray(1), { level });
  if (packed.length + 6 >= bytes.length) return bytes;
  const out = new Uint8Array(packed.length + 6);
  const size = bytes.length - 1;
  out.set([131, 80, size >>> 24, (size >> 16) & 255, (size >> 8) & 255, size & 255]);
  out.set(packed, 6);
  return out;
}

/**
 * Memory for small byte arrays.
 *
 * Making an `ArrayBuffer` costs more than encoding a small term does, so small arrays are views of
 * shared slabs, each byte of which is handed out once.
 *
 * @module
 */

const SLAB = 1 << 15;
/** Larger arrays get memory of their own, so that a small one never keeps much alive. */
const LARGEST_SHARED = 1 << 10;

let slab = new ArrayBuffer(SLAB);
let used = 0;

/** A byte array of zeros that nobody else writes to. */
export function allocate(length: number): Uint8Array {
  if (length > LARGEST_SHARED) return new Uint8Array(length);
  if (used + length > SLAB) {
    slab = new ArrayBuffer(SLAB);
    used = 0;
  }
  const view = new Uint8Array(slab, used, length);
  used += length;
  return view;
}

/** A copy of some bytes of an array. */
export function copyOf(bytes: Uint8Array, start: number, end: number): Uint8Array {
  const length = end - start;
  if (length > LARGEST_SHARED) return bytes.slice(start, end);
  const copy = allocate(length);
  if (length > 64) {
    copy.set(bytes.subarray(start, end));
  } else {
    for (let i = 0; i < length; i++) copy[i] = bytes[start + i]!;
  }
  return copy;
}

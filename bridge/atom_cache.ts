/**
 * From the bytes of an atom to the atom, without making a string each time.
 *
 * @module
 */

import { type Atom, atom } from "./term.ts";

const SLOTS = 4096;
const strictUtf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Remembers the atoms read last, by a hash of their bytes. */
export class AtomCache {
  readonly #slots: (Atom | undefined)[] = new Array(SLOTS).fill(undefined);

  /** The atom whose UTF-8 name stands there, or undefined when that is no atom. */
  utf8(bytes: Uint8Array, start: number, length: number): Atom | undefined {
    let hash = length;
    for (let i = start; i < start + length; i++) hash = (Math.imul(hash, 31) + bytes[i]!) | 0;
    const slot = (hash ^ (hash >>> 12)) & (SLOTS - 1);
    const known = this.#slots[slot];
    if (known !== undefined && isSame(known, bytes, start, length)) return known;
    const made = fromUtf8(bytes, start, length);
    if (made !== undefined) this.#slots[slot] = made;
    return made;
  }

  /** The atom whose Latin-1 name stands there. */
  latin1(bytes: Uint8Array, start: number, length: number): Atom | undefined {
    return length > 255 ? undefined : atom(latin1Text(bytes, start, length));
  }
}

function isSame(known: Atom, bytes: Uint8Array, start: number, length: number): boolean {
  const encoded = known.encoded;
  const head = encoded[0] === 119 ? 2 : 3;
  if (encoded.length - head !== length) return false;
  for (let i = 0; i < length; i++) if (encoded[head + i] !== bytes[start + i]) return false;
  return true;
}

function fromUtf8(bytes: Uint8Array, start: number, length: number): Atom | undefined {
  try {
    return atom(strictUtf8.decode(bytes.subarray(start, start + length)));
  } catch (error) {
    if (error instanceof TypeError || error instanceof RangeError) return undefined;
    throw error;
  }
}

/** Bytes as the characters of the same numbers. */
export function latin1Text(bytes: Uint8Array, start: number, length: number): string {
  let text = "";
  for (let i = start; i < start + length; i++) text += String.fromCharCode(bytes[i]!);
  return text;
}

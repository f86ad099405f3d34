/**
 * Large integers that stand side by side in a term, as in a private key or a list of them: read
 * ahead and at once, since the engine takes hardly longer for several than for one.
 *
 * @module
 */

import { unsigned32 } from "./byte_reader.ts";
import { type EngineReader, LARGE_BIG, MOST_AT_ONCE, SMALL_BIG } from "./engine_reader.ts";

/** From this many bytes on, more than two words, an integer may be one of a run. */
export const RUN_INTEGER_BYTES = 17;
/** What is joined of words faster than the engine reads it at once, in bytes of a term. */
const WORTH = { run: 100, perInteger: 12 } as const;

/** The integers of some bytes that were read ahead. Terms are asked for in their order. */
export class IntegerRun {
  readonly #engine: EngineReader;
  #values: readonly bigint[] = [];
  #next = 0;
  /** Up to here integers were looked for. */
  #end = 0;

  constructor(engine: EngineReader) {
    this.#engine = engine;
  }

  /** Forgets what was read ahead; to be called when other bytes are read. */
  clear(): void {
    this.#values = [];
    this.#end = 0;
  }

  /** The integer of these bytes, from its tag on, if it is one of a run that is worth it. */
  take(bytes: Uint8Array, at: number, end: number): bigint | undefined {
    if (at >= this.#end) {
      const next = bytes[end];
      if (next !== SMALL_BIG && next !== LARGE_BIG) return undefined;
      this.#read(bytes, at);
    }
    return this.#values[this.#next++];
  }

  #read(bytes: Uint8Array, from: number): void {
    let count = 0;
    let end = from;
    for (;;) {
      const next = endOfInteger(bytes, end);
      if (next < 0 || next - from > MOST_AT_ONCE) break;
      count++;
      end = next;
    }
    this.#next = 0;
    this.#end = Math.max(end, from + 1);
    const isWorthIt = count > 1 && end - from > WORTH.run + count * WORTH.perInteger;
    this.#values = isWorthIt ? this.#engine.integers(bytes, from, end, count) : [];
  }
}

/** Where the integer ends whose tag is here; -1 if there is none, or none for a run. */
function endOfInteger(bytes: Uint8Array, at: number): number {
  const tag = bytes[at];
  let end: number;
  if (tag === SMALL_BIG && at + 2 < bytes.length) {
    const length = bytes[at + 1]!;
    if (length < RUN_INTEGER_BYTES) return -1;
    end = at + 3 + length;
  } else if (tag === LARGE_BIG && at + 6 < bytes.length) {
    const length = unsigned32(bytes, at + 1);
    if (length < RUN_INTEGER_BYTES) return -1;
    end = at + 6 + length;
  } else {
    return -1;
  }
  // With zeros before its first digit an integer may be a small one.
  return end <= bytes.length && bytes[end - 1] !== 0 ? end : -1;
}

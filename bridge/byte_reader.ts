/**
 * Numbers of fixed size out of bytes, with every read checked against what is there.
 *
 * @module
 */

/** Bytes that are no external term, and where the first wrong one is. */
export class DecodeError extends Error {
  override readonly name = "DecodeError";

  readonly offset: number;

  constructor(message: string, offset: number) {
    super(`${message} at offset ${offset}`);
    this.offset = offset;
  }
}

/** No bytes. */
export const NOTHING = new Uint8Array(0);

/** The same memory as a plain array: the `slice` of Node's `Buffer` would not copy. */
export function plainBytes(bytes: Uint8Array): Uint8Array {
  if (bytes.constructor === Uint8Array) return bytes;
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Four bytes that are there, the most significant first. */
export function unsigned32(bytes: Uint8Array, at: number): number {
  return ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) |
    bytes[at + 3]!) >>> 0;
}

/** Bytes and the place of the next one. */
export class ByteReader {
  bytes: Uint8Array = NOTHING;
  position = 0;

  /** The next byte. */
  byte(): number {
    if (this.position >= this.bytes.length) throw this.truncated();
    return this.bytes[this.position++]!;
  }

  /** Two bytes. */
  unsigned16(): number {
    this.need(2);
    const at = this.position;
    this.position = at + 2;
    return (this.bytes[at]! << 8) | this.bytes[at + 1]!;
  }

  /** Four bytes. */
  unsigned32(): number {
    this.need(4);
    const at = this.position;
    this.position = at + 4;
    return unsigned32(this.bytes, at);
  }

  /** Eight bytes. */
  unsigned64(): bigint {
    const high = this.unsigned32();
    return (BigInt(high) << 32n) | BigInt(this.unsigned32());
  }

  /** A count of things that take at least `least` bytes each, all of which must be there. */
  count(least: number): number {
    const start = this.position;
    const count = this.unsigned32();
    if (count * least > this.bytes.length - this.position) {
      throw new DecodeError(`length ${count} is longer than what is left`, start);
    }
    return count;
  }

  /** A count of bytes that must be there. */
  checked(count: number): number {
    this.need(count);
    return count;
  }

  /** Fails where there are fewer bytes left. */
  need(count: number): void {
    if (this.position + count > this.bytes.length) throw this.truncated();
  }

  /** The error of bytes that end too early. */
  truncated(): DecodeError {
    return new DecodeError("truncated term", this.bytes.length);
  }
}

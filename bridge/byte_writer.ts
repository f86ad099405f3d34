/**
 * Bytes that grow.
 *
 * @module
 */

import { copyOf } from "./byte_pool.ts";

const FIRST_SIZE = 1 << 16;
/** A buffer that has grown beyond this is let go. */
const KEPT_SIZE = 1 << 22;

/** A buffer, and the place of the next byte. */
export class ByteWriter {
  buffer: Uint8Array = new Uint8Array(FIRST_SIZE);
  position = 0;
  /** What is written before the array last set apart, so that it need not go through the buffer. */
  parts: Uint8Array[] | undefined;
  /** Where in the buffer the bytes behind those parts begin. */
  flushed = 0;

  /** What was written since the last time, in one piece. */
  taken(): Uint8Array {
    const whole = this.parts === undefined
      ? copyOf(this.buffer, 0, this.position)
      : joined([...this.parts, this.buffer.subarray(this.flushed, this.position)]);
    this.reset();
    return whole;
  }

  /** Forgets what was written. */
  reset(): void {
    this.position = 0;
    this.flushed = 0;
    this.parts = undefined;
    if (this.buffer.length > KEPT_SIZE) this.buffer = new Uint8Array(FIRST_SIZE);
  }

  /** Makes room for so many bytes. */
  reserve(count: number): void {
    if (this.position + count <= this.buffer.length) return;
    let size = this.buffer.length * 2;
    while (size < this.position + count) size *= 2;
    const larger = new Uint8Array(size);
    larger.set(
      this.position === this.buffer.length ? this.buffer : this.buffer.subarray(0, this.position),
    );
    this.buffer = larger;
  }

  /** Writes one byte. */
  byte(value: number): void {
    if (this.position === this.buffer.length) this.reserve(1);
    this.buffer[this.position++] = value;
  }

  /** Writes a tag and four bytes. */
  tagged32(tag: number, value: number): void {
    this.reserve(5);
    this.buffer[this.position] = tag;
    this.buffer[this.position + 1] = value >>> 24;
    this.buffer[this.position + 2] = value >>> 16;
    this.buffer[this.position + 3] = value >>> 8;
    this.buffer[this.position + 4] = value;
    this.position += 5;
  }

  /** Writes four bytes. */
  unsigned32(value: number): void {
    this.reserve(4);
    this.buffer[this.position] = value >>> 24;
    this.buffer[this.position + 1] = value >>> 16;
    this.buffer[this.position + 2] = value >>> 8;
    this.buffer[this.position + 3] = value;
    this.position += 4;
  }

  /** Writes bytes as they are. */
  raw(bytes: Uint8Array): void {
    const length = bytes.length;
    this.reserve(length);
    if (length > 24) {
      this.buffer.set(bytes, this.position);
    } else {
      for (let i = 0; i < length; i++) this.buffer[this.position + i] = bytes[i]!;
    }
    this.position += length;
  }

  /** Writes a large array without copying it before the end. */
  setApart(bytes: Uint8Array): void {
    this.parts ??= [];
    this.parts.push(copyOf(this.buffer, this.flushed, this.position), bytes);
    this.flushed = this.position;
  }
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

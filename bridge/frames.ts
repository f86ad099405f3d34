/**
 * Frames between a program and the port program: a length of four bytes, then at most 256 KiB.
 *
 * A message larger than a frame goes as a **stream**: its size, then pieces, between which other
 * messages pass. Large binaries inside a message sent to Erlang are streams of their own, so that
 * neither side holds them twice. The kinds of frames are listed in `beamtalk_port_frames.erl`.
 *
 * @module
 */

import { plainBytes, unsigned32 } from "./byte_reader.ts";
import { encodeSplit } from "./encode.ts";
import type { Term } from "./term.ts";

/** The most bytes of a message that go in one frame. */
export const FRAME_LIMIT = 262_144;
/** Streams of this bit hold a message; others wait for the message that names them. */
const MESSAGE_STREAM = 0x80000000;
/** A frame may be this long; more means that something else writes to the pipe. */
const LONGEST_FRAME = FRAME_LIMIT + 64;

const STREAM_BEGINS = 1;
const STREAM_PART = 2;
const STREAM_GIVEN_UP = 3;
const WITH_BLOBS = 4;

/** The pieces of one frame, to be written with nothing between them. */
export type Frame = readonly Uint8Array[];

/** What came in was no frame. */
export class FrameError extends Error {
  override readonly name = "FrameError";
}

/** Cuts a byte stream into frames and puts messages together. */
export class FrameReader {
  #head = new Uint8Array(4);
  #headLength = 0;
  /** Where a frame that comes in several pieces is put together. */
  #scratch = new Uint8Array(0);
  /** How long the frame is that is under way; 0 for none. */
  #awaited = 0;
  #frameLength = 0;
  readonly #streams = new Map<number, { bytes: Uint8Array; length: number }>();

  readonly onMessage: (bytes: Uint8Array) => void;
  readonly maxSize: number;

  /**
   * @param onMessage is given the bytes of each whole message
   * @param maxSize the largest message that is put together
   */
  constructor(onMessage: (bytes: Uint8Array) => void, maxSize: number) {
    this.onMessage = onMessage;
    this.maxSize = maxSize;
  }

  /** Takes in the next bytes. */
  push(input: Uint8Array): void {
    const chunk = plainBytes(input);
    let at = 0;
    while (at < chunk.length) {
      at = this.#awaited === 0 ? this.#readHead(chunk, at) : this.#readFrame(chunk, at);
    }
  }

  /** Lets go of what came of a stream. */
  forget(stream: number): void {
    this.#streams.delete(stream);
  }

  #readHead(chunk: Uint8Array, start: number): number {
    let at = start;
    while (this.#headLength < 4 && at < chunk.length) this.#head[this.#headLength++] = chunk[at++]!;
    if (this.#headLength < 4) return at;
    const length = unsigned32(this.#head, 0);
    this.#headLength = 0;
    if (length > LONGEST_FRAME) {
      throw new FrameError(`no frame: ${JSON.stringify(String.fromCharCode(...this.#head))}`);
    }
    if (at + length <= chunk.length) {
      this.#onFrame(chunk.subarray(at, at + length));
      return at + length;
    }
    if (this.#scratch.length < length) this.#scratch = new Uint8Array(length);
    this.#awaited = length;
    this.#frameLength = 0;
    return at;
  }

  #readFrame(chunk: Uint8Array, start: number): number {
    const taken = Math.min(this.#awaited - this.#frameLength, chunk.length - start);
    this.#scratch.set(chunk.subarray(start, start + taken), this.#frameLength);
    this.#frameLength += taken;
    if (this.#frameLength === this.#awaited) {
      this.#awaited = 0;
      this.#onFrame(this.#scratch.subarray(0, this.#frameLength));
    }
    return start + taken;
  }

  /** The frame's memory is used again: what is kept of it is copied. */
  #onFrame(frame: Uint8Array): void {
    const kind = frame[0];
    if (kind === 131) return this.onMessage(frame.slice());
    const stream = unsigned32(frame, 1);
    if (kind === STREAM_BEGINS) return this.#begin(stream, frame);
    if (kind === STREAM_PART) return this.#part(stream, frame.subarray(5));
    throw new FrameError(`unknown kind of frame: ${kind}`);
  }

  #begin(stream: number, frame: Uint8Array): void {
    const size = unsigned32(frame, 5) * 2 ** 32 + unsigned32(frame, 9);
    if (size > this.maxSize) throw new FrameError(`a message of ${size} bytes is over the limit`);
    this.#streams.set(stream, { bytes: new Uint8Array(size), length: 0 });
  }

  #part(stream: number, part: Uint8Array): void {
    const got = this.#streams.get(stream);
    if (got === undefined) return;
    got.bytes.set(part, got.length);
    got.length += part.length;
    if (got.length < got.bytes.length) return;
    this.#streams.delete(stream);
    this.onMessage(got.bytes);
  }
}

/**
 * The frames of a message, each with its length before it; made one by one as they are asked for.
 * The names of the streams that have begun are put into `begun`, for who stops before the end.
 */
export function* frames(message: Term, stream: number, begun: number[]): Generator<Frame> {
  const nonce = crypto.getRandomValues(new BigUint64Array(1))[0]! >> 5n;
  const { bytes, blobs } = encodeSplit(message, nonce);
  const names: number[] = [];
  for (let i = 0; i < blobs.length; i++) {
    const name = newBlobName();
    names.push(name);
    begun.push(name);
    yield* streamFrames(name, blobs[i]!);
  }
  const whole = blobs.length === 0 ? bytes : withBlobs(bytes, nonce, names);
  if (whole.length <= FRAME_LIMIT) {
    yield [framed(whole)];
  } else {
    const name = (MESSAGE_STREAM | stream) >>> 0;
    begun.push(name);
    yield* streamFrames(name, whole);
  }
}

let lastBlobName = 0;

function newBlobName(): number {
  lastBlobName = (lastBlobName + 1) & 0x7fffffff;
  return lastBlobName;
}

/** The frames of one stream. */
function* streamFrames(stream: number, bytes: Uint8Array): Generator<Frame> {
  const begin = new Uint8Array(17);
  put32(begin, 0, 13);
  begin[4] = STREAM_BEGINS;
  put32(begin, 5, stream);
  put32(begin, 9, Math.floor(bytes.length / 2 ** 32));
  put32(begin, 13, bytes.length >>> 0);
  yield [begin];
  for (let at = 0; at < bytes.length; at += FRAME_LIMIT) {
    const part = bytes.subarray(at, at + FRAME_LIMIT);
    const head = new Uint8Array(9);
    put32(head, 0, 5 + part.length);
    head[4] = STREAM_PART;
    put32(head, 5, stream);
    yield [head, part];
  }
}

/** The frame that tells the other side to forget a stream. */
export function givenUp(stream: number): Uint8Array {
  const frame = new Uint8Array(9);
  put32(frame, 0, 5);
  frame[4] = STREAM_GIVEN_UP;
  put32(frame, 5, stream);
  return frame;
}

function withBlobs(bytes: Uint8Array, nonce: bigint, names: readonly number[]): Uint8Array {
  const frame = new Uint8Array(13 + names.length * 4 + bytes.length);
  frame[0] = WITH_BLOBS;
  put32(frame, 1, Number(nonce >> 32n));
  put32(frame, 5, Number(nonce & 0xffffffffn));
  put32(frame, 9, names.length);
  names.forEach((name, at) => put32(frame, 13 + at * 4, name));
  frame.set(bytes, 13 + names.length * 4);
  return frame;
}

function framed(bytes: Uint8Array): Uint8Array {
  const frame = new Uint8Array(4 + bytes.length);
  put32(frame, 0, bytes.length);
  frame.set(bytes, 4);
  return frame;
}

function put32(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 24;
  bytes[at + 1] = value >>> 16;
  bytes[at + 2] = value >>> 8;
  bytes[at + 3] = value;
}

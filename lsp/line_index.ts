/**
 * Between offsets of a text and the lines and columns of the protocol.
 * @module
 */
import type { Span } from "../compiler/syntax/ast.ts";

/** How the client counts columns. */
export type PositionEncoding = "utf-16" | "utf-8";

/** A place as the protocol says it: line and column from 0, columns in the agreed encoding. */
export interface LinePosition {
  readonly line: number;
  readonly character: number;
}

/** A stretch between two places. */
export interface LineRange {
  readonly start: LinePosition;
  readonly end: LinePosition;
}

/** The lines of one text. */
export class LineIndex {
  readonly #starts: readonly number[];

  constructor(readonly text: string, readonly encoding: PositionEncoding) {
    this.#starts = lineStarts(text);
  }

  /** How many lines the text has; an empty text has one. */
  get lineCount(): number {
    return this.#starts.length;
  }

  /** Where a line begins; lines behind the last begin at its end. */
  startOf(line: number): number {
    return this.#starts[line] ?? this.text.length;
  }

  /** Where a line ends, its line end left out. */
  endOf(line: number): number {
    const next = this.#starts[line + 1];
    if (next === undefined) return this.text.length;
    return this.text.charCodeAt(next - 2) === 13 && this.text.charCodeAt(next - 1) === 10
      ? next - 2
      : next - 1;
  }

  /** The line that holds an offset. */
  lineAt(offset: number): number {
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** The place of an offset. */
  position(offset: number): LinePosition {
    const within = Math.max(0, Math.min(offset, this.text.length));
    const line = this.lineAt(within);
    const start = this.startOf(line);
    if (this.encoding === "utf-16") return { line, character: within - start };
    return { line, character: utf8Length(this.text.slice(start, within)) };
  }

  /** The offset of a place; places outside the text become the nearest inside. */
  offset({ line, character }: LinePosition): number {
    if (!(line >= 0)) return 0;
    if (line >= this.#starts.length) return this.text.length;
    const start = this.startOf(Math.floor(line));
    const end = this.endOf(Math.floor(line));
    if (!(character > 0)) return start;
    if (this.encoding === "utf-16") return Math.min(start + Math.floor(character), end);
    return start + utf16Length(this.text.slice(start, end), character);
  }

  /** The stretch of a span. */
  range({ start, end }: Span): LineRange {
    return { start: this.position(start), end: this.position(end) };
  }

  /** The span of a stretch. */
  span({ start, end }: LineRange): Span {
    const from = this.offset(start);
    return { start: from, end: Math.max(from, this.offset(end)) };
  }
}

/** Lines end with `\n`, `\r\n` or `\r`, as the protocol has it. */
function lineStarts(text: string): number[] {
  const starts = [0];
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code === 10) starts.push(index + 1);
    else if (code === 13 && text.charCodeAt(index + 1) !== 10) starts.push(index + 1);
  }
  return starts;
}

function utf8Length(text: string): number {
  let length = 0;
  for (const character of text) length += utf8Size(character.codePointAt(0) ?? 0);
  return length;
}

/** How many UTF-16 units the first `bytes` bytes of the text take; never half a character. */
function utf16Length(text: string, bytes: number): number {
  let length = 0;
  let left = bytes;
  for (const character of text) {
    left -= utf8Size(character.codePointAt(0) ?? 0);
    if (left < 0) return length;
    length += character.length;
  }
  return length;
}

function utf8Size(code: number): number {
  if (code < 0x80) return 1;
  if (code < 0x800) return 2;
  return code < 0x10000 ? 3 : 4;
}

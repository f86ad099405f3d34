/**
 * The text that is being typed and the place of the cursor in it, as values: every key that edits is
 * a function from one to the next. A text may have several lines.
 * @module
 */
import { graphemes } from "../display_width.ts";

/** A text with a cursor before its character number `cursor`. */
export interface Line {
  readonly text: string;
  readonly cursor: number;
}

/** A change that takes text away to be put back elsewhere. */
export interface Kill {
  readonly line: Line;
  readonly killed: string;
}

/** Nothing typed. */
export const EMPTY: Line = { text: "", cursor: 0 };

/** A text with the cursor at its end. */
export function lineOf(text: string): Line {
  return { text, cursor: text.length };
}

/** Puts a text in at the cursor. */
export function insert({ text, cursor }: Line, added: string): Line {
  return {
    text: text.slice(0, cursor) + added + text.slice(cursor),
    cursor: cursor + added.length,
  };
}

/** Takes away from one place to another and leaves the cursor there. */
export function cut({ text }: Line, from: number, to: number): Kill {
  return {
    line: { text: text.slice(0, from) + text.slice(to), cursor: from },
    killed: text.slice(from, to),
  };
}

/** The cursor at another place, inside the text. */
export function moved({ text }: Line, cursor: number): Line {
  return { text, cursor: Math.max(0, Math.min(cursor, text.length)) };
}

/** The place one character, as a reader sees characters, to the left. */
export function leftOf({ text, cursor }: Line): number {
  const before = text.slice(text.slice(0, Math.max(0, cursor - 1)).lastIndexOf("\n") + 1, cursor);
  return cursor - ([...graphemes(before)].at(-1)?.length ?? 0);
}

/** The place one character to the right. */
export function rightOf({ text, cursor }: Line): number {
  const [first] = graphemes(text.slice(cursor, cursor + 64));
  return cursor + (first?.length ?? 0);
}

/** Where the word before the cursor begins. */
export function wordLeft({ text, cursor }: Line): number {
  const [word = ""] = /[\p{L}\p{N}_:]+[^\p{L}\p{N}_:]*$|[^\p{L}\p{N}_:]+$/u.exec(
    text.slice(0, cursor),
  ) ?? [];
  return cursor - word.length;
}

/** Where the word after the cursor ends. */
export function wordRight({ text, cursor }: Line): number {
  const [word = ""] = /^[^\p{L}\p{N}_:]*[\p{L}\p{N}_:]+|^[^\p{L}\p{N}_:]+/u.exec(
    text.slice(cursor),
  ) ?? [];
  return cursor + word.length;
}

/** Where the cursor's line begins. */
export function lineStart({ text, cursor }: Line): number {
  return text.slice(0, cursor).lastIndexOf("\n") + 1;
}

/** Where the cursor's line ends. */
export function lineEnd({ text, cursor }: Line): number {
  const end = text.indexOf("\n", cursor);
  return end < 0 ? text.length : end;
}

/** The same column one line up; undefined on the first line. */
export function lineUp(line: Line): Line | undefined {
  const start = lineStart(line);
  if (start === 0) return undefined;
  const above = lineStart({ text: line.text, cursor: start - 1 });
  return moved(line, Math.min(above + line.cursor - start, start - 1));
}

/** The same column one line down; undefined on the last line. */
export function lineDown(line: Line): Line | undefined {
  const end = lineEnd(line);
  if (end === line.text.length) return undefined;
  const column = line.cursor - lineStart(line);
  return moved(line, Math.min(end + 1 + column, lineEnd({ text: line.text, cursor: end + 1 })));
}

/** The two characters around the cursor, or the last two, change places. */
export function transposed(line: Line): Line {
  const { text } = line;
  const at = line.cursor === lineEnd(line) ? moved(line, leftOf(line)) : line;
  const from = leftOf(at);
  const to = rightOf(at);
  if (from === at.cursor || to === at.cursor) return line;
  return {
    text: text.slice(0, from) + text.slice(at.cursor, to) + text.slice(from, at.cursor) +
      text.slice(to),
    cursor: to,
  };
}

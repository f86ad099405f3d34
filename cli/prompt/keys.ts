/**
 * Keys that edit: what each does to the line, by the names that terminals' users know from elsewhere.
 * @module
 */
import {
  cut,
  type Kill,
  leftOf,
  type Line,
  lineEnd,
  lineStart,
  moved,
  rightOf,
  transposed,
  wordLeft,
  wordRight,
} from "./line.ts";

/** A key as `node:readline` reports it. */
export interface Key {
  readonly sequence?: string | undefined;
  readonly name?: string | undefined;
  readonly ctrl?: boolean | undefined;
  readonly meta?: boolean | undefined;
  readonly shift?: boolean | undefined;
}

/** A key's name with what is held down: `C-a`, `M-b`, `S-tab`, `left`; the character itself if it is one. */
export function nameOf(text: string | undefined, key: Key): string {
  const control = `${key.ctrl === true ? "C-" : ""}${key.meta === true ? "M-" : ""}`;
  if (key.sequence === "\x1f") return "C-_";
  if (control === "" && text !== undefined && isText(text)) return text;
  const name = key.name ?? key.sequence ?? "";
  return `${control}${key.shift === true && name === "tab" ? "S-" : ""}${name}`;
}

/** Whether what a key sends is put into the line as it is. */
export function isText(text: string): boolean {
  return text !== "" && [...text].every((char) => char >= " " && char !== "\x7f");
}

/** What a key does to the line. */
export type KeyEdit = (line: Line) => Line | Kill;

function go(to: (line: Line) => number): KeyEdit {
  return (line) => moved(line, to(line));
}

function remove(from: (line: Line) => number, to: (line: Line) => number): KeyEdit {
  return (line) => cut(line, from(line), to(line)).line;
}

function kill(from: (line: Line) => number, to: (line: Line) => number): KeyEdit {
  return (line) => cut(line, from(line), to(line));
}

const here = ({ cursor }: Line) => cursor;

/** To the end of the line; at the end, the line break itself. */
function killEnd(line: Line): number {
  const end = lineEnd(line);
  return end === line.cursor ? Math.min(end + 1, line.text.length) : end;
}

/** Where the text before the cursor up to white space begins. */
function blankLeft({ text, cursor }: Line): number {
  return cursor - (/\S*\s*$/.exec(text.slice(0, cursor))?.[0].length ?? 0);
}

/** Edits by the name of their key. */
export const KEY_EDITS: ReadonlyMap<string, KeyEdit> = new Map(Object.entries({
  "left": go(leftOf),
  "C-b": go(leftOf),
  "right": go(rightOf),
  "C-f": go(rightOf),
  "home": go(lineStart),
  "C-a": go(lineStart),
  "end": go(lineEnd),
  "C-e": go(lineEnd),
  "C-left": go(wordLeft),
  "M-left": go(wordLeft),
  "M-b": go(wordLeft),
  "C-right": go(wordRight),
  "M-right": go(wordRight),
  "M-f": go(wordRight),
  "backspace": remove(leftOf, here),
  "C-h": remove(leftOf, here),
  "delete": remove(here, rightOf),
  "C-k": kill(here, killEnd),
  "C-u": kill(lineStart, here),
  "C-w": kill(blankLeft, here),
  "M-backspace": kill(wordLeft, here),
  "M-d": kill(here, wordRight),
  "C-t": transposed,
}));

/**
 * Where the text of a unit ends: after the trivia that belongs to its last line.
 * @module
 */
import { commentEnd } from "./lexer.ts";

/** The offset after the newline that ends the line, if only trivia stands before it; else `from`. */
export function restOfLine(text: string, from: number): number {
  let i = from;
  for (;;) {
    const code = text.charCodeAt(i);
    if (code === 10) return i + 1;
    if (i >= text.length) return i;
    if (code === 32 || code === 9 || code === 13) i++;
    else if (code === 47 && text.charCodeAt(i + 1) === 47) {
      const newline = text.indexOf("\n", i);
      return newline < 0 ? text.length : newline + 1;
    } else if (code === 47 && text.charCodeAt(i + 1) === 42) {
      const end = commentEnd(text, i);
      if (end < 0) {
        const newline = text.indexOf("\n", i);
        return newline < 0 ? text.length : newline + 1;
      }
      if (text.slice(i, end).includes("\n")) return from;
      i = end;
    } else return from;
  }
}

/** The offset after the `// =>` lines at `from`, blank lines before them included. */
export function afterExpectations(text: string, from: number): number {
  let end = from;
  for (;;) {
    let i = end;
    while (text.charCodeAt(i) <= 32) i++;
    if (!/^\/\/\s*=>/.test(text.slice(i, i + 20))) return end;
    const newline = text.indexOf("\n", i);
    end = newline < 0 ? text.length : newline + 1;
  }
}

/** The newline before the next line that is indented at most `column`, and how far was looked. */
export function nextOutdented(
  text: string,
  from: number,
  column: number,
): { readonly newline: number; readonly reach: number } {
  let newline = text.indexOf("\n", from);
  while (newline >= 0) {
    let i = newline + 1;
    while (text.charCodeAt(i) === 32 || text.charCodeAt(i) === 9) i++;
    const isBlank = i >= text.length || text.charCodeAt(i) === 10;
    if (!isBlank && i - newline - 1 <= column) return { newline, reach: i + 2 };
    newline = text.indexOf("\n", newline + 1);
  }
  return { newline: text.length, reach: text.length + 2 };
}

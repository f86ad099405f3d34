/**
 * The comments between two tokens, with the lines between them.
 * @module
 */
import { commentEnd } from "./lexer.ts";

/** One comment as written, without what surrounds it. */
export interface Comment {
  readonly text: string;
  /** How many newlines stand between it and what comes before. */
  readonly newlines: number;
  /** Its column in the source, from 0. */
  readonly column: number;
}

/** The comments of a stretch of trivia, and the newlines after the last of them. */
export interface Trivia {
  readonly comments: readonly Comment[];
  readonly newlines: number;
}

const none: Trivia = { comments: [], newlines: 0 };

/** Takes trivia apart. */
export function readTrivia(text: string): Trivia {
  if (text === "" || text === " ") return none;
  const comments: Comment[] = [];
  let newlines = 0;
  let lineStart = 0;
  let i = 0;
  while (i < text.length) {
    const code = text.charCodeAt(i);
    if (code === 10) {
      newlines++;
      lineStart = ++i;
    } else if (code === 47) {
      const end = endOfComment(text, i);
      comments.push({ text: text.slice(i, end).trimEnd(), newlines, column: i - lineStart });
      newlines = 0;
      i = end;
    } else i++;
  }
  return { comments, newlines };
}

function endOfComment(text: string, start: number): number {
  const newline = text.indexOf("\n", start);
  const lineEnd = newline < 0 ? text.length : newline;
  if (text.charCodeAt(start + 1) === 47) return lineEnd;
  const end = commentEnd(text, start);
  return end < 0 ? lineEnd : end;
}

/**
 * Formatting as edits: of the whole file, of a stretch, and after a new line or a bracket.
 * @module
 */
import { format } from "../compiler/syntax/format.ts";
import type { Span } from "../compiler/syntax/ast.ts";
import type { TextEdit } from "../compiler/syntax/diagnostic.ts";
import type { FileView } from "./file_view.ts";

/** The edits that lay a file out; none where it has syntax errors or needs none. */
export function formatEdits(view: FileView): readonly TextEdit[] {
  return lineEdits(view.source.text, format(view.source));
}

/** The edits of the layout that touch a stretch. */
export function formatRangeEdits(view: FileView, within: Span): readonly TextEdit[] {
  return formatEdits(view).filter(({ span }) => touches(span, within));
}

/** A stretch that ends where a line begins does not touch the line. */
function touches(span: Span, { start, end }: Span): boolean {
  const isPoint = span.start === span.end || start === end;
  return isPoint ? span.start <= end && span.end >= start : span.start < end && span.end > start;
}

/**
 * After a newline: the indentation of the new line, as deep as the line before or one step deeper
 * where that line opens a body or a bracket. After a closing bracket: that of its line.
 */
export function onTypeEdits(view: FileView, offset: number, typed: string): readonly TextEdit[] {
  const { text } = view.source;
  const lineStart = text.lastIndexOf("\n", offset - 1) + 1;
  const present = /^[ \t]*/.exec(text.slice(lineStart, offset))?.[0] ?? "";
  const wanted = typed === "\n"
    ? indentAfter(text, lineStart)
    : indentOfCloser(text, lineStart + present.length, offset);
  if (wanted === undefined || wanted === present) return [];
  return [{ span: { start: lineStart, end: lineStart + present.length }, newText: wanted }];
}

function indentAfter(text: string, lineStart: number): string | undefined {
  if (lineStart === 0) return undefined;
  const previousStart = text.lastIndexOf("\n", lineStart - 2) + 1;
  const previous = text.slice(previousStart, lineStart - 1);
  if (previous.trim() === "") return undefined;
  const indent = /^[ \t]*/.exec(previous)?.[0] ?? "";
  const code = previous.replace(/\/\/.*$/, "").trimEnd();
  const opens = /(=>|[[({|]|:=)$/.test(code) || /\bsubclass: \w+/.test(code) ||
    /\[(:\w+ ?)+\|$/.test(code);
  return opens ? `${indent}  ` : indent;
}

/** A closing bracket that is alone on its line goes below the line that opened it. */
function indentOfCloser(text: string, first: number, offset: number): string | undefined {
  const closer = text[first];
  if (first !== offset - 1 || closer === undefined || !"])}".includes(closer)) return undefined;
  let depth = 0;
  for (let index = first; index >= 0; index--) {
    const character = text[index] ?? "";
    if ("])}".includes(character)) depth++;
    else if ("[({".includes(character) && --depth === 0) {
      const start = text.lastIndexOf("\n", index) + 1;
      return /^[ \t]*/.exec(text.slice(start))?.[0];
    }
  }
  return undefined;
}

/** The lines that differ, as edits; equal lines between them stay untouched. */
export function lineEdits(before: string, after: string): readonly TextEdit[] {
  if (before === after) return [];
  const old = lines(before);
  const wanted = lines(after);
  const edits: TextEdit[] = [];
  let offset = 0;
  let i = 0;
  let j = 0;
  while (i < old.length || j < wanted.length) {
    if (i < old.length && old[i] === wanted[j]) {
      offset += old[i]?.length ?? 0;
      i++;
      j++;
      continue;
    }
    const [skipOld, skipNew] = nextEqual(old, i, wanted, j);
    for (
      const [removed, newText] of pairs(old.slice(i, i + skipOld), wanted.slice(j, j + skipNew))
    ) {
      edits.push({ span: { start: offset, end: offset + removed }, newText });
      offset += removed;
    }
    i += skipOld;
    j += skipNew;
  }
  return edits;
}

/** What is removed, by its length, and what comes instead: line by line where the lines are as many. */
function pairs(old: readonly string[], wanted: readonly string[]): readonly [number, string][] {
  if (old.length === wanted.length) return old.map((line, at) => [line.length, wanted[at] ?? ""]);
  return [[old.join("").length, wanted.join("")]];
}

/** How many lines of each side to replace until the two agree again. */
function nextEqual(
  old: readonly string[],
  i: number,
  wanted: readonly string[],
  j: number,
): readonly [number, number] {
  const limit = old.length - i + wanted.length - j;
  for (let distance = 1; distance <= Math.min(limit, 200); distance++) {
    for (let skipped = 0; skipped <= distance; skipped++) {
      const a = old[i + skipped];
      const b = wanted[j + distance - skipped];
      if (a !== undefined && a === b && a.trim() !== "") return [skipped, distance - skipped];
    }
  }
  return [old.length - i, wanted.length - j];
}

function lines(text: string): string[] {
  return text.split(/(?<=\n)/);
}

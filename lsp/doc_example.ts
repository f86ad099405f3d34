/**
 * Examples in documentation comments: what stands between fences is a script of its own.
 * @module
 */
import { fileFacts } from "../compiler/analysis/file_facts.ts";
import { parse } from "../compiler/syntax/source_file.ts";
import type { FileView } from "./file_view.ts";

const DOC_LINE = /^\s*\/\/\/ ?/;
const FENCE = /^\s*```\s*(\S*)\s*$/;

/** The example around an offset as a script, and where in it the offset is. */
export function exampleAround(
  view: FileView,
  offset: number,
): { readonly view: FileView; readonly offset: number } | undefined {
  const { text } = view.source;
  const start = text.lastIndexOf("\n", offset - 1) + 1;
  const mark = DOC_LINE.exec(text.slice(start, offset))?.[0];
  if (mark === undefined) return undefined;
  const above = docLinesAbove(text, start);
  const open = above.findLastIndex((line) => FENCE.test(line));
  const fences = above.filter((line) => FENCE.test(line)).length;
  const language = FENCE.exec(above[open] ?? "")?.[1] ?? "";
  if (fences % 2 === 0 || (language !== "" && language !== "beamtalk")) return undefined;
  const before = above.slice(open + 1).map((line) => `${line}\n`).join("");
  const written = text.slice(start + mark.length, offset);
  const rest = /^[^\n]*/.exec(text.slice(offset))?.[0] ?? "";
  const source = parse(`${before}${written}${rest}\n`, { kind: "script" });
  const facts = fileFacts(source, { file: view.path, naming: view.naming });
  return {
    view: { ...view, source, facts, mode: "script" },
    offset: before.length + written.length,
  };
}

/** The lines of the comment above, without their slashes, in order. */
function docLinesAbove(text: string, start: number): readonly string[] {
  const lines: string[] = [];
  for (let end = start - 1; end > 0;) {
    const from = text.lastIndexOf("\n", end - 1) + 1;
    const line = text.slice(from, end);
    if (!DOC_LINE.test(line)) break;
    lines.unshift(line.replace(DOC_LINE, ""));
    end = from - 1;
  }
  return lines;
}

/**
 * Keywords whose arguments are still to be written, as a message that was just put in has them: the
 * grammar makes nothing of `x between: 1 and:`.
 * @module
 */
import { fileFacts } from "../compiler/analysis/file_facts.ts";
import { edit } from "../compiler/syntax/edit.ts";
import type { FileView } from "./file_view.ts";

const UNFILLED =
  /(?<![#:\p{L}\p{N}_])[\p{L}_][\p{L}\p{N}_]*:(?=[ \t]*(?:$|[)\]};]|[\p{L}_][\p{L}\p{N}_]*:(?!=)))/gu;
const FILLING = " nil";

/**
 * The file with `nil` for the arguments that are missing in the line at an offset, and the offset in
 * it; undefined where none is missing, or only that at the offset itself.
 */
export function withArgumentsFilled(
  view: FileView,
  offset: number,
): { readonly view: FileView; readonly offset: number } | undefined {
  const { text } = view.source;
  const start = text.lastIndexOf("\n", offset - 1) + 1;
  const end = text.indexOf("\n", offset) < 0 ? text.length : text.indexOf("\n", offset);
  const line = text.slice(start, end);
  let newText = "";
  let done = 0;
  let shift = 0;
  for (const { index, 0: keyword } of line.matchAll(UNFILLED)) {
    const from = index + keyword.length;
    const to = from + (/^[ \t]*/.exec(line.slice(from))?.[0].length ?? 0);
    const isHere = start + from <= offset && offset <= start + to;
    if (isHere || (to === line.length && goesOn(text, start, end))) continue;
    newText += line.slice(done, from) + FILLING;
    done = from;
    if (start + from < offset) shift += FILLING.length;
  }
  if (done === 0) return undefined;
  const source = edit(view.source, { start, end, newText: newText + line.slice(done) });
  const facts = fileFacts(source, { file: view.path, naming: view.naming });
  return { view: { ...view, source, facts }, offset: offset + shift };
}

/** Whether the next line is indented deeper, so that an argument may stand there. */
function goesOn(text: string, start: number, end: number): boolean {
  const indentation = (from: number) => /^[ \t]*/.exec(text.slice(from))?.[0].length ?? 0;
  const next = end + 1 + (/^(?:[ \t]*\n)*/.exec(text.slice(end + 1))?.[0].length ?? 0);
  return next < text.length && indentation(next) > indentation(start);
}

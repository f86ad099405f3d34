/**
 * A method that was typed for a class, as it stands among the members there: indented as they are, its
 * strings as they were typed.
 * @module
 */
import { parse } from "../compiler/syntax/source_file.ts";
import { K } from "../compiler/syntax/token.ts";

const LINES_BEFORE = /^(?:[ \t]*(?:\/\/\/?|@expect\b).*\n)*/;

/** The method of a text `Class >> selector => body`, for a class whose members have this margin. */
export function memberText(text: string, classSide: boolean, margin: string): string {
  const isLiteral = linesInStrings(text);
  const lines = text.trimEnd().split("\n");
  const head = (LINES_BEFORE.exec(text)?.[0] ?? "").split("\n").length - 1;
  const body = lines.filter((line, at) => at > head && !isLiteral.has(at) && line.trim() !== "");
  const step = stepOf(body);
  return lines.map((line, at) => {
    const isFirst = at === 0 ? "" : margin;
    if (at === head) return `${isFirst}${classSide ? "class " : ""}${withoutTarget(line)}`;
    if (at < head) return `${isFirst}${line.trimStart()}`;
    if (isLiteral.has(at) || line.trim() === "") return line;
    return margin + (step === undefined ? line : inSteps(line, step, margin));
  }).join("\n");
}

function withoutTarget(line: string): string {
  return line.slice(line.indexOf(">>") + 2).trimStart();
}

/** The lines, from 0, that begin within a string. */
function linesInStrings(text: string): ReadonlySet<number> {
  const found = new Set<number>();
  for (const { offset, tokens } of parse(text, { kind: "script" }).units) {
    const { kinds, starts, ends } = tokens;
    for (let i = 0; i < kinds.length; i++) {
      if (kinds[i] === K.newline) continue;
      const start = offset + (starts[i] ?? 0);
      const first = text.slice(0, start).split("\n").length;
      const more = text.slice(start, offset + (ends[i] ?? 0)).split("\n").length - 1;
      for (let line = 0; line < more; line++) found.add(first + line);
    }
  }
  return found;
}

/** The spaces by which each line is deeper than those around it; undefined where there is no such number. */
function stepOf(lines: readonly string[]): number | undefined {
  const depths = lines.map((line) => /^ */.exec(line)![0].length);
  const step = Math.min(...depths);
  const isEven = lines.every((line, at) => line[depths[at]!] !== "\t" && depths[at]! % step === 0);
  return lines.length > 0 && step > 0 && isEven ? step : undefined;
}

/** A line whose steps are those of the class. */
function inSteps(line: string, step: number, margin: string): string {
  const depth = /^ */.exec(line)![0].length;
  return margin.repeat(depth / step) + line.slice(depth);
}

/**
 * Where two printed values differ, for people: lines of long texts, marked parts of long lines.
 * @module
 */
import { diffLines, diffWordsWithSpace } from "diff";
import type { Colors } from "./terminal.ts";

/** Values shorter than this are read at a glance. */
const LONG = 60;
/** Equal lines shown around a difference. */
const CONTEXT = 2;

/** The difference in lines; empty where both values are short enough to be read side by side. */
export function valueDiff(expected: string, actual: string, colors: Colors): string[] {
  if (expected === actual) return [];
  if (expected.includes("\n") || actual.includes("\n")) return lineDiff(expected, actual, colors);
  if (Math.max(expected.length, actual.length) < LONG) return [];
  return wordDiff(expected, actual, colors);
}

/** Removed and added lines, with a few equal ones around them. */
function lineDiff(expected: string, actual: string, colors: Colors): string[] {
  const parts = diffLines(ended(expected), ended(actual));
  return parts.flatMap(({ value, added, removed }, index) => {
    const lines = value.replace(/\n$/, "").split("\n");
    if (removed) return lines.map((line) => colors.red(`- ${line}`));
    if (added) return lines.map((line) => colors.green(`+ ${line}`));
    return shortened(lines, index > 0, index < parts.length - 1).map((line) =>
      colors.dim(`  ${line}`)
    );
  });
}

/** Only the equal lines next to a difference. */
function shortened(lines: readonly string[], after: boolean, before: boolean): string[] {
  const first = after ? CONTEXT : 0;
  const last = before ? CONTEXT : 0;
  const hidden = lines.length - first - last;
  if (hidden <= 1) return [...lines];
  const middle = `... ${hidden} equal lines`;
  return [...lines.slice(0, first), middle, ...last === 0 ? [] : lines.slice(-last)];
}

/** Both values on lines of their own, what differs between brackets. */
function wordDiff(expected: string, actual: string, colors: Colors): string[] {
  const parts = diffWordsWithSpace(expected, actual);
  const side = (own: "added" | "removed", paint: (text: string) => string) =>
    parts.filter((part) => part[own] || (!part.added && !part.removed))
      .map((part) => part[own] ? paint(`[${part.value}]`) : part.value).join("");
  return [
    `- ${side("removed", colors.red)}`,
    `+ ${side("added", colors.green)}`,
  ];
}

function ended(text: string): string {
  return text.endsWith("\n") ? text : `${text}\n`;
}

/**
 * What comments of a unit mean: documentation and expected results.
 * @module
 */
import type { DocComment } from "./ast.ts";
import type { TokenTable } from "./token.ts";

/** The `///` lines directly before token `i`. */
export function docBefore(tokens: TokenTable, i: number): DocComment | undefined {
  const from = i === 0 ? 0 : tokens.ends[i - 1] ?? 0;
  const to = tokens.starts[i] ?? tokens.text.length;
  const trivia = tokens.text.slice(from, to);
  if (!trivia.includes("///")) return undefined;
  const lines: string[] = [];
  let start = -1;
  let end = -1;
  let offset = 0;
  for (const line of trivia.split("\n")) {
    const slashes = line.indexOf("///");
    const isDoc = slashes >= 0 && line.slice(0, slashes).trim() === "";
    if (isDoc) {
      if (lines.length === 0) start = from + offset + slashes;
      lines.push(line.slice(slashes + 3).replace(/^ /, "").trimEnd());
      end = from + offset + line.trimEnd().length;
    } else if (line.trim() === "" && offset + line.length < trivia.length) lines.length = 0;
    offset += line.length + 1;
  }
  return lines.length === 0 ? undefined : { text: lines.join("\n"), span: { start, end } };
}

/** The text after `// =>` behind a script statement; several lines are joined. */
export function expectedResult(tokens: TokenTable): string | undefined {
  const last = tokens.ends[tokens.ends.length - 1] ?? 0;
  const trivia = tokens.text.slice(last);
  if (!trivia.includes("=>")) return undefined;
  const found: string[] = [];
  for (const line of trivia.split("\n")) {
    const comment = /^\s*\/\/\s*=>[ \t]?(.*)$/.exec(line.replace(/\r$/, ""));
    if (comment !== null) found.push((comment[1] ?? "").trim());
  }
  return found.length === 0 ? undefined : found.join("\n");
}

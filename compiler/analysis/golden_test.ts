import { assert, assertEquals } from "@std/assert";
import type { Diagnostic } from "../syntax/mod.ts";
import { analyzeSource, environmentOf, sourceOf } from "./corpus_fixture.ts";

/**
 * Each golden file holds cases: a title after `#`, then a source text with each finding drawn under
 * its line. A title that ends in `(script)` is analysed as a script. `UPDATE_GOLDEN=1` draws anew.
 */
const FOLDER = new URL("./golden/", import.meta.url).pathname;

const DRAWN = /^ *\^+ (error|warning|information|hint) BT\d{4}: /;

interface Case {
  readonly title: string;
  readonly source: string;
}

function readCases(text: string): readonly Case[] {
  return text.split(/^(?=# )/m).filter((part) => part.trim() !== "").map((part) => {
    const [first = "", ...lines] = part.split("\n");
    const source = lines.filter((line) => !DRAWN.test(line)).join("\n").trim();
    return { title: first.slice(2).trim(), source: `${source}\n` };
  });
}

function draw({ title, source }: Case): string {
  const extension = title.endsWith("(script)") ? "btscript" : "bt";
  const parsed = sourceOf(source, `src/example.${extension}`, "user");
  const environment = environmentOf([parsed], "user");
  const findings = [...parsed.file.diagnostics, ...analyzeSource(parsed, environment)];
  let offset = 0;
  const lines = source.trimEnd().split("\n").flatMap((line) => {
    const start = offset;
    offset += line.length + 1;
    const here = findings.filter(({ span }) => span.start >= start && span.start < offset);
    return [line, ...here.map((finding) => drawnFinding(finding, start, line.length))];
  });
  return `# ${title}\n\n${lines.join("\n")}\n`;
}

function drawnFinding(finding: Diagnostic, lineStart: number, lineLength: number): string {
  const { code, severity, message, span, fixes = [] } = finding;
  const column = span.start - lineStart;
  const width = Math.max(1, Math.min(span.end - lineStart, lineLength) - column);
  const fix = fixes.map(({ title }) => ` [${title}]`).join("");
  return `${" ".repeat(column)}${"^".repeat(width)} ${severity} ${code}: ${message}${fix}`;
}

for (const entry of Deno.readDirSync(FOLDER)) {
  Deno.test(`findings are drawn as in golden/${entry.name}`, () => {
    const path = `${FOLDER}${entry.name}`;
    const golden = Deno.readTextFileSync(path);
    const cases = readCases(golden);
    assert(cases.length > 0, "a golden file holds at least one case");
    const drawn = cases.map(draw).join("\n");
    if (Deno.env.get("UPDATE_GOLDEN") === "1") return Deno.writeTextFileSync(path, drawn);
    assertEquals(drawn, golden);
  });
}

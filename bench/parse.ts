/**
 * The parser beside TypeScript's own, in turns, in one run: whole texts, texts with a mistake in
 * every class, and single edits inside a method of a 2,000-line file.
 *
 * Run: `deno run -A bench/parse.ts`.
 *
 * @module
 */

// deno-lint-ignore no-import-prefix -- the peer is no dependency of the toolchain
import typescript from "npm:typescript@5.9.3";
import { edit, parse, type SourceFile } from "../compiler/syntax/mod.ts";
import { beamtalkClass, textOfLength, textOfLines, typescriptClass } from "./parse_sources.ts";
import { percentile } from "./percentile.ts";

const LENGTH = 1_000_000;
const LINES = 2_000;
const ROUNDS = 12;
const EDITS = 400;

function milliseconds(work: () => unknown): number {
  const start = performance.now();
  work();
  return performance.now() - start;
}

/** A number between 0 and 1 from a fixed sequence, so that runs compare. */
function sequence(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return state / 2147483648;
  };
}

function theirParse(text: string): typescript.SourceFile {
  return typescript.createSourceFile("bench.ts", text, typescript.ScriptTarget.Latest, true);
}

/** Megabytes a second, the median of warm rounds taken in turns. */
function throughput(ours: string, theirs: string): readonly [number, number] {
  const times: [number[], number[]] = [[], []];
  for (let round = 0; round < ROUNDS; round++) {
    const mine = milliseconds(() => parse(ours));
    const yours = milliseconds(() => theirParse(theirs));
    if (round < 3) continue;
    times[0].push(ours.length / mine / 1000);
    times[1].push(theirs.length / yours / 1000);
  }
  return [percentile(times[0], 0.5), percentile(times[1], 0.5)];
}

/** Offsets inside methods: the ends of lines that assign. */
function places(text: string, line: RegExp): number[] {
  return [...text.matchAll(line)].map((match) => match.index + match[0].length);
}

function ourEdits(text: string): readonly number[] {
  const random = sequence(7);
  const spots = places(text, /now := \(self count: name\)/g);
  let file: SourceFile = parse(text);
  const times: number[] = [];
  for (let i = 0; i < EDITS; i++) {
    const at = spots[Math.floor(random() * spots.length)] ?? 0;
    times.push(milliseconds(() => {
      file = edit(file, { start: at, end: at, newText: " x" });
    }));
    file = edit(file, { start: at, end: at + 2, newText: "" });
  }
  if (file.text !== text || file.diagnostics.length > 0) throw new Error("an edit went wrong");
  return times;
}

function theirEdit(
  file: typescript.SourceFile,
  at: number,
  length: number,
  inserted: string,
): typescript.SourceFile {
  const text = file.text.slice(0, at) + inserted + file.text.slice(at + length);
  return typescript.updateSourceFile(file, text, {
    span: { start: at, length },
    newLength: inserted.length,
  });
}

function theirEdits(text: string): readonly number[] {
  const random = sequence(7);
  const spots = places(text, /const now = this\.count\(name/g);
  let file = theirParse(text);
  const times: number[] = [];
  for (let i = 0; i < EDITS; i++) {
    const at = spots[Math.floor(random() * spots.length)] ?? 0;
    times.push(milliseconds(() => {
      file = theirEdit(file, at, 0, "x");
    }));
    file = theirEdit(file, at, 1, "");
  }
  return times;
}

const broken = (index: number) =>
  beamtalkClass(index).replace("now := (self", "now := := (self").replace(
    "[:each | self",
    "[:each self",
  );

console.log("| text | Beamtalk | TypeScript |\n|---|---|---|");
for (
  const [name, make] of [["whole, MB/s", beamtalkClass], [
    "two mistakes a class, MB/s",
    broken,
  ]] as const
) {
  const [ours, theirs] = throughput(
    textOfLength(make, LENGTH),
    textOfLength(typescriptClass, LENGTH),
  );
  console.log(`| ${name} | ${ours.toFixed(1)} | ${theirs.toFixed(1)} |`);
}
const ours = textOfLines(beamtalkClass, LINES);
const theirs = textOfLines(typescriptClass, LINES);
ourEdits(ours);
theirEdits(theirs);
const [mine, yours] = [ourEdits(ours), theirEdits(theirs)];
for (const [name, part] of [["p50", 0.5], ["p95", 0.95]] as const) {
  const [a, b] = [percentile(mine, part).toFixed(3), percentile(yours, part).toFixed(3)];
  console.log(`| edit to tree, ${LINES} lines, ${name}, ms | ${a} | ${b} |`);
}

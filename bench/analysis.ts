/**
 * Analysis of a class of 2,000 lines: whole, and after an edit inside one method.
 *
 * `deno run -A bench/analysis.ts`
 * @module
 */
import { dirname, fromFileUrl, join } from "@std/path";
import {
  analyze,
  buildEnvironment,
  type FileFacts,
  fileFacts,
  LIBRARY_PACKAGE,
  looseNaming,
  moduleNaming,
  type ProgramEnvironment,
} from "../compiler/analysis/mod.ts";
import { edit } from "../compiler/syntax/edit.ts";
import { parse, type SourceFile } from "../compiler/syntax/mod.ts";
import { bigClass } from "./generated_classes.ts";
import { percentile } from "./percentile.ts";

const EDITS = 100;
const ROUNDS = 10;
const OPTIONS = { file: "Big.bt", package: "user", mode: "file" } as const;
const root = dirname(dirname(fromFileUrl(import.meta.url)));

function libraryFacts(folder: string): FileFacts[] {
  return [...Deno.readDirSync(folder)].flatMap((entry): FileFacts[] => {
    const path = join(folder, entry.name);
    if (entry.isDirectory) return entry.name === "test" ? [] : libraryFacts(path);
    if (!entry.name.endsWith(".bt")) return [];
    const naming = moduleNaming(LIBRARY_PACKAGE, entry.name);
    return [fileFacts(parse(Deno.readTextFileSync(path)), { file: path, naming })];
  });
}

const library = libraryFacts(join(root, "stdlib"));

function factsOf(file: SourceFile): FileFacts {
  return fileFacts(file, { file: OPTIONS.file, naming: looseNaming(OPTIONS.file) });
}

function environmentOf(facts: FileFacts, before?: ProgramEnvironment): ProgramEnvironment {
  return buildEnvironment([...library, facts], OPTIONS.package, before);
}

function report(what: string, times: readonly number[]): void {
  const at = (part: number) => `${percentile(times, part).toFixed(2)} ms`;
  console.log(`${what.padEnd(44)} p50 ${at(0.5)}, p95 ${at(0.95)}`);
}

const text = bigClass((index) =>
  `other match: [{#ok, v} -> v; _ -> self method${Math.max(0, index - 1)}: list with: total]`
);
const whole: number[] = [];
let file = parse(text);
let facts = factsOf(file);
let environment = environmentOf(facts);
for (let round = 0; round < ROUNDS; round++) {
  file = parse(text);
  facts = factsOf(file);
  environment = environmentOf(facts);
  const start = performance.now();
  const found = analyze(file, facts, environment, OPTIONS);
  whole.push(performance.now() - start);
  if (found.length > 0) throw new Error(`the benchmark's class has findings: ${found[0]?.message}`);
}
report(`a class of 2,000 lines, whole`, whole);

const prepare: number[] = [];
const again: number[] = [];
for (let index = 0; index < EDITS; index++) {
  const place = file.text.indexOf(`total + (each size * ${index})`) + "total + (".length;
  file = edit(file, { start: place, end: place, newText: "1 + " });
  const start = performance.now();
  facts = factsOf(file);
  environment = environmentOf(facts, environment);
  const prepared = performance.now();
  analyze(file, facts, environment, OPTIONS);
  prepare.push(prepared - start);
  again.push(performance.now() - prepared);
}
report("after an edit: facts and environment", prepare);
report("after an edit: findings", again);

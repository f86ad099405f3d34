/**
 * What must hold for any text whatever: the compiler answers diagnostics or code and never throws,
 * the Erlang compiler accepts that code, and a node loads it.
 * @module
 */
import { basename, fromFileUrl, join, relative } from "@std/path";
import { compileCore, type CompileResult, type PortProgram } from "../../bridge/mod.ts";
import { analyze } from "../../compiler/analysis/analyze.ts";
import type { FileFacts } from "../../compiler/analysis/class_facts.ts";
import { buildEnvironment } from "../../compiler/analysis/environment.ts";
import { fileFacts } from "../../compiler/analysis/file_facts.ts";
import {
  looseNaming,
  type ModuleNaming,
  moduleNaming,
} from "../../compiler/analysis/module_naming.ts";
import {
  type CoreModule,
  encodeCore,
  generate,
  generateEvaluation,
} from "../../compiler/codegen/mod.ts";
import { parse } from "../../compiler/syntax/mod.ts";
import type { LoadingNode } from "./loading_node.ts";
import { mutated, randomFrom } from "./mutation.ts";

const ROOT = fromFileUrl(new URL("../../", import.meta.url));
const LIBRARY = "stdlib";
/** Modules that the Erlang compiler is handed at once. */
const BATCH = 16;

/** A Beamtalk file of this repository. */
export interface Source {
  /** Relative to the repository. */
  readonly path: string;
  readonly text: string;
  /** What it declares, if it is a file of the class library. */
  readonly facts: FileFacts | undefined;
}

/** A text that broke a rule. */
export interface Failure {
  readonly seed: number;
  readonly path: string;
  readonly text: string;
  readonly problem: string;
}

/** Who says whether code is good. */
export interface Beam {
  /** Compiles it. */
  readonly port: PortProgram;
  /** Loads it. */
  readonly node: LoadingNode;
}

/** How a run went. */
export interface Outcome {
  readonly mutants: number;
  /** How many had no error, and were compiled to the end. */
  readonly accepted: number;
  readonly failures: readonly Failure[];
}

/** The class library, the examples and the programs and scripts of the tests. */
export function sources(): readonly Source[] {
  return [LIBRARY, "examples", "tests/programs", "tests/language"]
    .flatMap((folder) => pathsIn(join(ROOT, folder)))
    .sort()
    .map((absolute) => {
      const path = relative(ROOT, absolute);
      const text = Deno.readTextFileSync(absolute);
      return { path, text, facts: isOfLibrary(path) ? factsOf(path, text) : undefined };
    });
}

function pathsIn(folder: string): string[] {
  return [...Deno.readDirSync(folder)].flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory) return pathsIn(path);
    return /\.bt(script)?$/.test(entry.name) ? [path] : [];
  });
}

function isOfLibrary(path: string): boolean {
  return path.startsWith(`${LIBRARY}/`) && !path.startsWith(`${LIBRARY}/test/`);
}

function factsOf(path: string, text: string): FileFacts {
  return fileFacts(parse(text), { file: path, naming: namingOf(path) });
}

function namingOf(path: string): ModuleNaming {
  return isOfLibrary(path)
    ? moduleNaming(LIBRARY, path.slice(LIBRARY.length + 1))
    : looseNaming(basename(path));
}

/** Makes mutants of the sources, one a seed, and checks each. */
export async function checkMutants(
  known: readonly Source[],
  seeds: Iterable<number>,
  beam: Beam,
  onFailure: (failure: Failure) => void = () => {},
): Promise<Outcome> {
  const failures: Failure[] = [];
  const fail = (failure: Failure) => {
    failures.push(failure);
    onFailure(failure);
  };
  let mutants = 0;
  let accepted = 0;
  let batch: Compilable[] = [];
  const flush = async () => {
    const refused = await refusedBy(beam, batch);
    refused.forEach(fail);
    batch = [];
  };
  for (const seed of seeds) {
    const random = randomFrom(seed);
    const source = known[Math.floor(random() * known.length)];
    if (source === undefined) continue;
    mutants++;
    const { path } = source;
    const text = mutated(source.text, random);
    try {
      const modules = modulesOf(text, source, known);
      if (modules === undefined) continue;
      accepted++;
      batch.push(...modules.map((module) => ({ seed, path, text, module })));
    } catch (error) {
      fail({ seed, path, text, problem: problemOf(error) });
    }
    if (batch.length >= BATCH) await flush();
  }
  await flush();
  return { mutants, accepted, failures };
}

interface Compilable {
  readonly seed: number;
  readonly path: string;
  readonly text: string;
  readonly module: CoreModule;
}

/** The modules of a text; undefined where it has an error. */
function modulesOf(
  text: string,
  source: Source,
  known: readonly Source[],
): readonly CoreModule[] | undefined {
  const { path } = source;
  const isScript = path.endsWith("script");
  const tree = parse(text, { kind: isScript ? "script" : "file" });
  const naming = namingOf(path);
  const facts = fileFacts(tree, { file: path, naming });
  const library = known.flatMap((each) =>
    each.facts === undefined || each === source ? [] : [each.facts]
  );
  const environment = buildEnvironment([facts, ...library], naming.package);
  const found = analyze(tree, facts, environment, {
    file: path,
    package: naming.package,
    mode: isScript ? "script" : "file",
  });
  const isError = [...tree.diagnostics, ...found].some(({ severity }) => severity === "error");
  if (isError) return undefined;
  const modules = generate(tree, { file: path, naming, environment }).map(({ core }) => core);
  const units = tree.declarations.flatMap((each) => each.kind === "statement" ? [each.unit] : []);
  if (units.length === 0) return modules;
  const evaluation = generateEvaluation(units, {
    module: "bt_mutant",
    file: path,
    text,
    environment,
  });
  return [...modules, evaluation.core];
}

async function refusedBy(beam: Beam, batch: readonly Compilable[]): Promise<Failure[]> {
  if (batch.length === 0) return [];
  try {
    const modules = batch.map(({ module }) => encodeCore(module));
    const results = await compileCore(beam.port, modules, { mode: "quick" });
    const refused: Failure[] = [];
    for (const [index, result] of results.entries()) {
      const one = batch[index];
      const failure = one && await refusal(beam.node, one, result);
      if (failure !== undefined) refused.push(failure);
    }
    return refused;
  } catch (error) {
    const [one] = batch;
    if (batch.length === 1 && one !== undefined) return [failureOf(one, problemOf(error))];
    const alone: Failure[] = [];
    for (const each of batch) alone.push(...await refusedBy(beam, [each]));
    return alone;
  }
}

async function refusal(
  node: LoadingNode,
  one: Compilable,
  result: CompileResult,
): Promise<Failure | undefined> {
  const { name } = one.module;
  if (result.kind !== "compiled") {
    const said = result.errors.map(({ line, message }) => `line ${line}: ${message}`);
    return failureOf(one, `erlc on ${name}: ${said.join("; ")}`);
  }
  const problem = await node.refusal(name, result.beam);
  return problem === undefined ? undefined : failureOf(one, `loading ${name}: ${problem}`);
}

function failureOf({ seed, path, text }: Compilable, problem: string): Failure {
  return { seed, path, text, problem };
}

function problemOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return (error.stack ?? error.message).split("\n").slice(0, 6).join("\n");
}

/**
 * The Beamtalk sources of this repository, for tests of the analysis.
 * @module
 */
import { parse, type SourceFile } from "../syntax/mod.ts";
import { analyze } from "./analyze.ts";
import type { ClassEnvironment, FileFacts } from "./class_facts.ts";
import { buildEnvironment } from "./environment.ts";
import { fileFacts } from "./file_facts.ts";
import { LIBRARY_PACKAGE, looseNaming, moduleNaming } from "./module_naming.ts";
import type { Diagnostic } from "../syntax/diagnostic.ts";

const ROOT = new URL("../../", import.meta.url).pathname;

/** A source text, parsed, with its facts. */
export interface Source {
  readonly path: string;
  readonly package: string;
  readonly file: SourceFile;
  readonly facts: FileFacts;
}

/** Paths of the Beamtalk files below a folder of the repository, sorted. */
export function sourcePaths(folder: string): readonly string[] {
  const paths: string[] = [];
  const visit = (path: string) => {
    for (const entry of Deno.readDirSync(`${ROOT}${path}`)) {
      const inner = `${path}/${entry.name}`;
      if (entry.isDirectory && !["_build", "node_modules"].includes(entry.name)) visit(inner);
      else if (/\.(bt|btscript)$/.test(entry.name)) paths.push(inner);
    }
  };
  try {
    visit(folder);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return paths.sort();
}

/** A text as a file of a package. */
export function sourceOf(text: string, path: string, packageName: string): Source {
  const file = parse(text, { kind: path.endsWith(".btscript") ? "script" : "file" });
  const naming = packageName === "user" ? looseNaming(path) : moduleNaming(packageName, path);
  return { path, package: packageName, file, facts: fileFacts(file, { file: path, naming }) };
}

/** A file of the repository. */
export function readSource(path: string, packageName: string): Source {
  return sourceOf(Deno.readTextFileSync(`${ROOT}${path}`), path, packageName);
}

let library: readonly Source[] | undefined;

/** The class library. */
export function librarySources(): readonly Source[] {
  return library ??= sourcePaths("stdlib")
    .filter((path) => !path.startsWith("stdlib/test/"))
    .map((path) => readSource(path, LIBRARY_PACKAGE));
}

/** The environment of some sources and the class library. */
export function environmentOf(sources: readonly Source[], packageName: string): ClassEnvironment {
  const isLibrary = packageName === LIBRARY_PACKAGE;
  const all = isLibrary ? sources : [...librarySources(), ...sources];
  return buildEnvironment(all.map((source) => source.facts), packageName);
}

/** What the analysis finds in one of the sources. */
export function analyzeSource(
  source: Source,
  environment: ClassEnvironment,
): readonly Diagnostic[] {
  return analyze(source.file, source.facts, environment, {
    file: source.path,
    package: source.package,
    mode: source.file.kind,
  });
}

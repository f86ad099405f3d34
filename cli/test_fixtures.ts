/**
 * Files that tests use and that may be broken on purpose: those in `fixtures/` folders, and those
 * that a script expects not to load. A broken one is left out of the program, and is no failure
 * itself; a test that needs its classes fails.
 * @module
 */
import { dirname, resolve } from "@std/path";
import type { SourceFile, SourceSet } from "../compiler/project/sources.ts";
import type { BuildResult } from "../live/build.ts";

/** A folder of this name holds classes that tests use. */
const FIXTURE_PATH = /^(.*?)[/\\]fixtures[/\\]/s;

/** Code of the finding that a program has two classes of one name. */
const DUPLICATE_CLASS = "BT3003";

/** The folder beside whose tests a fixture stands; undefined for other files. */
export function fixtureFolder(path: string): string | undefined {
  return FIXTURE_PATH.exec(path)?.[1];
}

/** Absolute paths of the files of a program that may be broken, none of them `named` by the user. */
export async function fixturesOf(
  sources: SourceSet,
  named: ReadonlySet<string>,
): Promise<ReadonlySet<string>> {
  const refused = new Set<string>();
  for (const script of sources.scripts) {
    for (const path of await refusedBy(script, sources.root)) refused.add(path);
  }
  const isFixture = ({ path }: SourceFile) =>
    !named.has(path) && (FIXTURE_PATH.test(path) || refused.has(path));
  return new Set(sources.files.filter(isFixture).map(({ path }) => path));
}

/**
 * The program without its broken fixtures; undefined if none is broken. Of fixtures that are broken
 * only because each has a class of the same name, the first stays, unless another file has it too.
 */
export function withoutBroken(
  sources: SourceSet,
  result: BuildResult,
  fixtures: ReadonlySet<string>,
): SourceSet | undefined {
  const broken = result.files.filter(({ modules }) => modules === undefined);
  const isFixture = (path: string) => fixtures.has(path);
  const taken = new Set(
    result.files.filter(({ source }) => !isFixture(source.path)).flatMap(classNames),
  );
  const declared = result.files.flatMap(classNames);
  const dropped = new Set<string>();
  for (const file of broken.filter(({ source }) => isFixture(source.path))) {
    const errors = file.diagnostics.filter(({ severity }) => severity === "error");
    const names = classNames(file);
    // The name of a kernel class is a duplicate of no file.
    const isTwice = (name: string) => declared.indexOf(name) !== declared.lastIndexOf(name);
    const onlyDuplicate = errors.every(({ code }) => code === DUPLICATE_CLASS) &&
      names.some(isTwice);
    if (onlyDuplicate && !names.some((name) => taken.has(name))) {
      for (const name of names) taken.add(name);
    } else dropped.add(file.source.path);
  }
  if (dropped.size === 0) return undefined;
  return { ...sources, files: sources.files.filter(({ path }) => !dropped.has(path)) };
}

function classNames({ facts }: BuildResult["files"][number]): string[] {
  return facts.classes.map(({ name }) => name);
}

/** The files that a script says do not load, wherever its `@load-error` may look for them. */
async function refusedBy(script: string, root: string): Promise<string[]> {
  const text = await Deno.readTextFile(script).catch(() => "");
  const written = [...text.matchAll(/^[ \t]*\/\/ @load-error[ \t]+(.+?)(?:[ \t]+=>.*)?$/gm)];
  return written.flatMap(([, path = ""]) => [
    resolve(dirname(script), path),
    resolve(root, path),
    resolve(path),
  ]);
}

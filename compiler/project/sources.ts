/**
 * Which files a program is made of: a project with its dependencies, or loose files.
 * @module
 */
import { basename, dirname, join, relative, resolve, SEPARATOR } from "@std/path";
import { looseNaming, type ModuleNaming, moduleNaming } from "../analysis/module_naming.ts";
import { LIBRARY_PACKAGE, LOOSE_PACKAGE } from "../analysis/module_naming.ts";
import type { Diagnostic } from "../syntax/diagnostic.ts";
import { GitDependencies, GitFailure } from "./git_dependencies.ts";
import { type Dependency, type Manifest, MANIFEST_FILE, readManifest } from "./manifest.ts";

/** The extension of source files. */
export const SOURCE_EXTENSION = ".bt";
/** The extension of scripts. */
export const SCRIPT_EXTENSION = ".btscript";

/** One source file of a program. */
export interface SourceFile {
  /** Absolute. */
  readonly path: string;
  /** As messages and stack traces show it: relative to the project, or to where it was named. */
  readonly shown: string;
  readonly package: string;
  readonly naming: ModuleNaming;
  /** Whether it is compiled for tests only. */
  readonly test: boolean;
}

/** The files of a program. */
export interface SourceSet {
  /** The folder of the project, or the folder that loose files are shown from. */
  readonly root: string;
  readonly package: string;
  /** Undefined for loose files. */
  readonly manifest: Manifest | undefined;
  /** What is odd in the manifest; a project whose manifest is wrong has no source set. */
  readonly warnings: readonly ManifestFinding[];
  readonly files: readonly SourceFile[];
  /** Scripts under the project's test folder, or named themselves. */
  readonly scripts: readonly string[];
  /** Erlang sources under `native/`. */
  readonly native: readonly string[];
  readonly dependencies: readonly SourceSet[];
}

/** What is found in a project's manifest. */
export interface ManifestFinding {
  /** Absolute path of the manifest. */
  readonly path: string;
  readonly text: string;
  readonly diagnostic: Diagnostic;
}

/** A project that cannot be read, with what is wrong in its manifest. */
export class ProjectError extends Error {
  override readonly name = "ProjectError";
  constructor(message: string, readonly findings: readonly ManifestFinding[] = []) {
    super(message);
  }
}

/** The nearest folder at or above `path` that holds a manifest. */
export async function findProject(path: string): Promise<string | undefined> {
  for (let folder = resolve(path);; folder = dirname(folder)) {
    if (await isFile(join(folder, MANIFEST_FILE))) return folder;
    if (dirname(folder) === folder) return undefined;
  }
}

/** The files of the project in `root`; dependencies from git are fetched where they are missing. */
export async function projectSources(root: string): Promise<SourceSet> {
  const absolute = resolve(root);
  const fetched = new GitDependencies(absolute);
  const sources = await sourcesOf(absolute, fetched, []);
  await fetched.writeLock();
  return sources;
}

/** A project on the way from the one asked for to one that it depends on. */
interface Dependent {
  readonly root: string;
  readonly name: string;
}

async function sourcesOf(
  absolute: string,
  fetched: GitDependencies,
  seen: readonly Dependent[],
): Promise<SourceSet> {
  const read = await loadManifest(join(absolute, MANIFEST_FILE));
  const { manifest } = read;
  const own = { root: absolute, name: manifest.name };
  const files: SourceFile[] = [];
  for (const folder of ["src", "test"]) {
    for (const path of await filesUnder(join(absolute, folder), SOURCE_EXTENSION)) {
      const shown = portable(relative(absolute, path));
      const naming = moduleNaming(manifest.name, shown);
      files.push({ path, shown, package: manifest.name, naming, test: folder === "test" });
    }
  }
  return {
    root: absolute,
    package: manifest.name,
    manifest,
    warnings: read.findings,
    files,
    scripts: await filesUnder(join(absolute, "test"), SCRIPT_EXTENSION),
    native: await filesUnder(join(absolute, "native"), ".erl"),
    dependencies: await dependencySources(read, fetched, [...seen, own], absolute),
  };
}

/** Loose files as one program; `folder` is where the shown paths start. */
export function looseSources(
  paths: readonly string[],
  folder: string,
  isTest: (path: string) => boolean = () => false,
): SourceSet {
  const files = paths.filter((path) => path.endsWith(SOURCE_EXTENSION)).map((path) => ({
    path,
    shown: shownFrom(folder, path),
    package: LOOSE_PACKAGE,
    naming: looseNaming(basename(path)),
    test: isTest(path),
  }));
  return {
    root: folder,
    package: LOOSE_PACKAGE,
    manifest: undefined,
    warnings: [],
    files,
    scripts: paths.filter((path) => path.endsWith(SCRIPT_EXTENSION)),
    native: [],
    dependencies: [],
  };
}

/** The class library's files: all below its folder, but not its tests; folders do not show in names. */
export async function librarySources(folder: string): Promise<SourceSet> {
  const tests = join(folder, "test", "/");
  const files = (await filesUnder(folder, SOURCE_EXTENSION)).filter((path) =>
    !path.startsWith(tests)
  );
  return {
    root: folder,
    package: LIBRARY_PACKAGE,
    manifest: undefined,
    warnings: [],
    files: files.map((path) => ({
      path,
      shown: portable(join(basename(folder), relative(folder, path))),
      package: LIBRARY_PACKAGE,
      naming: { package: LIBRARY_PACKAGE, folders: [], stem: basename(path, SOURCE_EXTENSION) },
      test: false,
    })),
    scripts: [],
    native: [],
    dependencies: [],
  };
}

/** A path relative to `folder` where it is inside it, else as it is. */
export function shownFrom(folder: string, path: string): string {
  const way = relative(folder, path);
  return way.startsWith("..") ? path : portable(way);
}

/** The files of a set and of all that it depends on, dependencies first, each once. */
export function allFiles(set: SourceSet): SourceFile[] {
  const byPath = new Map<string, SourceFile>();
  const add = (each: SourceSet, own: boolean) => {
    for (const dependency of each.dependencies) add(dependency, false);
    for (const file of each.files) if (own || !file.test) byPath.set(file.path, file);
  };
  add(set, true);
  return [...byPath.values()];
}

/** Erlang sources of a set and of all that it depends on. */
export function allNative(set: SourceSet): string[] {
  return [...new Set([...set.dependencies.flatMap(allNative), ...set.native])];
}

/** A manifest that could be read, with its file. */
interface LoadedManifest {
  readonly manifest: Manifest;
  readonly path: string;
  readonly text: string;
  readonly findings: readonly ManifestFinding[];
}

async function loadManifest(path: string): Promise<LoadedManifest> {
  let text: string;
  try {
    text = await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) throw new ProjectError(`no such project: ${path}`);
    throw error;
  }
  const { manifest, diagnostics } = readManifest(text);
  const findings = diagnostics.map((diagnostic) => ({ path, text, diagnostic }));
  if (manifest !== undefined) return { manifest, path, text, findings };
  throw new ProjectError(`${path} cannot be read`, findings);
}

async function dependencySources(
  { manifest, path, text }: LoadedManifest,
  fetched: GitDependencies,
  seen: readonly Dependent[],
  root: string,
): Promise<SourceSet[]> {
  const sets: SourceSet[] = [];
  for (const dependency of manifest.dependencies) {
    const { name, place: span } = dependency;
    const refusal = (message: string) => {
      const diagnostic = { code: "BT9006", severity: "error", span, message } as const;
      return new ProjectError(message, [{ path, text, diagnostic }]);
    };
    const folder = await folderOf(dependency, root, fetched, refusal);
    if (!await isFile(join(folder, MANIFEST_FILE))) {
      const where = dependency.kind === "path" ? folder : dependency.url;
      throw refusal(`dependency ${name}: no ${MANIFEST_FILE} in ${where}`);
    }
    const from = seen.findIndex((each) => each.root === folder);
    if (from >= 0) {
      const circle = [...seen.slice(from).map((each) => each.name), name].join(" -> ");
      throw refusal(`projects depend on one another in a circle: ${circle}`);
    }
    const set = await sourcesOf(folder, fetched, seen);
    if (set.package !== name) {
      throw refusal(`dependency ${name}: the package in ${folder} is named ${set.package}`);
    }
    sets.push(set);
  }
  return sets;
}

async function folderOf(
  dependency: Dependency,
  root: string,
  fetched: GitDependencies,
  refusal: (message: string) => ProjectError,
): Promise<string> {
  if (dependency.kind === "path") return resolve(root, dependency.path);
  try {
    return await fetched.folderOf(dependency, root);
  } catch (error) {
    if (error instanceof GitFailure) throw refusal(error.message);
    throw error;
  }
}

/** Folders that never hold sources. */
const SKIPPED = new Set(["_build", "node_modules", ".git", "dist"]);

/** All files below a folder with the ending, in the order of their paths; none if it is missing. */
export async function filesUnder(folder: string, ending: string): Promise<string[]> {
  const found: string[] = [];
  const walk = async (path: string) => {
    for (const entry of await entriesOf(path)) {
      const child = join(path, entry.name);
      if (entry.isDirectory && !SKIPPED.has(entry.name)) await walk(child);
      else if (entry.isFile && entry.name.endsWith(ending)) found.push(child);
    }
  };
  await walk(folder);
  return found;
}

/** The entries of a folder by name; none if it is missing. */
export async function entriesOf(folder: string): Promise<Deno.DirEntry[]> {
  const entries: Deno.DirEntry[] = [];
  try {
    for await (const entry of Deno.readDir(folder)) {
      if (!entry.isSymlink) entries.push(entry);
      else entries.push(await resolvedEntry(folder, entry));
    }
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
  return entries.sort((a, b) => a.name < b.name ? -1 : 1);
}

/** A link to a file counts as the file; a link to a folder is not followed, as it may lead back. */
async function resolvedEntry(folder: string, entry: Deno.DirEntry): Promise<Deno.DirEntry> {
  const isTarget = await isFile(join(folder, entry.name));
  return { name: entry.name, isFile: isTarget, isDirectory: false, isSymlink: true };
}

/** Whether there is a file at the path. */
export async function isFile(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isFile;
  } catch {
    return false;
  }
}

function portable(path: string): string {
  return SEPARATOR === "/" ? path : path.replaceAll(SEPARATOR, "/");
}

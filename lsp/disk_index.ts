/**
 * Reads projects from the disk into the index: which files there are, and of those that have
 * changed since the last start, what they declare and mention.
 * @module
 */
import { basename, dirname, join, relative } from "@std/path";
import { createHash } from "node:crypto";
import { fileFacts } from "../compiler/analysis/file_facts.ts";
import {
  LOOSE_PACKAGE,
  looseNaming,
  type ModuleNaming,
  moduleNaming,
} from "../compiler/analysis/module_naming.ts";
import type { FileMode } from "../compiler/analysis/rule.ts";
import { MANIFEST_FILE, readManifest } from "../compiler/project/manifest.ts";
import {
  allFiles,
  entriesOf,
  filesUnder,
  librarySources,
  projectSources,
  SCRIPT_EXTENSION,
  SOURCE_EXTENSION,
  type SourceFile,
} from "../compiler/project/sources.ts";
import { parse } from "../compiler/syntax/source_file.ts";

import { readBytesIfThere, writeWhole } from "../live/build_files.ts";
import { type Installation, toolchainVersion } from "../live/installation.ts";
import { libraryFacts } from "../live/library.ts";
import {
  type CachedIndexFile,
  type IndexCache,
  readIndexCache,
  writeIndexCache,
} from "./index_cache.ts";
import { mentionsOf } from "./mentions.ts";
import type { IndexedFile, IndexedProgram } from "./project_index.ts";

/** A program with its files as they are on disk. */
export interface ReadProgram {
  readonly program: IndexedProgram;
  readonly files: readonly IndexedFile[];
}

/** Hears how far reading is; answers whether to go on. */
export type ReadProgress = (done: number, total: number) => boolean;

type Located = Pick<SourceFile, "path" | "naming"> & { readonly mode: FileMode };

/** Reads from disk through a cache. */
export class DiskIndex {
  readonly #installation: Installation;
  readonly #cacheFolder: string;
  readonly #version: string;

  /** `cacheFolder` holds one file for each root. */
  constructor(installation: Installation, cacheFolder: string) {
    this.#installation = installation;
    this.#cacheFolder = cacheFolder;
    this.#version = toolchainVersion(installation);
  }

  /** The class library: from its sources where they are, else from what its build left. */
  async library(): Promise<readonly IndexedFile[]> {
    const { files, root } = await librarySources(join(this.#installation.root, "stdlib"));
    if (files.length > 0) {
      const located = files.map(({ path, naming }) => ({ path, naming, mode: "file" as const }));
      return await this.#readAll(located, root, () => true);
    }
    const known = await libraryFacts(this.#installation);
    return known.map((facts) => {
      const path = facts.classes[0]?.file ?? facts.protocols[0]?.file ?? "stdlib";
      const naming = moduleNaming("stdlib", path);
      return { path, naming, mode: "file", facts, mentions: { sends: {}, names: {} } };
    });
  }

  /** All programs at or below a folder that an editor has opened. */
  async programs(folder: string, progress: ReadProgress): Promise<readonly ReadProgram[]> {
    const roots = await projectRoots(folder);
    const around = roots.length === 0 ? await rootAbove(folder) : undefined;
    const found: ReadProgram[] = [];
    for (const root of around === undefined ? roots : [around]) {
      found.push(await this.#project(root, progress));
    }
    const loose = await this.#loose(
      folder,
      new Set(found.flatMap(({ program }) => [
        ...program.paths,
      ])),
    );
    if (loose.length > 0 || found.length === 0) {
      const files = await this.#readAll(loose, folder, progress);
      const paths = new Set(files.map(({ path }) => path));
      found.push({ program: { root: folder, package: LOOSE_PACKAGE, paths }, files });
    }
    return found;
  }

  /** One file as it is now; undefined where it is gone. */
  async read(path: string, file: Pick<IndexedFile, "naming" | "mode">): Promise<
    IndexedFile | undefined
  > {
    const bytes = await readBytesIfThere(path);
    return bytes === undefined ? undefined : indexed({ path, ...file }, decode(bytes));
  }

  async #project(root: string, progress: ReadProgress): Promise<ReadProgram> {
    const { files, packageName } = await locate(root);
    const read = await this.#readAll(files, root, progress);
    const paths = new Set(read.map(({ path }) => path));
    return { program: { root, package: packageName, paths }, files: read };
  }

  async #loose(folder: string, known: ReadonlySet<string>): Promise<readonly Located[]> {
    const library = join(this.#installation.root, "stdlib");
    const paths = [
      ...await filesUnder(folder, SOURCE_EXTENSION),
      ...await filesUnder(folder, SCRIPT_EXTENSION),
    ];
    return paths.filter((path) => !known.has(path)).map((path) => {
      const isLibrary = path.startsWith(`${library}/`) && !path.startsWith(`${library}/test/`);
      const naming = isLibrary
        ? { ...moduleNaming("stdlib", basename(path)), folders: [] }
        : looseNaming(basename(path));
      return { path, naming, mode: modeOf(path) };
    });
  }

  async #readAll(
    located: readonly Located[],
    root: string,
    progress: ReadProgress,
  ): Promise<readonly IndexedFile[]> {
    const cacheFile = join(this.#cacheFolder, `${hashOf(root).slice(0, 32)}.msgpack`);
    const cache = readIndexCache(await readBytesIfThere(cacheFile), this.#version);
    const next = new Map<string, CachedIndexFile>();
    const files: IndexedFile[] = [];
    let isChanged = cache.size !== located.length;
    let pause = performance.now();
    for (const [index, each] of located.entries()) {
      const entry = readThrough(cache.get(each.path), each);
      if (entry === undefined) continue;
      isChanged ||= entry !== cache.get(each.path);
      next.set(each.path, entry);
      files.push({ ...each, facts: entry.facts, mentions: entry.mentions });
      if (performance.now() - pause < 20) continue;
      await new Promise((resolve) => setTimeout(resolve));
      pause = performance.now();
      if (!progress(index + 1, located.length)) break;
    }
    if (isChanged) await this.#keep(cacheFile, next);
    return files;
  }

  /** A cache that cannot be written is only slower. */
  async #keep(file: string, cache: IndexCache): Promise<void> {
    try {
      await Deno.mkdir(this.#cacheFolder, { recursive: true });
      await writeWhole(file, writeIndexCache(cache, this.#version));
    } catch {
      return;
    }
  }
}

/** Whether a text is a script by the name of its file. */
export function modeOf(path: string): FileMode {
  return path.endsWith(SCRIPT_EXTENSION) ? "script" : "file";
}

/** How a file that is not indexed yet is taken, by the program around it. */
export function describeFile(
  path: string,
  programs: readonly IndexedProgram[],
  library: string,
): { readonly naming: ModuleNaming; readonly mode: FileMode } {
  const mode = modeOf(path);
  if (path.startsWith(`${library}/`) && !path.startsWith(`${library}/test/`)) {
    return { naming: { ...moduleNaming("stdlib", basename(path)), folders: [] }, mode };
  }
  const around = programs.filter(({ root }) => path.startsWith(`${root}/`))
    .sort((a, b) => b.root.length - a.root.length)[0];
  if (around === undefined || around.package === LOOSE_PACKAGE) {
    return { naming: looseNaming(basename(path)), mode };
  }
  return { naming: moduleNaming(around.package, relative(around.root, path)), mode };
}

function readThrough(known: CachedIndexFile | undefined, each: Located) {
  try {
    const { size, mtime } = Deno.statSync(each.path);
    const modified = mtime?.getTime() ?? 0;
    if (known?.size === size && known.modified === modified) return known;
    const bytes = Deno.readFileSync(each.path);
    const hash = hashOf(bytes);
    if (known?.hash === hash) return { ...known, size, modified };
    const { facts, mentions } = indexed(each, decode(bytes));
    return { hash, size, modified, facts, mentions };
  } catch {
    return undefined;
  }
}

function indexed(each: Located, text: string): IndexedFile {
  const source = parse(text, { kind: each.mode });
  const facts = fileFacts(source, { file: each.path, naming: each.naming });
  return { ...each, facts, mentions: mentionsOf(source) };
}

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

function decode(bytes: Uint8Array): string {
  return decoder.decode(bytes);
}

function hashOf(content: string | Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}

/** The project's files; where the manifest cannot be read, those of its folders all the same. */
async function locate(
  root: string,
): Promise<{ readonly files: readonly Located[]; readonly packageName: string }> {
  try {
    const set = await projectSources(root);
    const files: Located[] = allFiles(set).map(({ path, naming }) => ({
      path,
      naming,
      mode: "file",
    }));
    const scripts: Located[] = set.scripts.map((path) => ({
      path,
      naming: looseNaming(basename(path)),
      mode: "script",
    }));
    return { files: [...files, ...scripts], packageName: set.package };
  } catch {
    const packageName = await packageOf(root);
    const paths = await filesUnder(root, SOURCE_EXTENSION);
    const files = paths.map((path) => ({
      path,
      naming: moduleNaming(packageName, relative(root, path)),
      mode: modeOf(path),
    }));
    return { files, packageName };
  }
}

async function packageOf(root: string): Promise<string> {
  const text = await Deno.readTextFile(join(root, MANIFEST_FILE)).catch(() => "");
  return readManifest(text).manifest?.name ?? LOOSE_PACKAGE;
}

const DEPTH = 5;

/** Folders with a manifest at or below a folder. */
async function projectRoots(folder: string, depth = 0): Promise<string[]> {
  const entries = await entriesOf(folder).catch(() => []);
  const own = entries.some(({ name, isFile }) => isFile && name === MANIFEST_FILE);
  const found = own ? [folder] : [];
  if (depth >= DEPTH) return found;
  for (const { name, isDirectory } of entries) {
    if (!isDirectory || name.startsWith(".") || SKIPPED.has(name)) continue;
    found.push(...await projectRoots(join(folder, name), depth + 1));
  }
  return found;
}

const SKIPPED = new Set(["_build", "node_modules", "dist"]);

async function rootAbove(folder: string): Promise<string | undefined> {
  for (let at = dirname(folder); at !== dirname(at); at = dirname(at)) {
    const entries = await entriesOf(at).catch(() => []);
    if (entries.some(({ name }) => name === MANIFEST_FILE)) return at;
  }
  return undefined;
}

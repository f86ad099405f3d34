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
  packMentions,
  readIndexCache,
  unpackMentions,
  writeIndexCache,
} from "./index_cache.ts";
import { releaseMemory } from "./idle_memory.ts";
import { type Mentions, mentionsOf } from "./mentions.ts";
import { type IndexedFile, type IndexedProgram, programAround } from "./project_index.ts";

/** A program with its files as they are on disk. */
export interface ReadProgram {
  readonly program: IndexedProgram;
  readonly files: readonly IndexedFile[];
}

/** Hears how far reading is; answers whether to go on. */
export type ReadProgress = (done: number, total: number) => boolean;

type Located = Pick<SourceFile, "path" | "naming"> & { readonly mode: FileMode };

/** After so many files that were parsed there is memory to give back. */
const MANY = 500;

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
    const { roots, sources } = walk(folder);
    const around = roots.length === 0 ? await rootAbove(folder) : undefined;
    const found: ReadProgram[] = [];
    for (const root of around === undefined ? roots : [around]) {
      found.push(await this.#project(root, progress));
    }
    const known = new Set(found.flatMap(({ files }) => files.map(({ path }) => path)));
    const library = join(this.#installation.root, "stdlib");
    const loose = sources.filter((path) => !known.has(path))
      .map((path) => ({ path, ...describeFile(path, [], library) }));
    if (loose.length === 0 && found.length > 0) return found;
    const files = await this.#readAll(loose, `${folder} loose`, progress);
    const isInProject = ({ path }: IndexedFile) =>
      found.some(({ program }) => path.startsWith(`${program.root}/`));
    const outside = files.filter((file) => !isInProject(file));
    if (outside.length > 0 || found.length === 0) {
      const paths = new Set(outside.map(({ path }) => path));
      found.push({ program: { root: folder, package: LOOSE_PACKAGE, paths }, files });
      return found;
    }
    // Files beside a project's sources are known, but not compiled with it.
    const [first, ...others] = found;
    if (first === undefined) return found;
    return [{ ...first, files: [...first.files, ...files] }, ...others];
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

  async #readAll(
    located: readonly Located[],
    key: string,
    progress: ReadProgress,
  ): Promise<readonly IndexedFile[]> {
    const cacheFile = join(this.#cacheFolder, `${hashOf(key).slice(0, 32)}.msgpack`);
    const cache = readIndexCache(await readBytesIfThere(cacheFile), this.#version);
    const next = new Map<string, CachedIndexFile>();
    const files: IndexedFile[] = [];
    const isChanged = cache.size !== located.length;
    let readAnew = 0;
    let pause = performance.now();
    for (const [index, each] of located.entries()) {
      const entry = readThrough(cache.get(each.path), each);
      if (entry === undefined) continue;
      if (entry !== cache.get(each.path)) readAnew++;
      next.set(each.path, entry);
      files.push(indexedFile(each, entry));
      if (performance.now() - pause < 20) continue;
      await new Promise((resolve) => setTimeout(resolve));
      pause = performance.now();
      if (!progress(index + 1, located.length)) break;
    }
    if (isChanged || readAnew > 0) await this.#keep(cacheFile, next);
    if (readAnew > MANY) releaseMemory();
    return files;
  }

  /** A cache that cannot be written is only slower. */
  async #keep(file: string, cache: ReadonlyMap<string, CachedIndexFile>): Promise<void> {
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
  const around = programAround(programs, path);
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
    return { hash, size, modified, facts, mentions: packMentions(mentions) };
  } catch {
    return undefined;
  }
}

/** Mentions are unpacked when they are first asked for: most starts do not need them. */
function indexedFile(each: Located, { facts, mentions }: CachedIndexFile): IndexedFile {
  let unpacked: Mentions | undefined;
  return {
    ...each,
    facts,
    get mentions() {
      return unpacked ??= unpackMentions(mentions);
    },
  };
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

/** How deep below an opened folder projects and sources are looked for. */
const DEPTH = 12;

/** Folders with a manifest, and all sources and scripts, at or below a folder. */
function walk(folder: string): {
  readonly roots: readonly string[];
  readonly sources: readonly string[];
} {
  const roots: string[] = [];
  const sources: string[] = [];
  const visit = (at: string, depth: number) => {
    for (const { name, isDirectory, isFile } of entriesSync(at)) {
      if (isFile && name === MANIFEST_FILE) roots.push(at);
      if (isFile && /\.bt(script)?$/.test(name)) sources.push(join(at, name));
      const isSkipped = name.startsWith(".") || SKIPPED.has(name);
      if (isDirectory && !isSkipped && depth < DEPTH) visit(join(at, name), depth + 1);
    }
  };
  visit(folder, 0);
  return { roots, sources: sources.sort() };
}

/** A folder that cannot be read holds nothing. */
function entriesSync(folder: string): readonly Deno.DirEntry[] {
  try {
    return [...Deno.readDirSync(folder)];
  } catch {
    return [];
  }
}

const SKIPPED = new Set(["_build", "node_modules", "dist"]);

async function rootAbove(folder: string): Promise<string | undefined> {
  for (let at = dirname(folder); at !== dirname(at); at = dirname(at)) {
    const entries = await entriesOf(at).catch(() => []);
    if (entries.some(({ name }) => name === MANIFEST_FILE)) return at;
  }
  return undefined;
}

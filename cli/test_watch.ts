/**
 * `beamtalk test --watch`: after each change of a source the tests that it affects.
 * @module
 */
import { basename, dirname, resolve } from "@std/path";
import type { FileFacts } from "../compiler/analysis/class_facts.ts";
import { affectedFiles } from "../compiler/project/affected.ts";
import { filesUnder, isFile } from "../compiler/project/sources.ts";
import type { Target } from "../compiler/project/targets.ts";
import { contentHash } from "../live/build_files.ts";
import type { BuildResult } from "../live/build.ts";

/** What one round of tests left for the next. */
export class TestHistory {
  /** Texts by path, of sources and scripts, as they were when they were last tested. */
  readonly #texts = new Map<string, string>();
  /** What the files of each program declared then, by its root and by path. */
  readonly #declared = new Map<string, ReadonlyMap<string, FileFacts>>();
  readonly #folders = new Set<string>();
  /** Whether a round has been shown. */
  isTested = false;

  /** The folders of all programs tested so far. */
  get folders(): readonly string[] {
    return [...this.#folders];
  }

  /** The selected files that changes since the last round affect; at first all of them. */
  async narrow(result: BuildResult, target: Target): Promise<ReadonlySet<string>> {
    const { sources, selected } = target;
    const isFirst = !this.#knows(sources.files.map(({ path }) => path));
    this.#watch(target);
    const changed = new Set<string>();
    const note = (path: string, text: string) => {
      if (this.#texts.get(path) !== text) changed.add(path);
      this.#texts.set(path, text);
    };
    for (const path of this.#texts.keys()) if (!await isFile(path)) this.#texts.delete(path);
    for (const { source, text } of result.files) note(source.path, text);
    for (const path of sources.scripts) note(path, await Deno.readTextFile(path));
    if (isFirst) {
      this.#declare(sources.root, result);
      return selected;
    }
    const present = new Set(result.files.map(({ source }) => source.path));
    const isKept = (path: string) => present.has(path) && !changed.has(path);
    const files = result.files.map(({ source, facts, asked }) => ({
      path: source.path,
      facts,
      questions: asked?.questions ?? [],
    }));
    // What a file declares no more affects those that used it.
    const before = [...this.#declared.get(sources.root) ?? []].filter(([path]) => !isKept(path))
      .map(([path, facts]) => ({ path, facts, questions: [] }));
    const gone = before.map(({ path }) => path);
    const broken = result.files.filter(({ modules }) => modules === undefined);
    const affected = affectedFiles(
      [...files, ...before],
      new Set([...changed, ...gone, ...broken.map(({ source }) => source.path)]),
    );
    const names = [...files, ...before].filter(({ path }) => affected.has(path))
      .flatMap(({ path, facts }) => [basename(path), ...facts.classes.map(({ name }) => name)]);
    this.#declare(sources.root, result);
    const scripts = sources.scripts.filter((path) => mentions(this.#texts.get(path) ?? "", names));
    const all = new Set([...affected, ...scripts]);
    return new Set([...selected].filter((path) => all.has(path)));
  }

  #declare(root: string, { files }: BuildResult): void {
    this.#declared.set(root, new Map(files.map(({ source, facts }) => [source.path, facts])));
  }

  /** Whether what was tested is still what the files say. */
  async isCurrent(): Promise<boolean> {
    for (const [path, text] of this.#texts) {
      if (text !== await Deno.readTextFile(path).catch(() => undefined)) return false;
    }
    return true;
  }

  #knows(paths: readonly string[]): boolean {
    return paths.some((path) => this.#texts.has(path));
  }

  #watch({ sources, selected }: Target): void {
    if (sources.manifest !== undefined) this.#folders.add(sources.root);
    else for (const path of selected) this.#folders.add(dirname(path));
    for (const dependency of sources.dependencies) this.#folders.add(dependency.root);
  }
}

/** Whether a script names one of the classes or files. */
function mentions(text: string, names: readonly string[]): boolean {
  return names.some((name) => new RegExp(`\\b${RegExp.escape(name)}\\b`).test(text));
}

/** Tells when sources change. */
export class SourceWatch {
  #last: string | undefined;

  /** Waits until a source in the folders is another than when it was tested, or last looked at. */
  async change(history: TestHistory): Promise<void> {
    const folders = history.folders;
    const watcher = Deno.watchFs([...folders], { recursive: true });
    try {
      if (await this.#hasChanged(folders) || !await history.isCurrent()) {
        return await this.#settle(folders);
      }
      for await (const { paths } of watcher) {
        if (!paths.some(isWatched)) continue;
        await pause();
        if (await this.#hasChanged(folders)) return await this.#settle(folders);
      }
    } finally {
      watcher.close();
    }
  }

  /** Waits until nothing changes any more. */
  async #settle(folders: readonly string[]): Promise<void> {
    do await pause(); while (await this.#hasChanged(folders));
  }

  /** Whether something is another than the last time; the first time nothing is. */
  async #hasChanged(folders: readonly string[]): Promise<boolean> {
    const now = await stateOf(folders);
    const changed = this.#last !== undefined && now !== this.#last;
    this.#last = now;
    return changed;
  }
}

/** Editors write a file in several steps. */
const DEBOUNCE_MS = 60;

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, DEBOUNCE_MS));
}

const ENDINGS = [".bt", ".btscript", ".erl", ".toml"];

function isWatched(path: string): boolean {
  return ENDINGS.some((ending) => path.endsWith(ending)) && !/[/\\]_build[/\\]/.test(path);
}

async function stateOf(folders: readonly string[]): Promise<string> {
  const paths = new Set<string>();
  for (const folder of folders) {
    for (const ending of ENDINGS) {
      for (const path of await filesUnder(resolve(folder), ending)) paths.add(path);
    }
  }
  const parts: (string | Uint8Array)[] = [];
  for (const path of [...paths].sort()) {
    // A file may go away while the others are being read.
    if (await isFile(path)) parts.push(path, await Deno.readFile(path).catch(() => ""));
  }
  return contentHash(...parts);
}

/**
 * `beamtalk test --watch`: after each change of a source the tests that it affects.
 * @module
 */
import { basename, dirname, resolve } from "@std/path";
import { affectedFiles } from "../compiler/project/affected.ts";
import { filesUnder, isFile } from "../compiler/project/sources.ts";
import type { Target } from "../compiler/project/targets.ts";
import { contentHash } from "../live/build_files.ts";
import type { BuildResult } from "../live/build.ts";

/** What one round of tests left for the next. */
export class TestHistory {
  /** Texts by path, of sources and scripts, as they were when they were last tested. */
  readonly #texts = new Map<string, string>();
  readonly #folders = new Set<string>();

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
    for (const { source, text } of result.files) note(source.path, text);
    for (const path of sources.scripts) note(path, await Deno.readTextFile(path));
    if (isFirst) return selected;
    const files = result.files.map(({ source, facts, asked }) => ({
      path: source.path,
      facts,
      questions: asked?.questions ?? [],
    }));
    const affected = affectedFiles(files, changed);
    const names = result.files.filter(({ source }) => affected.has(source.path))
      .flatMap(({ source, facts }) => [
        basename(source.path),
        ...facts.classes.map(({ name }) => name),
      ]);
    const scripts = sources.scripts.filter((path) => mentions(this.#texts.get(path) ?? "", names));
    const all = new Set([...affected, ...scripts]);
    return new Set([...selected].filter((path) => all.has(path)));
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

/** Tells when sources change; open it before the first round, so that no change is missed. */
export class SourceWatch {
  #last = "";

  /** Waits until a source in the folders is another than when it was last asked. */
  async change(folders: readonly string[], signal: AbortSignal): Promise<void> {
    const watcher = Deno.watchFs([...folders], { recursive: true });
    const stop = () => watcher.close();
    signal.addEventListener("abort", stop);
    try {
      if (await this.#hasChanged(folders)) return;
      for await (const { paths } of watcher) {
        if (!paths.some(isWatched)) continue;
        await new Promise((resolve) => setTimeout(resolve, DEBOUNCE_MS));
        if (await this.#hasChanged(folders)) return;
      }
    } finally {
      signal.removeEventListener("abort", stop);
      if (!signal.aborted) watcher.close();
    }
  }

  /** Takes what is there now as known. */
  async remember(folders: readonly string[]): Promise<void> {
    this.#last = await stateOf(folders);
  }

  async #hasChanged(folders: readonly string[]): Promise<boolean> {
    const now = await stateOf(folders);
    const changed = now !== this.#last;
    this.#last = now;
    return changed;
  }
}

/** Editors write a file in several steps. */
const DEBOUNCE_MS = 60;
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

/**
 * Tells of the findings of all files of the projects that are not open, little by little, so that
 * requests never wait for it. A file is looked at again only when it or what it depends on changed.
 * @module
 */
import { releaseMemory } from "./idle_memory.ts";
import type { FileStamp, ProjectIndex } from "./project_index.ts";

/** How long nothing must have changed before files are looked at. */
const REST = 700;
/** How long files are looked at without a pause, and how long the pause is. */
const SLICE = 6;
const PAUSE = 4;

/** After so many files there is memory to give back; after so few it is worth it only at the end. */
const MANY = 700;
const SOME = 200;

/** What a look at the files needs. */
export interface ProjectFindingsOptions {
  readonly index: ProjectIndex;
  /** Tells of the findings of a file. */
  readonly publish: (path: string) => void;
  /** What was told of any other file that is not open no longer holds. */
  readonly keepOnly: (paths: ReadonlySet<string>) => void;
}

/** The files of all projects, as far as they are not open. */
export class ProjectFindings {
  readonly #options: ProjectFindingsOptions;
  readonly #told = new Map<string, FileStamp>();
  #looked = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: ProjectFindingsOptions) {
    this.#options = options;
  }

  /** Something may have changed: files are looked at after a while of rest. */
  later(): void {
    this.stop();
    this.#timer = setTimeout(() => this.#run(this.#paths()), REST);
  }

  /** The file is shown, or shown no longer: what is on disk must be told again. */
  forget(path: string): void {
    this.#told.delete(path);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #paths(): Iterator<string> {
    const { index, keepOnly } = this.#options;
    const paths = index.paths().filter((path) => index.isEditable(path) && !isBuilt(path));
    const known = new Set(paths);
    for (const path of this.#told.keys()) if (!known.has(path)) this.#told.delete(path);
    keepOnly(known);
    return paths.values();
  }

  #run(paths: Iterator<string>): void {
    const end = performance.now() + SLICE;
    while (performance.now() < end) {
      const next = paths.next();
      if (next.done === true) return this.#looked >= SOME ? this.#release() : undefined;
      this.#look(next.value);
    }
    this.#timer = setTimeout(() => this.#run(paths), PAUSE);
  }

  #release(): void {
    this.#looked = 0;
    releaseMemory();
  }

  #look(path: string): void {
    const { index, publish } = this.#options;
    if (index.isOpen(path)) return;
    const stamp = index.stampOf(path);
    const before = this.#told.get(path);
    if (stamp === undefined || (before !== undefined && isSame(stamp, before))) return;
    this.#told.set(path, stamp);
    publish(path);
    this.#looked++;
    if (this.#looked >= MANY) this.#release();
  }
}

/** What was fetched or made is nobody's to mend. */
function isBuilt(path: string): boolean {
  return path.includes("/_build/");
}

function isSame(a: FileStamp, b: FileStamp): boolean {
  return a.file === b.file && a.version === b.version;
}

/**
 * Keeps the index in step with the files of the folders that a client has opened.
 * @module
 */
import { basename } from "@std/path";
import { MANIFEST_FILE } from "../compiler/project/manifest.ts";
import { SCRIPT_EXTENSION, SOURCE_EXTENSION } from "../compiler/project/sources.ts";
import { describeFile, type DiskIndex } from "./disk_index.ts";
import { programAround, type ProjectIndex } from "./project_index.ts";

/** A progress that a client shows. */
export interface ShownProgress {
  readonly token: string | number;
  report(done: number, total: number): void;
  end(): void;
}

/** How reading is told of. */
export interface ReadingReports {
  begin(title: string): Promise<ShownProgress | undefined>;
  log(text: string): void;
}

/** How long events are gathered before the disk is read. */
const DEBOUNCE = 60;

/** The folders of one client. */
export class WorkspaceFiles {
  /** Called when the index has changed; the argument says whether all files are known. */
  onChange: (isProjectKnown: boolean) => void = () => {};
  readonly #index: ProjectIndex;
  readonly #disk: DiskIndex;
  readonly #library: string;
  readonly #rootsOf = new Map<string, readonly string[]>();
  readonly #changed = new Set<string>();
  readonly #cancelled = new Set<string | number>();
  /** Folders that were not read to their end: what seems to be missing may be there. */
  readonly #givenUp = new Set<string>();
  #reports: ReadingReports | undefined;
  #watchers: Deno.FsWatcher[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isStopped = false;
  #isKnown = false;
  #work: Promise<void> = Promise.resolve();

  /** `library` is the folder of the class library's sources. */
  constructor(index: ProjectIndex, disk: DiskIndex, library: string) {
    this.#index = index;
    this.#disk = disk;
    this.#library = library;
  }

  /** Reads the library, then all folders. */
  async start(folders: readonly string[], reports: ReadingReports): Promise<void> {
    this.#reports = reports;
    this.#index.setLibrary(await this.#disk.library());
    await this.setFolders(folders);
  }

  /** The client has opened other folders. */
  setFolders(folders: readonly string[]): Promise<void> {
    this.#work = this.#work.then(() => this.#setFolders(folders))
      .catch((error) => this.#reports?.log(`reading the project failed: ${error}`));
    return this.#work;
  }

  async #setFolders(folders: readonly string[]): Promise<void> {
    for (const [folder, roots] of this.#rootsOf) {
      if (folders.includes(folder)) continue;
      for (const root of roots) this.#index.removeProgram(root);
      this.#rootsOf.delete(folder);
      this.#givenUp.delete(folder);
    }
    const added = folders.filter((folder) => !this.#rootsOf.has(folder));
    for (const folder of added) await this.#read(folder);
    this.#isKnown = this.#givenUp.size === 0;
    if (!this.#isStopped) this.onChange(this.#isKnown);
  }

  async #read(folder: string): Promise<void> {
    let progress: ShownProgress | undefined;
    let isBegun = false;
    const programs = await this.#disk.programs(folder, (done, total) => {
      if (!isBegun) {
        isBegun = true;
        void this.#reports?.begin(`Reading ${basename(folder)}`).then((shown) => {
          progress = shown;
        });
      }
      progress?.report(done, total);
      const isCancelled = progress !== undefined && this.#cancelled.has(progress.token);
      if (isCancelled) this.#givenUp.add(folder);
      return !this.#isStopped && !isCancelled;
    });
    progress?.end();
    if (this.#isStopped) return;
    for (const { program, files } of programs) this.#index.setProgram(program, files);
    this.#rootsOf.set(folder, programs.map(({ program }) => program.root));
  }

  /** The user does not want to wait for a progress any longer. */
  cancel(token: string | number): void {
    this.#cancelled.add(token);
  }

  /** Files have been written, made or removed. */
  changed(paths: readonly string[]): void {
    for (const path of paths) {
      const isOurs = path.endsWith(SOURCE_EXTENSION) || path.endsWith(SCRIPT_EXTENSION) ||
        basename(path) === MANIFEST_FILE;
      if (isOurs && !/\/(_build|node_modules|\.git)\//.test(path)) this.#changed.add(path);
    }
    if (this.#changed.size === 0) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#work = this.#work.then(() => this.#update())
        .catch((error) => this.#reports?.log(`reading changed files failed: ${error}`));
    }, DEBOUNCE);
  }

  async #update(): Promise<void> {
    const paths = [...this.#changed];
    this.#changed.clear();
    if (paths.some((path) => basename(path) === MANIFEST_FILE)) return await this.#readAgain();
    for (const path of paths) await this.#updateFile(path);
    if (!this.#isStopped) this.onChange(this.#isKnown);
  }

  /** What a manifest says may concern every file. */
  async #readAgain(): Promise<void> {
    const folders = [...this.#rootsOf.keys()];
    for (const roots of this.#rootsOf.values()) {
      for (const root of roots) this.#index.removeProgram(root);
    }
    this.#rootsOf.clear();
    this.#givenUp.clear();
    await this.#setFolders(folders);
  }

  async #updateFile(path: string): Promise<void> {
    const programs = this.#index.programs();
    const known = this.#index.file(path) ?? describeFile(path, programs, this.#library);
    const file = await this.#disk.read(path, { naming: known.naming, mode: known.mode });
    if (file === undefined) return this.#index.removeFile(path);
    const around = programAround(programs, path);
    if (around === undefined || around.paths.has(path)) return this.#index.setFile(file);
    const paths = new Set([...around.paths, path]);
    this.#index.setProgram({ ...around, paths }, [file]);
  }

  /** Watches the folders itself, for clients that do not. */
  watch(folders: readonly string[]): void {
    for (const folder of folders) void this.#watchFolder(folder);
  }

  async #watchFolder(folder: string): Promise<void> {
    try {
      const watcher = Deno.watchFs(folder);
      this.#watchers.push(watcher);
      for await (const { paths } of watcher) this.changed(paths);
    } catch (error) {
      if (!this.#isStopped) this.#reports?.log(`cannot watch ${folder}: ${error}`);
    }
  }

  /** Ends reading and watching. */
  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    for (const watcher of this.#watchers.splice(0)) {
      try {
        watcher.close();
      } catch {
        // Closed already.
      }
    }
  }
}

/**
 * What happens to the sources of a project and to its manifest, as the file system tells it.
 * @module
 */
import { join } from "@std/path";
import { MANIFEST_FILE } from "../compiler/project/manifest.ts";

/** Events of `src`, also of one that takes the place of one that is gone, and of the manifest. */
export class SourceEvents implements AsyncIterable<Deno.FsEvent> {
  readonly #sources: string;
  readonly #manifest: string;
  readonly #top: Deno.FsWatcher;
  readonly #events: ReadableStream<Deno.FsEvent>;
  #controller!: ReadableStreamDefaultController<Deno.FsEvent>;
  #below: Deno.FsWatcher | undefined;
  /** Tells the folder that is watched from another of its name. */
  #inode: number | null | undefined;
  #isClosed = false;

  /** Throws `NotFound` where there is no `src`. */
  constructor(root: string) {
    this.#sources = join(root, "src");
    this.#manifest = join(root, MANIFEST_FILE);
    this.#inode = Deno.statSync(this.#sources).ino;
    this.#events = new ReadableStream({
      start: (controller) => void (this.#controller = controller),
    });
    this.#top = Deno.watchFs(root, { recursive: false });
    this.#watchSources();
    void this.#forward(this.#top, (event) => this.#onTop(event));
  }

  [Symbol.asyncIterator](): AsyncIterator<Deno.FsEvent> {
    return this.#events[Symbol.asyncIterator]();
  }

  /** Ends the events. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#top.close();
    this.#below?.close();
    this.#controller.close();
  }

  #watchSources(): void {
    this.#below?.close();
    this.#below = Deno.watchFs(this.#sources);
    void this.#forward(this.#below, (event) => this.#tell(event));
  }

  /** Of what is beside `src` and the manifest nothing is told. */
  #onTop(event: Deno.FsEvent): void {
    if (event.paths.includes(this.#manifest)) this.#tell(event);
    if (!event.paths.includes(this.#sources)) return;
    const inode = inodeOf(this.#sources);
    if (inode !== undefined && inode !== this.#inode) this.#watchSources();
    if (inode !== this.#inode) this.#tell({ kind: "create", paths: [this.#sources] });
    this.#inode = inode;
  }

  #tell(event: Deno.FsEvent): void {
    if (!this.#isClosed) this.#controller.enqueue(event);
  }

  async #forward(watcher: Deno.FsWatcher, tell: (event: Deno.FsEvent) => void): Promise<void> {
    for await (const event of watcher) tell(event);
  }
}

/** Undefined where there is no such folder. */
function inodeOf(folder: string): number | null | undefined {
  try {
    const { isDirectory, ino } = Deno.statSync(folder);
    return isDirectory ? ino : undefined;
  } catch {
    return undefined;
  }
}

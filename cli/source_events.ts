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
  #below: Deno.FsWatcher;
  /** Ends when the sources' watcher has closed. */
  #watching: Promise<void>;
  #isClosed = false;

  /** Throws `NotFound` where there is no `src`. */
  constructor(root: string) {
    this.#sources = join(root, "src");
    this.#manifest = join(root, MANIFEST_FILE);
    this.#events = new ReadableStream({
      start: (controller) => void (this.#controller = controller),
    });
    this.#top = Deno.watchFs(root, { recursive: false });
    this.#below = Deno.watchFs(this.#sources);
    this.#watching = this.#forward(this.#below);
    void this.#watchTop();
  }

  [Symbol.asyncIterator](): AsyncIterator<Deno.FsEvent> {
    return this.#events[Symbol.asyncIterator]();
  }

  /** Ends the events. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#top.close();
    closeWatcher(this.#below);
    this.#controller.close();
  }

  /** Of what is beside `src` and the manifest nothing is told. */
  async #watchTop(): Promise<void> {
    for await (const event of this.#top) {
      if (event.paths.includes(this.#manifest)) this.#tell(event);
      // A change of the folder's own rights or times is none of what is in it.
      if (!event.paths.includes(this.#sources) || event.kind === "modify") continue;
      if (isFolder(this.#sources)) await this.#watchAnew();
      this.#tell({ kind: "create", paths: [this.#sources] });
    }
  }

  async #watchAnew(): Promise<void> {
    closeWatcher(this.#below);
    // Its end takes the watch of the path away, a new one's too.
    await this.#watching;
    if (this.#isClosed || !isFolder(this.#sources)) return;
    this.#below = Deno.watchFs(this.#sources);
    this.#watching = this.#forward(this.#below);
  }

  #tell(event: Deno.FsEvent): void {
    if (!this.#isClosed) this.#controller.enqueue(event);
  }

  async #forward(watcher: Deno.FsWatcher): Promise<void> {
    for await (const event of watcher) this.#tell(event);
  }
}

/** One that was not opened anew, as its folder was gone, is closed already. */
function closeWatcher(watcher: Deno.FsWatcher): void {
  try {
    watcher.close();
  } catch (error) {
    if (!(error instanceof Deno.errors.BadResource)) throw error;
  }
}

function isFolder(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch {
    return false;
  }
}

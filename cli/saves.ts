/**
 * From events of a file system to saves: one for what an editor writes, and one for all that a
 * checkout writes.
 * @module
 */
import { basename, dirname, join } from "@std/path";
import { MANIFEST_FILE } from "../compiler/project/manifest.ts";

/** How long after the last event a single file is taken to be saved. */
const ONE_MS = 8;
/** The same for several: whoever writes them has other things to do in between. */
const SEVERAL_MS = 60;
/** How long a version control system may hold its lock. */
const LOCK_MS = 30_000;

/** Ticks once for each burst of events that concerns a source, when nothing changes any more. */
export async function* saves(
  events: AsyncIterable<Deno.FsEvent>,
  isChanging: () => Promise<boolean> = () => Promise.resolve(false),
): AsyncGenerator<void> {
  const iterator = events[Symbol.asyncIterator]();
  let next = iterator.next();
  for (;;) {
    const first = await next;
    if (first.done === true) return;
    next = iterator.next();
    const changed = new Set(sourcesOf(first.value));
    let hasWaited = false;
    let hasFolders = namesFolder(first.value);
    const deadline = Date.now() + LOCK_MS;
    for (;;) {
      const more = await Promise.race([next, after(changed.size > 1 ? SEVERAL_MS : ONE_MS)]);
      if (more === "quiet") {
        if (!hasWaited && await isAnyEmpty(changed)) {
          hasWaited = true;
          await after(SEVERAL_MS);
          continue;
        }
        const isSave = changed.size > 0 || hasFolders;
        if (isSave && Date.now() < deadline && await isChanging()) continue;
        break;
      }
      if (more.done === true) break;
      for (const path of sourcesOf(more.value)) changed.add(path);
      hasFolders ||= namesFolder(more.value);
      next = iterator.next();
    }
    if (changed.size > 0 || hasFolders) yield;
  }
}

/** Sources and the manifest. Files that begin with a dot are those of editors: locks, copies. */
function sourcesOf({ kind, paths }: Deno.FsEvent): string[] {
  if (kind === "access") return [];
  return paths.filter((path) => {
    const name = basename(path);
    return name === MANIFEST_FILE || (name.endsWith(".bt") && !name.startsWith("."));
  });
}

/** Whoever writes a file empties it first. */
async function isAnyEmpty(paths: ReadonlySet<string>): Promise<boolean> {
  const sizes = await Promise.all(
    Array.from(paths, (path) => Deno.stat(path).then(({ size }) => size, () => undefined)),
  );
  return sizes.includes(0);
}

/** Whether something came or went that may be a folder: what is in it moves without an event. */
function namesFolder({ kind, paths }: Deno.FsEvent): boolean {
  return MOVES.has(kind) && paths.some((path) => !basename(path).includes("."));
}

const MOVES: ReadonlySet<Deno.FsEvent["kind"]> = new Set(["create", "rename", "remove"]);

function after(milliseconds: number): Promise<"quiet"> {
  return new Promise((resolve) => setTimeout(() => resolve("quiet"), milliseconds));
}

/** Whether git is writing files of the working tree around a folder. */
export async function gitIsWriting(folder: string): Promise<boolean> {
  for (let at = folder;; at = dirname(at)) {
    if (await exists(join(at, ".git"))) return await exists(join(at, ".git", "index.lock"));
    if (dirname(at) === at) return false;
  }
}

async function exists(path: string): Promise<boolean> {
  return await Deno.lstat(path).then(() => true, () => false);
}

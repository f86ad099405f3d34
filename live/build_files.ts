/**
 * Reading and writing of build output: whole files or none, one build at a time.
 * @module
 */
import { createHash } from "node:crypto";
import { dirname, join } from "@std/path";

/** A SHA-256 over texts and bytes, each kept apart from the next, in hexadecimal. */
export function contentHash(...parts: readonly (string | Uint8Array)[]): string {
  const hash = createHash("sha256");
  for (const part of parts) {
    hash.update(`${part.length}:`);
    hash.update(part);
  }
  return hash.digest("hex");
}

/** The text of a file, undefined where there is none. */
export async function readTextIfThere(path: string): Promise<string | undefined> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** The bytes of a file, undefined where there is none. */
export async function readBytesIfThere(path: string): Promise<Uint8Array | undefined> {
  try {
    return await Deno.readFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** Thrown where a file cannot be written, with the path and the system's reason. */
export class WriteFailure extends Error {
  override readonly name = "WriteFailure";
  constructor(readonly path: string, override readonly cause: unknown) {
    super(`cannot write ${path}: ${reason(cause)}`);
  }
}

function reason(cause: unknown): string {
  const text = cause instanceof Error ? cause.message : String(cause);
  return text.replace(/ \(os error \d+\).*$/s, "").replace(/^[A-Z]/, (c) => c.toLowerCase());
}

/** Writes a file so that a reader sees all of it or what was there before. */
export async function writeWhole(path: string, content: string | Uint8Array): Promise<void> {
  await writeAllWhole([{ path, content }]);
}

/**
 * Writes several files: first all beside their places, and only when every one is complete, each
 * is moved to its place. A full disk leaves everything as it was.
 */
export async function writeAllWhole(
  files: readonly { readonly path: string; readonly content: string | Uint8Array }[],
): Promise<void> {
  const places = files.map(({ path, content }) => {
    return { path, content, temporary: `${path}.${crypto.randomUUID()}.tmp` };
  });
  try {
    // A file of each folder stands for it in messages.
    const folders = new Map(files.map(({ path }) => [dirname(path), path]));
    for (const [folder, path] of folders) {
      await writing(path, () => Deno.mkdir(folder, { recursive: true }));
    }
    const encoder = new TextEncoder();
    await all(places, ({ path, content, temporary }) => {
      const bytes = typeof content === "string" ? encoder.encode(content) : content;
      return writing(path, () => Deno.writeFile(temporary, bytes));
    });
    for (const { temporary, path } of places) {
      await writing(path, () => Deno.rename(temporary, path));
    }
  } catch (error) {
    await Promise.all(places.map(({ temporary }) => Deno.remove(temporary).catch(() => {})));
    throw error;
  }
}

/** Does the work for all items at once, and fails with the first fault when all have come to an end. */
async function all<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const results = await Promise.allSettled(items.map(work));
  for (const result of results) if (result.status === "rejected") throw result.reason;
}

async function writing<T>(path: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    throw new WriteFailure(path, error);
  }
}

/** Runs `work` while no other process holds the lock of `folder`; waits for it where one does. */
export async function whileLocked<T>(folder: string, work: () => Promise<T>): Promise<T> {
  const path = join(folder, ".lock");
  await writing(path, () => Deno.mkdir(folder, { recursive: true }));
  const file = await writing(path, () => Deno.open(path, { create: true, write: true }));
  try {
    await file.lock(true);
    return await work();
  } finally {
    file.close();
  }
}

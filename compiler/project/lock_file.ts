/**
 * `beamtalk.lock`: the commits that a project's git dependencies are built from. It belongs under
 * version control, so that every copy of the project is built from the same sources.
 * @module
 */
import { join } from "@std/path";
import { parse, stringify } from "smol-toml";

/** The name of the file. */
export const LOCK_FILE = "beamtalk.lock";

/** A git dependency and the commit in use. */
export interface LockedCommit {
  readonly name: string;
  /** Where it is fetched from. */
  readonly git: string;
  readonly tag: string | undefined;
  readonly commit: string;
}

/** The entries by name; none where there is no file, or where it cannot be read. */
export async function readLock(root: string): Promise<Map<string, LockedCommit>> {
  const locked = new Map<string, LockedCommit>();
  for (const [name, value] of Object.entries(await readTable(root))) {
    if (typeof value !== "object" || value === null) continue;
    const { git, tag, commit } = value as Record<string, unknown>;
    if (typeof git !== "string" || typeof commit !== "string" || !isCommit(commit)) continue;
    locked.set(name, { name, git, tag: typeof tag === "string" ? tag : undefined, commit });
  }
  return locked;
}

/** Writes the entries, in their order; a file without entries is removed. */
export async function writeLock(root: string, entries: readonly LockedCommit[]): Promise<void> {
  const file = join(root, LOCK_FILE);
  if (entries.length === 0) return await Deno.remove(file).catch(() => {});
  const table = Object.fromEntries(entries.map(({ name, git, tag, commit }) => [
    name,
    { git, ...(tag === undefined ? {} : { tag }), commit },
  ]));
  const staging = `${file}.${crypto.randomUUID()}.tmp`;
  const head = "# Written by beamtalk. Remove an entry to take the newest commit.\n";
  await Deno.writeTextFile(staging, `${head}${stringify(table)}\n`);
  await Deno.rename(staging, file);
}

async function readTable(root: string): Promise<Record<string, unknown>> {
  try {
    return parse(await Deno.readTextFile(join(root, LOCK_FILE)));
  } catch {
    return {};
  }
}

/** Nothing else may become an argument of git. */
function isCommit(text: string): boolean {
  return /^[0-9a-f]{40,64}$/.test(text);
}

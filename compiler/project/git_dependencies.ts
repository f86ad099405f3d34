/**
 * Dependencies that come from git: fetched once by the `git` program into a folder of the user, for
 * each commit one, and locked by commit in the project's `beamtalk.lock`.
 * @module
 */
import { createHash } from "node:crypto";
import { dirname, join, resolve } from "@std/path";
import { type LockedCommit, readLock, writeLock } from "./lock_file.ts";
import type { Dependency } from "./manifest.ts";

/** A dependency of the `git` kind, wherever it is declared. */
export type GitDependency = Omit<Extract<Dependency, { kind: "git" }>, "place">;

/** A dependency that cannot be had from git; the message says what git said. */
export class GitFailure extends Error {
  override readonly name = "GitFailure";
}

/** The git dependencies of one project and of all that it depends on. */
export class GitDependencies {
  readonly #root: string;
  readonly #cache: string;
  #locked: Map<string, LockedCommit> | undefined;
  readonly #used = new Map<string, LockedCommit>();

  /** `root` is the folder of the project whose lock counts; `cache` is where commits are kept. */
  constructor(root: string, cache: string = packageCache()) {
    this.#root = root;
    this.#cache = cache;
  }

  /** The folder with the dependency's sources, fetched if need be. `from` declares it. */
  async folderOf(dependency: GitDependency, from: string): Promise<string> {
    const url = absoluteUrl(dependency.url, from);
    const wanted = { name: dependency.name, git: url, tag: dependency.tag };
    const other = this.#used.get(wanted.name);
    if (other !== undefined && !isSame(other, wanted)) {
      throw new GitFailure(
        `dependency ${wanted.name} is wanted twice: ${place(other)} and ${place(wanted)}`,
      );
    }
    const locked = other ?? await this.#lockedCommit(wanted);
    const commit = locked?.commit ?? await this.#newestCommit(wanted);
    this.#used.set(wanted.name, { ...wanted, commit });
    return await this.#checkout({ ...wanted, commit });
  }

  /** Writes the lock where it differs from what was used. Call it when all folders are known. */
  async writeLock(): Promise<void> {
    const known = await this.#lock();
    const used = [...this.#used.values()].sort((a, b) => a.name < b.name ? -1 : 1);
    const isKnown = used.length === known.size &&
      used.every((each) => known.get(each.name)?.commit === each.commit);
    if (!isKnown) await writeLock(this.#root, used);
  }

  async #lock(): Promise<ReadonlyMap<string, LockedCommit>> {
    this.#locked ??= await readLock(this.#root);
    return this.#locked;
  }

  /** An entry holds only for the place that it was made for. */
  async #lockedCommit(wanted: Wanted): Promise<LockedCommit | undefined> {
    const entry = (await this.#lock()).get(wanted.name);
    return entry !== undefined && isSame(entry, wanted) ? entry : undefined;
  }

  async #newestCommit(wanted: Wanted): Promise<string> {
    const { tag } = wanted;
    // An annotated tag is an object of its own; with ^{} git tells the commit that it names.
    const names = tag === undefined ? ["HEAD"] : [`refs/tags/${tag}`, `refs/tags/${tag}^{}`];
    const listed = await git(["ls-remote", "--", wanted.git, ...names], this.#root, wanted);
    const lines = listed.split("\n").filter((line) => line !== "");
    const last = lines.at(-1)?.split("\t")[0];
    if (last !== undefined) return last;
    throw new GitFailure(
      tag === undefined
        ? `dependency ${wanted.name}: ${wanted.git} has no commits`
        : `dependency ${wanted.name}: ${wanted.git} has no tag ${tag}`,
    );
  }

  async #checkout(wanted: LockedCommit): Promise<string> {
    const folder = join(this.#cache, sourceKey(wanted.git), wanted.commit);
    if (await isFolder(folder)) return folder;
    await Deno.mkdir(dirname(folder), { recursive: true, mode: 0o700 });
    const staging = await Deno.makeTempDir({ dir: dirname(folder), prefix: ".fetch-" });
    try {
      await git(["clone", "--quiet", "--no-checkout", "--", wanted.git, "."], staging, wanted);
      await git(["checkout", "--quiet", "--detach", wanted.commit], staging, wanted);
      await Deno.rename(staging, folder).catch(async (error: unknown) => {
        // Another process was faster.
        if (!await isFolder(folder)) throw error;
      });
    } finally {
      await Deno.remove(staging, { recursive: true }).catch(() => {});
    }
    return folder;
  }
}

/** Where commits are kept: below `BEAMTALK_HOME`, or `~/.beamtalk`. */
function packageCache(): string {
  const home = Deno.env.get("BEAMTALK_HOME") ??
    join(Deno.env.get("HOME") ?? join("/tmp", `beamtalk-${Deno.uid()}`), ".beamtalk");
  return join(home, "packages");
}

type Wanted = Omit<LockedCommit, "commit">;

function isSame(a: Wanted, b: Wanted): boolean {
  return a.git === b.git && a.tag === b.tag;
}

function place({ git, tag }: Wanted): string {
  return tag === undefined ? git : `${git} at ${tag}`;
}

/** A path is meant from the folder of the manifest that says it. */
function absoluteUrl(url: string, from: string): string {
  return /^\.{0,2}\//.test(url) ? resolve(from, url) : url;
}

function sourceKey(url: string): string {
  return createHash("sha256").update(url).digest("hex").slice(0, 24);
}

/** What `git` prints; it never asks for a password, since nobody may be there to answer. */
async function git(args: readonly string[], cwd: string, { name }: Wanted): Promise<string> {
  const output = await new Deno.Command("git", {
    args: [...args],
    cwd,
    env: { GIT_TERMINAL_PROMPT: "0", LC_ALL: "C" },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).output().catch((error: unknown) => {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new GitFailure(`dependency ${name} comes from git, and there is no git on the PATH`);
  });
  const decoder = new TextDecoder();
  if (output.success) return decoder.decode(output.stdout);
  throw new GitFailure(`dependency ${name}: ${decoder.decode(output.stderr).trim()}`);
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isDirectory;
  } catch {
    return false;
  }
}

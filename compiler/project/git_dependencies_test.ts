import { assertEquals, assertRejects } from "@std/assert";
import { join } from "@std/path";
import { GitDependencies, type GitDependency, GitFailure } from "./git_dependencies.ts";
import { LOCK_FILE, readLock } from "./lock_file.ts";

/** A repository that holds one file, and what changes it. */
interface Repository {
  readonly folder: string;
  readonly root: string;
  commit(text: string, tag?: string): Promise<string>;
  dependencies(): GitDependencies;
}

async function withRepository(work: (repository: Repository) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "beamtalk-git-" });
  const source = join(folder, "shapes");
  const root = join(folder, "project");
  await Deno.mkdir(root);
  await git(folder, ["init", "--quiet", source]);
  const commit = async (text: string, tag?: string) => {
    await Deno.writeTextFile(join(source, "text"), text);
    await git(source, ["add", "."]);
    await git(source, ["commit", "--quiet", "-m", text]);
    if (tag !== undefined) await git(source, ["tag", "--force", "-a", tag, "-m", tag]);
    return (await git(source, ["rev-parse", "HEAD"])).trim();
  };
  const dependencies = () => new GitDependencies(root, join(folder, "cache"));
  try {
    await work({ folder, root, commit, dependencies });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function git(cwd: string, args: readonly string[]): Promise<string> {
  const author = ["-c", "user.name=Ann", "-c", "user.email=ann@example.org"];
  const { success, stdout, stderr } = await new Deno.Command("git", {
    args: [...author, ...args],
    cwd,
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout);
}

function shapes(tag?: string): GitDependency {
  return { kind: "git", name: "shapes", url: "../shapes", tag };
}

async function textOf(dependencies: GitDependencies, root: string, tag?: string): Promise<string> {
  const folder = await dependencies.folderOf(shapes(tag), root);
  await dependencies.writeLock();
  return await Deno.readTextFile(join(folder, "text"));
}

Deno.test("a tag's commit is fetched and locked; a moved tag changes nothing", () =>
  withRepository(async ({ root, commit, dependencies }) => {
    const first = await commit("one", "v1");
    assertEquals(await textOf(dependencies(), root, "v1"), "one");
    assertEquals((await readLock(root)).get("shapes")?.commit, first);
    await commit("two", "v1");
    assertEquals(await textOf(dependencies(), root, "v1"), "one");
    await Deno.remove(join(root, LOCK_FILE));
    assertEquals(await textOf(dependencies(), root, "v1"), "two");
  }));

Deno.test("what is locked and fetched needs the repository no more", () =>
  withRepository(async ({ root, folder, commit, dependencies }) => {
    await commit("one");
    assertEquals(await textOf(dependencies(), root), "one");
    await Deno.remove(join(folder, "shapes"), { recursive: true });
    assertEquals(await textOf(dependencies(), root), "one");
  }));

Deno.test("another tag in the manifest replaces the lock's entry", () =>
  withRepository(async ({ root, commit, dependencies }) => {
    await commit("one", "v1");
    await commit("two", "v2");
    assertEquals(await textOf(dependencies(), root, "v1"), "one");
    assertEquals(await textOf(dependencies(), root, "v2"), "two");
    assertEquals((await readLock(root)).get("shapes")?.tag, "v2");
  }));

Deno.test("two that fetch at once share what the first of them fetched", () =>
  withRepository(async ({ root, commit, dependencies }) => {
    await commit("one", "v1");
    const texts = await Promise.all([1, 2, 3].map(() => textOf(dependencies(), root, "v1")));
    assertEquals(texts, ["one", "one", "one"]);
  }));

Deno.test("a missing tag, a missing repository and two wishes are told", () =>
  withRepository(async ({ root, commit, dependencies }) => {
    await commit("one", "v1");
    const failing = (work: () => Promise<unknown>, message: string) =>
      assertRejects(work, GitFailure, message);
    await failing(() => dependencies().folderOf(shapes("v9"), root), "has no tag v9");
    const nowhere: GitDependency = { kind: "git", name: "dots", url: "./nowhere", tag: undefined };
    await failing(() => dependencies().folderOf(nowhere, root), "dependency dots: fatal:");
    const both = dependencies();
    await both.folderOf(shapes("v1"), root);
    await failing(() => both.folderOf(shapes(), root), "dependency shapes is wanted twice");
  }));

Deno.test("a lock that was tampered with names no commit", () =>
  withRepository(async ({ root }) => {
    const entry = '[shapes]\ngit = "../shapes"\ncommit = "--upload-pack=touch x"\n';
    await Deno.writeTextFile(join(root, LOCK_FILE), entry);
    assertEquals((await readLock(root)).size, 0);
  }));

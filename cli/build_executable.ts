/**
 * `deno task build`: one file that is the whole toolchain and needs only Erlang beside it.
 *
 * First `deno compile`. Where its base binary cannot be had, a self-extracting file around the
 * running `deno`: a shell script in front of an archive of `deno`, the bundled program and what it
 * carries, unpacked once into a cache folder that is named by the content's hash.
 *
 * Arguments: `self-extracting` asks for that form at once; then the path of the file to make.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { dirname, fromFileUrl, join, resolve } from "@std/path";

const root = dirname(dirname(fromFileUrl(import.meta.url)));
const executable = resolve(Deno.args[1] ?? join(root, "dist", "beamtalk"));
const distribution = dirname(executable);

/**
 * What the program carries: compiled Erlang applications and class library, and the library's
 * sources, for documentation and for editors to go to.
 */
const CARRIED = [
  "_build/erlang/port/ebin",
  "_build/erlang/runtime/ebin",
  "_build/erlang/workspace/ebin",
  "_build/library/ebin",
  "_build/library/facts.msgpack",
  "_build/library/modules.txt",
  "_build/versions.json",
  ...libraryFolders(),
];

/** The base binary is a download of some 40 MB; without a network the attempt must end. */
const COMPILE_LIMIT_MS = 120_000;

/** How one file was made. */
type Form = "compile" | "self-extracting";

await Deno.mkdir(distribution, { recursive: true });
const form = Deno.args[0] === "self-extracting" ? await selfExtracting() : await buildEither();
const { size } = await Deno.stat(executable);
console.log(`${executable}: ${form}, ${(size / 2 ** 20).toFixed(1)} MiB`);

/** The folders of the library's sources, without its tests. */
function libraryFolders(): readonly string[] {
  return [...Deno.readDirSync(join(root, "stdlib"))]
    .filter(({ name, isDirectory }) => isDirectory && name !== "test")
    .map(({ name }) => `stdlib/${name}`).sort();
}

async function buildEither(): Promise<Form> {
  const reason = await compile();
  if (reason === undefined) return "compile";
  console.log(`deno compile cannot make it here (${reason});`);
  console.log("making a self-extracting file around the running deno instead");
  return await selfExtracting();
}

/** Tries `deno compile`; answers why it failed, undefined if it did not. */
async function compile(): Promise<string | undefined> {
  const staging = join(distribution, "beamtalk.compiled");
  const process = new Deno.Command(Deno.execPath(), {
    args: [
      ...["compile", "--quiet", "--no-check", "-A", "--output", staging],
      ...CARRIED.flatMap((path) => ["--include", path]),
      "main.ts",
    ],
    cwd: root,
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const overdue = setTimeout(() => process.kill("SIGKILL"), COMPILE_LIMIT_MS);
  const { success, signal, stderr } = await process.output();
  clearTimeout(overdue);
  if (success && await runs(staging)) {
    await Deno.rename(staging, executable);
    return undefined;
  }
  await Deno.remove(staging).catch(() => {});
  if (signal !== null) return `no answer within ${COMPILE_LIMIT_MS / 1000} s`;
  const said = new TextDecoder().decode(stderr).trim().split("\n")[0] ?? "";
  return said === "" ? "its result does not run" : said;
}

/** A wrong base binary makes a file that is no program of ours. */
async function runs(file: string): Promise<boolean> {
  try {
    const { stdout } = await new Deno.Command(file, { args: ["--version"], stderr: "null" })
      .output();
    return new TextDecoder().decode(stdout).startsWith("beamtalk ");
  } catch {
    return false;
  }
}

async function selfExtracting(): Promise<Form> {
  const work = await Deno.makeTempDir({ prefix: "beamtalk-build-" });
  try {
    const content = join(work, "content");
    await Deno.mkdir(content);
    await Deno.copyFile(Deno.execPath(), join(content, "deno"));
    await Deno.chmod(join(content, "deno"), 0o755);
    await mustRun(Deno.execPath(), [
      ...["bundle", "--quiet", "--platform", "deno", "--code-splitting", "--outdir"],
      ...[join(content, "program"), "main.ts"],
    ]);
    await dropUnusedHelpers(join(content, "program"));
    await hideCommands(join(content, "program", "main.js"));
    for (const path of CARRIED) await copyTree(join(root, path), join(content, "program", path));
    const archive = join(work, "content.tar.gz");
    // Names in order and no times: the same content gives the same archive and hash.
    await mustRun("tar", [
      ...["--sort=name", "--mtime=@0", "--owner=0", "--group=0", "--numeric-owner"],
      ...["--use-compress-program=gzip -n -6", "-cf", archive, "-C", content, "."],
    ]);
    await writeExecutable(await Deno.readFile(archive));
    return "self-extracting";
  } finally {
    await Deno.remove(work, { recursive: true });
  }
}

/**
 * Takes imports for their effect out of the bundle where what they import has none: the bundler's
 * own helpers, which every file imports whether it uses them or not. They read `node:module`, which
 * takes longer than the whole start of the program.
 */
async function dropUnusedHelpers(program: string): Promise<void> {
  const names = [...Deno.readDirSync(program)].map(({ name }) => name)
    .filter((name) => name.endsWith(".js"));
  const texts = new Map(names.map((name) => [name, Deno.readTextFileSync(join(program, name))]));
  const helpers = names.filter((name) =>
    texts.get(name)?.includes("__deno_internal_createRequire")
  );
  for (const [name, text] of texts) {
    const rest = text.replaceAll(
      /^import "\.\/([^"]+)";\n/gm,
      (line, imported: string) => helpers.includes(imported) ? "" : line,
    );
    if (rest !== text) await Deno.writeTextFile(join(program, name), rest);
  }
}

/**
 * Keeps `deno` from reading all commands before one is run: it reads what stands behind an import
 * whose name it can see, also one that comes to pass later or never.
 */
async function hideCommands(main: string): Promise<void> {
  const text = await Deno.readTextFile(main);
  await Deno.writeTextFile(main, text.replaceAll(/import\(("[^"]+")\)/g, "import(String($1))"));
}

async function writeExecutable(archive: Uint8Array): Promise<void> {
  const hash = createHash("sha256").update(archive).digest("hex").slice(0, 24);
  const head = new TextEncoder().encode(launcher(hash));
  const staging = `${executable}.tmp`;
  const file = await Deno.open(staging, { create: true, write: true, truncate: true });
  try {
    for (const part of [head, archive]) {
      for (let at = 0; at < part.length;) at += await file.write(part.subarray(at));
    }
  } finally {
    file.close();
  }
  await Deno.chmod(staging, 0o755);
  await Deno.rename(staging, executable);
}

/**
 * The script in front of the archive. It unpacks beside the place and renames, so that two first
 * starts at once do not meet. The cache folder is only its owner's. Of what `tar` says of each file
 * that a full disk refuses, one line is enough: the first that tells why.
 */
function launcher(hash: string): string {
  const script = (offset: string) =>
    `#!/bin/sh
# Beamtalk: this file unpacks itself once into a cache folder and runs from there.
umask 077
if [ -z "$(pwd -P 2>/dev/null)" ]; then
  echo "beamtalk: the working folder is no longer there; cd to one that is" >&2
  exit 1
fi
b=\${BEAMTALK_CACHE:-\${XDG_CACHE_HOME:-\${HOME:+$HOME/.cache}}}
d=\${b:-/tmp/beamtalk-$(id -u)}/beamtalk/${hash}
if [ ! -x "$d/deno" ]; then
  t=$d.$$
  why=$( (mkdir -p "$t" && tail -c +${offset} "$0" | tar -xzf - -C "$t") 2>&1 ) || {
    rm -rf "$t"
    echo "$why" | grep -v "Wrote only" | head -n 1 >&2
    echo "beamtalk: cannot unpack into $d; set BEAMTALK_CACHE to a folder that can be written" >&2
    exit 1
  }
  mv -T "$t" "$d" 2>/dev/null || rm -rf "$t"
fi
export DENO_DIR="$d/cache" DENO_NO_UPDATE_CHECK=1
exec "$d/deno" run -A --quiet --no-config --no-lock "$d/program/main.js" "$@"
`;
  // The offset counts itself: its digits are fixed to six.
  const offset = String(script("000000").length + 1).padStart(6, "0");
  return script(offset);
}

async function copyTree(from: string, to: string): Promise<void> {
  if ((await Deno.stat(from)).isFile) {
    await Deno.mkdir(dirname(to), { recursive: true });
    return await Deno.copyFile(from, to);
  }
  await Deno.mkdir(to, { recursive: true });
  for await (const { name } of Deno.readDir(from)) await copyTree(join(from, name), join(to, name));
}

async function mustRun(program: string, args: readonly string[]): Promise<void> {
  const { success } = await new Deno.Command(program, { args: [...args], cwd: root }).output();
  if (!success) throw new Error(`${program} ${args[0]} failed`);
}

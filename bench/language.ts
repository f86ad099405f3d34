/**
 * Compiled Beamtalk beside the same programs in Erlang, each time in one run on one node: the code of
 * `build --release` and `run`, and the quick code of `build`, `test` and workspaces.
 *
 *     deno run -A bench/language.ts [PART OF A NAME...]
 *
 * The programs are `bench/language/*.bt` and `bench/erlang/beamtalk_language_bench.erl`, which
 * measures both in turns. The table goes into the section of `bench/RESULTS.md` that names the
 * command, unless only some rows were asked for.
 * @module
 */
import { dirname, fromFileUrl, join } from "@std/path";
import { installation } from "../live/installation.ts";

const root = dirname(dirname(fromFileUrl(import.meta.url)));
const folder = await Deno.makeTempDir({ prefix: "beamtalk-language-" });

async function run(command: string, args: readonly string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(command, {
    args: [...args],
    cwd: root,
    stdin: "null",
  }).output();
  const decoder = new TextDecoder();
  if (!success) throw new Error(`${command}: ${decoder.decode(stdout)}${decoder.decode(stderr)}`);
  return decoder.decode(stdout);
}

/** The results page with the section's table replaced by this one. */
function withTable(page: string, table: string): string {
  const section = page.indexOf("`deno run -A bench/language.ts`");
  const start = page.indexOf("\n| ", section) + 1;
  if (section < 0 || start <= 0) {
    throw new Error("bench/RESULTS.md has no table for this benchmark");
  }
  const end = page.indexOf("\n\n", start);
  return `${page.slice(0, start)}${table.trimEnd()}${end < 0 ? "\n" : page.slice(end)}`;
}

/** Builds the programs and measures them: the lines of a table. */
async function measured(options: readonly string[]): Promise<string[]> {
  const output = await Deno.makeTempDir({ dir: folder });
  const programs = [...Deno.readDirSync(join(root, "bench/language"))].map(({ name }) => name);
  await run(Deno.execPath(), [
    ...["run", "-A", "main.ts", "build", ...options, "--output", output],
    ...programs.filter((name) => name.endsWith(".bt")).map((name) => `bench/language/${name}`),
  ]);
  await run("erlc", ["-o", join(output, "ebin"), "bench/erlang/beamtalk_language_bench.erl"]);
  const table = await run("erl", [
    "-noinput",
    ...["-pa", join(output, "ebin"), ...installation().runtimePaths],
    ...["-run", "beamtalk_language_bench", "main", ...Deno.args],
  ]);
  return table.trimEnd().split("\n");
}

/** The table of the full code with the last two columns of that of the quick code beside them. */
function joined(full: readonly string[], quick: readonly string[]): string {
  const added = quick.map((line) => line.split("|").slice(-3, -1).join("|"));
  const heading = " quick, µs | ratio ";
  return full.map((line, at) => `${line}${at === 0 ? heading : added[at] ?? ""}|`).join("\n");
}

try {
  const table = joined(await measured(["--release"]), await measured([]));
  console.log(table);
  if (Deno.args.length === 0) {
    const page = join(root, "bench/RESULTS.md");
    await Deno.writeTextFile(page, withTable(await Deno.readTextFile(page), table));
  }
} finally {
  await Deno.remove(folder, { recursive: true });
}

/**
 * A real editor as client: headless Neovim with the set-up of `editors/neovim`. Where there is no
 * Neovim it is installed from Debian; where that cannot be done the tests say so and are skipped.
 */
import { assert, assertEquals } from "@std/assert";
import { dirname, fromFileUrl, join } from "@std/path";
import { Session } from "../live/session.ts";
import { type LiveFixture, shown, withLive } from "./live_fixture.ts";
import { installedProgram } from "./system_programs.ts";

const root = dirname(dirname(fromFileUrl(import.meta.url)));

const isThere = await installedProgram(["nvim"], ["neovim"]) !== undefined;
if (!isThere) console.warn("skipped: Neovim is not installed and could not be");

interface Seen {
  readonly problem?: string;
  readonly diagnostics?: readonly string[];
  readonly completion?: Readonly<Record<string, string>>;
  readonly hover?: string;
  readonly renamed?: readonly string[];
  readonly formatted?: readonly string[];
  readonly modified?: boolean;
  readonly status?: string;
}

const FILES = {
  "src/Counter.bt": `/// Counts.
Actor subclass: Counter
  state: value :: Integer = 0

  value -> Integer => self.value
  increment -> Integer => self.value += 1
`,
  "src/Main.bt": `Object subclass: Main
  class run =>
    c := Counter spawn
    c incr
`,
  "src/Spaced.bt": "Object subclass: Spaced\n  m   =>   1\n",
};

/** Runs the script in Neovim and answers what it saw. */
async function neovim(live: LiveFixture, settings: object): Promise<Seen> {
  const result = join(live.home, "..", "seen.json");
  const test = JSON.stringify({ root: live.root, result, ...settings });
  const command = [Deno.execPath(), "run", "-A", "--quiet", join(root, "main.ts")];
  const { stderr, stdout } = await new Deno.Command("nvim", {
    args: [
      ...["--headless", "--clean", "--cmd", `set runtimepath+=${join(root, "editors", "neovim")}`],
      ...["--cmd", `let g:beamtalk_command = ${JSON.stringify(command)}`],
      ...["--cmd", `let g:test = ${test}`],
      ...["-c", `luafile ${join(root, "tests", "lsp_neovim.lua")}`],
    ],
    cwd: live.root,
    env: { BEAMTALK_HOME: live.home, XDG_STATE_HOME: join(live.home, "..", "state") },
    stdin: "null",
  }).output();
  const text = await Deno.readTextFile(result).catch(() => {
    throw new Error(new TextDecoder().decode(stderr) + new TextDecoder().decode(stdout));
  });
  return JSON.parse(text) as Seen;
}

Deno.test({
  name: "Neovim without a workspace: findings, completion, hover, rename, format",
  ignore: !isThere,
  fn: async () => {
    await withLive(FILES, async (live) => {
      const seen = await neovim(live, {});
      assertEquals(seen.problem, undefined);
      assert(seen.diagnostics?.some((each) => each.includes("incr")), `${seen.diagnostics}`);
      assert(seen.completion?.increment?.startsWith("Counter >> increment"));
      assert(seen.hover?.includes("Counts."));
      assertEquals(seen.renamed?.[2], "    c := Tally spawn");
      const written = (name: string) => Deno.readTextFile(join(live.root, "src", name));
      assert((await written("Main.bt")).includes("c := Tally spawn"));
      const moved = await written("Tally.bt").catch(() => written("Counter.bt"));
      assert(moved.includes("Actor subclass: Tally"), moved);
      assertEquals(seen.formatted, ["Object subclass: Spaced", "  m => 1"]);
      assertEquals(seen.status, "beamtalk: no workspace");
    });
  },
});

Deno.test({
  name: "Neovim with a workspace: a method patched in the node is completed without any save",
  ignore: !isThere,
  fn: async () => {
    await withLive(FILES, async (live) => {
      const main = FILES["src/Main.bt"].replace("c incr", "c value");
      await live.write("src/Main.bt", main);
      const open = await live.open();
      const session = await Session.open(open.workspace, open.program);
      const ready = join(live.home, "..", "ready");
      const running = neovim(live, { ready });
      for (let wait = 0; wait < 200; wait++) {
        if (await Deno.stat(ready).then(() => true, () => false)) break;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      await shown(session, "Counter >> shine => 42");
      const seen = await running;
      assertEquals(seen.problem, undefined);
      assert(seen.completion?.shine?.includes("(runtime)"), JSON.stringify(seen));
      assertEquals(seen.modified, false);
      assertEquals(seen.status, "beamtalk: workspace connected");
    });
  },
});

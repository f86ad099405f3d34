/**
 * Emacs with eglot as client, in batch mode. Where they are missing they are installed from Debian's
 * `emacs-nox` and `elpa-eglot`; where that cannot be done the test says so and is skipped.
 */
import { assert, assertEquals } from "@std/assert";
import { dirname, fromFileUrl, join } from "@std/path";
import { installedUntil, succeeds } from "./system_programs.ts";

const root = dirname(dirname(fromFileUrl(import.meta.url)));

async function emacsWithEglot(): Promise<true | undefined> {
  const check = "(progn (package-initialize) (require 'eglot))";
  return await succeeds(["emacs", "--batch", "--eval", check]) || undefined;
}

const isThere = await installedUntil(emacsWithEglot, ["emacs-nox", "elpa-eglot"]) === true;
if (!isThere) console.warn("skipped: Emacs with eglot is not installed and could not be");

const FILES = {
  "beamtalk.toml": '[package]\nname = "sample"\nversion = "0.1.0"\n',
  "src/Counter.bt": "Actor subclass: Counter\n  increment => 1\n",
  "src/Main.bt": "Object subclass: Main\n  class run =>\n    c := Counter spawn\n    c incr\n",
};

Deno.test({
  name: "Emacs: findings, completion, rename",
  ignore: !isThere,
  fn: async () => {
    const folder = await Deno.realPath(await Deno.makeTempDir({ prefix: "beamtalk-emacs-" }));
    try {
      await Deno.mkdir(join(folder, "src"));
      for (const [name, text] of Object.entries(FILES)) {
        await Deno.writeTextFile(join(folder, name), text);
      }
      const command = [Deno.execPath(), "run", "-A", "--quiet", join(root, "main.ts")];
      const result = join(folder, "seen.json");
      const { stderr } = await new Deno.Command("emacs", {
        args: ["--batch", "-l", join(root, "tests", "lsp_emacs.el")],
        env: {
          BT_MODE: join(root, "editors", "emacs"),
          BT_ROOT: folder,
          BT_COMMAND: `(${command.map((each) => JSON.stringify(each)).join(" ")})`,
          BT_RESULT: result,
          BEAMTALK_HOME: join(folder, "home"),
          HOME: folder,
        },
        stdin: "null",
      }).output();
      const told = new TextDecoder().decode(stderr);
      const seen = JSON.parse(await Deno.readTextFile(result));
      assertEquals(seen.problem, undefined, told);
      assert(seen.diagnostics.some((each: string) => each.includes("incr")), told);
      assert(seen.completion.includes("increment"));
      assertEquals(seen.status, " [no workspace]");
      assert(seen["mode-line"].includes("beamtalk-status"));
      assert(seen.renamed.includes("c := Tally spawn"), seen.renamed);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});

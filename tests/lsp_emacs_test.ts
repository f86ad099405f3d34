/**
 * Emacs with eglot as client, in batch mode. Run where both are installed, from Debian's
 * `emacs-nox` and `elpa-eglot` or any other; elsewhere the test says so and is skipped.
 */
import { assert, assertEquals } from "@std/assert";
import { dirname, fromFileUrl, join } from "@std/path";

const root = dirname(dirname(fromFileUrl(import.meta.url)));

async function hasEglot(): Promise<boolean> {
  try {
    const { success } = await new Deno.Command("emacs", {
      args: ["--batch", "--eval", "(progn (package-initialize) (require 'eglot))"],
      stdout: "null",
      stderr: "null",
    }).output();
    return success;
  } catch {
    return false;
  }
}

const isThere = await hasEglot();
if (!isThere) {
  console.warn("skipped: no Emacs with eglot (apt-get install emacs-nox elpa-eglot)");
}

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
      assert(seen.renamed.includes("c := Tally spawn"), seen.renamed);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});

/**
 * `beamtalk setup` where Erlang is missing, with a package manager that is a script of the test.
 */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { dirname, fromFileUrl, join } from "@std/path";
import { runProgram, withFiles } from "./command_line.ts";

const root = dirname(dirname(fromFileUrl(import.meta.url)));

/** Runs setup with nothing on the PATH but the programs given as shell scripts. */
async function setup(
  programs: Readonly<Record<string, string>>,
  check: (
    run: () => ReturnType<typeof runProgram>,
    folder: string,
  ) => Promise<void>,
): Promise<void> {
  await withFiles({ "bin/README": "the programs of this machine" }, async (folder) => {
    for (const [name, script] of Object.entries(programs)) {
      const path = join(folder, "bin", name);
      await Deno.writeTextFile(path, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    }
    const args = ["run", "-A", "--no-check", join(root, "main.ts"), "setup"];
    const env = { PATH: join(folder, "bin"), HOME: folder, FOLDER: folder };
    await check(() => runProgram(Deno.execPath(), args, { folder, env, clearEnv: true }), folder);
  });
}

/** The path of a program of the machine. */
function installed(program: string): string {
  const folders = (Deno.env.get("PATH") ?? "").split(":");
  const found = folders.map((folder) => join(folder, program)).find((path) => {
    try {
      return Deno.statSync(path).isFile;
    } catch {
      return false;
    }
  });
  if (found === undefined) throw new Error(`${program} is not on the PATH`);
  return found;
}

/** Notes what it is asked for; its second `install` is the first to succeed. */
const PACKAGE_MANAGER = `echo "$*" >> "$FOLDER/asked"
case "$*" in *install*)
  if [ ! -e "$FOLDER/bin/updated" ]; then exit 100; fi
  printf '#!/bin/sh\\nPATH=/usr/bin:/bin exec ${installed("erl")} "$@"\\n' > "$FOLDER/bin/erl"
  /bin/chmod +x "$FOLDER/bin/erl" ;;
*update*) : > "$FOLDER/bin/updated" ;;
esac`;

Deno.test("what is missing is installed, with fresh package lists where that is needed", () =>
  setup({ "apt-get": PACKAGE_MANAGER, "sudo": 'shift; exec "$@"' }, async (run, folder) => {
    const first = await run();
    assertEquals(first.code, 0, first.errors);
    assertStringIncludes(
      first.errors,
      "installing erlang-base, erlang-crypto, erlang-eunit, erlang-dev",
    );
    const asked = () => Deno.readTextFileSync(join(folder, "asked")).trim().split("\n");
    const wanted = asked().filter((line) => line.includes("-y"))
      .map((line) => line.replace(/.*Use-Pty=0 /, ""));
    const install =
      "install --no-install-recommends erlang-base erlang-crypto erlang-eunit erlang-dev";
    assertEquals(wanted, [install, "update", install]);
    const count = asked().length;
    assertEquals((await run()).code, 0);
    assertEquals(asked().length, count, "with everything there the package manager is left alone");
  }));

Deno.test("without a package manager the way out is told", () =>
  setup({}, async (run) => {
    const { code, errors } = await run();
    assertEquals(code, 1);
    assertStringIncludes(errors, "Erlang/OTP 25 or later is needed, and there is no apt-get");
    assertStringIncludes(errors, "https://www.erlang.org/downloads");
  }));

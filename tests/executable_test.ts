/**
 * The single executable, copied to a place of its own, with nothing but Erlang and a shell there.
 */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { dirname, fromFileUrl, join } from "@std/path";
import { runProgram, withFiles } from "./command_line.ts";

const root = dirname(dirname(fromFileUrl(import.meta.url)));

Deno.test("the self-extracting executable works without Deno and outside of the source tree", () =>
  withFiles({}, async (folder) => {
    const beamtalk = join(folder, "bin", "beamtalk");
    const built = await runProgram(Deno.execPath(), [
      ...["run", "-A", join(root, "cli", "build_executable.ts"), "self-extracting", beamtalk],
    ], { folder: root });
    assertEquals(built.code, 0, built.errors);
    const run = (args: string[], place = folder) =>
      runProgram(beamtalk, args, {
        folder: place,
        clearEnv: true,
        env: { PATH: "/usr/bin:/bin", HOME: folder },
      });

    // Three first starts at once unpack into one place.
    const versions = await Promise.all([1, 2, 3].map(() => run(["--version"])));
    for (const { code, output } of versions) {
      assertEquals(code, 0);
      assertMatch(output, /^beamtalk \d+\.\d+\.\d+\n$/);
    }
    const cache = [...Deno.readDirSync(join(folder, ".cache", "beamtalk"))];
    assertEquals(cache.length, 1);

    assertEquals((await run(["new", "hello"])).code, 0);
    const project = join(folder, "hello");
    const tested = await run(["test"], project);
    assertStringIncludes(tested.output, "2 passed, 0 failed", tested.errors);
    const ran = await run(["run"], project);
    assertStringIncludes(ran.output, "Hello, world!", ran.errors);

    // A cache folder that cannot be written is told.
    await Deno.writeTextFile(join(folder, "file"), "no folder");
    const env = { BEAMTALK_CACHE: join(folder, "file") };
    const { code, errors } = await runProgram(beamtalk, ["--version"], { folder, env });
    assertEquals(code, 1);
    assertStringIncludes(errors, "cannot unpack");
  }));

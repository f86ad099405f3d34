/**
 * The single executable, copied to a place of its own, with nothing but Erlang and a shell there.
 */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { dirname, fromFileUrl, join } from "@std/path";
import { runProgram, withFiles } from "./command_line.ts";
import { LspClient } from "./lsp_client.ts";

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

    assertEquals(await reloadedByItsNode(run, project), "2");

    const documented = await run(["doc", "--stdlib", "--output", "pages"]);
    assertEquals(documented.code, 0, documented.errors);
    assertMatch(documented.output, /^\d\d+ classes documented: pages\/index.html\n$/);
    const page = await Deno.readTextFile(join(folder, "pages", "class", "Integer.html"));
    assertEquals(page.includes('id="isEven"'), true);
    const place = await definitionOfIsEven(beamtalk, folder);
    assertStringIncludes(place, "  isEven -> Boolean => self % 2 =:= 0");

    // A working folder that has been removed is told.
    const gone = await runProgram("/bin/sh", [
      ...["-c", 'mkdir gone; cd gone; rmdir ../gone; exec "$0" --version', beamtalk],
    ], { folder, clearEnv: true, env: { PATH: "/usr/bin:/bin", HOME: folder } });
    assertEquals([gone.code, gone.output], [1, ""]);
    assertStringIncludes(gone.errors, "beamtalk: the working folder is no longer there");

    // A disk without room is told once, not for each file, and nothing half unpacked stays.
    const small = await runProgram("/bin/sh", [
      ...["-c", 'trap "" XFSZ; ulimit -f 8; exec "$0" --version', beamtalk],
    ], { folder, env: { BEAMTALK_CACHE: join(folder, "small"), LC_ALL: "C" } });
    assertEquals(small.code, 1);
    assertMatch(small.errors, /^tar: [^\n]+File too large\nbeamtalk: cannot unpack [^\n]+\n$/);
    assertEquals([...Deno.readDirSync(join(folder, "small", "beamtalk"))], []);

    // A cache folder that cannot be written is told.
    await Deno.writeTextFile(join(folder, "file"), "no folder");
    const env = { BEAMTALK_CACHE: join(folder, "file") };
    const { code, errors } = await runProgram(beamtalk, ["--version"], { folder, env });
    assertEquals(code, 1);
    assertStringIncludes(errors, "cannot unpack");
  }));

/**
 * Code that runs in a workspace asks for the compiler when no command is attached any more: the node
 * starts this very executable. What it says then.
 */
async function reloadedByItsNode(
  run: (args: string[], place: string) => Promise<{ code: number; errors: string }>,
  project: string,
): Promise<string> {
  const file = join(project, "src", "Told.bt");
  const told = join(project, "told");
  await Deno.writeTextFile(file, "Object subclass: Told\n  class step => 1\n");
  const answer = "[Told reload. Told step printString] on: Error do: [:e | e message]";
  const later = `Timer after: 1500 do: [Erlang file write_file: "told" with: (${answer})]`;
  try {
    const { code, errors } = await run(["repl", "-e", later], project);
    assertEquals(code, 0, errors);
    await Deno.writeTextFile(file, "Object subclass: Told\n  class step => 2\n");
    for (let tries = 0; tries < 200; tries++) {
      const text = await Deno.readTextFile(told).catch(() => "");
      if (text !== "") return text;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    return "nothing";
  } finally {
    await run(["workspace", "stop"], project);
    await run(["daemon", "stop"], project);
  }
}

interface Place {
  readonly uri: string;
  readonly range: { readonly start: { readonly line: number } };
}

/** The line of the library to which an editor goes from a send of `isEven`. */
async function definitionOfIsEven(beamtalk: string, folder: string): Promise<string> {
  const environment = { HOME: folder, BEAMTALK_HOME: join(folder, "home") };
  const client = new LspClient(folder, environment, beamtalk);
  try {
    await client.start(folder);
    const uri = await client.open(
      join(folder, "Parity.bt"),
      "Object subclass: Parity\n  class of: n :: Integer -> Boolean => n isEven\n",
    );
    await client.untilKnown();
    const found = await client.request<readonly Place[] | Place | null>("textDocument/definition", {
      textDocument: { uri },
      position: { line: 1, character: 44 },
    });
    const [place] = found === null ? [] : Array.isArray(found) ? found : [found as Place];
    if (place === undefined) return "";
    const text = await Deno.readTextFile(fromFileUrl(place.uri));
    return text.split("\n")[place.range.start.line] ?? "";
  } finally {
    await client.close();
    client.kill();
  }
}

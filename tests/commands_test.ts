/**
 * `new`, `build`, `check`, `run` and `fmt` as their users run them, with right and wrong input.
 * With `BEAMTALK` set to the executable, the same tests are of the executable.
 */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { userInfo } from "node:os";
import { join } from "@std/path";
import { beamtalk, runProgram, toolchain, withFiles } from "./command_line.ts";

const manifest = '[package]\nname = "shop"\n';
const shop = {
  "beamtalk.toml": manifest,
  "src/Till.bt": "Actor subclass: Till\n  state: total = 0\n  add: n => self.total += n\n",
  "src/Main.bt": `Object subclass: Main
  class main: args =>
    till := Till spawn
    till add: args size
    Transcript show: "sold {till add: 40}"; cr
`,
};

Deno.test("a new project tests and runs", () =>
  withFiles({}, async (folder) => {
    assertEquals((await beamtalk(["new", "hello"], { folder })).code, 0);
    const project = join(folder, "hello");
    const tested = await beamtalk(["test"], { folder: project });
    assertEquals(tested.code, 0, tested.output + tested.errors);
    assertMatch(tested.output, /2 passed, 0 failed/);
    const run = await beamtalk(["run", "Ann", "Bob"], { folder: project });
    assertEquals(
      [run.code, run.output],
      [0, "Hello, Ann!\nHello, Bob!\nGreetings so far: 2\n"],
      run.errors,
    );
    assertEquals((await beamtalk(["new", "hello"], { folder })).code, 1);
    assertEquals((await beamtalk(["new", "Bad-Name"], { folder })).code, 2);
    assertEquals((await beamtalk(["fmt", "--check"], { folder: project })).code, 0);
  }));

Deno.test("a build compiles what changed and what depends on it", () =>
  withFiles(shop, async (folder) => {
    const build = async () => (await beamtalk(["build"], { folder })).errors;
    assertMatch(await build(), /2 of 2 files compiled/);
    assertMatch(await build(), /0 of 2 files compiled/);
    await Deno.writeTextFile(
      join(folder, "src/Till.bt"),
      shop["src/Till.bt"].replace("= 0", "= 100"),
    );
    assertMatch(await build(), /1 of 2 files compiled/);
    const run = await beamtalk(["run", ".", "one"], { folder });
    assertEquals([run.code, run.output], [0, "sold 141\n"], run.errors);
    await Deno.remove(join(folder, "src/Main.bt"));
    await build();
    const beams = [...Deno.readDirSync(join(folder, "_build/dev/ebin"))].map(({ name }) => name);
    assertEquals(beams, ["bt@shop@Till.beam"]);
  }));

Deno.test("two builds at once both end well", () =>
  withFiles(shop, async (folder) => {
    const builds = await Promise.all([1, 2, 3].map(() => beamtalk(["build"], { folder })));
    assertEquals(builds.map(({ code }) => code), [0, 0, 0]);
    const left = [...Deno.readDirSync(join(folder, "_build/dev/ebin"))].map(({ name }) => name);
    assertEquals(left.sort(), ["bt@shop@Main.beam", "bt@shop@Till.beam"]);
  }));

Deno.test("mistakes are told with place and line, and nothing is run", () =>
  withFiles({ ...shop, "src/Bad.bt": "Object subclass: Bad\n  size => (1 +\n" }, async (folder) => {
    for (const command of ["build", "check", "run"]) {
      const { code, output, errors } = await beamtalk([command], { folder });
      assertEquals([code, output], [1, ""], command);
      assertStringIncludes(errors, "src/Bad.bt:2:");
      assertStringIncludes(errors, "  size => (1 +");
      assertMatch(errors, /error\[BT1\d\d\d\]/);
    }
    const { output } = await beamtalk(["check", "--json"], { folder });
    const [finding] = JSON.parse(output) as Record<string, unknown>[];
    assertEquals([finding?.file, finding?.line, finding?.severity], ["src/Bad.bt", 2, "error"]);
  }));

Deno.test("a file that is not UTF-8 is told with the place", () =>
  withFiles({ "Bad.bt": new Uint8Array([0x2f, 0x2f, 0x20, 0x0a, 0x61, 0xff, 0x62]) }, async (f) => {
    const { code, errors } = await beamtalk(["check", "Bad.bt"], { folder: f });
    assertEquals(code, 1);
    assertStringIncludes(errors, "Bad.bt:2:2");
    assertStringIncludes(errors, "not UTF-8: byte 0xFF");
  }));

Deno.test("what cannot be written is told, and the old build stays", () =>
  withFiles(shop, async (folder) => {
    await beamtalk(["build"], { folder });
    const old = await Deno.readFile(join(folder, "_build/dev/ebin/bt@shop@Till.beam"));
    await Deno.writeTextFile(join(folder, "src/Till.bt"), "Actor subclass: Till\n  add: n => n\n");
    // A folder in the place of the cache cannot be replaced by a file, as on a full disk.
    await Deno.remove(join(folder, "_build/dev/cache.msgpack"));
    await Deno.mkdir(join(folder, "_build/dev/cache.msgpack/full"), { recursive: true });
    const { code, errors } = await beamtalk(["build"], { folder });
    assertEquals(code, 1, errors);
    assertStringIncludes(errors, "error: ");
    assertEquals(await Deno.readFile(join(folder, "_build/dev/ebin/bt@shop@Till.beam")), old);
    await Deno.remove(join(folder, "_build/dev/.lock"));
    await Deno.mkdir(join(folder, "_build/dev/.lock"));
    const unlocked = await beamtalk(["build"], { folder });
    assertEquals(unlocked.code, 1);
    assertMatch(unlocked.errors, /^error: cannot write \S+\/_build\/dev\/\.lock: is a directory\n/);
  }));

Deno.test("an error that leaves the program is told with its place; the exit code is 1", () =>
  withFiles({
    "boom.bt": `Object subclass: Boom
  class main: args =>
    self error: "no fuel"
`,
  }, async (folder) => {
    const { code, output, errors } = await beamtalk(["run", "boom.bt"], { folder });
    assertEquals([code, output], [1, ""]);
    assertStringIncludes(errors, "Error: no fuel");
  }));

Deno.test("arguments, input and output go through", () =>
  withFiles({
    "echo.bt": `Object subclass: Echo
  class main: args =>
    args do: [:each | Transcript show: each; cr]
    Transcript show: "read {Console readLine}"; cr
`,
  }, async (folder) => {
    const args = ["run", "echo.bt", "a b", "--flag", "é"];
    // Whatever the locale says: text is UTF-8.
    for (const locale of ["C", "C.UTF-8"]) {
      const options = { folder, input: "line\n", env: { LC_ALL: locale } };
      const { code, output, errors } = await beamtalk(args, options);
      assertEquals([code, output], [0, "a b\n--flag\né\nread line\n"], errors);
    }
  }));

Deno.test("a program whose output nobody reads, or that has no room, ends at once", () =>
  withFiles({
    "count.bt": `Object subclass: Count
  class main: args =>
    1 to: 100000 do: [:each | Transcript show: each printString; cr]
    Erlang timer sleep: #infinity
`,
  }, async (folder) => {
    const run = toolchain().map((each) => `'${each}'`).join(" ") + " run count.bt";
    const shell = (script: string) => runProgram("/bin/sh", ["-c", script], { folder });
    assertEquals(await shell(`${run} | head -1`), { code: 0, output: "1\n", errors: "" });
    if (Deno.build.os !== "linux") return;
    const { code, errors } = await shell(`${run} > /dev/full`);
    const told = "Error: standard output cannot be written: no space left on device\n";
    assertEquals([code, errors], [1, told]);
  }));

Deno.test("a script whose output nobody reads leaves nothing behind", () =>
  withFiles({
    "count.btscript": "1 to: 9 do: [:each | Transcript show: each printString; cr. " +
      "Erlang timer sleep: 50]\n",
    "temporary/.keep": "",
  }, async (folder) => {
    const run = toolchain().map((each) => `'${each}'`).join(" ") + " run count.btscript";
    const env = { TMPDIR: join(folder, "temporary") };
    const { output } = await runProgram("/bin/sh", ["-c", `${run} | head -1`], { folder, env });
    assertEquals(output, "1\n");
    const left = [...Deno.readDirSync(join(folder, "temporary"))].map(({ name }) => name);
    assertEquals(left, [".keep"]);
  }));

Deno.test("what is in the way of a new project is told", () =>
  withFiles({ "file": "", "full/file": "" }, async (folder) => {
    await Deno.symlink("nowhere", join(folder, "link"));
    const made = async (name: string) => {
      const { code, errors } = await beamtalk(["new", name], { folder });
      return [code, errors.split("\n")[0]];
    };
    assertEquals(await made("file"), [1, "error: file exists and is no folder"]);
    assertEquals(await made("full"), [1, "error: full exists and is not empty"]);
    assertEquals(await made("link"), [1, "error: link is a link to nowhere"]);
    assertEquals(await made(""), [2, "error: new needs the path of the project to make"]);
    const left = [...Deno.readDirSync(folder)].map(({ name }) => name);
    assertEquals(left.sort(), ["file", "full", "link"]);
  }));

Deno.test("wrong use ends with 2", async () => {
  for (
    const args of [["run", "nowhere.bt"], ["build", "--nonsense"], ["biuld"], [
      "check",
      "/dev/null",
    ]]
  ) {
    const { code, output } = await beamtalk(args, { folder: "/" });
    assertEquals([code, output], [2, ""], args.join(" "));
  }
  assertEquals((await beamtalk(["run"], { folder: "/" })).code, 2);
});

Deno.test("the Core Erlang of a file can be seen", () =>
  withFiles(shop, async (folder) => {
    const { code, output } = await beamtalk(["build", "--emit", "core", "src/Till.bt"], { folder });
    assertEquals(code, 0);
    assertStringIncludes(output, "module 'bt@shop@Till'");
  }));

Deno.test("a check whose output nobody reads fails all the same, with a daemon too", () =>
  withFiles({
    "beamtalk.toml": '[package]\nname = "sample"\nversion = "0.1.0"\n',
    "src/Many.bt": "Object subclass: Many\n" + "  class a => nonsense\n".repeat(3000),
  }, async (folder) => {
    const program = toolchain().map((each) => `'${each}'`).join(" ");
    const env = { BEAMTALK_HOME: join(folder, "home") };
    const cut = async () => {
      const script = `{ ${program} check --json; echo $? > code; } | head -c 1`;
      await runProgram("/bin/sh", ["-c", script], { folder, env });
      return await Deno.readTextFile(join(folder, "code"));
    };
    assertEquals(await cut(), "1\n");
    await beamtalk(["daemon", "start"], { folder, env });
    try {
      assertEquals(await cut(), "1\n");
    } finally {
      await beamtalk(["daemon", "stop"], { folder, env });
    }
  }));

Deno.test("a pipe or a device is no source", () =>
  withFiles(
    { "beamtalk.toml": '[package]\nname = "sample"\nversion = "0.1.0"\n' },
    async (folder) => {
      await runProgram("mkfifo", ["pipe.bt"], { folder });
      await Deno.symlink("/dev/zero", join(folder, "zero.bt"));
      const env = { BEAMTALK_HOME: join(folder, "home") };
      try {
        for (const name of ["pipe.bt", "zero.bt"]) {
          for (const [command, code] of [["check", 2], ["run", 2], ["load", 1]] as const) {
            const refused = await beamtalk([command, name], { folder, env });
            assertEquals(refused.code, code, command);
            assertEquals(refused.errors.split("\n")[0], `error: ${name} is not a regular file`);
          }
        }
      } finally {
        await beamtalk(["workspace", "stop"], { folder, env });
      }
    },
  ));

Deno.test("without HOME the home of the system's list of users is taken", () =>
  withFiles({ "kept/.keep": "" }, async (folder) => {
    const kept = ["BEAMTALK_DAEMON", "DENO_DIR", "PATH"].flatMap((name) => {
      const value = Deno.env.get(name);
      return value === undefined ? [] : [[name, value] as const];
    });
    const [program = "", ...first] = toolchain();
    const asked = 'Erlang unicode characters_to_binary: (Erlang os getenv: "HOME" asCharlist)';
    for (const home of [{}, { HOME: "" }]) {
      const env = { ...Object.fromEntries(kept), ...home, BEAMTALK_HOME: join(folder, "home") };
      const run = (...args: string[]) =>
        runProgram(program, [...first, ...args], { folder, env, clearEnv: true });
      try {
        const { code, output, errors } = await run("repl", "-e", asked);
        assertEquals([code, output], [0, `${userInfo().homedir}\n`], errors);
      } finally {
        await run("workspace", "stop");
      }
    }
    const names = [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
    assertEquals(names, ["home", "kept"]);
  }));

/** The repl and the commands that go with it, run as processes. */
import { assertEquals, assertMatch } from "@std/assert";
import { join } from "@std/path";
import { beamtalk, type Outcome, toolchain } from "./command_line.ts";

/** Runs a test in a project with a counter, and stops its workspace. */
async function inProject(
  test: (
    run: (args: readonly string[], input?: string) => Promise<Outcome>,
    folder: string,
  ) => Promise<void>,
): Promise<void> {
  const top = await Deno.realPath(await Deno.makeTempDir({ prefix: "beamtalk-repl-" }));
  const folder = join(top, "sample");
  const env = { BEAMTALK_HOME: join(top, "home") };
  await Deno.mkdir(join(folder, "src"), { recursive: true });
  await Deno.writeTextFile(
    join(folder, "beamtalk.toml"),
    '[package]\nname = "sample"\nversion = "0.1.0"\n',
  );
  await Deno.writeTextFile(join(folder, "src", "Counter.bt"), COUNTER);
  const run = (args: readonly string[], input = "") => beamtalk(args, { folder, env, input });
  try {
    await test(run, folder);
  } finally {
    await run(["workspace", "stop"]);
    await Deno.remove(top, { recursive: true });
  }
}

const COUNTER = `Actor subclass: Counter
  state: value :: Integer = 0

  increment -> Integer => self.value += 1
`;

Deno.test("repl -e prints each value and fails where an expression did", () =>
  inProject(async (run) => {
    const good = await run(["repl", "-e", "3 factorial", "-e", '"a" ++ "b"', "-e", "nil"]);
    assertEquals(good, { code: 0, output: "6\nab\nnil\n", errors: "" });
    const open = await run(["repl", "-e", '(Transcript show: "an open line") class']);
    assertEquals(open, { code: 0, output: "an open line\nTranscriptStream\n", errors: "" });
    const bad = await run(["repl", "-e", "1 / 0", "-e", "2"]);
    assertEquals([bad.code, bad.output], [1, "2\n"]);
    assertMatch(bad.errors, /^Error: /);
  }));

Deno.test("a pipe may hold declarations, continued lines and errors", () =>
  inProject(async (run) => {
    const { code, output, errors } = await run(
      ["repl"],
      `c := Counter spawn
c increment
Value subclass: Pair
  field: a = 1
  double => self.a * 2
Pair new double
#(1, 2)
  collect: [:each |
    each * 10
  ]
Counter >> increment => self.value += 100
c increment
nope
Transcript show: "shown"; cr
b := [:x | x + 1]
b value: 41
`,
    );
    assertEquals(code, 1);
    assertMatch(
      output,
      /^#Actor<Counter,0\.\d+\.0>\n1\nPair\n2\n#\(10, 20\)\na CompiledMethod \(#increment in Counter\)\n101\nshown\n.*\na Block\/1\n42\n$/,
    );
    assertEquals(errors, "Error: Undefined variable: nope\n");
  }));

Deno.test("commands after a colon are taken from a pipe too", () =>
  inProject(async (run) => {
    const { code, output } = await run(
      ["repl"],
      "x := 3\n:load src/Counter.bt\n:bindings\n:help load\nx\n:exit\n1 / 0\n",
    );
    assertEquals([code, output], [
      0,
      "3\nLoaded: Counter (src/Counter.bt)\n#(Counter)\nx = 3\n:load PATH\n" +
      "load a file or a folder: Workspace load:\nalso :l\n3\n",
    ]);
    assertEquals((await run(["repl"], ":load (nowhere.bt\n2\n")).output, "2\n");
  }));

Deno.test("a command of a pipe that cannot be carried out fails, and the rest goes on", () =>
  inProject(async (run) => {
    const typed: readonly (readonly [string, RegExp])[] = [
      [":laod", /^No such command: :laod\. Did you mean :load\? :help lists them\.\n$/],
      [":load", /^:load needs PATH\n$/],
      [":exit now", /^:exit takes no argument; got now\n$/],
      [":timeout soon", /^:timeout needs a whole number of milliseconds, or none; got soon\n$/],
      [":show-codegen 1 +", /^error\[BT\d+\]: [^]* --> prompt:1:/],
      [":show-codegen Object subclass: A", /^Error: expected expressions; beamtalk build/],
    ];
    for (const [line, expected] of typed) {
      const { code, output, errors } = await run(["repl"], `${line}\n40 + 2\n`);
      assertEquals([code, output], [1, "42\n"], line);
      assertMatch(errors, expected);
    }
    const limited = await run(
      ["repl"],
      ":timeout 200\n[true] whileTrue: []\n:timeout\n:bindings\n",
    );
    assertEquals(limited.code, 1);
    assertMatch(limited.errors, /ran longer than 200 ms/);
    assertEquals(
      limited.output,
      "Each expression may take 200 ms.\nEach expression may take 200 ms.\n" +
        "There are no variables yet.\n",
    );
  }));

Deno.test("a limit of time ends an expression, not the session", () =>
  inProject(async (run) => {
    const { code, output, errors } = await run(
      ["repl", "--timeout", "200"],
      "x := 5\n[true] whileTrue: []\nx\n",
    );
    assertEquals([code, output], [1, "5\n5\n"]);
    assertMatch(errors, /ran longer than 200 ms/);
  }));

Deno.test("Ctrl-C ends the expression that runs, not the session", () =>
  inProject(async (_run, folder) => {
    const [program = "", ...first] = toolchain();
    const process = new Deno.Command(program, {
      args: [...first, "repl"],
      cwd: folder,
      env: { BEAMTALK_HOME: join(folder, "..", "home"), NO_COLOR: "1" },
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const writer = process.stdin.getWriter();
    const write = (text: string) => writer.write(new TextEncoder().encode(text));
    const reader = process.stdout.pipeThrough(new TextDecoderStream()).getReader();
    await write("y := 7\n");
    assertEquals((await reader.read()).value, "7\n");
    await write("[true] whileTrue: []\n");
    await new Promise((resolve) => setTimeout(resolve, 300));
    process.kill("SIGINT");
    await write("y\n");
    assertEquals((await reader.read()).value, "7\n");
    await writer.close();
    reader.cancel();
    const errors = await new Response(process.stderr).text();
    assertEquals(errors, "Interrupted\n");
    assertEquals((await process.status).code, 1);
  }));

Deno.test("what a command of the workspace did is there for the next one", () =>
  inProject(async (run, folder) => {
    const started = JSON.parse((await run(["workspace", "start", "--json"])).output);
    assertEquals(started.started, true);
    await run([
      "repl",
      "-e",
      "Workspace bind: Counter spawn as: #shared",
      "-e",
      "shared increment",
    ]);
    await Deno.writeTextFile(join(folder, "src", "Counter.bt"), COUNTER.replace("+= 1", "+= 10"));
    assertEquals((await run(["reload", "--dry-run"])).output, "Would load: Counter\n");
    assertEquals((await run(["reload", "Counter"])).output, "Reloaded Counter\n");
    assertEquals((await run(["repl", "-e", "shared increment"])).output, "11\n");
    const status = JSON.parse((await run(["workspace", "status", "--json"])).output);
    assertEquals(status.classes.map((each: { name: string }) => each.name), ["Counter"]);
    const list = JSON.parse((await run(["workspace", "list", "--json"])).output);
    assertEquals(list.map((each: { running: boolean }) => each.running), [true]);
    assertEquals((await run(["workspace", "stop"])).output, `Stopped ${started.node}\n`);
    assertEquals((await run(["workspace", "status"])).code, 1);
  }));

Deno.test("wrong use of load, reload, attach and workspace", () =>
  inProject(async (run) => {
    assertEquals((await run(["load"])).code, 2);
    assertEquals((await run(["attach", "nohost"])).code, 2);
    assertEquals((await run(["workspace", "stat"])).code, 2);
    const missing = await run(["load", "nowhere.bt"]);
    assertEquals(missing, { code: 1, output: "", errors: "error: no such file: nowhere.bt\n" });
    const unknown = await run(["reload", "Nobody"]);
    assertEquals(unknown.errors, "error: no file of the project declares Nobody\n");
  }));

Deno.test("the demonstration keeps state, changes code, refuses and stops its nodes", async () => {
  const { code, output } = await beamtalk(["demo"]);
  assertEquals(code, 0);
  assertMatch(output, /2 actors migrated/);
  assertMatch(output, /each increment\]\n\s+first\s+#\(102, 142\)\n\s+second\s+#\(102, 142\)/);
  assertMatch(output, /'owner' has no default/);
  assertMatch(output, /#\(202, 242\)/);
  assertMatch(output, /nodes\(\)\s+\[\]\n\s+nodes\(hidden\)\s+\['bridge_/);
});

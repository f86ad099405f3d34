/** One program on several nodes: loaded on all or none, and on those that come back. */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { findRunning, recordFolder } from "../live/workspace_record.ts";
import { beamtalk, toolchain } from "./command_line.ts";
import { kill } from "./live_fixture.ts";

const counter = (step: number) =>
  `Actor subclass: Counter
  state: value = 0

  step => ${step}
  increment => self.value += ${step}
`;

interface Project {
  readonly root: string;
  readonly home: string;
  write(text: string): Promise<void>;
  run(...args: string[]): Promise<string>;
  fails(...args: string[]): Promise<string>;
}

/** Runs a test with a project and stops its nodes and its daemon. */
async function withProject(test: (project: Project) => Promise<void>): Promise<void> {
  const folder = await Deno.realPath(await Deno.makeTempDir({ prefix: "beamtalk-cluster-" }));
  const root = join(folder, "sample");
  const home = join(folder, "home");
  await Deno.mkdir(join(root, "src"), { recursive: true });
  await Deno.writeTextFile(
    join(root, "beamtalk.toml"),
    '[package]\nname = "sample"\nversion = "0.1.0"\n',
  );
  const run = async (args: readonly string[], code: number) => {
    const outcome = await beamtalk(args, { folder: root, env: { BEAMTALK_HOME: home } });
    assertEquals(outcome.code, code, `${args.join(" ")}: ${outcome.output}${outcome.errors}`);
    return outcome.output + outcome.errors;
  };
  try {
    await test({
      root,
      home,
      write: (text) => Deno.writeTextFile(join(root, "src", "Counter.bt"), text),
      run: (...args) => run(args, 0),
      fails: (...args) => run(args, 1),
    });
  } finally {
    await run(["daemon", "stop"], 0);
    await run(["workspace", "stop", "--all"], 0);
    await Deno.remove(folder, { recursive: true });
  }
}

async function eventually(expected: RegExp, ask: () => Promise<string>): Promise<void> {
  let said = "";
  for (let tries = 0; tries < 20; tries++) {
    said = await ask();
    if (expected.test(said)) return;
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
  assertMatch(said, expected);
}

Deno.test("a second node is loaded with the first, and one that was away is brought up to date", () =>
  withProject(async ({ root, home, write, run, fails }) => {
    await write(counter(1));
    await run("workspace", "start", "--idle", "120");
    const started = await run("workspace", "start", "--label", "b", "--idle", "120");
    const name = /Started (\S+)/.exec(started)?.[1] ?? "";
    assertMatch(
      await run("repl", "-e", "Workspace nodes"),
      new RegExp(`#name => #'${name}', #state => #up`),
    );
    const there = `c := Counter spawnOn: #'${name}'. Workspace bind: c as: #there`;
    await run("repl", "-e", there);
    assertStringIncludes(await run("repl", "-e", "there increment"), "1");
    await write(counter(10));
    assertMatch(await run("reload", "--cluster"), new RegExp(`Reloaded ${name}: Counter`));
    assertStringIncludes(await run("repl", "-e", "there increment"), "11");
    const typed = "Counter >> step => 11";
    await run("repl", "-e", typed);
    assertStringIncludes(await run("repl", "-e", "there step"), "10");
    await run("repl", "--nodes", name, "-e", typed);
    assertStringIncludes(await run("repl", "-e", "there step"), "11");
    await run("repl", "--cluster", "-e", 'Counter compile: #step source: "step => 12"');
    assertStringIncludes(await run("repl", "-e", "there step"), "12");
    assertMatch(
      await fails("repl", "--nodes", "nobody@nowhere", "-e", "1"),
      /no workspace node is named nobody@nowhere/,
    );
    const record = await findRunning(home, recordFolder(home, root, "b"));
    kill(record!.node.osPid);
    await eventually(/#state => #down/, () => run("repl", "-e", "Workspace nodes"));
    await write(counter(100));
    // A member that is away does not keep the others.
    assertStringIncludes(await run("reload", "--cluster"), `${name} is down: it gets this later`);
    await run("workspace", "start", "--label", "b", "--idle", "120");
    await eventually(/#state => #up/, () => run("repl", "-e", "Workspace nodes"));
    assertStringIncludes(await run("repl", "-e", `(Counter spawnOn: #'${name}') step`), "100");
  }));

Deno.test("a load that one node refuses changes none, not even the one that it is begun at", () =>
  withProject(async ({ write, run, fails }) => {
    await write(counter(1));
    const here = /Started (\S+)/.exec(await run("workspace", "start", "--idle", "120"))?.[1] ?? "";
    const started = await run("workspace", "start", "--label", "b", "--idle", "120");
    const there = /Started (\S+)/.exec(started)?.[1] ?? "";
    await run("repl", "-e", `Workspace bind: (Counter spawnOn: #'${there}') as: #c`);
    await write(counter(7).replace("state: value", "state: owner :: String\n  state: value"));
    const would = await fails("reload", "--dry-run", "--cluster");
    assertMatch(would, /its new field 'owner' has no default, and 1 living actor/);
    const refused = await fails("load", "src/Counter.bt", "--cluster");
    const refusal =
      `${there}: Counter \\(src/Counter\\.bt:2\\) cannot be loaded.*; no node was changed`;
    assertMatch(refused, new RegExp(refusal));
    for (const node of [here, there]) {
      assertEquals(await run("attach", node, "-e", "Counter spawn step"), "1\n");
    }
  }));

Deno.test("a node that cannot go back, because the code before still runs there, is named", () =>
  withProject(async ({ write, run, fails }) => {
    const lingering = `${counter(1)}  class linger => [Erlang timer sleep: 120000] value\n`;
    await write(lingering);
    const here = /Started (\S+)/.exec(await run("workspace", "start", "--idle", "120"))?.[1] ?? "";
    const started = await run("workspace", "start", "--label", "b", "--idle", "120");
    const there = /Started (\S+)/.exec(started)?.[1] ?? "";
    await run("repl", "-e", `Workspace bind: (Counter spawnOn: #'${there}') as: #c`);
    await run("repl", "-e", "f := (Future on: [Counter linger]). 1");
    await write(lingering.replace("state: value", "state: owner :: String\n  state: value"));
    const said = await fails("reload", "--cluster");
    assertMatch(said, new RegExp(`^error: ${there}: Counter .*'owner' has no default`, "m"));
    assertMatch(
      said,
      new RegExp(
        `; ${here}: the new code stays, because .* for Counter: .* runs Counter class>>linger`,
      ),
    );
    assertEquals(said.includes("no node was changed"), false, said);
  }));

Deno.test("a load right after the first node was killed asks all members, and none is changed where one refuses", () =>
  withProject(async ({ root, home, write, run, fails }) => {
    await write(counter(1));
    await run("workspace", "start", "--idle", "120");
    const started = await run("workspace", "start", "--label", "b", "--idle", "120");
    const there = /Started (\S+)/.exec(started)?.[1] ?? "";
    const counters = await run("workspace", "attach", "--label", "b", "-e", "Counter spawn node");
    assertEquals(counters, `#'${there}'\n`);
    const first = await findRunning(home, recordFolder(home, root));
    kill(first?.node.osPid ?? 0);
    await write(counter(7).replace("state: value", "state: owner :: String\n  state: value"));
    const refused = await fails("load", "src/Counter.bt", "--cluster");
    assertMatch(
      refused,
      new RegExp(`${there}: Counter .* cannot be loaded.*; no node was changed`),
    );
    assertEquals(await run("attach", there, "-e", "Counter spawn step"), "1\n");
  }));

Deno.test("a connection that is cut and comes back brings what was loaded meanwhile", () =>
  withProject(async ({ root, home, write, run }) => {
    await write(counter(1));
    await run("workspace", "start", "--idle", "120");
    const started = await run("workspace", "start", "--label", "b", "--idle", "120");
    const name = /Started (\S+)/.exec(started)?.[1] ?? "";
    const spawned = `Workspace bind: (Counter spawnOn: #'${name}') as: #there`;
    await run("repl", "-e", spawned, "-e", "there increment");
    const record = await findRunning(home, recordFolder(home, root, "b"));
    const { osPid } = record!.node;
    // A node that stands still answers nobody: to the others it is as if the network were cut.
    Deno.kill(osPid, "SIGSTOP");
    try {
      await run("repl", "-e", `Erlang erlang disconnect_node: #'${name}'`);
      await eventually(/#state => #down/, () => run("repl", "-e", "Workspace nodes"));
      assertMatch(
        await beamtalkOutput(run, "there increment"),
        /which cannot be reached; nothing was sent/,
      );
      await write(counter(10));
      await run("reload");
    } finally {
      Deno.kill(osPid, "SIGCONT");
    }
    await eventually(/#state => #up/, () => run("repl", "-e", "Workspace nodes"));
    assertStringIncludes(await run("repl", "-e", "there step"), "10");
  }));

async function beamtalkOutput(
  run: (...args: string[]) => Promise<string>,
  expression: string,
): Promise<string> {
  return await run("repl", "-e", `[${expression}] on: Error do: [:e | e message]`);
}

Deno.test("the daemon loads as the command does, for its owner only, and tells what is wrong", () =>
  withProject(async ({ root, home, write, run, fails }) => {
    await write(counter(1));
    assertEquals(await run("daemon", "start"), "The daemon runs.\n");
    assertEquals((await Deno.stat(join(home, "daemon"))).mode! & 0o777, 0o700);
    assertEquals((await Deno.stat(join(home, "daemon", "socket"))).mode! & 0o777, 0o600);
    assertEquals(await run("load", "src/Counter.bt"), "Loaded Counter\n");
    await run("repl", "-e", "Workspace bind: Counter spawn as: #c. c increment");
    await write(counter(10));
    assertEquals(await run("load", "src/Counter.bt"), "Loaded Counter\n");
    assertEquals(await run("repl", "-e", "c increment"), "11\n");
    assertMatch(await run("daemon", "status"), new RegExp(`${root}  sample_`));
    assertMatch(await fails("load", "src/Nowhere.bt"), /no such file: src\/Nowhere.bt/);
    await write("Actor subclass: Counter\n  step => )\n");
    const byDaemon = await fails("load", "src/Counter.bt");
    assertMatch(byDaemon, /src\/Counter.bt:2/);
    await run("workspace", "stop");
    await write(counter(7));
    assertEquals(await run("load", "src/Counter.bt"), "Loaded Counter\n");
    assertEquals(await run("repl", "-e", "Counter spawn step"), "7\n");
    await run("daemon", "stop");
    await fails("daemon", "status");
    assertMatch(await fails("load", "src/Nowhere.bt"), /no such file: src\/Nowhere.bt/);
  }));

Deno.test("workspaces are stopped also where the project cannot be read", () =>
  withProject(async ({ root, write, run, fails }) => {
    await write(counter(1));
    await run("workspace", "start", "--idle", "120");
    assertEquals(await run("workspace", "attach", "-e", "Counter spawn step"), "1\n");
    await Deno.writeTextFile(join(root, "beamtalk.toml"), "[package\n");
    assertMatch(await run("workspace", "list"), /^running/);
    assertMatch(await run("workspace", "status"), /classes +Counter/);
    assertMatch(await run("workspace", "stop"), /^Stopped sample_/);
    assertMatch(await fails("workspace", "status"), /No workspace runs/);
  }));

Deno.test("a workspace without a client stops after its idle time", () =>
  withProject(async ({ write, run }) => {
    await write(counter(1));
    await run("workspace", "start", "--idle", "1");
    await eventually(/^stopped/, () => run("workspace", "list"));
  }));

/** A prompt that reads lines from a pipe; `ask` answers what it says until the next value is there. */
function prompt(args: readonly string[], { root, home }: Project) {
  const [program = "", ...first] = toolchain();
  const process = new Deno.Command(program, {
    args: [...first, ...args],
    cwd: root,
    env: { BEAMTALK_HOME: home, NO_COLOR: "1" },
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const lines = process.stdin.getWriter();
  const said = process.stdout.pipeThrough(new TextDecoderStream()).getReader();
  return {
    async ask(text: string): Promise<string> {
      await lines.write(new TextEncoder().encode(`${text}\n"<end>"\n`));
      let all = "";
      while (!all.includes("<end>")) all += (await said.read()).value ?? "<end>";
      return all.replace(/<end>\n?/, "").trimEnd();
    },
    async end(): Promise<void> {
      await lines.close();
      while (!(await said.read()).done);
      await process.status;
    },
  };
}

Deno.test("a prompt at another node of the project answers that node only", () =>
  withProject(async (project) => {
    await project.write(counter(1));
    await project.run("workspace", "start", "--idle", "120");
    await project.run("workspace", "start", "--label", "b", "--idle", "120");
    const here = prompt(["repl"], project);
    assertEquals(await here.ask("Counter spawn step"), "1");
    // Who attached last would be asked first.
    const there = prompt(["workspace", "attach", "--label", "b"], project);
    assertEquals(await there.ask("Counter spawn step"), "1");
    await there.ask('Counter compile: #own source: "own => 2"');
    await here.ask('Counter compile: #own source: "own => 1"');
    assertEquals(await here.ask("Counter spawn own"), "1");
    assertEquals(await there.ask("Counter spawn own"), "2");
    await here.ask("Workspace flush");
    const file = join(project.root, "src", "Counter.bt");
    assertStringIncludes(await Deno.readTextFile(file), "  own => 1\n");
    await Promise.all([here.end(), there.end()]);
  }));

Deno.test("nodes of one cluster stop together, when none of them has a client any more", () =>
  withProject(async ({ write, run }) => {
    await write(counter(1));
    await run("workspace", "start", "--idle", "2");
    const started = await run("workspace", "start", "--label", "b", "--idle", "2");
    const there = /Started (\S+)/.exec(started)?.[1] ?? "";
    const use = `c := Counter spawnOn: #'${there}'. Erlang timer sleep: 5000. c increment`;
    assertStringIncludes(await run("repl", "-e", use), "1");
    await eventually(/^stopped.*\nstopped/, () => run("workspace", "list"));
  }));

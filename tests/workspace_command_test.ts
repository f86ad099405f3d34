/** `beamtalk workspace`: what it says of nodes, and that they end when nobody needs them. */
import { assertEquals, assertMatch } from "@std/assert";
import { join } from "@std/path";
import { inProject, type Setting } from "./daemon_fixture.ts";

/** A project whose nodes are stopped at the end, those with labels too. */
function inWorkspace(test: (setting: Setting) => Promise<void>): Promise<void> {
  return inProject(async (setting) => {
    try {
      await test(setting);
    } finally {
      await setting.run(["workspace", "stop", "--all"]);
    }
  });
}

async function output({ run }: Setting, ...args: readonly string[]): Promise<string> {
  const { code, output, errors } = await run(["workspace", ...args]);
  return `${code} ${output}${errors}`;
}

async function data({ run }: Setting, ...args: readonly string[]) {
  return JSON.parse((await run(["workspace", ...args, "--json"])).output);
}

Deno.test("where no workspace runs", () =>
  inWorkspace(async (setting) => {
    const { folder } = setting;
    assertEquals(await output(setting, "list"), "0 No workspaces.\n");
    assertEquals(await data(setting, "list"), []);
    assertEquals(await output(setting, "status"), `1 No workspace runs for ${folder}\n`);
    assertEquals(await data(setting, "status"), { root: folder, running: false });
    assertEquals(await output(setting, "stop"), "0 No workspace runs.\n");
    assertEquals(await data(setting, "stop"), { stopped: [] });
    assertEquals(
      await output(setting, "logs"),
      `1 error: there is no log: no workspace ran for ${folder}\n`,
    );
    for (const wrong of [["nonsense"], ["start", "more"], ["start", "--label", "a b"], []]) {
      assertEquals((await output(setting, ...wrong)).slice(0, 9), "2 error: ", wrong.join(" "));
    }
  }));

Deno.test("the status names living actors with their processes, as text and as data", () =>
  inWorkspace(async (setting) => {
    await output(setting, "attach", "-e", "Workspace bind: ClassBuilder spawn as: #kept");
    const { actors } = await data(setting, "status");
    assertEquals(actors.map((each: Record<string, unknown>) => each["class"]), ["ClassBuilder"]);
    assertMatch(actors[0].pid, /^<0\.\d+\.\d+>$/);
    assertEquals(actors[0].text, `#Actor<ClassBuilder,${actors[0].pid.slice(1, -1)}>`);
    assertMatch(await output(setting, "status"), new RegExp(`actors    ${actors[0].text}`));
  }));

Deno.test("a prompt whose node is told to stop says that it is stopping", () =>
  inWorkspace(async (setting) => {
    const stop = ["-e", "Erlang init stop", "-e", "1 + 1", "-e", "1 + 1"];
    const { code, output: said, errors } = await setting.run(["repl", ...stop]);
    assertEquals(code, 1);
    assertMatch(said + errors, /is stopping|session ended|not connected/);
    assertEquals(/noproc|gen_server/.test(said + errors), false, said + errors);
  }));

Deno.test("what is wrong in a file is told once, with a daemon too", () =>
  inWorkspace(async (setting) => {
    await output(setting, "start");
    await setting.write("src/Counter.bt", "Actor subclass: Counter\n  v => (1 +\n");
    for (const before of [[], ["daemon", "start"]]) {
      if (before.length > 0) await setting.run(before);
      for (const command of [["load", "src"], ["reload"], ["reload", "--dry-run"]]) {
        const { code, errors } = await setting.run(command);
        assertEquals([code, errors.split("BT1002").length - 1], [1, 1], command.join(" "));
        assertMatch(errors, /cannot be loaded: it has errors/);
      }
    }
  }));

Deno.test("a workspace and another node of it are told apart", () =>
  inWorkspace(async (setting) => {
    const { folder: root } = setting;
    const { node } = await data(setting, "start");
    assertMatch(node, /^sample_[0-9a-f]{8}@127\.0\.0\.1$/);
    assertEquals(await output(setting, "start"), `0 Already running: ${node} for ${root}\n`);
    const second = node.replace("@", "_two@");
    assertEquals(
      await output(setting, "start", "--label", "two"),
      `0 Started ${second} for ${root}\n`,
    );
    const rows = (await data(setting, "list")).map((each: Record<string, unknown>) => [
      ...[each["label"], each["node"], each["running"], typeof each["port"]],
    ]);
    const byLabel = (list: unknown[][]) => list.sort(([a], [b]) => `${a}` < `${b}` ? -1 : 1);
    assertEquals(byLabel(rows), [[null, node, true, "number"], ["two", second, true, "number"]]);
    assertMatch(await output(setting, "status", "--label", "two"), new RegExp(`^0 ${second} for`));
    assertEquals((await data(setting, "status")).status.node, node);
    assertEquals(await output(setting, "attach", "-e", "3 + 4"), "0 7\n");
    assertEquals((await data(setting, "attach", "-e", "3 + 4")).text, "7");
    const there = await output(setting, "attach", "--label", "two", "-e", "Erlang erlang node");
    assertEquals(there, `0 #'${second}'\n`);
    const log = (label?: string) =>
      output(setting, "logs", "--lines", "1", ...(label === undefined ? [] : ["--label", label]));
    await Deno.writeTextFile(await logFile(setting, "two"), "the second's\n");
    await Deno.writeTextFile(await logFile(setting), "the first's\n");
    assertEquals([await log(), await log("two")], ["0 the first's\n", "0 the second's\n"]);
    assertEquals(await data(setting, "logs"), ["the first's"]);
    assertEquals(await data(setting, "stop", "--label", "two"), { stopped: [second] });
    const lines = (await output(setting, "list")).replace(/^0 /, "").trimEnd().split("\n").sort();
    assertEquals(lines, [`running  ${root}  ${node}`, `stopped  ${root}  (two)`]);
    assertEquals(await output(setting, "stop", "--all"), `0 Stopped ${node}\n`);
  }));

async function logFile({ home }: Setting, label?: string): Promise<string> {
  const folder = join(home, "workspaces");
  for await (const { name } of Deno.readDir(folder)) {
    const isIt = label === undefined ? /^[0-9a-f]+$/.test(name) : name.endsWith(`-${label}`);
    if (isIt) return join(folder, name, "log");
  }
  throw new Error(`no log in ${folder}`);
}

Deno.test("a workspace that nobody uses ends, and keeps the time that it was started with", () =>
  inWorkspace(async (setting) => {
    await output(setting, "start", "--idle", "5");
    const { errors } = await setting.run(["workspace", "start", "--idle", "3600"]);
    assertEquals(errors, "warning: it keeps the idle time that it was started with\n");
    for (let tries = 0; tries < 100 && (await data(setting, "list"))[0].running; tries++) {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    assertMatch(await output(setting, "logs"), /No client for 5 seconds: the workspace stops/);
    assertEquals(await output(setting, "attach", "-e", "3 + 4"), "0 7\n");
  }));

Deno.test("where a workspace's cookie is gone it is said how to go on", () =>
  inWorkspace(async (setting) => {
    const { node } = await data(setting, "start");
    await Deno.remove(join(await logFile(setting), "..", ".erlang.cookie"));
    const gone = /the workspace's cookie is gone from \S+; after beamtalk workspace stop it gets/;
    const status = await output(setting, "status");
    assertMatch(status, new RegExp(`^1 ${node} for \\S+ runs, but: ${gone.source}`));
    assertMatch(await output(setting, "attach", "-e", "1"), new RegExp(`^1 error: ${gone.source}`));
    assertEquals(await output(setting, "stop"), `0 Stopped ${node}\n`);
    assertEquals(await output(setting, "attach", "-e", "1"), "0 1\n");
  }));

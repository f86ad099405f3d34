/** `beamtalk workspace`: what it says of nodes, and that they end when nobody needs them. */
import { assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import { join } from "@std/path";
import { beamtalk, runProgram } from "./command_line.ts";
import { COUNTER, inProject, type Setting } from "./daemon_fixture.ts";

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

Deno.test("a workspace whose folder is gone is told of, and can be forgotten", () =>
  inWorkspace(async (setting) => {
    const { folder, home, run } = setting;
    assertEquals((await output(setting, "start")).slice(0, 9), "0 Started");
    assertMatch(
      await output(setting, "forget", "."),
      /^1 error: \S+ runs: only a stopped workspace/,
    );
    await run(["workspace", "stop"]);
    const elsewhere = `${folder}-moved`;
    await Deno.rename(folder, elsewhere);
    const other = (...args: string[]) =>
      beamtalk(["workspace", ...args], { folder: elsewhere, env: { BEAMTALK_HOME: home } });
    const listed = await other("list");
    assertEquals(listed.output, `stopped  ${folder}  (folder gone)\n`);
    assertMatch(listed.errors, /^hint: beamtalk workspace forget FOLDER removes/);
    const [row] = JSON.parse((await other("list", "--json")).output);
    assertEquals([row.root, row.folderGone], [folder, true]);
    assertEquals((await other("forget", folder)).output, `Forgot ${folder}\n`);
    assertEquals((await other("list")).output, "No workspaces.\n");
    assertMatch(
      (await other("forget", folder)).errors,
      /^error: nothing is kept of a workspace of /,
    );
    await Deno.rename(elsewhere, folder);
  }));

/** One that has ended may still wait for its parent. */
async function lives(pid: number): Promise<boolean> {
  const { output } = await runProgram("ps", ["-o", "stat=", "-p", String(pid)], { folder: "/" });
  return output.trim() !== "" && !output.trim().startsWith("Z");
}

Deno.test("a node whose record is damaged is found again, and one that cannot be reached is ended", () =>
  inWorkspace(async (setting) => {
    const { home } = setting;
    await output(setting, "start");
    const { status } = await data(setting, "status");
    const pid = Number(status.os_pid);
    const [id = ""] = [...Deno.readDirSync(join(home, "workspaces"))].map(({ name }) => name)
      .filter((name) => !name.endsWith(".starting"));
    const ready = join(home, "workspaces", id, "ready");
    for (const damaged of ["", "garbage", `${status.node} x y 25`]) {
      await Deno.writeTextFile(ready, damaged);
      assertEquals(Number((await data(setting, "status")).status.os_pid), pid, damaged);
      assertMatch(await output(setting, "start"), /^0 Already running/);
    }
    await Deno.writeTextFile(ready, "garbage");
    await Deno.remove(join(home, "nodes", status.node));
    assertMatch(await output(setting, "start"), /^0 Started/);
    const other = Number((await data(setting, "status")).status.os_pid);
    assertNotEquals(other, pid);
    assertEquals(await lives(pid), false);
    await Deno.writeTextFile(ready, "garbage");
    assertEquals(await output(setting, "stop"), `0 Stopped ${status.node}\n`);
    assertEquals(await lives(other), false);
  }));

Deno.test("a member that is gone for good is forgotten, with what it missed", () =>
  inWorkspace(async (setting) => {
    const { run, write } = setting;
    await output(setting, "start");
    await output(setting, "start", "--label", "b");
    const { node } = (await data(setting, "status")).status;
    const b = (await data(setting, "status", "--label", "b")).status.node as string;
    assertMatch(
      await output(setting, "forget", b),
      /^1 error: \S+ is up and cannot be forgotten\nhint: /,
    );
    assertMatch(await output(setting, "forget", node), /^1 error: \S+ is the workspace's own node/);
    assertMatch(await output(setting, "forget", "nobody@127.0.0.1"), /^1 error: \S+ is no member/);
    await output(setting, "stop", "--label", "b");
    await write("src/Counter.bt", COUNTER.replace("+= 1", "+= 2"));
    const loaded = await run(["load", "--cluster", "src/Counter.bt"]);
    assertMatch(loaded.errors, /is down: it gets this later/);
    const expression = `Workspace forgetNode: #'${b}'`;
    const forgotten = await run(["repl", "-e", "Workspace nodes size", "-e", expression]);
    assertMatch(forgotten.output, /^2\nForgot: \S+, and the load that it missed\nnil\n$/);
    const again = await run(["repl", "-e", expression]);
    assertMatch(again.errors, /is no member of the cluster/);
    // Also for the node that starts again.
    await output(setting, "stop");
    assertEquals((await run(["repl", "-e", "Workspace nodes size"])).output, "1\n");
    // It comes back as any other node would.
    await output(setting, "start", "--label", "b");
    assertEquals((await run(["repl", "-e", "Workspace nodes size"])).output, "2\n");
  }));

Deno.test("a node that has just started tells of running members that they are up", () =>
  inWorkspace(async (setting) => {
    const { run } = setting;
    await output(setting, "start");
    await output(setting, "start", "--label", "b");
    for (let round = 0; round < 3; round++) {
      await output(setting, "stop");
      const states = "(Workspace nodes collect: [:each | each at: #state]) printString";
      assertEquals((await run(["repl", "-e", states])).output, "#(#here, #up)\n");
    }
  }));

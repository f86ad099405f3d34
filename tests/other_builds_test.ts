/** Nodes that have Beamtalk of another build: none is mixed with what this toolchain brings. */
import { assertEquals, assertMatch } from "@std/assert";
import { join } from "@std/path";
import { atom, charlist } from "../bridge/mod.ts";
import { installation } from "../live/installation.ts";
import { moduleVersions } from "../live/module_versions.ts";
import { openWorkspaceNode } from "../live/open_workspace.ts";
import { otherNodes } from "../live/other_nodes.ts";
import { NodeRefusal } from "../live/workspace.ts";
import { runProgram } from "./command_line.ts";
import { inProject } from "./daemon_fixture.ts";
import { asking, erl, type ForeignNode, type NodeCommand, withNode } from "./foreign_node.ts";
import { kill, type LiveFixture, openedPrompt, withLive } from "./live_fixture.ts";

const MODULE = "beamtalk_set";

/** Compiles the module's source into a folder, as that version and with those options. */
async function compiled(folder: string, version: string, options: string[]): Promise<void> {
  const path = join(installation().root, "erlang/runtime/src", `${MODULE}.erl`);
  const source = (await Deno.readTextFile(path))
    .replace(`-module(${MODULE}).`, (module) => `${module}\n-vsn(${version}).`);
  await Deno.writeTextFile(join(folder, `${MODULE}.erl`), source);
  const { code, errors } = await runProgram("erlc", [...options, `${MODULE}.erl`], { folder });
  assertEquals(code, 0, errors);
}

async function withFolder(test: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.realPath(await Deno.makeTempDir({ prefix: "beamtalk-build-" }));
  try {
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** A node that has the runtime and the library on its path, one module from another folder. */
function ownRuntime(folder: string): NodeCommand {
  const { runtimePaths } = installation();
  return (erlang) =>
    erl([
      ...["-pa", ...runtimePaths, "-pa", folder, ...erlang],
      ...["-eval", "{ok,_}=application:ensure_all_started(beamtalk_runtime)"],
    ]);
}

Deno.test("a node with a module of another build is refused, and nothing is sent to it", () =>
  withFolder(async (folder) => {
    await compiled(folder, "1", []);
    await withNode(ownRuntime(folder), async (node) => {
      const { code, output, errors } = await node.attach("-e", "3 + 4");
      assertEquals([code, output], [1, ""]);
      assertMatch(
        errors,
        /^error: plain\S+ has Beamtalk of another build: beamtalk_set \(\S+\) is /,
      );
      assertMatch(errors, new RegExp(`\\(${folder}/beamtalk_set.beam\\)`));
      assertMatch(errors, /^hint: start that node with this toolchain's runtime \(-pa \S+runtime/m);
      const loaded = await asking(node, (there) => there.call("code", "all_loaded", []));
      assertEquals(String(loaded).includes("beamtalk_workspace"), false);
    });
  }));

Deno.test("the same source is the same build, whatever code a compiler makes of it", () =>
  withFolder(async (folder) => {
    const version = (await moduleVersions(installation())).get(MODULE)!;
    await compiled(folder, version, ["+no_copt", "+no_ssa_opt", "+no_type_opt"]);
    await withNode(ownRuntime(folder), async (node) => {
      await asking(node, async (there) => {
        const ours = join(installation().ebin("runtime"), `${MODULE}.beam`);
        const [code, own] = await Promise.all([
          there.call("code", "module_md5", [await Deno.readFile(join(folder, `${MODULE}.beam`))]),
          there.call("code", "module_md5", [await Deno.readFile(ours)]),
        ]);
        assertEquals(String(code) === String(own), false, "the compilers made the same code");
      });
      const { output, errors } = await node.attach("-e", "(Set new) add: 3");
      assertEquals(output, "Set(3)\n", errors);
      assertMatch(errors, /^Sent \d+ modules to plain\S+: \d+ beamtalk_\*, 0 bt@stdlib@\*\./);
    });
  }));

/** Has the node hold another version of what a toolchain has sent it. */
async function exchanged(node: ForeignNode, folder: string): Promise<void> {
  await compiled(folder, "1", []);
  const beam = await Deno.readFile(join(folder, `${MODULE}.beam`));
  await asking(
    node,
    (there) => there.call("code", "load_binary", [atom(MODULE), charlist(`${MODULE}.beam`), beam]),
  );
}

Deno.test("what another toolchain has sent goes where nobody needs it, and stays otherwise", () =>
  withFolder((folder) =>
    withNode(erl, async (node) => {
      const kept = await node.attach("--keep", "-e", "Workspace bind: 7 as: #seven");
      assertEquals(kept.code, 0, kept.errors);
      await exchanged(node, folder);
      const refused = await node.attach("-e", "seven");
      assertEquals([refused.code, refused.output], [1, ""]);
      assertMatch(refused.errors, /^error: plain\S+ has Beamtalk of another build: beamtalk_set /);
      assertMatch(refused.errors, /^hint: what it was sent is needed there \(1 binding\): /m);
      await asking(node, (there) =>
        there.call("beamtalk_workspace_globals", "unbind", [atom("seven")]));
      const renewed = await node.attach("-e", "(Set new) add: 3");
      assertEquals([renewed.code, renewed.output], [0, "Set(3)\n"], renewed.errors);
      assertMatch(renewed.errors, /^Sent \d+ modules to plain\S+: /);
      // What was to stay is still to stay.
      const again = await node.attach("-e", "3");
      assertEquals([again.errors, again.output], ["", "3\n"]);
    })
  ));

/** As an older toolchain would have left its mark. */
async function startedByAnother(live: LiveFixture): Promise<number> {
  const { record } = await live.open();
  await Deno.writeTextFile(join(record.folder, "runtime"), "another one");
  return record.node.osPid;
}

Deno.test("a workspace of another build that nobody uses is started anew", () =>
  withLive({ "src/Till.bt": "Actor subclass: Till\n  state: n = 0\n" }, async (live) => {
    const before = await startedByAnother(live);
    const two = await Promise.allSettled([live.open(), live.open()]);
    const opened = two.flatMap((each) => each.status === "fulfilled" ? [each.value] : []);
    assertEquals(
      opened.length,
      2,
      String((two.find((each) => each.status === "rejected"))?.reason),
    );
    const pids = new Set(opened.map(({ record }) => record.node.osPid));
    assertEquals([pids.size, pids.has(before)], [1, false]);
    const told = opened.flatMap(({ warnings }) => warnings);
    assertMatch(told[0] ?? "", /another build of Beamtalk and nobody used it/);
    assertEquals((await live.open()).warnings, []);
  }));

Deno.test("one whose actors live is refused, and its actors live on", () =>
  withLive(
    { "src/Till.bt": "Actor subclass: Till\n  state: n = 0\n  n => self.n += 1\n" },
    async (live) => {
      const { run, session } = await openedPrompt(live);
      assertEquals(await run("Workspace bind: Till spawn as: #till. till n"), "1");
      const before = await startedByAnother(live).catch((error: unknown) => error);
      const refused = await live.open().catch((error: unknown) => error);
      assertEquals(refused instanceof NodeRefusal, true, String(refused));
      const { message, hint } = refused as NodeRefusal;
      assertMatch(
        message,
        /runs another build of Beamtalk, and is in use: 1 actor, 1 session, 1 binding/,
      );
      assertMatch(hint ?? "", /`beamtalk workspace stop`.* it was started by: \S+/);
      assertEquals(await run("till n"), "2");
      assertEquals(typeof before, "number");
      await session.close();
    },
  ));

Deno.test("a node of another build takes no part in loads of several nodes", () =>
  withLive({ "src/Till.bt": "Actor subclass: Till\n  state: n = 0\n" }, async (live) => {
    const first = await live.open();
    const second = await openWorkspaceNode(first, "b");
    try {
      await Deno.writeTextFile(join(second.record.folder, "runtime"), "another one");
      const wanted = { nodes: [second.workspace.node], cluster: false };
      const refused = await otherNodes(first, wanted).catch((error: unknown) => error);
      assertMatch(String(refused), /runs another build of Beamtalk/);
    } finally {
      kill(second.record.node.osPid);
    }
  }));

Deno.test("a command starts it anew also where a daemon of the other build has used it", () =>
  inProject(async ({ run, home }) => {
    await run(["daemon", "start"]);
    assertEquals((await run(["repl", "-e", "3 + 4"])).output, "7\n");
    const folder = join(home, "workspaces");
    for await (const { name } of Deno.readDir(folder)) {
      const file = join(folder, name, "runtime");
      if (await Deno.stat(file).then(() => true, () => false)) {
        await Deno.writeTextFile(file, "another");
      }
    }
    await run(["daemon", "stop"]);
    const { code, output, errors } = await run(["repl", "-e", "3 + 4"]);
    assertEquals([code, output], [0, "7\n"], errors);
    assertMatch(errors, /^warning: the workspace ran another build of Beamtalk and nobody used it/);
  }));

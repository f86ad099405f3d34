/** Compile requests of code in a node that no toolchain is attached to. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { atom, type Term } from "../bridge/mod.ts";
import { Session } from "../live/session.ts";
import type { Workspace } from "../live/workspace.ts";
import { answerNode } from "../live/node_requests.ts";
import { kill, shown, withLive } from "./live_fixture.ts";

const FILES = { "src/Counter.bt": "Actor subclass: Counter\n  step => 1\n" };

/** Waits until the node knows that no toolchain is attached. */
async function untilAlone(workspace: Workspace): Promise<void> {
  while (lengthOf(await workspace.call("beamtalk_workspace_toolchain", "attached", [])) > 0);
}

function lengthOf(list: Term): number {
  return Array.isArray(list) ? list.length : 0;
}

Deno.test("a node without a toolchain starts its own, and lets its callers use it", () =>
  withLive(FILES, async (live) => {
    const { workspace, program } = await live.open();
    const session = await Session.open(workspace, program);
    await shown(session, "c := Counter spawn");
    assertEquals(await shown(session, "c step"), ["1"]);
    await live.write("src/Counter.bt", "Actor subclass: Counter\n  step => 2\n");
    assertEquals(await shown(session, "Counter reload"), ["Counter"]);
    assertEquals(await shown(session, "c step"), ["2"]);
    assertEquals(await shown(session, 'Counter compile: #step source: "step => 3"'), ["Counter"]);
    assertEquals(await shown(session, "c step"), ["3"]);
  }));

/** Attaches what never answers, as a toolchain that is suspended in its terminal. */
async function attachSilent(workspace: Workspace): Promise<void> {
  const silent = await workspace.call("erlang", "spawn", [
    atom("timer"),
    atom("sleep"),
    [atom("infinity")],
  ]);
  await workspace.call("beamtalk_workspace_toolchain", "attach", [silent]);
}

Deno.test("a toolchain that is suspended keeps nobody waiting who can have another one", () =>
  withLive(
    { ...FILES, "src/Asker.bt": "Actor subclass: Asker\n  ask => Counter reload\n" },
    async (live) => {
      const open = await live.open();
      await answerNode(open);
      await attachSilent(open.workspace);
      const session = await Session.open(open.workspace, open.program);
      // Of a session its own is asked, of an actor the next one.
      assertEquals(await shown(session, "Counter reload"), ["Counter"]);
      assertEquals(await shown(session, "Asker spawn ask"), ["Counter"]);
    },
  ));

Deno.test("where all toolchains are suspended, the node starts its own", () =>
  withLive(FILES, async (live) => {
    const { workspace, program } = await live.open();
    await attachSilent(workspace);
    const session = await Session.open(workspace, program);
    assertEquals(await shown(session, "Counter reload"), ["Counter"]);
    assertEquals(await shown(session, 'Counter compile: #step source: "step => 3"'), ["Counter"]);
    assertEquals(await shown(session, "Counter spawn step"), ["3"]);
  }));

Deno.test("where a node's own toolchain does not start, the error says so", () =>
  withLive(FILES, async (live) => {
    const { workspace, program } = await live.open();
    const session = await Session.open(workspace, program);
    await shown(
      session,
      'Erlang os putenv: "BEAMTALK_TOOLCHAIN" asCharlist value: "/bin/false" asCharlist',
    );
    const [error] = await shown(session, "Counter reload");
    assertStringIncludes(
      error!,
      "no toolchain is attached to this node; its own could not be started",
    );
  }));

Deno.test("a node's own toolchain that is killed is started again at the next request", () =>
  withLive(FILES, async (live) => {
    const { workspace, program } = await live.open();
    const session = await Session.open(workspace, program);
    const step = async (number: number) => {
      await live.write("src/Counter.bt", `Actor subclass: Counter\n  step => ${number}\n`);
      return (await shown(session, "Counter reload")).at(-1);
    };
    await shown(session, "c := Counter spawn");
    assertEquals(await step(2), "Counter");
    const [own] = await toolchainsOf(live.root);
    kill(own!);
    await untilAlone(workspace);
    assertEquals(await step(3), "Counter");
    assertEquals(await shown(session, "c step"), ["3"]);
    const [again] = await toolchainsOf(live.root);
    assert(again !== own);
    // One that dies when it is about to be asked is started again.
    Deno.kill(again!, "SIGSTOP");
    const asked = step(4);
    await new Promise((resolve) => setTimeout(resolve, 500));
    kill(again!);
    assertEquals(await asked, "Counter");
    assertEquals(await shown(session, "c step"), ["4"]);
  }));

Deno.test("a program that is not there cannot be the toolchain, and the error names it", () =>
  withLive(FILES, async (live) => {
    const { workspace, program } = await live.open();
    const session = await Session.open(workspace, program);
    const set = (value: string) =>
      shown(
        session,
        `Erlang os putenv: "BEAMTALK_TOOLCHAIN" asCharlist value: "${value}" asCharlist`,
      );
    await set("/nowhere/beamtalk");
    const [missing] = await shown(session, "Counter reload");
    assertMatch(
      missing!,
      /no toolchain is attached to this node; its own .*\/nowhere\/beamtalk: enoent/,
    );
    await set("");
    const [none] = await shown(session, "Counter reload");
    assertMatch(none!, /reload needs the compiler, and no toolchain is attached to this node$/);
  }));

/** The processes that were started as the toolchain of a project's node. */
async function toolchainsOf(root: string): Promise<number[]> {
  const found: number[] = [];
  for await (const { name } of Deno.readDir("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const told = await Deno.readTextFile(`/proc/${name}/cmdline`).catch(() => "");
    const folder = await Deno.readLink(`/proc/${name}/cwd`).catch(() => "");
    if (folder === root && told.includes("workspace\0serve")) found.push(Number(name));
  }
  return found;
}

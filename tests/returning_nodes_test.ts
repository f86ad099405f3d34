/** Nodes that leave a cluster and come back: nothing is sent to them until they are up to date. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { joinRecord } from "../live/join_workspace.ts";
import { joinCluster, type OpenWorkspace } from "../live/open_workspace.ts";
import { loadFiles } from "../live/program_change.ts";
import { sourcesAt } from "../live/program_sources.ts";
import { Session } from "../live/session.ts";
import type { Workspace } from "../live/workspace.ts";
import { readCookie } from "../live/workspace_record.ts";
import { ensureWorkspace } from "../live/workspace_start.ts";
import { atom, type Term, type Tuple } from "../bridge/mod.ts";
import {
  COUNTER,
  cut,
  eventually,
  FILE,
  mend,
  PLUS_ONE,
  stateOf,
  TIMES_TEN,
} from "./cluster_nodes.ts";
import { kill, type LiveFixture, shown, withLive } from "./live_fixture.ts";
import { installation } from "../live/installation.ts";

interface Pair {
  readonly live: LiveFixture;
  readonly here: OpenWorkspace;
  readonly there: Workspace;
  /** The operating system's number of the second node. */
  readonly osPid: number;
  /** Evaluates at the first node. */
  say(text: string): Promise<string>;
  /** Gives the file a text and loads it at some of the nodes. */
  load(text: string, nodes: readonly Workspace[]): Promise<readonly string[]>;
  /** What a node says of another. */
  state(of: Workspace, node: string): Promise<string>;
  restart(): Promise<Workspace>;
}

/** Runs a test with two nodes of one project that are a cluster. */
function withPair(test: (pair: Pair) => Promise<void>): Promise<void> {
  return withLive({ [FILE]: COUNTER }, async (live) => {
    const here = await live.open();
    const own = { workspace: here.workspace, cookie: await readCookie(here.record.folder) };
    const started: number[] = [];
    const start = async () => {
      const { record } = await ensureWorkspace({
        installation: installation(),
        home: live.home,
        root: live.root,
        idleSeconds: 60,
        label: "second",
      });
      started.push(record.node.osPid);
      const workspace = await joinRecord(here.connections, record);
      return { workspace, cookie: await readCookie(record.folder), record };
    };
    try {
      const second = await start();
      await joinCluster([own, second]);
      const session = await Session.open(here.workspace, here.program);
      await test({
        live,
        here,
        there: second.workspace,
        osPid: second.record.node.osPid,
        say: async (text) => (await shown(session, text)).at(-1) ?? "",
        load: async (text, nodes) => {
          await live.write(FILE, text);
          const sources = await sourcesAt(here.program, FILE, live.root);
          const { reports } = await loadFiles(nodes, here.program, sources);
          return reports.flatMap(({ warnings }) => warnings);
        },
        state: stateOf,
        restart: async () => (await start()).workspace,
      });
    } finally {
      started.forEach(kill);
    }
  });
}

Deno.test("a node that was cut off during two loads is migrated through both before it is sent to", () =>
  withPair(async ({ here, there, say, load, state }) => {
    const { workspace } = here;
    await say(`a := Counter spawn. b := Counter spawnOn: #'${there.node}'`);
    await say("3 timesRepeat: [a increment. b increment]");
    await cut(workspace, there);
    await eventually("down", () => state(workspace, there.node));
    // A wrong cookie that somebody has set keeps the nodes apart.
    await new Promise((resolve) => setTimeout(resolve, 1500));
    assertEquals(await say("Erlang erlang nodes"), "#()");
    assertEquals(await state(workspace, there.node), "down");
    assertMatch(
      await say("b increment"),
      /^Error: Counter is on .*second.*cannot be reached; nothing was sent/,
    );
    assertMatch(await say(`Counter spawnOn: #'${there.node}'`), /^Error: Node cannot be reached/);
    await load(TIMES_TEN, [workspace]);
    await load(PLUS_ONE, [workspace]);
    assertEquals(await say("a value"), "31");
    const cookie = await readCookie(here.record.folder);
    // Senders that try all the time: nothing that the old code answered may reach them.
    const answers: string[] = [];
    let isBack = false;
    const sender = (async () => {
      while (!isBack) answers.push(await say("[b value] on: Error do: [:e | e kind]"));
    })();
    await mend(workspace, there, cookie);
    await eventually("up", () => state(workspace, there.node));
    await eventually("up", () => state(there, workspace.node));
    isBack = true;
    await sender;
    assertEquals([...new Set(answers)].filter((each) => each !== "#node_down"), ["31"]);
    assertEquals(await say("b note"), "was 31");
    assertEquals(await say("b increment"), "1031");
    assertEquals(
      await say(`(Counter spawnWith: #{#note => ""} on: #'${there.node}') increment`),
      "1000",
    );
  }));

Deno.test("a node that was killed and started again has the new code at its first message", () =>
  withPair(async ({ here, there, osPid, say, load, state, restart }) => {
    const { workspace } = here;
    await say(`b := Counter spawnOn: #'${there.node}'`);
    kill(osPid);
    await eventually("down", () => state(workspace, there.node));
    await load(TIMES_TEN, [workspace]);
    await load(PLUS_ONE.replace(":: String", '= ""'), [workspace]);
    const again = await restart();
    const spawned = `(Counter spawnOn: #'${again.node}') increment`;
    let said = "";
    for (let tries = 0; tries < 50 && said !== "1000"; tries++) {
      said = await say(`[${spawned}] on: Error do: [:e | e kind]`);
      assert(["1000", "#node_down"].includes(said), said);
    }
    assertEquals(said, "1000");
    assertEquals(await say("[b increment] on: Error do: [:e | e kind]"), "#actor_dead");
  }));

Deno.test("a node whose actors cannot take what it missed stays closed, with the reason, until they can", () =>
  withPair(async ({ here, there, say, load, state }) => {
    const { workspace } = here;
    await say(`b := Counter spawnOn: #'${there.node}'`);
    await cut(workspace, there);
    await eventually("down", () => state(workspace, there.node));
    const dividing = `${
      COUNTER.replace("+= 1", "+= 7")
    }\npatch Counter >> state { self.value := 1 / self.value }\n`;
    await load(dividing, [workspace]);
    await mend(workspace, there, await readCookie(here.record.folder));
    await eventually("outdated", () => state(workspace, there.node));
    assertMatch(
      await say("Workspace nodes"),
      /#reason => "nothing was loaded: the migration of #Actor<Counter/,
    );
    assertMatch(
      await say("b value"),
      /came back and (cannot be|is still being) brought up to date/,
    );
    // The way out: a load at that node that its actors can take.
    await load(dividing.replace("1 / self.value", "5"), [workspace, there]);
    await eventually("up", () => state(workspace, there.node));
    assertEquals(await say("b increment"), "12");
  }));

Deno.test("a node that is lost after the others have loaded gets the load when it comes back", () =>
  withPair(async ({ live, here, there, say, state }) => {
    const { workspace, program } = here;
    await say(`a := Counter spawn. b := Counter spawnOn: #'${there.node}'. b increment`);
    await live.write(FILE, TIMES_TEN);
    const [source] = await sourcesAt(program, FILE, live.root);
    const { modules } = await program.compile([{ source: source!, text: TIMES_TEN }]);
    const shared = { id: crypto.randomUUID(), time: Date.now() };
    const first = await workspace.stage(modules, { shared: { ...shared, nodes: [there.node] } });
    const second = await there.stage(modules, { shared: { ...shared, nodes: [] } });
    // The toolchain has told the first node to go on, and is gone before it tells the second one.
    await first.commit();
    await second.abort();
    await eventually("up", () => state(workspace, there.node));
    assertEquals(await say("b value"), "10");
    assertEquals(await say("b increment"), "110");
    assertStringIncludes(await say("a increment"), "100");
  }));

Deno.test("a node that was away for more loads than are kept says so, and gets what runs now without actors", () =>
  withPair(async ({ here, there, say, load, state }) => {
    const { workspace } = here;
    await say(`b := Counter spawnOn: #'${there.node}'`);
    await cut(workspace, there);
    await eventually("down", () => state(workspace, there.node));
    // What is left of loads that were too many.
    const told = await say(
      `m := #{#id => "many", #time => 1, #forgotten => #(#'bt@sample@Counter')}. ` +
        "Erlang beamtalk_workspace_cluster begun: m nodes: #(). " +
        'Erlang beamtalk_workspace_cluster counted: "many"',
    );
    assertEquals(told, "Result ok: nil");
    await load(COUNTER.replace("+= 1", "+= 70"), [workspace]);
    await mend(workspace, there, await readCookie(here.record.folder));
    await eventually("outdated", () => state(workspace, there.node));
    assertMatch(
      await say("Workspace nodes"),
      /#reason => "it was away for more loads than are kept, and has living actors of Counter/,
    );
    assertMatch(await say("b increment"), /came back and (cannot be|is still being) brought/);
    for (const pid of await pidsOf(there)) await there.call("erlang", "exit", [pid, atom("kill")]);
    await eventually("up", () => state(workspace, there.node));
    assertEquals(await say(`(Counter spawnOn: #'${there.node}') increment`), "70");
  }));

/** The processes of a node's actors. */
async function pidsOf(workspace: Workspace): Promise<readonly Term[]> {
  const living = await workspace.call("beamtalk_actor", "living", []);
  return (living as readonly Tuple[]).map(({ elements }) => elements[0]!);
}

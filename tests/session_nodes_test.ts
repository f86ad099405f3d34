/** Sessions that change several nodes: all of them, or none. */
import { assertEquals, assertMatch } from "@std/assert";
import { installation } from "../live/installation.ts";
import { answerNode } from "../live/node_requests.ts";
import { joinRecord } from "../live/join_workspace.ts";
import { joinCluster, type OpenWorkspace, openWorkspace } from "../live/open_workspace.ts";
import { otherNodes, type WantedNodes } from "../live/other_nodes.ts";
import { Session } from "../live/session.ts";
import type { Workspace } from "../live/workspace.ts";
import { thisUser } from "../live/changes.ts";
import { answers, readCookie } from "../live/workspace_record.ts";
import { ensureWorkspace } from "../live/workspace_start.ts";
import { COUNTER, cut, eventually, FILE, mend, stateOf } from "./cluster_nodes.ts";
import { kill, shown, withLive } from "./live_fixture.ts";

const FILES = { [FILE]: COUNTER, "src/Other.bt": "Object subclass: Other\n  class answer => 1\n" };

type Say = (text: string) => Promise<string>;

interface Cluster {
  readonly here: OpenWorkspace;
  readonly there: Workspace;
  /** At the first node: alone, and for the whole cluster. */
  readonly alone: Say;
  readonly all: Say;
  /** At the second node. */
  readonly second: Say;
  /** Kills the second node and starts it with its project's files. */
  restartSecond(): Promise<Say>;
}

function withCluster(test: (cluster: Cluster) => Promise<void>): Promise<void> {
  return withLive(FILES, async (live) => {
    const here = await live.open();
    const started: number[] = [];
    try {
      const options = {
        ...{ installation: installation(), library: live.library, port: live.port },
        ...{ home: live.home, root: live.root, paths: [], idleSeconds: 60, label: "second" },
      };
      const { record } = await ensureWorkspace(options);
      started.push(record.node.osPid);
      const say = async (workspace: Workspace, wanted: WantedNodes): Promise<Say> => {
        const connected = () => otherNodes(here, wanted);
        const nodes = { wanted, connected };
        const session = await Session.open(workspace, here.program, () => {}, thisUser(), nodes);
        return async (text) => (await shown(session, text)).at(-1) ?? "";
      };
      const restartSecond = async () => {
        kill(record.node.osPid);
        await eventually("false", async () => String(await answers(record.node)));
        await eventually("down", () => stateOf(here.workspace, record.node.name));
        const { workspace, record: restarted } = await openWorkspace(live.root, options);
        started.push(restarted.node.osPid);
        return await say(workspace, { nodes: [], cluster: false });
      };
      const there = await joinRecord(here.connections, record);
      const cookie = await readCookie(here.record.folder);
      await joinCluster([{ workspace: here.workspace, cookie }, { workspace: there, cookie }]);
      await answerNode(here);
      await test({
        ...{ here, there, restartSecond },
        alone: await say(here.workspace, { nodes: [], cluster: false }),
        all: await say(here.workspace, { nodes: [], cluster: true }),
        second: await say(there, { nodes: [], cluster: false }),
      });
    } finally {
      started.forEach(kill);
    }
  });
}

Deno.test("what a session of a cluster changes is changed on all nodes", () =>
  withCluster(async ({ alone, all, second }) => {
    await second("Workspace bind: Counter spawn as: #c");
    await alone("Counter >> step => 1");
    assertMatch(await second("c step"), /does not understand/);
    assertEquals(await all("Counter >> step => 2"), "a CompiledMethod (#step in Counter)");
    assertEquals(await second("c step"), "2");
    await all('Counter compile: #step source: "step => 3"');
    assertEquals(await second("c step"), "3");
    await all("patch Counter >> state { self.value := 70 }");
    assertEquals(await second("c value"), "70");
    await all("Object subclass: Typed\n  class answer => 42");
    assertEquals(await second("Typed answer"), "42");
    assertEquals(
      await all("String >> shout => self uppercase"),
      "a CompiledMethod (#shout in String)",
    );
    assertEquals(await second('"a" shout'), "A");
    await all("String removeSelector: #shout");
    assertMatch(await second('"a" shout'), /does not understand/);
    await all("Workspace changes revert: (Workspace changes activeEntries at: 3)");
    assertEquals(await second("c step"), "2");
    assertEquals(await second("Workspace changes size"), await all("Workspace changes size"));
    await all("Counter removeSelector: #step");
    assertMatch(await second("c step"), /does not understand/);
    await all("Other removeFromSystem");
    assertEquals(await second("Erlang erlang module_loaded: #'bt@sample@Other'"), "false");
  }));

Deno.test("what one node refuses is changed on none", () =>
  withCluster(async ({ there, alone, all, second }) => {
    await second("Workspace bind: Counter spawn as: #c");
    const refused = new RegExp(
      `^Error: ${there.node}: nothing was loaded: the migration of .* no node was changed`,
    );
    assertMatch(await all("patch Counter >> state { self.value := 1 / self.value }"), refused);
    assertMatch(
      await all(
        "Actor subclass: Counter\n  state: value = 0\n  state: owner :: String\n\n  owner => self.owner",
      ),
      /'owner' has no default, and 1 living actor .* no node was changed/,
    );
    assertEquals(await alone("Counter includesSelector: #owner"), "false");
    assertEquals(await alone("Workspace changes size"), "0");
    assertMatch(
      await all("Counter removeFromSystem"),
      new RegExp(`has living actors at ${there.node} and cannot be removed`),
    );
    assertEquals(await second("c value"), "0");
  }));

Deno.test("a node that is away gets what a session of the cluster changed when it comes back", () =>
  withCluster(async ({ here, there, all, second }) => {
    await second("Workspace bind: Counter spawn as: #c");
    await cut(here.workspace, there);
    await eventually("down", () => stateOf(here.workspace, there.node));
    await all("Counter >> increment => self.value += 500");
    assertEquals(await second("c increment"), "1");
    await mend(here.workspace, there, await readCookie(here.record.folder));
    await eventually("up", () => stateOf(here.workspace, there.node));
    assertEquals(await second("c increment"), "501");
  }));

Deno.test("a node that starts again has the live changes of the cluster that it had before", () =>
  withCluster(async ({ here, there, all, restartSecond }) => {
    await all("Counter >> increment => self.value += 500");
    await all("String >> shout => self uppercase");
    await all("Other removeFromSystem");
    const again = await restartSecond();
    await eventually("up", () => stateOf(here.workspace, there.node));
    assertEquals(await all(`c := Counter spawnOn: #'${there.node}'. c increment`), "500");
    assertEquals(await again("Erlang erlang module_loaded: #'bt@sample@Other'"), "false");
    assertEquals(await again('"a" shout'), "A");
  }));

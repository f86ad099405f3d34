/** What a node missed is not lost when all those that did not miss it are killed meanwhile. */
import { assertEquals, assertMatch } from "@std/assert";
import { join } from "@std/path";
import { atom } from "../bridge/mod.ts";
import { installation } from "../live/installation.ts";
import { answerNode } from "../live/node_requests.ts";
import { joinRecord } from "../live/join_workspace.ts";
import { joinCluster, type OpenWorkspace } from "../live/open_workspace.ts";
import { loadFiles } from "../live/program_change.ts";
import { sourcesAt } from "../live/program_sources.ts";
import { Session } from "../live/session.ts";
import type { Workspace } from "../live/workspace.ts";
import { answers, readCookie, recordFolder, type RunningNode } from "../live/workspace_record.ts";
import { ensureWorkspace } from "../live/workspace_start.ts";
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

const FILES = { [FILE]: COUNTER, "src/Other.bt": "Object subclass: Other\n  class answer => 1\n" };

/** A node of the project, and where it is. */
interface Member {
  readonly workspace: Workspace;
  readonly node: RunningNode;
}

interface Cluster {
  readonly live: LiveFixture;
  readonly first: OpenWorkspace;
  readonly second: Member;
  readonly third: Member;
  /** Starts a node that a label tells from the first again. */
  start(label: string): Promise<Member>;
}

/** Runs a test with three nodes of one project that are a cluster. */
function withCluster(test: (cluster: Cluster) => Promise<void>): Promise<void> {
  return withLive(FILES, async (live) => {
    const first = await opened(live);
    const started: number[] = [];
    const start = async (label: string) => {
      const { home, root } = live;
      const options = { home, root, idleSeconds: 60, label };
      const { record } = await ensureWorkspace({ installation: installation(), ...options });
      const { node } = record;
      started.push(node.osPid);
      return { workspace: await joinRecord(first.connections, record), node };
    };
    try {
      const [second, third] = [await start("second"), await start("third")];
      const cookie = await readCookie(first.record.folder);
      await joinCluster(
        [first, second, third].map(({ workspace }) => ({ workspace, cookie })),
      );
      await test({ live, first, second, third, start });
    } finally {
      started.forEach(kill);
    }
  });
}

async function opened(live: LiveFixture): Promise<OpenWorkspace> {
  const open = await live.open();
  await answerNode(open);
  return open;
}

/** Evaluates at a node; answers what is printed last. */
async function speaker({ workspace, program }: OpenWorkspace) {
  const session = await Session.open(workspace, program);
  return async (text: string) => (await shown(session, text)).at(-1) ?? "";
}

async function load(
  live: LiveFixture,
  { workspace, program }: OpenWorkspace,
  text: string,
  others: readonly Workspace[],
): Promise<void> {
  await live.write(FILE, text);
  await loadFiles([workspace, ...others], program, await sourcesAt(program, FILE, live.root));
}

/** Kills nodes and waits until nobody answers in their place. */
async function killAll(...nodes: readonly RunningNode[]): Promise<void> {
  nodes.forEach(({ osPid }) => kill(osPid));
  for (const node of nodes) await eventually("false", async () => String(await answers(node)));
}

const missedOf = ({ home, root }: LiveFixture) => join(recordFolder(home, root), "missed");

Deno.test("a node that was cut off gets what it missed, once, from others that were all killed", () =>
  withCluster(async ({ live, first, second, third, start }) => {
    const say = await speaker(first);
    const away = second.workspace;
    await say(`b := Counter spawnOn: #'${away.node}'. 3 timesRepeat: [b increment]`);
    for (const other of [first.workspace, third.workspace]) {
      await cut(other, away);
      await eventually("down", () => stateOf(other, away.node));
    }
    await load(live, first, TIMES_TEN, [third.workspace]);
    await load(live, first, PLUS_ONE, [third.workspace]);
    assertEquals(await say('Counter compile: #lasting source: "lasting => 7"'), "Counter");
    assertEquals(await say('Counter tryCompile: #trial source: "trial => 8"'), "Counter");
    assertEquals(await say("Other removeFromSystem"), "nil");
    await killAll(first.record.node, third.node);
    // A record that was cut off by the kill.
    const missed = missedOf(live);
    await Deno.writeFile(missed, new Uint8Array([0, 0, 9, 9, 1, 2, 3]), { append: true });
    const again = await opened(live);
    await start("third");
    const { workspace } = again;
    const sayAgain = await speaker(again);
    assertEquals(await stateOf(workspace, away.node), "down");
    assertMatch(
      await sayAgain(`Counter spawnWith: #{#note => ""} on: #'${away.node}'`),
      /^Error: Node cannot be reached/,
    );
    // What the node itself runs: its files, and the changes that are meant to last.
    const own = '(Counter spawnWith: #{#note => "here"})';
    assertEquals(await sayAgain(`${own} increment`), "1000");
    assertEquals(await sayAgain(`${own} lasting`), "7");
    assertMatch(await sayAgain(`${own} trial`), /does not understand/);
    const cookie = await readCookie(again.record.folder);
    await mend(workspace, away, cookie);
    await eventually("up", () => stateOf(workspace, away.node));
    await eventually("up", () => stateOf(away, workspace.node));
    await sayAgain(
      `b := (Erlang erpc call: #'${away.node}' m: #beamtalk_workspace_interface f: #actors a: #(nil))` +
        " first",
    );
    assertEquals(await sayAgain("b value"), "31");
    assertEquals(await sayAgain("b note"), "was 31");
    assertEquals(await sayAgain("b increment"), "1031");
    assertEquals(await sayAgain("b lasting"), "7");
    assertMatch(await sayAgain("b trial"), /does not understand/);
    assertEquals(await away.call("code", "is_loaded", [atom("bt@sample@Other")]), atom("false"));
    // Nobody misses anything any more: nothing of it is kept.
    const isSmall = async () => (await Deno.stat(missedOf(live))).size < 1000;
    await eventually("true", async () => String(await isSmall()));
  }));

Deno.test("a stopped node that is started again runs what others loaded before they were killed", () =>
  withCluster(async ({ live, first, second, third, start }) => {
    const say = await speaker(first);
    await killAll(second.node, third.node);
    await eventually("down", () => stateOf(first.workspace, second.workspace.node));
    await load(live, first, TIMES_TEN, []);
    await say("Counter >> increment => self.value += 5000");
    assertEquals(await Deno.readTextFile(join(live.root, FILE)), TIMES_TEN);
    await killAll(first.record.node);
    // The file changes once more while nobody runs; the changed method stays as it is.
    await live.write(FILE, TIMES_TEN.replace("value => self.value", "value => 0 - self.value"));
    const again = await opened(live);
    const sayAgain = await speaker(again);
    const { node } = (await start("second")).workspace;
    const spawned = `(Counter spawnOn: #'${node}')`;
    let said = "";
    for (let tries = 0; tries < 100 && !/^-?\d/.test(said); tries++) {
      said = await sayAgain(`c := ${spawned}. c increment. c value`);
      if (!/^-?\d/.test(said)) assertMatch(said, /cannot be reached|up to date/);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    assertEquals(said, "-5000");
  }));

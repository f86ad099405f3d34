/** Live changes of several nodes, each of which has a toolchain of its own beside. */
import { assertEquals, assertMatch } from "@std/assert";
import { join } from "@std/path";
import { PortProgram } from "../bridge/mod.ts";
import { thisUser } from "../live/changes.ts";
import { installation } from "../live/installation.ts";
import { answerNode } from "../live/node_requests.ts";
import { joinCluster, type OpenWorkspace, openWorkspace } from "../live/open_workspace.ts";
import { joinRecord } from "../live/join_workspace.ts";
import { otherNodes } from "../live/other_nodes.ts";
import { catchUp } from "../live/program_change.ts";
import { loadChanged } from "../live/project_changes.ts";
import { Session } from "../live/session.ts";
import type { Workspace } from "../live/workspace.ts";
import { readCookie } from "../live/workspace_record.ts";
import { COUNTER, cut, eventually, FILE, mend, stateOf } from "./cluster_nodes.ts";
import { kill, type LiveFixture, shown, withLive } from "./live_fixture.ts";

type Say = (text: string) => Promise<string>;

/** A node with a toolchain that knows it alone. */
interface Member {
  readonly open: OpenWorkspace;
  /** At its prompt, for this node alone. */
  readonly alone: Say;
}

interface Members {
  readonly live: LiveFixture;
  readonly first: Member;
  /** At the first node, for both. */
  readonly all: Say;
  /** The second node, as the first one's toolchain reaches it. */
  readonly there: Workspace;
  readonly second: Member;
  /** Another toolchain that opens the second node now. */
  anotherAtSecond(): Promise<Member>;
  /** Kills the second node; a toolchain starts it again. */
  restartSecond(): Promise<Member>;
}

/** Two nodes of one project, or of two folders with the same project. */
function withMembers(
  test: (members: Members) => Promise<void>,
  otherFolder = false,
): Promise<void> {
  return withLive({ [FILE]: COUNTER }, async (live) => {
    const ports: PortProgram[] = [];
    const nodes = new Set<number>();
    const root = otherFolder ? join(live.home, "..", "copy") : live.root;
    if (otherFolder) await copyProject(live.root, root);
    const member = async (open: OpenWorkspace): Promise<Member> => {
      nodes.add(open.record.node.osPid);
      await answerNode(open);
      return { open, alone: await say(open) };
    };
    const ownPort = async () => {
      const port = await PortProgram.start({ ebin: installation().ebin("port") });
      ports.push(port);
      return port;
    };
    const openSecond = async () =>
      await member(
        await openWorkspace(root, {
          ...{ installation: installation(), library: live.library, port: await ownPort() },
          ...{ home: live.home, idleSeconds: 60 },
          ...(otherFolder ? {} : { label: "second" }),
        }),
      );
    try {
      const first = await member(await live.open());
      const second = await openSecond();
      const there = await joinRecord(first.open.connections, second.open.record);
      const members = [[first.open.workspace, first], [there, second]] as const;
      await joinCluster(
        await Promise.all(members.map(async ([workspace, { open }]) => ({
          ...{ workspace, cookie: await readCookie(open.record.folder) },
        }))),
      );
      await test({
        ...{ live, first, second, there },
        all: await say(first.open, true),
        anotherAtSecond: openSecond,
        restartSecond: async () => {
          kill(second.open.record.node.osPid);
          await eventually("down", () => stateOf(first.open.workspace, there.node));
          return await openSecond();
        },
      });
    } finally {
      await Promise.all(ports.map((port) => port.close()));
      nodes.forEach(kill);
    }
  });
}

async function copyProject(from: string, to: string): Promise<void> {
  await Deno.mkdir(join(to, "src"), { recursive: true });
  for (const file of ["beamtalk.toml", FILE]) {
    await Deno.copyFile(join(from, file), join(to, file));
  }
}

/** Evaluates at a node's prompt; answers what is printed last, and warnings. */
async function say(open: OpenWorkspace, cluster = false): Promise<Say> {
  const wanted = { nodes: [], cluster };
  const nodes = { wanted, connected: () => otherNodes(open, wanted) };
  const session = await Session.open(open.workspace, open.program, () => {}, thisUser(), nodes);
  return async (text) => (await shown(session, text)).at(-1) ?? "";
}

/** The selectors of the entries in force at a node. */
const IN_FORCE = "(Workspace changes activeEntries collect: [:e | e selector]) sort";

Deno.test("what was changed for all stays when another node's toolchain changes the class", () =>
  withMembers(async ({ all, first, second, anotherAtSecond }) => {
    await second.alone("c := Counter spawn");
    await all("Counter >> a => 1");
    await second.alone("Counter >> b => 2");
    assertEquals(await second.alone("#{#a => c a, #b => c b}"), "#{#a => 1, #b => 2}");
    // So too where the toolchain opens the node after the change.
    const other = await anotherAtSecond();
    await other.alone("d := Counter spawn");
    assertEquals(await other.alone("d a"), "1");
    await other.alone("Counter >> e => 3");
    assertEquals(await other.alone("#(d a, d b, d e)"), "#(1, 2, 3)");
    assertEquals(await second.alone(IN_FORCE), "#(#a, #b, #e)");
    assertEquals(await first.alone(IN_FORCE), "#(#a)");
  }));

Deno.test("what a node changed alone stays when the class is changed for all, and is there everywhere", () =>
  withMembers(async ({ all, first, second }) => {
    await second.alone("c := Counter spawn");
    await second.alone("Counter >> b => 2");
    await first.alone("Counter >> alone => 5");
    await all("Counter >> a => 1");
    assertEquals(await second.alone("#(c a, c b, c alone)"), "#(1, 2, 5)");
    assertEquals(await first.alone("d := Counter spawn. #[d a, d b, d alone]"), "#[1, 2, 5]");
    for (const { alone } of [first, second]) {
      assertEquals(await alone(IN_FORCE), "#(#a, #alone, #b)");
    }
    await first.alone("Workspace flush");
    assertMatch(
      await Deno.readTextFile(first.open.program.known(join(first.open.root, FILE))!.path),
      /b => 2/,
    );
  }));

Deno.test("where two nodes changed one method, the one from which all are changed wins, and says so", () =>
  withMembers(async ({ all, first, second, there }) => {
    await second.alone("Counter >> b => 2");
    await first.alone("Counter >> b => 1");
    const session = await Session.open(
      first.open.workspace,
      first.open.program,
      () => {},
      thisUser(),
      {
        wanted: { nodes: [], cluster: true },
        connected: () => otherNodes(first.open, { nodes: [], cluster: true }),
      },
    );
    const warnings: string[] = [];
    for await (const { outcome } of session.evaluate("Counter >> a => 3")) {
      if (outcome.kind === "declared") warnings.push(...outcome.warnings);
    }
    assertEquals(warnings, [
      `Counter>>b was changed live at ${there.node} alone and is now as ${FILE} says; ` +
      "Workspace changes allEntries there keeps the change",
    ]);
    assertEquals(await second.alone("Counter spawn b"), "1");
    assertEquals(
      await second.alone(
        "Workspace changes allEntries collect: [:e | #(e selector, e isActive)]",
      ),
      "#(#(#b, false), #(#b, true), #(#a, true))",
    );
    assertEquals(await all("Counter spawn b"), "1");
  }));

Deno.test("how a change of all ends is known at all", () =>
  withMembers(async ({ all, live, first, second }) => {
    await second.alone("c := Counter spawn");
    await all("Counter >> a => 1");
    await all("Counter >> b => 2");
    assertEquals(await second.alone(IN_FORCE), "#(#a, #b)");
    await all("Workspace changes revert: Workspace changes activeEntries first");
    assertEquals(await second.alone(IN_FORCE), "#(#b)");
    await second.alone("Counter >> e => 3");
    assertMatch(await second.alone("c a"), /does not understand/);
    assertEquals(await second.alone("#(c b, c e)"), "#(2, 3)");
    await all("Workspace flush");
    await all("Counter >> f => 4");
    assertEquals(await second.alone(IN_FORCE), "#(#e, #f)");
    assertEquals(await second.alone("#(c b, c e, c f)"), "#(2, 3, 4)");
    assertEquals((await Deno.readTextFile(join(live.root, FILE))).includes("b => 2"), true);
    assertEquals(await first.alone(IN_FORCE), "#(#e, #f)");
  }));

Deno.test("a node that was away has the changes of all in its log when it is back", () =>
  withMembers(async ({ all, first, second, there }) => {
    await second.alone("c := Counter spawn");
    await all("Counter >> a => 1");
    const cookie = await readCookie(first.open.record.folder);
    await cut(first.open.workspace, there);
    await eventually("down", () => stateOf(first.open.workspace, there.node));
    await all("Counter >> b => 2");
    await all("Object subclass: Typed\n  class answer => 42");
    await all("Workspace changes revert: Workspace changes activeEntries first");
    await mend(first.open.workspace, there, cookie);
    await eventually("up", () => stateOf(first.open.workspace, there.node));
    assertEquals(await second.alone(IN_FORCE), "#(#b, nil)");
    await second.alone("Counter >> e => 3");
    assertEquals(await second.alone("#(c b, c e, Typed answer)"), "#(2, 3, 42)");
    assertMatch(await second.alone("c a"), /does not understand/);
  }));

Deno.test("what both sides of a cut changed in one class is together when they meet again", () =>
  withMembers(async ({ all, first, second, there }) => {
    await first.alone("Workspace bind: Counter spawn as: #c");
    await second.alone("Workspace bind: Counter spawn as: #c");
    const cookie = await readCookie(first.open.record.folder);
    await cut(first.open.workspace, there);
    await eventually("down", () => stateOf(first.open.workspace, there.node));
    await all("Counter >> a => 1");
    await all("Counter >> both => 1");
    await second.alone("Counter >> b => 2");
    await second.alone("Counter >> both => 2");
    await mend(first.open.workspace, there, cookie);
    await eventually("up", () => stateOf(first.open.workspace, there.node));
    for (const { alone } of [first, second]) {
      await eventually("#(1, 2, 2)", () => alone("#(c a, c b, c both)"));
      assertEquals(await alone(IN_FORCE), "#(#a, #b, #both)");
    }
    assertEquals(
      await first.alone("(Workspace changes allEntries reject: [:e | e isActive]) size"),
      "1",
    );
  }));

/** The counter with a field that only its migration fills. */
const WITH_NOTE = `${COUNTER.replace("state: value", "state: note :: String\n  state: value")}
  note => self.note

patch Counter >> state { self.note := "was {self.value}" }
`;

for (const isLast of [true, false]) {
  const when = isLast ? "and changes it after that" : "before that";
  Deno.test(`a file that one side of a cut loads stays where the other one changes its class, ${when}`, () =>
    withMembers(async ({ live, all, first, second, there }) => {
      await first.alone("Workspace bind: Counter spawn as: #c");
      await second.alone("Workspace bind: Counter spawn as: #c");
      const cookie = await readCookie(first.open.record.folder);
      await cut(first.open.workspace, there);
      await eventually("down", () => stateOf(first.open.workspace, there.node));
      await live.write(FILE, WITH_NOTE);
      await loadChanged([first.open.workspace], first.open.program);
      await second.alone("Counter >> b => 2");
      if (isLast) await all("Counter >> a => 1");
      await mend(first.open.workspace, there, cookie);
      await eventually("up", () => stateOf(first.open.workspace, there.node));
      for (const { alone } of [first, second]) {
        const said = isLast ? "#(c note, c b, c a)" : "#(c note, c b)";
        await eventually(isLast ? '#("was 0", 2, 1)' : '#("was 0", 2)', () => alone(said));
      }
    }));
}

Deno.test("a killed node starts again with what was changed for all and what it changed alone", () =>
  withMembers(async ({ all, first, there, second, restartSecond }) => {
    await all("Counter >> a => 1");
    await second.alone("Counter >> b => 2");
    const again = await restartSecond();
    assertEquals(await again.alone("d := Counter spawn. #[d a, d b]"), "#[1, 2]");
    await eventually("up", () => stateOf(first.open.workspace, there.node));
    assertEquals(await again.alone("d := Counter spawn. #[d a, d b]"), "#[1, 2]");
  }));

Deno.test("what one node has written to a file is no change any more at another of the same files", () =>
  withMembers(async ({ all, first, second, there }) => {
    await all("Counter >> a => 1");
    await second.alone("Counter >> b => 2");
    await first.alone("Workspace flush");
    await eventually("#(#b)", () => second.alone(IN_FORCE));
    await all("Counter >> e => 3");
    const cookie = await readCookie(first.open.record.folder);
    await cut(first.open.workspace, there);
    await eventually("down", () => stateOf(first.open.workspace, there.node));
    await first.alone("Workspace flush");
    assertEquals(await second.alone(IN_FORCE), "#(#b, #e)");
    await mend(first.open.workspace, there, cookie);
    await eventually("up", () => stateOf(first.open.workspace, there.node));
    assertEquals(await second.alone(IN_FORCE), "#()");
  }));

Deno.test("a copy of the project in another folder has the changes as changes of its own files", () =>
  withMembers(async ({ all, live, second }) => {
    await second.alone("c := Counter spawn");
    await all("Counter >> a => 1");
    await all("Workspace flush");
    assertMatch(await Deno.readTextFile(join(live.root, FILE)), /a => 1/);
    await all("Counter >> b => 2");
    assertEquals(await second.alone(IN_FORCE), "#(#a, #b)");
    await second.alone("Counter >> e => 3");
    assertEquals(await second.alone("#(c a, c b, c e)"), "#(1, 2, 3)");
    await second.alone("Workspace flush");
    const text = await Deno.readTextFile(join(second.open.root, FILE));
    assertEquals(text.match(/^ {2}[abe] => .*$/gm), ["  a => 1", "  b => 2", "  e => 3"]);
  }, true));

Deno.test("a toolchain hears which files another node's has loaded", () =>
  withMembers(async ({ live, first, there, second }) => {
    await second.alone("c := Counter spawn");
    await live.write(FILE, `${COUNTER}  a => 1\n`);
    await loadChanged([first.open.workspace, there], first.open.program);
    assertEquals(await second.alone("c a"), "1");
    await second.alone("Counter >> b => 2");
    assertEquals(await second.alone("#(c a, c b)"), "#(1, 2)");
    await catchUp(second.open.workspace, second.open.program);
  }));

/** Workspaces with real nodes: found again, shared, loaded into, migrated, lost. */
import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { join } from "@std/path";
import { NodeError, PortProgram } from "../bridge/mod.ts";
import { installation } from "../live/installation.ts";
import { SourceError } from "../live/live_program.ts";
import type { OpenWorkspace } from "../live/open_workspace.ts";
import { loadFiles } from "../live/program_change.ts";
import { sourcesAt } from "../live/program_sources.ts";
import { Session } from "../live/session.ts";
import { loadOnAll, NodeRefusal } from "../live/workspace.ts";
import { ensureWorkspace } from "../live/workspace_start.ts";
import { joinRecord } from "../live/join_workspace.ts";
import { kill, shown, withLive } from "./live_fixture.ts";

const COUNTER = `Actor subclass: Counter
  state: value :: Integer = 0

  value -> Integer => self.value

  increment -> Integer => self.value += 1
`;

const FILES = { "src/Counter.bt": COUNTER };

async function load(open: OpenWorkspace, path = "src/Counter.bt") {
  const sources = await sourcesAt(open.program, path, open.root);
  return await loadFiles([open.workspace], open.program, sources);
}

Deno.test("a workspace is found again, also by two that look for it at once", () =>
  withLive(FILES, async ({ open }) => {
    const [first, second] = await Promise.all([open(), open()]);
    const third = await open();
    assertEquals(second.record.node.osPid, first.record.node.osPid);
    assertEquals(third.record.node.osPid, first.record.node.osPid);
    assertEquals([first.isNew, second.isNew].filter((isNew) => isNew).length, 1);
    assertEquals(third.isNew, false);
  }));

Deno.test("the cookie is for its owner's eyes, and on no command line", () =>
  withLive(FILES, async ({ open }) => {
    const { record } = await open();
    const file = join(record.folder, ".erlang.cookie");
    const cookie = await Deno.readTextFile(file);
    assertEquals((await Deno.stat(file)).mode! & 0o777, 0o600);
    assertEquals((await Deno.stat(record.folder)).mode! & 0o777, 0o700);
    if (Deno.build.os !== "linux") return;
    for (const what of ["cmdline", "environ"]) {
      const told = await Deno.readTextFile(`/proc/${record.node.osPid}/${what}`);
      assert(!told.includes(cookie), `the cookie stands in ${what}`);
    }
  }));

Deno.test("what a killed node left behind is cleaned away", () =>
  withLive(FILES, async ({ open }) => {
    const first = await open();
    kill(first.record.node.osPid);
    await new Promise((resolve) => setTimeout(resolve, 200));
    const second = await open();
    assert(second.isNew);
    assert(second.record.node.osPid !== first.record.node.osPid);
    const session = await Session.open(second.workspace, second.program);
    assertEquals(await shown(session, "Counter spawn value"), ["0"]);
  }));

Deno.test("the toolchain is a hidden node", () =>
  withLive(FILES, async ({ open }) => {
    const { workspace, program } = await open();
    const session = await Session.open(workspace, program);
    assertEquals(await shown(session, "Erlang erlang nodes"), ["#()"]);
    const [hidden] = await shown(session, "Erlang erlang nodes: #hidden");
    assertMatch(hidden!, /^#\(#'bridge_.*@127\.0\.0\.1'\)$/);
  }));

Deno.test("an actor keeps its state and gets new code and new fields", () =>
  withLive(FILES, async (live) => {
    const open = await live.open();
    const session = await Session.open(open.workspace, open.program);
    await shown(session, "c := Counter spawn\nc increment\nc increment");
    await live.write(
      "src/Counter.bt",
      COUNTER.replace("+= 1", "+= self.step").replace(
        "state: value",
        "state: step :: Integer = 10\n  state: value",
      ),
    );
    const { reports } = await load(open);
    assertEquals(reports[0]?.migrated, 1);
    assertEquals(await shown(session, "c increment"), ["12"]);
  }));

Deno.test("a field without default is refused with the actors it would break", () =>
  withLive(FILES, async (live) => {
    const open = await live.open();
    const session = await Session.open(open.workspace, open.program);
    await shown(session, "c := Counter spawn\nc increment");
    await live.write(
      "src/Counter.bt",
      COUNTER.replace("+= 1", "+= 5").replace(
        "state: value",
        "state: owner :: String\n  state: value",
      ),
    );
    const refused = await assertRejects(() => load(open), NodeRefusal);
    assertMatch(refused.message, /'owner' has no default.*#Actor<Counter,0\.\d+\.0>/);
    assertMatch(refused.hint ?? "", /patch Counter >> state/);
    assertEquals(await shown(session, "c increment"), ["2"]);
  }));

Deno.test("a patch migrates; one that fails leaves every actor as it was", () =>
  withLive(FILES, async (live) => {
    const open = await live.open();
    const session = await Session.open(open.workspace, open.program);
    await shown(session, "a := Counter spawn\nb := Counter spawn\na increment");
    const typed = COUNTER.replace("state: value", "state: owner :: String\n  state: value")
      .replace("+= 1", "+= 100") + "\n  owner => self.owner\n";
    await live.write(
      "src/Counter.bt",
      `${typed}\npatch Counter >> state { self.owner := 1 / self.value }\n`,
    );
    const refused = await assertRejects(() => load(open), NodeRefusal);
    assertMatch(refused.message, /nothing was loaded: the migration of #Actor<Counter/);
    const line = `${typed}\n`.split("\n").length;
    assertMatch(refused.message, new RegExp(`Division by zero \\(src/Counter\\.bt:${line}\\)$`));
    assertEquals(await shown(session, "a increment\nb increment"), ["2", "1"]);
    await live.write(
      "src/Counter.bt",
      `${typed}\npatch Counter >> state { self.owner := "had {self.value}" }\n`,
    );
    await load(open);
    assertEquals(await shown(session, "a owner\nb owner\na increment"), ["had 2", "had 1", "102"]);
  }));

Deno.test("a file that does not compile or is not UTF-8 changes nothing", () =>
  withLive(FILES, async (live) => {
    const open = await live.open();
    const session = await Session.open(open.workspace, open.program);
    await shown(session, "c := Counter spawn");
    await live.write("src/Counter.bt", COUNTER.replace("self.value += 1", "(self.value += 1"));
    const broken = await assertRejects(() => load(open), SourceError);
    assertEquals(broken.findings[0]?.diagnostics[0]?.severity, "error");
    const bytes = new TextEncoder().encode(COUNTER);
    await Deno.writeFile(join(live.root, "src/Counter.bt"), Uint8Array.of(...bytes, 0xff, 0x0a));
    const unreadable = await assertRejects(() => load(open), SourceError);
    assertEquals(unreadable.message, "src/Counter.bt:7: the file is not UTF-8; save it as UTF-8");
    assertEquals(await shown(session, "c increment"), ["1"]);
  }));

Deno.test("two toolchains that load at once load one after the other", () =>
  withLive(FILES, async (live) => {
    await using other = await PortProgram.start({ ebin: installation().ebin("port") });
    const [one, two] = [await live.open(), await live.open(other)];
    const session = await Session.open(one.workspace, one.program);
    await shown(session, "c := Counter spawn");
    for (let round = 1; round <= 5; round++) {
      const field = (name: string) => `state: ${name}${round} = ${round}\n  state: value`;
      const texts = ["x", "y"].map((name) => COUNTER.replace("state: value", field(name)));
      const loads = [one, two].map(async ({ workspace, program, root }, index) => {
        const [source] = await sourcesAt(program, "src/Counter.bt", root);
        const { modules } = await program.compile([{ source: source!, text: texts[index]! }]);
        return await workspace.load(modules);
      });
      assertEquals((await Promise.all(loads)).map(({ migrated }) => migrated), [1, 1]);
      assertEquals(await shown(session, "c increment"), [String(round)]);
    }
  }));

Deno.test("where one node is lost in the middle of a load, the other goes back", () =>
  withLive(FILES, async (live) => {
    const open = await live.open();
    const { record } = await ensureWorkspace({
      installation: installation(),
      home: live.home,
      root: live.root,
      idleSeconds: 60,
      label: "second",
    });
    const second = await joinRecord(open.connections, record);
    const session = await Session.open(open.workspace, open.program);
    await shown(session, "c := Counter spawn\nc increment");
    await live.write(
      "src/Counter.bt",
      COUNTER.replace("+= 1", "+= 50").replace("state: value", "state: log = #()\n  state: value"),
    );
    const [source] = await sourcesAt(open.program, "src/Counter.bt", live.root);
    const text = await Deno.readTextFile(source!.path);
    const { modules } = await open.program.compile([{ source: source!, text }]);
    const staged = await open.workspace.stage(modules);
    kill(record.node.osPid);
    await assertRejects(() => second.stage(modules), NodeError);
    await staged.abort();
    assertEquals(await shown(session, "c increment"), ["2"]);
    const refused = await assertRejects(
      () => loadOnAll([open.workspace, second], modules),
      NodeRefusal,
    );
    assertMatch(refused.message, /no node was changed$/);
    assertEquals(await shown(session, "c increment"), ["3"]);
  }));

Deno.test("a toolchain that dies in the middle of a load leaves the node as it was", () =>
  withLive(FILES, async (live) => {
    const open = await live.open();
    const session = await Session.open(open.workspace, open.program);
    await shown(session, "c := Counter spawn\nc increment");
    const other = await PortProgram.start({ ebin: installation().ebin("port"), restarts: 0 });
    const theirs = await live.open(other);
    const [source] = await sourcesAt(theirs.program, "src/Counter.bt", live.root);
    const text = COUNTER.replace("+= 1", "+= 50").replace(
      "state: value",
      "state: a = 1\n  state: value",
    );
    const { modules } = await theirs.program.compile([{ source: source!, text }]);
    await theirs.workspace.stage(modules);
    kill(other.osPid!);
    assertEquals(await shown(session, "c increment"), ["2"]);
    await other.close();
  }));

/** Live changes: logged, kept, shared, written to files, undone; whole whatever is killed. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { PortProgram } from "../bridge/mod.ts";
import type { FlushStep } from "../live/flush.ts";
import { installation } from "../live/installation.ts";
import type { OpenWorkspace } from "../live/open_workspace.ts";
import { changesInForce, loadFiles } from "../live/program_change.ts";
import { sourcesAt } from "../live/program_sources.ts";
import { Session } from "../live/session.ts";
import { kill, type LiveFixture, openedSession, withLive } from "./live_fixture.ts";

const COUNTER = `/// Counts.
Actor subclass: Counter
  state: value :: Integer = 0

  value -> Integer => self.value // what there is

  /// One more.
  increment -> Integer => self.value += 1

  class begun => self spawn
`;

const FILES = { "src/Counter.bt": COUNTER };
const FILE = "src/Counter.bt";

interface Opened {
  readonly open: OpenWorkspace;
  readonly session: Session;
  readonly output: string[];
  run(text: string): Promise<string[]>;
}

const text = (live: LiveFixture) => Deno.readTextFile(join(live.root, FILE));

Deno.test("a change at the prompt is logged, written into its place, and then no change any more", () =>
  withLive(FILES, async (live) => {
    const { run, output } = await openedSession(live);
    assertEquals(await run("Workspace changes isEmpty"), ["true"]);
    await run("Counter >> increment => self.value += 10");
    await run("Counter >> twice => self increment. self increment");
    await run("Counter class >> begun =>\n  c := self spawn\n  c increment\n  c");
    assertEquals(await run("Counter begun twice"), ["30"]);
    assertEquals(await run("Workspace changes"), ["ChangeLog(3 entries)"]);
    assertEquals(await run("Workspace changes dirtyMethods"), [
      "#{#Counter => #(#increment, #twice, #begun)}",
    ]);
    const [first] = await run("Workspace changes allEntries first before");
    assertEquals(first, "increment -> Integer => self.value += 1");
    assertEquals(await run("Workspace changes allEntries first isHuman"), ["true"]);
    assertEquals(await text(live), COUNTER);
    assertEquals(await run("Workspace flush"), ['#("src/Counter.bt")']);
    assertEquals(
      output.join(""),
      `Flushed: Counter>>increment, Counter>>twice, Counter class>>begun (${FILE})\n`,
    );
    assertEquals(
      await text(live),
      COUNTER.replace("increment -> Integer => self.value += 1", "increment => self.value += 10")
        .replace(
          "class begun => self spawn",
          "class begun =>\n    c := self spawn\n    c increment\n    c",
        ) +
        "\n  twice => self increment. self increment\n",
    );
    assertEquals(await run("Workspace changes isEmpty"), ["true"]);
    assertEquals(await run("Workspace flush"), ["#()"]);
    assertEquals(await run("Counter begun twice"), ["30"]);
  }));

Deno.test("flush refuses where the file has changed in that place, and shows both", () =>
  withLive(FILES, async (live) => {
    const { run } = await openedSession(live);
    await run("Counter >> increment => self.value += 10");
    const theirs = COUNTER.replace("+= 1", "+= 2");
    await live.write(FILE, theirs);
    const [error] = await run("Workspace flush");
    assertStringIncludes(error!, "Counter>>increment has changed in src/Counter.bt since");
    assertStringIncludes(error!, "increment -> Integer => self.value += 2");
    assertStringIncludes(error!, "increment => self.value += 10");
    assertEquals(await text(live), theirs);
    // A change elsewhere in the file stays.
    await live.write(FILE, COUNTER.replace("Counts.", "Counts well."));
    assertEquals(await run("Workspace flush: Counter"), ['#("src/Counter.bt")']);
    assertStringIncludes(await text(live), "/// Counts well.");
    assertStringIncludes(await text(live), "increment => self.value += 10");
  }));

Deno.test("revert undoes the last change of a method, and only that", () =>
  withLive(FILES, async (live) => {
    const { run } = await openedSession(live);
    await run("c := Counter spawn");
    await run("Counter >> increment => self.value += 10");
    await run("Counter >> increment => self.value += 100");
    await run("Counter >> extra => 1");
    const [refused] = await run("Workspace changes revert: Workspace changes allEntries first");
    assertStringIncludes(refused!, "change 2 was made on top of change 1");
    assertEquals(await run("c increment"), ["100"]);
    await run("Workspace changes revert: (Workspace changes allEntries at: 2)");
    assertEquals(await run("c increment"), ["110"]);
    await run("Workspace changes revert: Workspace changes allEntries first");
    assertEquals(await run("c increment"), ["111"]);
    await run("Workspace changes revert: Workspace changes allEntries last");
    assertMatch((await run("c extra"))[0]!, /does not understand/);
    const [again] = await run("Workspace changes revert: Workspace changes allEntries last");
    assertStringIncludes(again!, "is not in force");
    assertEquals(await run("Workspace changes activeEntries size"), ["0"]);
  }));

Deno.test("methods and classes are taken out of files only when that is confirmed", () =>
  withLive(
    { ...FILES, "src/Other.bt": "Object subclass: Other\n  class x => 1\n" },
    async (live) => {
      const { run, output } = await openedSession(live);
      await run("Counter removeSelector: #increment");
      await run("Other removeFromSystem");
      assertEquals(await run("Workspace flush"), ["#()"]);
      assertStringIncludes(output.join(""), "Not flushed: Counter>>increment would be taken out");
      assertEquals(await text(live), COUNTER);
      assertMatch((await run("Other x"))[0]!, /Other/);
      await run("Workspace changes revert: Workspace changes allEntries last");
      assertEquals(await run("Other x"), ["1"]);
      await run("Other removeFromSystem");
      await run("Workspace flushIncludingDestructive");
      assertEquals(await text(live), COUNTER.replace(/\n {2}\/\/\/ One more.\n.*\n/, ""));
      assertEquals(await Deno.readTextFile(join(live.root, "src/Other.bt")), "");
    },
  ));

Deno.test("trials stay out of files and end with the node; what is meant to last comes back", () =>
  withLive(FILES, async (live) => {
    const first = await openedSession(live);
    await first.run('Counter tryCompile: #increment source: "increment => 0"');
    await first.run('Counter compile: #value source: "value => -1"');
    await first.run("Object subclass: Typed\n  class answer => 42");
    await first.run("Typed class >> other => 43");
    await first.run('String >> shout => self uppercase ++ "!"');
    assertEquals(await first.run("Counter spawn increment"), ["0"]);
    kill(first.open.record.node.osPid);
    await new Promise((resolve) => setTimeout(resolve, 200));
    const { run } = await openedSession(live);
    assertEquals(await run("Counter spawn increment"), ["1"]);
    assertEquals(await run("Counter spawn value"), ["-1"]);
    assertEquals(await run("Typed answer"), ["42"]);
    assertEquals(await run("Typed other"), ["43"]);
    assertEquals(await run('"a" shout'), ["A!"]);
    assertEquals(await run("Workspace changes activeEntries size"), ["4"]);
    await run("Workspace flush");
    assertStringIncludes(await text(live), "  value => -1 // what there is");
  }));

Deno.test("what was tried and is then meant to last is written, and comes back", () =>
  withLive(FILES, async (live) => {
    const first = await openedSession(live);
    const increment = (how: string, by: number) =>
      first.run(`Counter ${how}: #increment source: "increment -> Integer => self.value += ${by}"`);
    for (const by of [2, 3]) await increment("tryCompile", by);
    await increment("compile", 4);
    assertEquals(await first.run("Workspace changes activeEntries size"), ["1"]);
    await increment("tryCompile", 5);
    assertEquals(await first.run("Counter spawn increment"), ["5"]);
    await first.run('Counter tryCompile: #tried source: "tried => 1"');
    await first.run("Counter removeSelector: #tried");
    kill(first.open.record.node.osPid);
    const { run } = await openedSession(live);
    assertEquals(await run("Counter spawn increment"), ["4"]);
    assertEquals(await run("Workspace flush"), ['#("src/Counter.bt")']);
    const changed = COUNTER.replace("self.value += 1", "self.value += 4");
    assertEquals(await text(live), changed);
    assertEquals(await run("Workspace changes activeEntries"), ["#()"]);
    // What is tried over a change goes on after that change is written, and ends with the next.
    await run("Counter >> increment -> Integer => self.value += 6");
    await run('Counter tryCompile: #increment source: "increment -> Integer => self.value += 7"');
    await run("Workspace flush");
    assertEquals(await text(live), COUNTER.replace("self.value += 1", "self.value += 6"));
    assertEquals(await run("Counter spawn increment"), ["7"]);
    await run("Counter >> increment -> Integer => self.value += 8");
    await run("Workspace flush");
    assertEquals(await text(live), COUNTER.replace("self.value += 1", "self.value += 8"));
    await run("Workspace sync");
    assertEquals(await run("Counter spawn increment"), ["8"]);
  }));

Deno.test("a class that is taken out ends what was tried in it, and can be flushed", () =>
  withLive(FILES, async (live) => {
    const { run } = await openedSession(live);
    await run("Counter >> twice => 2");
    await run('Counter tryCompile: #increment source: "increment => 9"');
    assertEquals(await run("Counter removeFromSystem"), ["nil"]);
    assertEquals(await run("Workspace changes activeEntries size"), ["2"]);
    assertEquals(await run("Workspace flushIncludingDestructive"), ['#("src/Counter.bt")']);
    assertEquals(await text(live), "");
  }));

Deno.test("changes that undo one another leave nothing to write", () =>
  withLive(FILES, async (live) => {
    const { run } = await openedSession(live);
    await run("Counter >> twice => 2");
    await run("Integer >> trice => self * 3");
    await run("Counter removeSelector: #twice");
    await run("Integer removeSelector: #trice");
    assertEquals(await run("Workspace flush"), ["#()"]);
    assertEquals(await run("Workspace changes activeEntries"), ["#()"]);
    assertEquals(await text(live), COUNTER);
  }));

Deno.test("what one toolchain changes, the others know", () =>
  withLive(FILES, async (live) => {
    const port = await PortProgram.start({ ebin: installation().ebin("port") });
    try {
      const mine = await openedSession(live);
      const theirs = await openedSession(live, port);
      await mine.run("Counter >> increment => self.value += 10");
      await mine.run("Object subclass: Typed\n  class answer => 42");
      await theirs.run("Counter >> value => self.value * 2");
      assertEquals(await theirs.run("Typed answer"), ["42"]);
      await Promise.all([
        mine.run("Counter >> a => 1"),
        theirs.run("Counter >> b => 2"),
        mine.run("Counter >> c => 3"),
        theirs.run("Counter >> d => 4"),
      ]);
      assertEquals(await mine.run("(c := Counter spawn) increment. c value"), ["10", "20"]);
      assertEquals(await theirs.run("(c := Counter spawn) a + c b + c c + c d"), ["10"]);
      // Opened a third time, with the files as they were: the changes stay in force.
      const third = await openedSession(live);
      assertEquals(await third.run("Counter spawn increment"), ["10"]);
      // A file that is loaded by one is not undone by the other.
      await live.write("src/Counter.bt", COUNTER.replace("+= 1", "+= 5"));
      const sources = await sourcesAt(mine.open.program, FILE, live.root);
      const { reports } = await loadFiles([mine.open.workspace], mine.open.program, sources);
      assertMatch(reports[0]!.warnings.join("\n"), /Counter>>increment was changed live/);
      await theirs.run("Counter >> e => 5");
      assertEquals(await theirs.run("Counter spawn increment"), ["5"]);
    } finally {
      await port.close();
    }
  }));

Deno.test("sync keeps live changes where the file has not changed", () =>
  withLive(FILES, async (live) => {
    const { run, output } = await openedSession(live);
    await run("Counter >> increment => self.value += 10");
    await run("Counter >> extra => 1");
    await live.write(FILE, COUNTER.replace("self.value //", "self.value * 2 //"));
    await run("Workspace sync");
    assertEquals(await run("(c := Counter spawn) increment. c value. c extra"), ["10", "20", "1"]);
    await live.write(FILE, COUNTER.replace("+= 1", "+= 3"));
    await run("Workspace sync");
    assertStringIncludes(output.join(""), "Counter>>increment was changed live");
    assertEquals(await run("(c := Counter spawn) increment. c value. c extra"), ["3", "3", "1"]);
    await run("Counter reload");
    assertMatch((await run("Counter spawn extra"))[0]!, /does not understand/);
  }));

Deno.test("with autoflush a change is in its file at once", () =>
  withLive(FILES, async (live) => {
    const { run } = await openedSession(live);
    await run("Workspace autoflush: true");
    await run("Counter >> increment => self.value += 10");
    assertStringIncludes(await text(live), "increment => self.value += 10");
    assertEquals(await run("Workspace changes isEmpty"), ["true"]);
  }));

Deno.test("where the log cannot be written, nothing changes", () =>
  withLive(FILES, async (live) => {
    const { run, open } = await openedSession(live);
    await run("c := Counter spawn");
    await Deno.symlink("/dev/full", join(open.record.folder, "changes"));
    const [error] = await run("Counter >> increment => self.value += 10");
    assertMatch(error!, /nothing was loaded: the log of changes cannot be written: no space left/);
    assertEquals(await run("c increment"), ["1"]);
    assertEquals(await run("Workspace changes isEmpty"), ["true"]);
    await Deno.remove(join(open.record.folder, "changes"));
    await run("Counter >> increment => self.value += 10");
    assertEquals(await run("c increment"), ["11"]);
  }));

const STEPS: readonly FlushStep[] = ["planned", "intended", "temporary", "renamed", "marked"];

for (const step of STEPS) {
  Deno.test(`a flush killed when it is ${step} leaves whole files, and the next one finishes it`, () =>
    withLive(FILES, async (live) => {
      const { open, run } = await openedSession(live);
      await run("Counter >> increment => self.value += 10");
      await run("Counter >> extra => 1");
      const { signal } = await new Deno.Command(Deno.execPath(), {
        args: ["run", "-A", "--no-check", "--quiet", PROGRAM, live.root, live.home, step],
      }).output();
      assertEquals(signal, "SIGKILL");
      const done = `${
        COUNTER.replace("increment -> Integer => self.value += 1", "increment => self.value += 10")
      }\n  extra => 1\n`;
      assert([COUNTER, done].includes(await text(live)));
      await run("Workspace flush");
      assertEquals(await text(live), done);
      assertEquals(await changesInForce(open.workspace), []);
      const left = [...Deno.readDirSync(join(live.root, "src"))].map(({ name }) => name);
      assertEquals(left, ["Counter.bt"]);
    }));
}

const PROGRAM = join(installation().root, "tests", "flush_and_die.ts");

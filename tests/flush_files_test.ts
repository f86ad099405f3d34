/** Live changes of files of every shape: written in their place, everything else byte for byte. */
import {
  assert,
  assertEquals,
  assertMatch,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { join } from "@std/path";
import { atom } from "../bridge/mod.ts";
import { flushChanges } from "../live/flush.ts";
import { kill, type LiveFixture, openedPrompt, withLive } from "./live_fixture.ts";

const COUNTER = `/// Counts.
Actor subclass: Counter
  state: value = 0

  // What there is.
  value => self.value

  /// One more.
  ///
  /// ## Examples
  increment => self.value += 1 // by one

  class begun => self spawn
`;

const FILE = "src/Counter.bt";

const read = (live: LiveFixture, path = FILE) => Deno.readTextFile(join(live.root, path));

/** Shapes of the same text, and what changed and added methods look like in each. */
const SHAPES: readonly (readonly [string, (text: string) => string])[] = [
  ["line ends of Windows", (text) => text.replaceAll("\n", "\r\n")],
  ["no final newline", (text) => text.trimEnd()],
  ["a byte order mark", (text) => `\ufeff${text}`],
  ["tabs for steps", (text) => text.replaceAll(/^( {2})+/gm, (all) => "\t".repeat(all.length / 2))],
  ["steps of four spaces", (text) => text.replaceAll(/^ +/gm, (all) => all + all)],
  ["tabs at the ends of lines", (text) => text.replaceAll("\n", "\t\n")],
];

Deno.test("a string of several lines is in the file as it was typed", () =>
  withLive({ [FILE]: COUNTER }, async (live) => {
    const { run } = await openedPrompt(live);
    await run('Counter >> value =>\n  a := "one  \n two\n  three"\n  a');
    assertEquals(await run("Counter begun value"), "one  \n two\n  three");
    await run("Workspace flush");
    assertEquals(
      await read(live),
      COUNTER.replace(
        "value => self.value\n",
        'value =>\n    a := "one  \n two\n  three"\n    a\n',
      ),
    );
  }));

for (const [name, shaped] of SHAPES) {
  Deno.test(`flush into a file with ${name}`, () =>
    withLive({ [FILE]: shaped(COUNTER) }, async (live) => {
      const { run } = await openedPrompt(live);
      await run("Counter >> increment =>\n  self.value += 10\n  self.value");
      assertEquals(await run("Counter begun increment"), "10");
      assertEquals(await run("Workspace flush"), '#("src/Counter.bt")');
      const changed = shaped(
        COUNTER.replace(
          "increment => self.value += 1 // by one",
          "increment =>\n    self.value += 10\n    self.value // by one",
        ),
      );
      const now = await read(live);
      assertEquals(now.replaceAll("\t", ""), changed.replaceAll("\t", ""));
      // A new method comes after the last one.
      await run("Counter >> twice => self increment. self increment");
      await run("Workspace flush");
      const withTwice = await read(live);
      assert(withTwice.startsWith(now.trimEnd()), withTwice);
      assertStringIncludes(withTwice, "twice => self increment. self increment");
      if (name.startsWith("line ends")) assert(!/[^\r]\n/.test(withTwice), "a bare newline");
      await run("Counter reload");
      assertEquals(await run("Counter begun twice"), "20");
    }));
}

Deno.test("a flush keeps the rights of a file, and leaves one that is read-only", () =>
  withLive({ [FILE]: COUNTER }, async (live) => {
    const { run } = await openedPrompt(live);
    const path = join(live.root, FILE);
    const rights = async () => (((await Deno.stat(path)).mode ?? 0) & 0o7777).toString(8);
    await Deno.chmod(path, 0o666);
    await run("Counter >> value => 7");
    assertEquals(await run("Workspace flush"), '#("src/Counter.bt")');
    assertEquals(await rights(), "666");
    await Deno.chmod(path, 0o444);
    const before = await read(live);
    await run("Counter >> value => 8");
    assertMatch(await run("Workspace flush"), /src\/Counter.bt cannot be written: it is read-only/);
    assertEquals([await read(live), await rights()], [before, "444"]);
    await Deno.chmod(path, 0o644);
    assertEquals(await run("Workspace flush"), '#("src/Counter.bt")');
    assertStringIncludes(await read(live), "value => 8");
  }));

Deno.test("a flush leaves a file that is saved while it is written", () =>
  withLive({ [FILE]: COUNTER }, async (live) => {
    const { run, open } = await openedPrompt(live);
    await run("Counter >> value => 7");
    const saved = `${COUNTER}\n// Saved.\n`;
    const refused = await assertRejects(() =>
      flushChanges(open.workspace, open.program, {}, async (step) => {
        if (step === "temporary") await live.write(FILE, saved);
      })
    );
    assertMatch(String(refused), /cannot be written: it was saved meanwhile/);
    assertEquals(await read(live), saved);
    assertEquals([...Deno.readDirSync(join(live.root, "src"))].length, 1);
    assertEquals(await run("Workspace flush"), '#("src/Counter.bt")');
    assertEquals(await read(live), saved.replace("value => self.value\n", "value => 7\n"));
  }));

Deno.test("several methods of one file go in one writing, comments and order kept", () =>
  withLive({ [FILE]: COUNTER }, async (live) => {
    const { run, output } = await openedPrompt(live);
    await run("Counter >> value => self.value * 2");
    await run("Counter >> increment => self.value += 5");
    await run("Counter class >> begun => (self spawn) increment");
    await run("Workspace flush");
    assertEquals(
      await read(live),
      COUNTER.replace("value => self.value\n", "value => self.value * 2\n")
        .replace("self.value += 1 // by one", "self.value += 5 // by one")
        .replace("class begun => self spawn", "class begun => (self spawn) increment"),
    );
    assertStringIncludes(
      output.join(""),
      "Flushed: Counter>>value, Counter>>increment, Counter class>>begun (src/Counter.bt)",
    );
  }));

Deno.test("revert undoes every kind of change", () =>
  withLive(
    { [FILE]: COUNTER, "src/Other.bt": "Object subclass: Other\n  class x => 1\n" },
    async (live) => {
      const { run } = await openedPrompt(live);
      const revert = () => run("Workspace changes revert: Workspace changes activeEntries last");
      const undone = async (change: string, ask: string, before: RegExp, after: RegExp) => {
        await run(change);
        assertMatch(await run(ask), after, change);
        assertEquals(await revert(), "nil", change);
        assertMatch(await run(ask), before, change);
        assertEquals(await run("Workspace changes activeEntries size"), "0", change);
      };
      const dnu = /does not understand/;
      await undone(
        "Counter >> increment => self.value += 10",
        "Counter spawn increment",
        /^1$/,
        /^10$/,
      );
      await undone("Counter >> extra => 7", "Counter spawn extra", dnu, /^7$/);
      await undone("Counter removeSelector: #increment", "Counter spawn increment", /^1$/, dnu);
      await undone("Counter class >> begun => 8", "Counter begun", /^#Actor</, /^8$/);
      await undone("Counter class >> made => 9", "Counter made", dnu, /^9$/);
      await undone("Counter class removeSelector: #begun", "Counter begun", /^#Actor</, dnu);
      await undone(
        "Object subclass: Typed\n  class x => 1",
        "Typed x",
        /not found|Undefined|does not/,
        /^1$/,
      );
      await undone("Other removeFromSystem", "Other x", /^1$/, /not found|Undefined|does not/);
      await undone(
        "Object subclass: Other\n  class x => 2\n  class y => 3",
        "Other x",
        /^1$/,
        /^2$/,
      );
      await undone("String >> shout => self uppercase", '"a" shout', dnu, /^A$/);
      assertEquals(await read(live), COUNTER);
    },
  ));

Deno.test("flush writes by class, by kind and by destruction only what is asked", () =>
  withLive(
    { [FILE]: COUNTER, "src/Other.bt": "Object subclass: Other\n  class x => 1\n" },
    async (live) => {
      const { run, output } = await openedPrompt(live);
      await run("Counter >> increment => self.value += 10");
      await run("Counter removeSelector: #value");
      await run("Other class >> x => 2");
      assertEquals(await run("Workspace flush: Other"), '#("src/Other.bt")');
      assertEquals(await read(live), COUNTER);
      assertEquals(await run("Workspace changes flushKinds: #removeMethod"), "#()");
      assertStringIncludes(output.join(""), "Counter>>value would be taken out of src/Counter.bt");
      assertEquals(await run("Workspace changes flushKinds: #method"), '#("src/Counter.bt")');
      assertStringIncludes(await read(live), "self.value += 10");
      assertStringIncludes(await read(live), "value => self.value\n");
      assertMatch(await run("Workspace changes flushKinds: #nonsense"), /is no kind of change/);
      await run("Workspace flushIncludingDestructive");
      assert(!(await read(live)).includes("value => self.value\n"));
      assertEquals(await run("Workspace changes isEmpty"), "true");
    },
  ));

Deno.test("a file that was renamed or taken away keeps its changes in the log", () =>
  withLive({ [FILE]: COUNTER }, async (live) => {
    const { run } = await openedPrompt(live);
    await run("Counter >> increment => self.value += 10");
    await Deno.rename(join(live.root, FILE), join(live.root, "src/Renamed.bt"));
    assertMatch(await run("Workspace flush"), /src\/Counter\.bt is gone: nothing was written/);
    assertEquals(await read(live, "src/Renamed.bt"), COUNTER);
    assertEquals(await run("Counter spawn increment"), "10");
    assertEquals(await run("Workspace changes activeEntries size"), "1");
    await Deno.rename(join(live.root, "src/Renamed.bt"), join(live.root, FILE));
    assertEquals(await run("Workspace flush"), '#("src/Counter.bt")');
    assertStringIncludes(await read(live), "self.value += 10");
  }));

Deno.test("a flush refuses as a whole: no file is written where one does not fit", () =>
  withLive(
    { [FILE]: COUNTER, "src/Other.bt": "Object subclass: Other\n  class x => 1\n" },
    async (live) => {
      const { run } = await openedPrompt(live);
      await run("Counter >> increment => self.value += 10");
      await run("Other class >> x => 2");
      await live.write("src/Other.bt", "Object subclass: Other\n  class x => 3\n");
      const error = await run("Workspace flush");
      assertMatch(error, /Other class>>x has changed in src\/Other\.bt since: nothing was written/);
      assertMatch(error, /the file says:\n\s+class x => 3\nthe live change says:\n\s+.*x => 2/);
      assertEquals(await read(live), COUNTER);
    },
  ));

Deno.test("a node killed before the log has a change does not have it; one that was told does", () =>
  withLive({ [FILE]: COUNTER }, async (live) => {
    const first = await openedPrompt(live);
    await first.run("Counter >> value => -1");
    // The log stands still: the change is compiled and loaded, and waits for it.
    await first.open.workspace.call("sys", "suspend", [atom("beamtalk_workspace_changes")]);
    const said = first.run("Counter >> increment => self.value += 10").catch(() => "lost");
    await new Promise((resolve) => setTimeout(resolve, 500));
    kill(first.open.record.node.osPid);
    assert(!(await said).startsWith("a CompiledMethod"));
    const { run } = await openedPrompt(live);
    assertEquals(await run("(c := Counter spawn) increment. c value"), "-1");
    assertEquals(await run("c increment"), "2");
    assertEquals(await run("Workspace changes activeEntries size"), "1");
  }));

Deno.test("nodes killed at any moment have every change that was acknowledged", () =>
  withLive({ [FILE]: COUNTER }, async (live) => {
    let acknowledged = 0;
    let next = 1;
    for (const delay of [60, 90, 130, 170, 220]) {
      const { open, run } = await openedPrompt(live);
      const found = Number(await run("Counter begun increment"));
      assert(
        found === Math.max(1, acknowledged) || found === next - 1,
        `${found}, ${acknowledged}`,
      );
      setTimeout(() => kill(open.record.node.osPid), delay);
      for (let alive = true; alive; next++) {
        const said = await run(`Counter >> increment => self.value += ${next}`).catch(() => "lost");
        alive = said.startsWith("a CompiledMethod");
        if (alive) acknowledged = next;
      }
      await new Promise((resolve) => setTimeout(resolve, 200));
      assertEquals(await read(live), COUNTER);
    }
    assert(acknowledged > 0, "no change was made before a node was killed");
  }));

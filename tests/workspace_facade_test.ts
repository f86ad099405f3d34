/** What `Workspace` and `Session` answer in a running workspace, and watching its files. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { loadFiles } from "../live/program_change.ts";
import { sourcesAt } from "../live/program_sources.ts";
import { Session } from "../live/session.ts";
import { NodeRefusal } from "../live/workspace.ts";
import { openedSession, shown, withLive } from "./live_fixture.ts";

const COUNTER = `Actor subclass: Counter
  state: value = 0

  increment => self.value += 1
`;

const COUNTER_TEST = `TestCase subclass: CounterTest
  testUp => self assert: Counter spawn increment equals: 1
  testDown => self assert: 1 equals: 1
`;

const FILES = { "src/Counter.bt": COUNTER };

Deno.test("Workspace test: runs a class and shows a line", () =>
  withLive({ ...FILES, "src/CounterTest.bt": COUNTER_TEST }, async (live) => {
    const { run, output } = await openedSession(live);
    await run("r := Workspace test: CounterTest");
    assertMatch(output.join(""), /^CounterTest: 2 tests, 2 passed, 0 failed \(\d+ms\)\n$/);
    assertEquals(await run("Workspace testClasses"), ["#(CounterTest)"]);
  }));

Deno.test("newClass:at: makes a file and a class, or neither", () =>
  withLive(FILES, async (live) => {
    const { run } = await openedSession(live);
    assertEquals(
      await run('Workspace newClass: "Object subclass: Made\n  class x => 7" at: "src/Made.bt"'),
      ["#(Made)"],
    );
    assertEquals(await run("Made x"), ["7"]);
    assertEquals(await run("Made sourceFile"), ["src/Made.bt"]);
    assertStringIncludes(await Deno.readTextFile(join(live.root, "src/Made.bt")), "Made");
    const [again] = await run('Workspace newClass: "Object subclass: B" at: "src/Made.bt"');
    assertStringIncludes(again!, "src/Made.bt exists already");
    const refused = [
      ["Object subclass: )", "src/Bad.bt", "`)` closes nothing"],
      ["// Nothing.", "src/None.bt", "expects the source of a class"],
      ["Object subclass: Other", "src/Other.txt", "expects a path that ends in .bt"],
      ["Object subclass: Other", "beamtalk.toml/Other.bt", "Cannot write beamtalk.toml/Other.bt"],
    ];
    for (const [source, path, why] of refused) {
      const [said] = await run(`Workspace newClass: "${source}" at: "${path}"`);
      assertStringIncludes(said!, why!);
    }
    const left = [...Deno.readDirSync(join(live.root, "src"))].map(({ name }) => name).sort();
    assertEquals(left, ["Counter.bt", "Made.bt"]);
  }));

Deno.test("what is not meant so is refused, by the message that was sent", () =>
  withLive(FILES, async (live) => {
    const { run } = await openedSession(live);
    const said: readonly (readonly [string, string])[] = [
      [
        'Counter compile: #twice source: "thrice => 3"',
        "Error: the source defines #thrice, not #twice",
      ],
      [
        "Workspace flush: Counter confirmDestructive: 1",
        "Error: WorkspaceInterface>>flush:confirmDestructive: expects a Boolean, got Integer",
      ],
      [
        "Workspace flush: #method confirmDestructive: 1",
        "Error: WorkspaceInterface>>flush:confirmDestructive: expects a Boolean, got Integer",
      ],
      [
        'Counter removeSelector: "increment"',
        "Error: Behaviour>>removeSelector: expects a Symbol, got String",
      ],
      ["Conter >> twice => 2", "Error: Class 'Conter' not found"],
    ];
    for (const [text, error] of said) assertEquals(await run(text), [error]);
    assertEquals(await run("Workspace changes allEntries"), ["#()"]);
    assertEquals(await run('Counter compile: #twice source: "twice => 2"'), ["Counter"]);
    assertEquals(await run("patch Counter >> state { self.value := 2 }"), ["Counter"]);
  }));

Deno.test("another session's variables can be read, and not written", () =>
  withLive(FILES, async (live) => {
    const { open, run } = await openedSession(live);
    const other = await Session.open(open.workspace, open.program);
    await shown(other, "x := 42");
    await run(`there := (Session withId: "${other.id}") bindings`);
    assertEquals(await run("there at: #x"), ["42"]);
    for (const text of ["there at: #x put: 1", "there removeKey: #x"]) {
      assertEquals(await run(text), ["Error: Cannot mutate another session's bindings"]);
    }
    assertEquals(await shown(other, "x"), ["42"]);
    assertEquals(await run("Workspace sessions size"), ["2"]);
  }));

Deno.test("recheckImage tells all findings, nodes and supervisors are listed", () =>
  withLive({
    ...FILES,
    "src/App.bt": "Supervisor subclass: App\n  class children => #(Counter)\n",
  }, async (live) => {
    const { run } = await openedSession(live);
    assertEquals(await run("Workspace recheckImage"), ["#()"]);
    assertEquals(await run("Workspace dependencies"), ["#{}"]);
    assertEquals(await run("Workspace supervisor"), ["nil"]);
    const [app] = await run("Workspace startSupervisor: App");
    assertMatch(app!, /^#Supervisor<App,/);
    assertEquals(await run("Workspace supervisors size"), ["1"]);
    assertMatch((await run("Workspace processes"))[0]!, /#children => #\(#\{.*#Actor<Counter/);
    await run("Workspace stopSupervisor: App");
    assertEquals(await run("Workspace supervisors"), ["#()"]);
    assertMatch((await run("Workspace nodes"))[0]!, /#state => #here/);
  }));

Deno.test("the code of an expression can be looked at, without running it", () =>
  withLive(FILES, async (live) => {
    const { session, run } = await openedSession(live);
    assertStringIncludes(String(session.coreOf("x := 6 * 7")), "beamtalk_binding':'set'");
    assertMatch((await run("x"))[0]!, /Undefined variable: x/);
  }));

/** Whether the node's release tells of code that its blocks are kept: those from OTP 26 on do not. */
async function countsBlocks(run: (text: string) => Promise<string[]>): Promise<boolean> {
  return (await run("Erlang beamtalk_workspace_blocks are_counted"))[0] === "true";
}

Deno.test("code whose blocks are kept goes only by force, where the system can tell", () =>
  withLive({ "src/Maker.bt": "Object subclass: Maker\n  class block => [1]\n" }, async (live) => {
    const { open, run } = await openedSession(live);
    const load = async (number: number, force = false) => {
      await live.write("src/Maker.bt", `Object subclass: Maker\n  class block => [${number}]\n`);
      const sources = await sourcesAt(open.program, "src/Maker.bt", open.root);
      await loadFiles([open.workspace], open.program, sources, "replace", force);
    };
    await run("Workspace bind: Maker block as: #kept");
    await load(2);
    assertEquals(await run("kept value"), ["1"]);
    const refusal = await load(3).then(() => undefined, (error) => error);
    if (await countsBlocks(run)) {
      if (!(refusal instanceof NodeRefusal)) throw new Error("the load was not refused");
      assertStringIncludes(refusal.message, "a block that it made is kept");
      assertStringIncludes(refusal.hint ?? "", "--force");
      assertEquals(await run("kept value. Maker block value"), ["1", "2"]);
      await load(3, true);
    } else {
      assertEquals(refusal, undefined);
    }
    assertEquals(await run("Maker block value"), ["3"]);
    assertMatch((await run("kept value"))[0]!, /^Error: /);
  }));

const TICKER = (step: number, unit: number) =>
  `Actor subclass: Ticker
  state: n = 0
  state: timer = nil

  initialize =>
    me := self
    unit := ${unit}
    plus := [:x | x + unit]
    self.timer := Timer every: 5 do: [me add: (plus value: 0)]

  add: k => self.n += k * ${step}
  step => ${step}
  n => self.n
  quiet => self.timer cancel
`;

Deno.test("a timer goes over to new code, time after time, while its own method stays as it is", () =>
  withLive({ "src/Ticker.bt": TICKER(1, 1) }, async (live) => {
    const { open, run } = await openedSession(live);
    const load = async (text: string) => {
      await live.write("src/Ticker.bt", text);
      const sources = await sourcesAt(open.program, "src/Ticker.bt", open.root);
      await loadFiles([open.workspace], open.program, sources);
    };
    const ticks = async () => {
      const [before] = await run("t n");
      await new Promise((resolve) => setTimeout(resolve, 150));
      const [after] = await run("t n");
      return Number(after) - Number(before);
    };
    await run("Workspace bind: Ticker spawn as: #t");
    assert(await ticks() > 0);
    for (const step of [10, 100, 1000, 10_000]) {
      await load(TICKER(step, 1));
      const more = await ticks();
      assert(more >= step && more % step === 0, `${more} with step ${step}`);
    }
    // Another block is another timer: the old one is cancelled first.
    await load(TICKER(100_000, 2));
    const refusal = await load(TICKER(1, 3)).then(() => undefined, (error) => error);
    if (!(refusal instanceof NodeRefusal)) throw new Error("the load was not refused");
    assertMatch(refusal.message, /a timer .*initialize/);
    assertMatch(refusal.hint ?? "", /cancel/);
    assertEquals(await run("t step"), ["100000"]);
    await run("t quiet");
    await load(TICKER(1, 3));
    assertEquals(await run("t step"), ["1"]);
  }));

Deno.test("a method keeps its documentation, and gets what is typed before it", () =>
  withLive(FILES, async (live) => {
    const { run } = await openedSession(live);
    await run("/// Twice as much.\nCounter >> twice => self.value * 2");
    assertEquals(await run("(Counter >> #twice) doc"), ["Twice as much."]);
    await run("Counter >> twice => self.value + self.value");
    assertEquals(await run("(Counter >> #twice) doc"), ["Twice as much."]);
    await run('Counter compile: #twice source: "/// Doubled.\ntwice => self.value * 2"');
    assertEquals(await run("(Counter >> #twice) doc"), ["Doubled."]);
    assertEquals(await run("(Counter >> #twice) source"), ["twice => self.value * 2"]);
    await run("Workspace flush");
    assertEquals(
      await Deno.readTextFile(join(live.root, "src/Counter.bt")),
      `${COUNTER}\n  /// Doubled.\n  twice => self.value * 2\n`,
    );
    await run("/// Four times.\nInteger >> quad => self * 4");
    assertEquals(await run("(Integer >> #quad) doc"), ["Four times."]);
    await run("/// A pair.\nValue subclass: Pair\n  field: a = 1\n");
    assertEquals(await run("Pair comment"), ["A pair."]);
  }));

Deno.test("a method typed for a class of the library that has it is told to be without effect", () =>
  withLive(FILES, async (live) => {
    const { session } = await openedSession(live);
    const warned = async (text: string) => {
      const warnings: string[] = [];
      for await (const { outcome } of session.evaluate(text)) {
        if (outcome.kind === "declared") warnings.push(...outcome.warnings);
      }
      return warnings;
    };
    assertEquals(await warned("Integer >> isEven => 42"), [
      "Integer has #isEven itself, which wins over the extension",
    ]);
    assertEquals(await warned("Integer >> isEven => 43"), [
      "Integer has #isEven itself, which wins over the extension",
    ]);
    assertEquals(await warned("Integer >> trice => self * 3"), []);
    assertEquals(await warned("Counter >> increment => self.value += 2"), []);
  }));

Deno.test("a method typed for a class of the library can be removed", () =>
  withLive(FILES, async (live) => {
    const { run } = await openedSession(live);
    await run("Integer >> triple => self * 3\nInteger class >> zero => 0");
    assertEquals(await run("4 triple"), ["12"]);
    assertEquals(await run("Integer removeSelector: #triple"), ["Integer"]);
    assertEquals(await run("4 triple"), ["Error: Integer does not understand #triple"]);
    assertEquals(await run("Integer class removeSelector: #zero"), ["Integer class"]);
    assertEquals(await run("Integer zero"), ["Error: Integer class does not understand #zero"]);
    const [refused] = await run("Integer removeSelector: #isEven");
    assertStringIncludes(refused!, "Integer has no source that could be changed");
    await run("Integer >> triple => self * 30");
    assertEquals(await run("4 triple"), ["120"]);
  }));

Deno.test("an inspector evaluates about its object", () =>
  withLive(FILES, async (live) => {
    const { run } = await openedSession(live);
    await run("i := Inspector on: #(1, 2, 3)");
    assertEquals(await run('i evaluate: "self size + 1"'), ["Result ok: 4"]);
    assertEquals(await run('i evaluate: "a := self first. ^ a + 10"'), ["Result ok: 11"]);
    await run("c := Counter spawn. c increment");
    assertEquals(await run('(Inspector on: c) evaluate: "self.value + 1"'), ["Result ok: 2"]);
    assertEquals(await run('(Inspector on: {#ok, 3}) evaluate: "self size"'), ["Result ok: 2"]);
    assertMatch((await run('i evaluate: "self foo"'))[0]!, /^Result error: .*#foo/);
    assertMatch((await run('i evaluate: "1 +"'))[0]!, /^Result error: .*[Ee]xpected an expression/);
  }));

Deno.test("class state stays over a reload, new ones begin with their default", () =>
  withLive({ "src/Till.bt": TILL }, async (live) => {
    const { run, output } = await openedSession(live);
    assertEquals(await run("Till open. Till open. Till opened"), ["1", "2", "2"]);
    const reload = async (text: string) => {
      await live.write("src/Till.bt", text);
      output.splice(0);
      await run("Till reload");
      return output.join("");
    };
    const more = TILL.replace("opened = 0", "opened = 100\n  classState: closed = 7") +
      "  class closed => self.closed\n";
    assertEquals(await reload(more), "Reloaded: Till (new code loaded)\n");
    assertEquals(await run("Till opened. Till closed"), ["2", "7"]);
    assertEquals(
      await reload(TILL),
      "warning: Till has no class state 'closed' any more; its value is dropped\n" +
        "Reloaded: Till (new code loaded)\n",
    );
    await reload(more.replace("= 7", "= 8"));
    assertEquals(await run("Till opened. Till closed"), ["2", "8"]);
  }));

const TILL = `Object subclass: Till
  classState: opened = 0
  class open => self.opened += 1
  class opened => self.opened
`;

Deno.test("what is loaded may load: actors, class state, compiled methods", () =>
  withLive({
    ...FILES,
    "lib/Other.bt": "Object subclass: Other\n  class x => 5\n",
    "src/Loader.bt": `Actor subclass: Loader
  state: n = 1
  classState: known = (Workspace load: "lib/Other.bt")
  initialize => Workspace load: "lib/Other.bt"
  again => Loader reload
  andBack => Loader reload. self.n
  compileMe => Loader compile: #extra source: "extra => self.n + 41"
  class known => self.known
  class again => self reload
`,
  }, async (live) => {
    const { run } = await openedSession(live);
    assertEquals(await run("Loader known"), ["#(Other)"]);
    assertMatch((await run("l := Loader spawn"))[0]!, /^#Actor<Loader/);
    assertEquals(await run("l again"), ["Loader"]);
    assertEquals(await run("l andBack"), ["1"]);
    assertEquals(await run("l compileMe. l extra"), ["Loader", "42"]);
    assertEquals(await run("Loader again. Other x"), ["Loader", "5"]);
    assertEquals(await run('patch Loader >> state { Workspace load: "lib/Other.bt" }'), [
      "Error: nothing was loaded: the migration of " +
      `${
        (await run("l"))[0]
      } failed: a migration cannot load or compile: it is part of a load itself (prompt:1)`,
    ]);
  }));

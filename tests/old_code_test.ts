/** Classes that are changed while something still runs the code before: nothing of it is ended. */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { eventually } from "./cluster_nodes.ts";
import { openedPrompt, withLive } from "./live_fixture.ts";

const FILES = {
  "src/Forge.bt": `Object subclass: Forge
  // Changes its own class, while it runs.
  class twice =>
    self change: 1
    self change: 2
    self new made
  class change: n => self compile: #made source: "made => {n}"
  class others =>
    1 to: 4 do: [:n | Blade compile: #edge source: "edge => {n}"]
    Blade new edge
`,
  "src/Blade.bt": "Object subclass: Blade\n  edge => 0\n",
  "src/Smith.bt": `Actor subclass: Smith
  state: work = 0

  waits =>
    Erlang persistent_term put: #entered value: true
    [Erlang persistent_term get: #gate default: false] whileFalse: [Erlang timer sleep: 10]
    self.work += 1
  work => self.work
  step => 1
`,
  "src/Clerk.bt": `Actor subclass: Clerk
  state: sum = 40

  add: smith =>
    f := smith waits
    Erlang persistent_term put: #clerk value: true
    self.sum := self.sum + f
    self.sum
  sum => self.sum
`,
};

Deno.test("a method can change its own class once while it runs, and is told where it stands", () =>
  withLive(FILES, async (live) => {
    const { run } = await openedPrompt(live);
    const refused = await run("Forge twice");
    assertMatch(
      refused,
      /^Error: nothing was loaded: the version of Forge before the present one is still in use: an evaluation runs Forge class>>\S+ \(src\/Forge\.bt:[56]\), which waits for this change; while a method runs/,
    );
    // The first change counts, and the next ones do when the method has returned.
    assertEquals(await run("Forge new made"), "1");
    assertEquals(await run("Forge change: 3"), "Forge");
    assertEquals(await run("Forge change: 4"), "Forge");
    assertEquals(await run("Forge new made"), "4");
    assertEquals(await run("Workspace changes allEntries size"), "3");
    // Methods of another class change it as often as they like.
    assertEquals(await run("Forge others"), "4");
  }));

Deno.test("a load that a long message forbids names the actor and the method, and leaves both alone", () =>
  withLive(FILES, async (live) => {
    const { run } = await openedPrompt(live);
    const { run: other } = await openedPrompt(live);
    await run("Workspace bind: Smith spawn as: #smith");
    const waiting = other("smith waits");
    await eventually("true", () => run("Erlang persistent_term get: #entered default: false"));
    assertEquals(await run("Smith >> step => 2"), "a CompiledMethod (#step in Smith)");
    const refused = await run("Smith >> step => 3");
    assertMatch(refused, /#Actor<Smith,[0-9.]+> runs Smith>>waits \(src\/Smith\.bt:6\)$/);
    await run("Erlang persistent_term put: #gate value: true");
    assertEquals(await waiting, "1");
    assertEquals(await run("Smith >> step => 3"), "a CompiledMethod (#step in Smith)");
    assertEquals(await run("smith step"), "3");
    assertStringIncludes(await run("smith work"), "1");
  }));

Deno.test("an actor that waits for a future ends with its code, and then has the new one", () =>
  withLive(FILES, async (live) => {
    const { run } = await openedPrompt(live);
    const { run: other } = await openedPrompt(live);
    await run("Workspace bind: Smith spawn as: #smith. Workspace bind: Clerk spawn as: #clerk");
    const waiting = other("clerk add: smith");
    for (const name of ["entered", "clerk"]) {
      await eventually("true", () => run(`Erlang persistent_term get: #${name} default: false`));
    }
    const method = "a CompiledMethod (#sum in Clerk)";
    assertEquals(await run("Clerk >> sum => 0 - self.sum"), method);
    assertMatch(
      await run("Clerk >> sum => 0"),
      /^Error: nothing was loaded: .* #Actor<Clerk,[0-9.]+> runs Clerk>>add:$/,
    );
    await run("Erlang persistent_term put: #gate value: true");
    assertEquals(await waiting, "41");
    assertEquals(await run("clerk sum"), "-41");
    assertEquals(await run("Clerk >> sum => self.sum * 2"), method);
    assertEquals(await run("clerk sum"), "82");
    assertEquals(await run("Erlang erlang check_old_code: #'bt@sample@Clerk'"), "false");
  }));

/** What the two facades answer and print at the prompt, to the letter: LANGUAGE 15. */
import { assertEquals, assertMatch } from "@std/assert";
import { join } from "@std/path";
import { beamtalk } from "./command_line.ts";
import { hasTerminals, type Terminal, type TerminalSetting, withTerminal } from "./terminal.ts";

const FILES = {
  "examples/counter.bt": `/// Counts.
Actor subclass: Counter
  state: value = 0

  class create -> Counter => self spawn

  /// One more.
  increment -> Nil => self.value += 1
`,
  "examples/counter_test.bt": `TestCase subclass: CounterTest
  testOne => self assert: Counter spawn increment equals: 1
  testTwo => self assert: 2 equals: 2
  testThree => self assert: 3 equals: 3
`,
  "src/Empty.bt": "Object subclass: Empty\n",
};

function facadeTest(name: string, test: (setting: TerminalSetting) => Promise<void>): void {
  Deno.test({ name, ignore: !hasTerminals, fn: () => withTerminal(FILES, test, WIDE) });
}

const WIDE = { columns: 120, rows: 50 };

/** Types each line and compares all that is shown; \`*\` stands for any text of a line. */
async function shows(terminal: Terminal, dialogue: Readonly<Record<string, string>>) {
  for (const [typed, expected] of Object.entries(dialogue)) {
    const shown = await terminal.enter(typed);
    const pattern = expected.split("*").map(RegExp.escape).join("[^\n]*");
    assertMatch(shown, new RegExp(`^${pattern}$`), typed);
  }
}

facadeTest("what the facades answer and show", async ({ terminal }) => {
  await shows(terminal, {
    'Workspace load: "examples/counter.bt"': "Loaded: Counter (examples/counter.bt)\n#(Counter)",
    'Workspace load: "examples/counter_test.bt"':
      "Loaded: CounterTest (examples/counter_test.bt)\n#(CounterTest)",
    "Workspace classes":
      "Counter       examples/counter.bt\nCounterTest   examples/counter_test.bt\n" +
      "Empty         src/Empty.bt",
    "Workspace classes size": "3",
    "Workspace classes first": "Counter",
    ":modules": "Counter       examples/counter.bt\nCounterTest   examples/counter_test.bt\n" +
      "Empty         src/Empty.bt",
    "Counter sourceFile": "examples/counter.bt",
    "Counter reload": "Reloaded: Counter (new code loaded)\nCounter",
    "Integer sourceFile": "nil",
    "Workspace test: CounterTest":
      "CounterTest: 3 tests, 3 passed, 0 failed (*ms)\n3 tests, 3 passed, 0 failed (*ms)",
    "Beamtalk help: Counter":
      "Counter : Actor\n\nCounts.\n\nclass create -> Counter\n\nincrement -> Nil",
    "Beamtalk help: Counter selector: #increment":
      "increment -> Nil\n\nOne more.\n\nDefined in Counter (not inherited)",
    "(Beamtalk help: Counter selector: #isNil) lines last": "Inherited from Object",
    "(Beamtalk globals at: #Integer put: nil) at: #Integer": "nil",
    "Beamtalk globals at: #Integer": "Integer",
    "Beamtalk globals class": "Dictionary",
    "Beamtalk version class": "String",
    "Beamtalk classNamed: #Counter": "Counter",
    "Beamtalk classNamed: #Nobody": "nil",
    "Beamtalk allClasses includes: Counter": "true",
  });
});

facadeTest("the errors of the facades", async ({ terminal }) => {
  await shows(terminal, {
    "Workspace load: 42":
      "Error: Workspace>>load: expects a String path, got Integer\n  Workspace>>load:",
    'Workspace load: "nowhere.bt"':
      "Error: Workspace>>load: no such file: nowhere.bt\n  Workspace>>load:",
    "Integer reload":
      "Error: Integer has no source file — stdlib classes cannot be reloaded\n  Integer>>reload",
    "[Integer reload] on: Error do: [:e | e kind]": "#no_source_file",
    "Object classBuilder name: #Dyn; superclass: Value; register": "Dyn",
    "Dyn reload":
      "Error: Dyn has no source file — dynamic classes cannot be reloaded from source\n  Dyn>>reload",
    "Beamtalk help: #NoSuchClass":
      "Error: Class 'NoSuchClass' not found. Use Beamtalk allClasses for available classes.\n" +
      "  BeamtalkInterface>>help:",
    "Workspace bind: 1 as: #Integer":
      "Error: Integer is a system name and cannot be shadowed\n  WorkspaceInterface>>bind:as:",
    "Workspace unbind: #nothing": "Error: Name not found: nothing\n  WorkspaceInterface>>unbind:",
  });
});

facadeTest("the session, and another one", async ({ terminal, open }) => {
  const other = await open();
  await shows(other, { "mine := 1": "1", "Session current id": "*" });
  const id = await other.enter("Session current id");
  await shows(terminal, {
    "a := 5": "5",
    "Session current bindings": "#{#a => 5}",
    "Session current bindings at: #a": "5",
    "Session current bindings at: #b put: 7": "7",
    "b": "7",
    "Session current bindings keys": "#(#a, #b)",
    "Session current bindings values": "#(5, 7)",
    "Session current bindings size": "2",
    "Session current bindings includesKey: #a": "true",
    "Session current bindings removeKey: #a": "5",
    "a": "Error: Undefined variable: a",
    "s := 0. Session current bindings do: [:each | s := s + each]. s": "0\n*\n7",
    "Session current resolve: #b": "7",
    "Workspace sessions size": "2",
    [`(Session withId: "${id}") bindings at: #mine`]: "1",
    [`(Session withId: "${id}") bindings at: #mine put: 2`]:
      "Error: Cannot mutate another session's bindings\n  BindingsView>>at:put:",
  });
  await terminal.enter("Session current clear");
  assertEquals(await terminal.enter("Session current bindings"), "#{}");
});

facadeTest("names: session variables, bindings, globals, classes", async ({ terminal, open }) => {
  await shows(terminal, {
    ":load examples/counter.bt": "Loaded: Counter (examples/counter.bt)\n#(Counter)",
    "Workspace bind: 1 as: #shared": "1",
    "shared": "1",
    "shared := 2": "2",
    "Workspace globals at: #shared": "1",
    "Session current resolve: #shared": "2",
    "Workspace bind: 3 as: #shared": "3",
    "shared ": "2",
    "Workspace bind: 42 as: #Counter": "warning: Counter hides the class of that name\n42",
    "Counter": "42",
    "Counter + 1": "43",
    "[Counter] value": "42",
    "Workspace bind: 43 as: #Counter": "43",
    "Session current bindings at: #Counter put: 44": "44",
    "Counter ": "44",
    "Session current bindings removeKey: #Counter": "44",
    "Counter  ": "43",
    "Workspace unbind: #Counter": "nil",
    "Counter   ": "Counter",
    "Counter spawn increment": "1",
    "Workspace bind: 0 as: #Transcript":
      "Error: Transcript is a system name and cannot be shadowed\n  WorkspaceInterface>>bind:as:",
    "Workspace bind: 0 as: #self":
      "Error: self is a system name and cannot be shadowed\n  WorkspaceInterface>>bind:as:",
    "Transcript class": "TranscriptStream",
  });
  const other = await open();
  await shows(other, {
    "shared": "3",
    "Workspace unbind: #shared": "nil",
    "shared ": "Error: Undefined variable: shared",
  });
});

facadeTest("a colon is a message send, with the path quoted", async ({ terminal, folder }) => {
  const names = ['quo"te.bt', "br{ace}.bt", "back\\slash.bt", "with space.bt", "größe 漢字.bt"];
  for (const [index, name] of names.entries()) {
    await Deno.writeTextFile(
      join(folder, "examples", name),
      `Object subclass: Odd${index}\n  class x => ${index}\n`,
    );
    await shows(terminal, {
      [`:load examples/${name}`]: `Loaded: Odd${index} (examples/${name})\n#(Odd${index})`,
      [`Odd${index} x`]: `${index}`,
      [`Odd${index} sourceFile`]: `examples/${name}`,
      [`:reload Odd${index}`]: `Reloaded: Odd${index} (new code loaded)\nOdd${index}`,
      [`:unload Odd${index}`]: "nil",
    });
  }
  await shows(terminal, {
    ":load nowhere at {all}": "Error: Workspace>>load: no such file: nowhere at {all}\n" +
      "  Workspace>>load:",
    ":nonsense": "No such command: :nonsense. :help lists them.",
    ":load": ":load needs PATH",
    ":sync": "#{#loaded => #(), #warnings => #()}",
    ":actors": "#()",
  });
});

facadeTest(
  "in a script the classes are a list, and nothing is shown beside it",
  async (setting) => {
    const { folder, env } = setting;
    const script = join(folder, "classes.btscript");
    await Deno.writeTextFile(
      script,
      "// @load examples/counter.bt\nWorkspace classes // => #(Counter, Empty)\n" +
        "Counter sourceFile // => examples/counter.bt\n" +
        "Workspace load: 42 // => ERROR: expects a String path, got Integer\n",
    );
    const { code, output } = await beamtalk(["test", script], { folder, env });
    assertEquals([code, output.includes("counter.bt\nsrc")], [0, false]);
    assertEquals(/^Counter {3}/m.test(output), false);
  },
);

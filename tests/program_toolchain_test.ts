/** What compiled programs and their tests may ask of the facades, where no workspace runs. */
import { assertEquals, assertMatch } from "@std/assert";
import { join } from "@std/path";
import { beamtalk, withFiles } from "./command_line.ts";

const MAIN = `Object subclass: Main
  class main: args =>
    self say: "version" that: [Beamtalk version class]
    self say: "class" that: [Beamtalk classNamed: #Main]
    self say: "global" that: [(Beamtalk globals at: #Integer put: nil) at: #Integer]
    self say: "classes" that: [Workspace classes]
    self say: "bound" that: [Workspace bind: 5 as: #five. Workspace globals]
    self say: "unbound" that: [Workspace unbind: #five. Workspace unbind: #five]
    self say: "system" that: [Workspace bind: 1 as: #Integer]
    self say: "session" that: [Session current]
    self say: "integer" that: [Workspace perform: #load: withArguments: #(42)]
    self say: "nowhere" that: [Workspace load: "nowhere.bt"]
    self say: "library" that: [Integer reload]
    self say: "unknown" that: [Beamtalk help: #NoSuchClass]
    self say: "load" that: [Workspace load: "lib/counter.bt"]
    self say: "use" that: [(Beamtalk classNamed: #Counter) spawn increment]
    self say: "file" that: [(Beamtalk classNamed: #Counter) sourceFile]
    self say: "reload" that: [(Beamtalk classNamed: #Counter) reload]
    self say: "compile" that: [Helper compile: #two source: "two => 2"]
    self say: "two" that: [Helper new perform: #two]
    self say: "source" that: [Helper sourceString lines last]
    self say: "changes" that: [Workspace changes]
    self say: "remove" that: [Helper removeSelector: #two]
    self say: "sync" that: [(Workspace sync) class]
    self say: "recheck" that: [Workspace recheckImage]
    self say: "evaluate" that: [(Inspector on: 3) evaluate: "self + 1"]
    self say: "new" that: [Workspace newClass: "Object subclass: Made" at: "src/Made.bt"]

  class say: name that: block =>
    shown := [block value printString] on: Error do: [:e | "Error: " ++ e message]
    Transcript show: "{name}: {shown}"; cr
`;

const COUNTER = `Actor subclass: Counter
  state: value = 0
  increment => self.value += 1
`;

Deno.test("a program that runs by itself has both facades, the compiler included", () =>
  withFiles({
    "beamtalk.toml": '[package]\nname = "sample"\nversion = "0.1.0"\n',
    "src/Main.bt": MAIN,
    "src/Helper.bt": "Object subclass: Helper\n  one => 1\n",
    "lib/counter.bt": COUNTER,
  }, async (folder) => {
    const env = { BEAMTALK_HOME: join(folder, "home") };
    const { code, output, errors } = await beamtalk(["run"], { folder, env });
    assertEquals([code, errors], [0, ""]);
    assertEquals(output.trim().split("\n"), [
      "version: String",
      "class: Main",
      "global: nil",
      "classes: #(Helper, Main)",
      "bound: #{#five => 5}",
      "unbound: Error: Name not found: five",
      "system: Error: Integer is a system name and cannot be shadowed",
      "session: nil",
      "integer: Error: Workspace>>load: expects a String path, got Integer",
      "nowhere: Error: Workspace>>load: no such file: nowhere.bt",
      "library: Error: Integer has no source file — stdlib classes cannot be reloaded",
      "unknown: Error: Class 'NoSuchClass' not found. Use Beamtalk allClasses for available classes.",
      "Loaded: Counter (lib/counter.bt)",
      "load: #(Counter)",
      "use: 1",
      'file: "lib/counter.bt"',
      "Reloaded: Counter (new code loaded)",
      "reload: Counter",
      "compile: Helper",
      "two: 2",
      'source: "  two => 2"',
      "changes: ChangeLog(1 entries)",
      "remove: Helper",
      "sync: Dictionary",
      "recheck: #()",
      "evaluate: Result ok: 4",
      "Loaded: Made (src/Made.bt)",
      "new: #(Made)",
    ]);
  }));

Deno.test("tests may load and compile", () =>
  withFiles({
    "beamtalk.toml": '[package]\nname = "sample"\nversion = "0.1.0"\n',
    "src/Helper.bt": "Object subclass: Helper\n  one => 1\n",
    "lib/counter.bt": COUNTER,
    "test/LoadTest.bt": `TestCase subclass: LoadTest
  testLoad => self assert: (Workspace load: "lib/counter.bt") printString equals: "#(Counter)"
  testReload => self assert: Helper reload equals: Helper
  testCompile =>
    Helper compile: #two source: "two => 2"
    self assert: (Helper new perform: #two) equals: 2
`,
  }, async (folder) => {
    const env = { BEAMTALK_HOME: join(folder, "home") };
    const { code, output } = await beamtalk(["test"], { folder, env });
    assertMatch(output, /3 passed, 0 failed/);
    assertEquals(code, 0);
  }));

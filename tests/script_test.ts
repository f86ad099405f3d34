/**
 * `.btscript` files: expectations, loads and errors, run as tests and as programs.
 */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { beamtalk, withFiles } from "./command_line.ts";

async function steps(files: Record<string, string>, ...args: string[]) {
  return await withFiles(files, async (folder) => {
    const { output, errors, code } = await beamtalk(["test", "-r", "json", ...args], { folder });
    const lines = output.trim().split("\n").map((line) => JSON.parse(line));
    const tests = lines.filter(({ type }) => type === "test");
    return { code, errors, tests, shown: tests.map(({ name, status }) => `${name} ${status}`) };
  });
}

Deno.test("each expectation is a test, with its line", async () => {
  const { code, shown, tests } = await steps({
    "a.btscript": `x := 3
x + 1
// => 4
x + 1
// => 5
Object subclass: Greeter
  hello => "hi"
Greeter class printString // => Greeter class
Counter spawn
// => ERROR: Counter
y := x foo
x
// => _
`,
  }, "a.btscript");
  assertEquals(code, 1);
  assertEquals(shown, [
    "line 2: x + 1 passed",
    "line 4: x + 1 failed",
    "line 8: Greeter class printString // => Greeter class passed",
    "line 9: Counter spawn passed",
    "line 11: y := x foo error",
    "line 12: x passed",
  ]);
  assertStringIncludes(tests[1].message, "expected: 5");
  assertStringIncludes(tests[1].message, "got: 4");
});

Deno.test("a declaration's expectation stands below it, or behind it if it is one line", async () => {
  const { shown } = await steps({
    "a.btscript": `Value subclass: Empty // => Empty
Value subclass: Other // => Value
String >> twice => self ++ self // => a CompiledMethod (#twice in String)
String >> thrice => self ++ self ++ self // => nothing
Value subclass: Pair
  first => 1 // => 1
  second => 2 // => 2
"a" twice // => aa
`,
  }, "a.btscript");
  assertEquals(shown, [
    "line 1: Value subclass: Empty // => Empty passed",
    "line 2: Value subclass: Other // => Value failed",
    "line 3: String >> twice => self ++ self // => a CompiledMethod (#... passed",
    "line 4: String >> thrice => self ++ self ++ self // => nothing failed",
    'line 8: "a" twice // => aa passed',
  ]);
});

Deno.test("files are loaded first, or fail as expected", async () => {
  const { code, shown, errors } = await steps({
    "s.btscript": `// @load parts/Part.bt
// @load-error parts/Broken.bt => never closed
Part new size
// => 7
`,
    "parts/Part.bt": "Value subclass: Part\n  size => 7\n",
    "parts/Broken.bt": "Value subclass: Broken\n  size => (7\n",
  }, "s.btscript");
  assertEquals(code, 0, errors);
  assertEquals(shown.length, 2);
});

Deno.test("a statement that hangs or ends its process is told; the rest runs", async () => {
  const { shown } = await steps(
    {
      "h.btscript": `[true] whileTrue: [1]
1 + 1
// => 2
Erlang erlang exit: (Erlang erlang self) with: #kill
2 + 2
// => 4
`,
    },
    "h.btscript",
    "--timeout",
    "1",
  );
  assertEquals(shown.filter((line) => line.endsWith("passed")).length, 2);
  assertEquals(shown.filter((line) => line.endsWith("error")).length, 2);
});

Deno.test("a script that is run prints, and its first error ends it", () =>
  withFiles({
    "ok.btscript": 'Transcript show: "{1 + 2}"; cr\n',
    "bad.btscript": 'Transcript show: "before"; cr\n3 foo\nTranscript show: "after"; cr\n',
  }, async (folder) => {
    const ok = await beamtalk(["run", "ok.btscript"], { folder });
    assertEquals([ok.code, ok.output], [0, "3\n"], ok.errors);
    const bad = await beamtalk(["run", "bad.btscript"], { folder });
    assertEquals(bad.code, 1);
    assertStringIncludes(bad.output, "before");
    assertStringIncludes(bad.errors, "does not understand");
  }));

Deno.test("classes and methods of a script are shown with its lines", async () => {
  const { tests, shown } = await steps({
    "sub/lines.btscript": `// @load part.bt

Object subclass: Maker

  /// Fails.
  boom => 1 / 0
  class make => self new
Maker >> third =>
  x := 1
  x / 0
Maker make boom
Maker make third
String >> fail => 1 / 0
"a" fail
[Maker make boom] on: Error do: [:e | e stackTrace]
// => #(Maker>>boom (sub/lines.btscript:6), doIt (sub/lines.btscript:15))
Maker sourceFile // => nil
Maker compile: #late source: "late => 1 / 0" // => Maker
Maker make late // => ERROR: Division by zero
`,
    "sub/part.bt": "Value subclass: Part\n",
  }, "sub/lines.btscript");
  assertEquals(tests.map(({ trace }) => trace).filter((trace) => trace.length > 0), [
    ["Maker>>boom (sub/lines.btscript:6)", "statement (sub/lines.btscript:11)"],
    ["Maker>>third (sub/lines.btscript:10)", "statement (sub/lines.btscript:12)"],
    ["String>>fail (sub/lines.btscript:13)", "statement (sub/lines.btscript:14)"],
  ]);
  assertEquals(shown.slice(3).filter((line) => !line.endsWith("passed")), []);
});

Deno.test("the statement that takes its node down is told, and what did not run", async () => {
  const { tests, shown } = await steps({
    "down.btscript": "1 + 1 // => 2\nErlang erlang halt: 1\n2 + 2 // => 4\n",
  }, "down.btscript");
  assertEquals(shown, [
    "line 1: 1 + 1 // => 2 passed",
    "line 2: Erlang erlang halt: 1 error",
    "line 3: 2 + 2 // => 4 failed",
  ]);
  assertEquals(tests[1].message, "the node went down while it ran");
  assertStringIncludes(tests[2].message, "not run: the node went down in line 2");
});

Deno.test("a bracket that is never closed costs its own statement", async () => {
  const { shown } = await steps({
    "open.btscript": "(1 + // => 3\n1 + 1 // => 2\n#(1, 2\n// => ERROR: closed\n3 // => 3\n",
  }, "open.btscript");
  assertEquals(shown, [
    "line 1: (1 + // => 3 failed",
    "line 2: 1 + 1 // => 2 passed",
    "line 3: #(1, 2 passed",
    "line 5: 3 // => 3 passed",
  ]);
});

Deno.test("findings in a declaration have the lines of the script", async () => {
  const { tests } = await steps({
    "a.btscript": `x := 1

Value subclass: Mut
  field: x = 1

  set => self.x := 3

Value subclass: Dup
  field: y = 1
  field: y = 2

String >> bad => self.foo
`,
  }, "a.btscript");
  const places = tests.flatMap(({ message = "" }) =>
    message.match(/--> .*|\(a\.btscript:\d+\)/g) ?? []
  );
  assertEquals(places, [
    "--> a.btscript:6:10",
    "--> a.btscript:10:10",
    "(a.btscript:9)",
    "--> a.btscript:12:18",
  ]);
});

Deno.test("a script is not checked but run", async () => {
  await withFiles({ "a.btscript": "1 + 2\n" }, async (folder) => {
    const { errors, code } = await beamtalk(["check", "a.btscript"], { folder });
    assertEquals(code, 2);
    assertStringIncludes(errors, "a.btscript is a script: beamtalk test runs it");
  });
});

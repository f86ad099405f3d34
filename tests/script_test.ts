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

/**
 * `beamtalk test --coverage`: which lines the tests reach.
 */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { beamtalk, withFiles } from "./command_line.ts";

const till = `Actor subclass: Till
  state: total = 0

  add: n =>
    n < 0 ifTrue: [
      self error: "no"
    ]
    #(1, 2) do: [:x |
      self.total := self.total + (n * x)
    ]
    self.total

  unused => 5

Integer >> tripled =>
  self * 3
`;

const tests = `TestCase subclass: TillTest
  testAdd =>
    self assert: (Till spawn add: 2) equals: 6
    self assert: 2 tripled equals: 6
`;

const reached = ["5,1", "6,0", "8,1", "9,2", "11,1", "13,0", "16,1"];

async function covered(files: Record<string, string>, path: string): Promise<string[]> {
  return await withFiles(files, async (folder) => {
    const { errors, output } = await beamtalk(["test", "--coverage", path], { folder });
    assertStringIncludes(errors, "coverage 71.4%: 5 of 7 lines");
    assertStringIncludes(output, "1 passed");
    const lcov = await Deno.readTextFile(join(folder, "_build/coverage/lcov.info"));
    assert(!lcov.includes("TillTest"));
    const index = await Deno.readTextFile(join(folder, "_build/coverage/index.html"));
    const [, page = ""] = /href="(files\/[^"]*Till.bt.html)"/.exec(index) ?? [];
    const text = await Deno.readTextFile(join(folder, "_build/coverage", page));
    assertStringIncludes(text, '<span class="line missed" id="L6">');
    assertStringIncludes(text, '<span class="line reached" id="L9">');
    assertStringIncludes(text, '<span class="line" id="L1">');
    return [...lcov.matchAll(/^DA:(.*)$/gm)].map(([, line = ""]) => line);
  });
}

Deno.test("lines of actors, blocks and extensions of a project", async () => {
  const project = {
    "beamtalk.toml": '[package]\nname = "shop"\nversion = "1.0.0"\n',
    "src/Till.bt": till,
    "test/TillTest.bt": tests,
  };
  assertEquals(await covered(project, "."), reached);
});

Deno.test("loose files", async () => {
  const files = { "Till.bt": till, "TillTest.bt": tests };
  assertEquals(await covered(files, "."), reached);
});

/** The lines of the files as `file line,count`, from the lcov report. */
async function lcovLines(files: Record<string, string>, ...args: string[]): Promise<string[]> {
  return await withFiles(files, async (folder) => {
    const { code, errors } = await beamtalk(["test", "--coverage", ...args], { folder });
    assertEquals(code, 0, errors);
    const lcov = await Deno.readTextFile(join(folder, "_build/coverage/lcov.info"));
    return lcov.split("end_of_record").flatMap((record) => {
      const name = /^SF:.*?([^/\n]*)$/m.exec(record)?.[1];
      return [...record.matchAll(/^DA:(.*)$/gm)].map(([, line]) => `${name} ${line}`);
    });
  });
}

const part = [
  "/// Seven, and others.",
  "///",
  "/// ## Examples",
  "///",
  "/// ```beamtalk",
  "/// Part new size // => 7",
  "/// ```",
  "Value subclass: Part",
  "  size => 7",
  "  other => 8",
  "  third => 9",
  "",
].join("\n");

Deno.test("scripts reach lines too, of a project and of loose files", async () => {
  const test = "TestCase subclass: PartTest\n  testA => self assert: Part new other equals: 8\n";
  const reached = ["Part.bt 9,2", "Part.bt 10,1", "Part.bt 11,0"];
  const project = {
    "beamtalk.toml": '[package]\nname = "shop"\nversion = "1.0.0"\n',
    "src/Part.bt": part,
    "test/PartTest.bt": test,
    "test/a.btscript": "Part new size // => 7\n",
    "test/b.btscript": "Part new size // => 7\n",
  };
  assertEquals(await lcovLines(project, "."), reached);
  const loose = {
    "Part.bt": part,
    "PartTest.bt": test,
    "a.btscript": "// @load Part.bt\nPart new size // => 7\n",
    "b.btscript": "// @load Part.bt\nPart new size // => 7\n",
  };
  assertEquals(await lcovLines(loose, ".", "--jobs", "2"), reached);
});

Deno.test("examples of documentation comments reach lines", async () => {
  const lines = await lcovLines({ "Part.bt": part }, "--doc", ".");
  assertEquals(lines, ["Part.bt 9,1", "Part.bt 10,0", "Part.bt 11,0"]);
});

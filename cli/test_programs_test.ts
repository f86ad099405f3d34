import { assertEquals } from "@std/assert";
import { basename } from "@std/path";
import { fileFacts } from "../compiler/analysis/file_facts.ts";
import { looseSources } from "../compiler/project/sources.ts";
import { parse } from "../compiler/syntax/source_file.ts";
import { clashesOf, type DeclaringFile, programsOf } from "./test_programs.ts";

/** The files of each program, those whose tests it runs marked. */
function parted(files: Record<string, string>): string[] {
  const paths = Object.keys(files);
  const sources = looseSources(paths, "/");
  const isFixture = (path: string) => path.includes("/fixtures/");
  const target = { sources, selected: new Set(paths.filter((path) => !isFixture(path))) };
  return programsOf(target, declaring(files)).map((program) =>
    program.sources.files.map(({ path }) => (program.selected.has(path) ? "*" : "") + path).join(
      " ",
    )
  );
}

function declaring(files: Record<string, string>): DeclaringFile[] {
  return looseSources(Object.keys(files), "/").files.map((source) => {
    const text = files[source.path]!;
    const facts = fileFacts(parse(text, { kind: "file" }), {
      file: basename(source.path),
      naming: source.naming,
    });
    return { source, text, facts };
  });
}

const counter = "Actor subclass: Counter\n  state: n = 0\n";

Deno.test("files that do not exclude one another are one program", () => {
  const files = {
    "/a.bt": counter,
    "/b.bt": "TestCase subclass: BTest\n  testA => Counter spawn\n",
  };
  assertEquals(parted(files), ["*/a.bt */b.bt"]);
});

Deno.test("of two files with one class each is in a program with what it needs", () => {
  const test = (name: string) => `${counter}TestCase subclass: ${name}\n  testA => Point new\n`;
  const files = {
    "/a.bt": test("ATest"),
    "/b.bt": test("BTest"),
    "/point.bt": "Value subclass: Point\n",
    "/other.bt": "Value subclass: Other\n",
  };
  assertEquals(parted(files), ["*/a.bt */point.bt */other.bt", "*/b.bt /point.bt"]);
  assertEquals(clashesOf(declaring(files)), [
    { subject: "Class Counter", paths: ["/a.bt", "/b.bt"] },
  ]);
});

Deno.test("a test sees the fixtures beside it before those of other folders", () => {
  const files = {
    "/fixtures/counter.bt": counter,
    "/sub/fixtures/counter.bt": counter,
    "/a.bt": "TestCase subclass: ATest\n  testA => Counter spawn\n",
    "/sub/b.bt": "TestCase subclass: BTest\n  testA => Counter spawn\n",
    "/sub/c.bt": "TestCase subclass: CTest\n  testA => 1\n",
  };
  assertEquals(parted(files), [
    "/fixtures/counter.bt */a.bt /sub/b.bt */sub/c.bt",
    "/sub/fixtures/counter.bt */sub/b.bt",
  ]);
});

Deno.test("extensions exclude one another by selector, and by the name of their file", () => {
  const extension = (selector: string) => `String >> ${selector} => self uppercase\n`;
  const files = {
    "/a.bt": extension("loud"),
    "/b.bt": extension("loud"),
    "/sub/a.bt": extension("quiet"),
  };
  assertEquals(parted(files), ["*/a.bt", "*/b.bt", "*/sub/a.bt"]);
});

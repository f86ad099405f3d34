import { assertEquals } from "@std/assert";
import { moduleNaming } from "../analysis/module_naming.ts";
import { affectedFiles } from "./affected.ts";
import { Program } from "./program.ts";

const texts = {
  "Shape.bt": "Value subclass: Shape\n  area => 1\n",
  "Square.bt": "Shape subclass: Square\n",
  "Use.bt": "Value subclass: Use\n  go => Square new area\n",
  "Other.bt": "Value subclass: Other\n  go => Square new shout\n",
  "Shout.bt": "Square >> shout => self\n",
};

function affected(...changed: string[]): string[] {
  const program = new Program([]);
  for (const [path, text] of Object.entries(texts)) {
    const naming = moduleNaming("p", path);
    program.setFile({ path, shown: path, naming, text, kind: "file" });
  }
  const files = program.paths.map((path) => ({
    path,
    facts: program.facts(path),
    questions: program.compiled(path).questions,
  }));
  return [...affectedFiles(files, new Set(changed))].sort();
}

Deno.test("users of a class, of its subclasses, and users of those", () => {
  assertEquals(affected("Shape.bt"), [
    "Other.bt",
    "Shape.bt",
    "Shout.bt",
    "Square.bt",
    "Use.bt",
  ]);
  assertEquals(affected("Square.bt"), ["Other.bt", "Shout.bt", "Square.bt", "Use.bt"]);
  assertEquals(affected("Use.bt"), ["Use.bt"]);
  assertEquals(affected(), []);
});

Deno.test("users of an extension", () => {
  assertEquals(affected("Shout.bt").includes("Other.bt"), true);
  assertEquals(affected("Shout.bt").includes("Shape.bt"), false);
});

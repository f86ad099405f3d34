import { assert, assertEquals } from "@std/assert";
import { analyzeSource, environmentOf, sourceOf } from "../corpus_fixture.ts";
import type { Rule } from "../rule.ts";
import { RULES } from "./index.ts";

/** What the examples may rely on beside the class library. */
const OTHERS = [
  sourceOf(
    "Value subclass: Box\n  internal weigh => 1\n\ninternal Value subclass: Grid\n",
    "src/Box.bt",
    "shapes",
  ),
  sourceOf("Value subclass: Box\n", "src/Box.bt", "parcels"),
  sourceOf("String >> loud => self uppercase\n", "src/loud.bt", "shapes"),
];

function codesIn(text: string): readonly string[] {
  const source = sourceOf(text, "src/example.bt", "example");
  const environment = environmentOf([...OTHERS, source], "example");
  assertEquals(source.file.diagnostics.map((each) => each.message), []);
  return analyzeSource(source, environment).map((each) => each.code);
}

function checkExamples(rule: Rule): void {
  Deno.test(`${rule.code} ${rule.name} finds its wrong example and not its right one`, () => {
    const found = codesIn(rule.wrong);
    assertEquals([...new Set(found)], [rule.code]);
    assertEquals(codesIn(rule.right), []);
  });
}

for (const rule of RULES) checkExamples(rule);

Deno.test("codes and names are unique, and codes belong to this part of the compiler", () => {
  assertEquals(new Set(RULES.map((rule) => rule.code)).size, RULES.length);
  assertEquals(new Set(RULES.map((rule) => rule.name)).size, RULES.length);
  for (const rule of RULES) assert(/^BT[2-6]\d{3}$/.test(rule.code), rule.code);
});

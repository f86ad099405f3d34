import { assertEquals } from "@std/assert";
import { analyzeSource, environmentOf, sourceOf } from "../corpus_fixture.ts";

/** Would take longer than anyone waits if an operand were looked at more than once. */
const DEPTH = 120;

function codesOf(body: string): readonly string[] {
  const text = `Object subclass: Deep\n  run: x =>\n    x printString\n    ${body}\n`;
  const source = sourceOf(text, "src/deep.bt", "user");
  assertEquals(source.file.diagnostics.map((each) => each.message), []);
  const found = analyzeSource(source, environmentOf([source], "user"));
  return [...new Set(found.map((each) => each.code))];
}

Deno.test("the time for nested expressions grows with their number only", () => {
  assertEquals(codesOf(`x${" class".repeat(DEPTH)}`), []);
  assertEquals(codesOf(`3${" class".repeat(DEPTH)}`), []);
  assertEquals(codesOf(`${"(".repeat(DEPTH)}x${" ifTrue: [1])".repeat(DEPTH)}`), ["BT4001"]);
  assertEquals(codesOf(`${"(".repeat(DEPTH)}x${" and: [true])".repeat(DEPTH)}`), []);
  assertEquals(codesOf(`${"[".repeat(DEPTH)}x${"] value".repeat(DEPTH)}`), []);
  assertEquals(codesOf(`${"x do: [:_e | ".repeat(DEPTH)}1${"]".repeat(DEPTH)}`), []);
});

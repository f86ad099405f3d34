import { assertEquals } from "@std/assert";
import { InputTexts } from "./input_texts.ts";

async function cut(text: string): Promise<string[]> {
  const texts: string[] = [];
  for await (const each of new InputTexts(new Blob([text]).stream())) texts.push(each);
  return texts;
}

Deno.test("a stream is cut where a line that is not indented follows something complete", async () => {
  assertEquals(await cut("1\n2\n"), ["1\n", "2\n"]);
  assertEquals(await cut("x\n  foo: 1\n  bar: 2\ny"), ["x\n  foo: 1\n  bar: 2\n", "y\n"]);
  assertEquals(await cut("[:e |\n  e\n] value: 1\n2\n"), ["[:e |\n  e\n] value: 1\n", "2\n"]);
  assertEquals(await cut("Value subclass: P\n  field: x = 1\n\n  x => 2\nP new\n"), [
    "Value subclass: P\n  field: x = 1\n\n  x => 2\n",
    "P new\n",
  ]);
  assertEquals(await cut("\n\n"), []);
});

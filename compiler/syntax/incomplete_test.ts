import { assertEquals } from "@std/assert";
import { isIncomplete } from "./mod.ts";

const incomplete = [
  "x foo: [",
  "#(1, 2",
  '"a string',
  '"a {b',
  "/* comment",
  "x :=",
  "3 +",
  "x at: 1 put:",
  "a show: 1;",
  "a |>>",
  "/// About it.",
  "@expect dnu",
  "Actor subclass: Counter",
  "Actor subclass: Counter\n  state: value = 0",
  "Actor subclass: Counter\n  up => self.value += 1\n  down =>",
  "Protocol define: Printable\n  asString",
  "Counter >> up =>",
  "Counter >> up =>\n  self.value += 1",
  "x match: [\n  1 -> 2",
];
const complete = [
  "",
  "   ",
  "3 + 4",
  "x foo",
  "x := 3.",
  "counter up!",
  "Counter >> up => 3",
  "Actor subclass: Counter\n  state: value = 0\n",
  "Counter >> up =>\n  self.value += 1\n",
  "// only a comment",
  "x foo: ]",
  "x = 3",
  "type D = #a | #b",
];

Deno.test("an unfinished prompt text asks for more lines", () => {
  for (const text of incomplete) assertEquals(isIncomplete(text), true, text);
});

Deno.test("a finished or hopeless prompt text does not", () => {
  for (const text of complete) assertEquals(isIncomplete(text), false, text);
});

import { assertEquals } from "@std/assert";
import * as edit from "./line.ts";

/** A text with `|` at the cursor. */
function marked(text: string): edit.Line {
  return { text: text.replace("|", ""), cursor: text.indexOf("|") };
}

function shown({ text, cursor }: edit.Line): string {
  return `${text.slice(0, cursor)}|${text.slice(cursor)}`;
}

function jump(to: (line: edit.Line) => number) {
  return (line: edit.Line) => edit.moved(line, to(line));
}

function becomes(
  change: (line: edit.Line) => edit.Line,
  cases: Readonly<Record<string, string>>,
): void {
  for (const [before, after] of Object.entries(cases)) {
    assertEquals(shown(change(marked(before))), after);
  }
}

Deno.test("the cursor goes over whole characters", () => {
  becomes(jump(edit.leftOf), {
    "ab|": "a|b",
    "|ab": "|ab",
    "漢|": "|漢",
    "e\u0301|": "|e\u0301",
    "x👨‍👩‍👧|": "x|👨‍👩‍👧",
    "a\n|b": "a|\nb",
    "\n|b": "|\nb",
  });
  becomes(jump(edit.rightOf), { "|ab": "a|b", "ab|": "ab|", "|👨‍👩‍👧x": "👨‍👩‍👧|x" });
});

Deno.test("words are names and keyword parts", () => {
  becomes(jump(edit.wordLeft), {
    "dict at: key|": "dict at: |key",
    "dict at: |": "dict |at: ",
    "größe|": "|größe",
    "|x": "|x",
  });
  becomes(jump(edit.wordRight), { "|dict at: 1": "dict| at: 1", "a| + b": "a + b|" });
});

Deno.test("up and down keep the column inside a text of several lines", () => {
  becomes((line) => edit.lineUp(line) ?? line, {
    "abc\nde|": "ab|c\nde",
    "a\nbcd|": "a|\nbcd",
    "ab|": "ab|",
  });
  becomes((line) => edit.lineDown(line) ?? line, {
    "a|bc\nde": "abc\nd|e",
    "abc|\nd": "abc\nd|",
    "ab\n|": "ab\n|",
  });
});

Deno.test("killing and inserting meet again", () => {
  const { line, killed } = edit.cut(marked("one two|"), 3, 7);
  assertEquals([shown(line), killed], ["one|", " two"]);
  assertEquals(shown(edit.insert(line, killed)), "one two|");
  becomes(edit.transposed, { "ab|": "ba|", "a|bc": "ba|c", "|ab": "|ab" });
});

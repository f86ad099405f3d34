import { assertEquals } from "@std/assert";
import picocolors from "picocolors";
import { plainColors } from "../terminal.ts";
import { colorSpans } from "./syntax_colors.ts";

const colors = picocolors.createColors(true);

const NAMES: readonly (readonly [keyof typeof colors, string])[] = [
  ["yellow", "class"],
  ["blue", "keyword"],
  ["green", "text"],
  ["cyan", "number"],
  ["magenta", "word"],
  ["gray", "comment"],
  ["red", "error"],
];

function named(text: string): string[] {
  return colorSpans(text, colors).map(({ start, end, paint }) => {
    const name = NAMES.find(([color]) => colors[color] === paint)?.[1];
    return `${name} ${text.slice(start, end)}`;
  });
}

Deno.test("tokens have colours by their kind", () => {
  assertEquals(named("Counter spawnWith: #{#a => 3} // go"), [
    "class Counter",
    "keyword spawnWith:",
    "word #a",
    "number 3",
    "comment // go",
  ]);
  assertEquals(named("self at: nil put: 2.5"), [
    "word self",
    "keyword at:",
    "word nil",
    "keyword put:",
    "number 2.5",
  ]);
});

Deno.test("what stands in a string's braces has colours of its own", () => {
  assertEquals(named('"a {Counter new} b"'), ['text "a {', "class Counter", 'text } b"']);
});

Deno.test("comments before, between and after the statements of several lines", () => {
  assertEquals(named("// one\nx := 1 /* two */ + 2\n// three"), [
    "comment // one",
    "number 1",
    "comment /* two */",
    "number 2",
    "comment // three",
  ]);
});

Deno.test("a half typed text is coloured as far as it goes", () => {
  assertEquals(named('x at: "open'), ["keyword at:", 'text "open']);
  assertEquals(named(":load src"), ["number :load"]);
  assertEquals(colorSpans("Counter", plainColors), []);
});

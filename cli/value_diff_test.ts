import { assertEquals } from "@std/assert";
import { plainColors } from "./terminal.ts";
import { valueDiff } from "./value_diff.ts";

const diff = (expected: string, actual: string) => valueDiff(expected, actual, plainColors);

Deno.test("short values need no diff", () => {
  assertEquals(diff("3", "4"), []);
});

Deno.test("texts of several lines: removed, added, and a little around them", () => {
  const lines = ["a", "b", "c", "d", "e", "f"];
  const expected = [...lines, "old", ...lines].join("\n");
  const actual = [...lines, "new", ...lines].join("\n");
  assertEquals(diff(expected, actual), [
    "  ... 4 equal lines",
    "  e",
    "  f",
    "- old",
    "+ new",
    "  a",
    "  b",
    "  ... 4 equal lines",
  ]);
});

Deno.test("long lines: the part that differs is marked", () => {
  const list = (n: number) =>
    `#(${[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, n, 15, 16].join(", ")}, 17, 18)`;
  assertEquals(diff(list(14), list(99)), [
    "- #(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, [14], 15, 16, 17, 18)",
    "+ #(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, [99], 15, 16, 17, 18)",
  ]);
});

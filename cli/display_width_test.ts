import { assertEquals } from "@std/assert";
import { displayWidth, fitted, graphemes } from "./display_width.ts";

Deno.test("wide characters take two columns, marks none of their own", () => {
  assertEquals(displayWidth("abc"), 3);
  assertEquals(displayWidth("漢字"), 4);
  assertEquals(displayWidth("👍🏽"), 2);
  assertEquals(displayWidth("👨‍👩‍👧"), 2);
  assertEquals(displayWidth("e\u0301"), 1);
  assertEquals([...graphemes("e\u0301漢👨‍👩‍👧")], ["e\u0301", "漢", "👨‍👩‍👧"]);
});

Deno.test("a text is cut where its columns end, never inside a wide character", () => {
  assertEquals(fitted("abcdef", 6), "abcdef");
  assertEquals(fitted("abcdef", 4), "abc…");
  assertEquals(fitted("漢字漢字", 6), "漢字…");
});

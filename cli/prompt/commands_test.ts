import { assertEquals } from "@std/assert";
import { quoted } from "./commands.ts";

Deno.test("a path becomes a string literal that means it", () => {
  assertEquals(quoted('a "b" {c} \\d.bt'), '"a ""b"" \\{c\\} \\\\d.bt"');
});

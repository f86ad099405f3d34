import { assertEquals } from "@std/assert";
import { LineIndex } from "./line_index.ts";

const TEXT = "one\r\nä𝄞b\rlast\n";

Deno.test("places and offsets agree in both encodings", () => {
  for (const encoding of ["utf-16", "utf-8"] as const) {
    const lines = new LineIndex(TEXT, encoding);
    for (const offset of [0, 2, 5, 6, 8, 9, 10, 14, TEXT.length]) {
      assertEquals(lines.offset(lines.position(offset)), offset, `${encoding} ${offset}`);
    }
  }
});

Deno.test("columns count units of the encoding", () => {
  const behind = TEXT.indexOf("b");
  assertEquals(new LineIndex(TEXT, "utf-16").position(behind), { line: 1, character: 3 });
  assertEquals(new LineIndex(TEXT, "utf-8").position(behind), { line: 1, character: 6 });
});

Deno.test("places outside the text become the nearest inside", () => {
  const lines = new LineIndex(TEXT, "utf-16");
  assertEquals(lines.offset({ line: 0, character: 99 }), 3);
  assertEquals(lines.offset({ line: 99, character: 0 }), TEXT.length);
  assertEquals(lines.offset({ line: -1, character: 5 }), 0);
  assertEquals(lines.offset({ line: 1, character: Number.NaN }), 5);
});

Deno.test("half a character is not split in UTF-8", () => {
  const lines = new LineIndex(TEXT, "utf-8");
  assertEquals(lines.offset({ line: 1, character: 3 }), 6);
});

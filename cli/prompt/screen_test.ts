import { assertEquals } from "@std/assert";
import { layOut, type Sheet } from "./screen.ts";

function sheet(marked: string, others: Partial<Sheet> = {}): Sheet {
  return {
    prompt: "> ",
    more: ". ",
    text: marked.replace("|", ""),
    cursor: marked.indexOf("|"),
    spans: [],
    above: [],
    below: [],
    ...others,
  };
}

/** The rows with `|` at the cursor; only for rows without colours. */
function drawn(marked: string, columns: number, height = 20, others: Partial<Sheet> = {}) {
  const { rows, cursorRow, cursorColumn } = layOut(sheet(marked, others), columns, height);
  return rows.map((row, index) => {
    if (index !== cursorRow) return row;
    let width = 0;
    let at = 0;
    for (const char of row) {
      if (width >= cursorColumn) break;
      width += /[漢字]/.test(char) ? 2 : 1;
      at += char.length;
    }
    return `${row.slice(0, at)}|${row.slice(at)}`;
  });
}

Deno.test("lines stand below one another and wrap where the columns end", () => {
  assertEquals(drawn("ab|c", 20), ["> ab|c"]);
  assertEquals(drawn("ab\nc|", 20), ["> ab", ". c|"]);
  assertEquals(drawn("abcdefg|", 7), ["> abcd", "efg|"]);
  assertEquals(drawn("abcd|", 7), ["> abcd", "|"]);
  assertEquals(drawn("abc|d", 7), ["> abc|d"]);
});

Deno.test("a wide character goes to the next row whole", () => {
  assertEquals(drawn("漢字漢|", 8), ["> 漢字", "漢|"]);
  assertEquals(drawn("漢|字", 8), ["> 漢|字"]);
});

Deno.test("control characters are shown, not sent", () => {
  assertEquals(drawn("a\x1bb\tc|", 40), ["> a^[b    c|"]);
});

Deno.test("of more rows than the terminal has, those around the cursor are painted", () => {
  assertEquals(drawn("1\n2\n3\n4\n5|", 20, 4), [". 3", ". 4", ". 5|"]);
  assertEquals(drawn("1|\n2\n3\n4\n5", 20, 4), ["> 1|", ". 2", ". 3"]);
});

Deno.test("rows above and below are as they are given, as far as there is room", () => {
  assertEquals(drawn("x|", 20, 20, { above: ["out"], below: ["menu"] }), ["out", "> x|", "menu"]);
  assertEquals(drawn("x|", 20, 3, { below: ["one", "two"] }), ["> x|", "one"]);
});

Deno.test("colours go on over the end of a row", () => {
  const { rows } = layOut(
    sheet("abcdef|", { spans: [{ start: 1, end: 5, paint: (text) => `<${text}>` }] }),
    6,
    20,
  );
  assertEquals(rows, ["> a<bc>", "<de>f"]);
});

import { assertEquals } from "@std/assert";
import { Pages } from "./pages.ts";

const plain = (text: string) => text;

Deno.test("a result that fits is shown whole", () => {
  const pages = new Pages({ columns: 80, height: 24 });
  assertEquals(pages.first("42", plain), "42\n");
  assertEquals(pages.next(), undefined);
  assertEquals(pages.first("", plain), "\n");
});

Deno.test("the pages of a long result are the result", () => {
  const pages = new Pages({ columns: 50, height: 24 });
  for (const text of ["x".repeat(10_000), "line\n".repeat(500), "👍".repeat(3000)]) {
    let shown = "";
    let count = 0;
    for (
      let page = pages.first(text, plain);
      page !== undefined;
      page = pages.next() ?? undefined!
    ) {
      const note = /\n\.\.\. \d+ characters more; :more shows the n[^\n]*\n$/.exec(page);
      const body = page.slice(0, note?.index ?? -1);
      shown += text.includes("\n") ? `${body}\n` : body;
      count++;
    }
    assertEquals(shown, text);
    assertEquals(count > 3, true);
  }
});

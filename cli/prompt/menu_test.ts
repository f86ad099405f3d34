import { assertEquals } from "@std/assert";
import { plainColors } from "../terminal.ts";
import { choose, commonStart, type Menu, menuRows, type Offer } from "./menu.ts";

function offer(label: string, detail = "", doc = ""): Offer {
  return { label, insert: label, holes: [], detail, doc };
}

Deno.test("the chosen offer is marked, with what it is for below", () => {
  const menu: Menu = {
    start: 0,
    chosen: 1,
    items: [offer("at:", "List >> at: index"), offer("at:put:", "Array", "Puts a value in.")],
  };
  assertEquals(menuRows(menu, 40, plainColors), [
    "  at:      List >> at: index",
    "> at:put:  Array",
    "  Puts a value in.",
  ]);
  assertEquals(menuRows({ ...menu, chosen: -1 }, 22, plainColors), [
    "  at:      List >> a…",
    "  at:put:  Array",
  ]);
});

Deno.test("a long menu shows the rows around the chosen one", () => {
  const items = Array.from({ length: 30 }, (_, index) => offer(`name${index}`));
  const rows = menuRows({ start: 0, chosen: 20, items }, 40, plainColors);
  assertEquals(rows.length, 9);
  assertEquals(rows.find((row) => row.startsWith(">"))?.trim(), "> name20");
  assertEquals(rows.at(-1), "  22 more");
});

Deno.test("choosing goes around", () => {
  const menu: Menu = { start: 0, chosen: -1, items: [offer("a"), offer("b")] };
  assertEquals(choose(menu, -1).chosen, 1);
  assertEquals(choose(choose(menu, 1), 1).chosen, 1);
  assertEquals(choose({ ...menu, chosen: 1 }, 1).chosen, 0);
  assertEquals(commonStart([offer("increment"), offer("includes:")]), "inc");
});

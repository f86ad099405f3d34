import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { Database, type Query, QueryCycle } from "./queries.ts";

Deno.test("a query runs once until what it read changes", () => {
  const database = new Database();
  const text = database.input<string>();
  let runs = 0;
  const size = database.query("size", (key) => {
    runs++;
    return text.get(key)?.length ?? 0;
  });
  text.set("a", "one");
  text.set("b", "three");
  assertEquals([size.get("a"), size.get("a"), runs], [3, 3, 1]);
  text.set("b", "changed");
  assertEquals([size.get("a"), runs], [3, 1]);
  text.set("a", "four");
  assertEquals([size.get("a"), runs], [4, 2]);
});

Deno.test("an equal result stops the change", () => {
  const database = new Database();
  const text = database.input<string>();
  let runs = 0;
  const size = database.query("size", (key) => text.get(key)?.length ?? 0);
  const isLong = database.query("isLong", (key) => {
    runs++;
    return size.get(key) > 3;
  });
  text.set("a", "one");
  assertEquals([isLong.get("a"), runs], [false, 1]);
  text.set("a", "two");
  assertEquals([isLong.get("a"), runs], [false, 1]);
  text.set("a", "three");
  assertEquals([isLong.get("a"), runs], [true, 2]);
});

Deno.test("a removed input is a change", () => {
  const database = new Database();
  const text = database.input<string>();
  const present = database.query("present", (key) => text.get(key) !== undefined);
  text.set("a", "x");
  assertEquals(present.get("a"), true);
  text.remove("a");
  assertEquals(present.get("a"), false);
});

Deno.test("a query that needs itself is told, and can be asked again", () => {
  const database = new Database();
  const text = database.input<string>();
  const next: Query<number> = database.query("next", (key): number => {
    const target = text.get(key) ?? "";
    return target === "" ? 0 : next.get(target) + 1;
  });
  text.set("a", "b");
  text.set("b", "a");
  assertThrows(() => next.get("a"), QueryCycle);
  text.set("b", "");
  assertEquals(next.get("a"), 1);
});

Deno.test("after any edits, memory answers what a fresh computation would", () => {
  const keys = ["a", "b", "c"];
  const edit = fc.record({ key: fc.constantFrom(...keys), value: fc.integer({ min: 0, max: 9 }) });
  fc.assert(fc.property(fc.array(edit), (edits) => {
    const database = new Database();
    const number = database.input<number>();
    const halved = database.query("halved", (key) => Math.floor((number.get(key) ?? 0) / 2));
    const sum = database.query("sum", () => keys.reduce((total, k) => total + halved.get(k), 0));
    const plain = new Map<string, number>();
    for (const { key, value } of edits) {
      number.set(key, value);
      plain.set(key, value);
      const fresh = keys.reduce((total, k) => total + Math.floor((plain.get(k) ?? 0) / 2), 0);
      assertEquals(sum.get(""), fresh);
    }
  }));
});

import { assertEquals, assertNotEquals } from "@std/assert";
import { shuffled } from "./test_order.ts";

Deno.test("a seed gives one order, with every item once", () => {
  const items = Array.from({ length: 20 }, (_, index) => index);
  assertEquals(shuffled(items, 7), shuffled(items, 7));
  assertNotEquals(shuffled(items, 7), shuffled(items, 8));
  for (const seed of [0, 1, 2, 1e9]) {
    assertEquals(shuffled(items, seed).toSorted((a, b) => a - b), items);
  }
  assertEquals(items[0], 0);
});

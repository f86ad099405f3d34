import { assertEquals } from "@std/assert";
import { argumentCount, nearestName, nearestSelector } from "./proposals.ts";

Deno.test("a slip of one or two letters is recognised, more is not", () => {
  const names = ["counter", "total", "x", "uppercase"];
  assertEquals(nearestName("conter", names), "counter");
  assertEquals(nearestName("totla", names), "total");
  assertEquals(nearestName("Total", names), "total");
  assertEquals(nearestName("nwe", ["new", "newest"]), "new");
  assertEquals(nearestName("y", names), undefined);
  assertEquals(nearestName("size", names), undefined);
});

Deno.test("selectors are proposed by their number of arguments", () => {
  const selectors = ["at:put:", "at:", "size", "+", "x:y:"];
  assertEquals(nearestSelector("at:putt:", selectors), "at:put:");
  assertEquals(nearestSelector("att:", selectors), "at:");
  assertEquals(nearestSelector("sise", selectors), "size");
  assertEquals(nearestSelector("y:", selectors), "x:y:");
  assertEquals(nearestSelector("size:", selectors), "size");
  assertEquals(nearestSelector("at:put:if:", selectors), "at:put:");
  assertEquals(nearestSelector("at", selectors), "at:");
  assertEquals(nearestSelector("toString", ["asString", "show"]), "asString");
  assertEquals(nearestSelector("each:", ["size"]), undefined);
  assertEquals(["size", "at:put:", "+", "a:b:c:"].map(argumentCount), [0, 2, 1, 3]);
});

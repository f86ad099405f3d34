import { assertEquals } from "@std/assert";
import { join } from "@std/path";
import { History, search, shownAt, step } from "./history.ts";

async function withFile(test: (file: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "beamtalk-history-" });
  try {
    await test(join(folder, "history"));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("entries of several lines come back as they were entered", () =>
  withFile(async (file) => {
    const history = await History.open(file);
    const entries = ["1 + 2", "Object subclass: A\n  x => 1\n", '"a\\nb"', "größe"];
    for (const entry of entries) await history.add(entry);
    await history.add("größe");
    await history.add("  ");
    assertEquals((await History.open(file)).entries, entries);
    assertEquals((await Deno.stat(file)).mode! & 0o777, 0o600);
  }));

Deno.test("several prompts that add at once lose nothing", () =>
  withFile(async (file) => {
    const prompts = await Promise.all(Array.from({ length: 5 }, () => History.open(file)));
    const expected: string[] = [];
    await Promise.all(prompts.map(async (prompt, number) => {
      for (let index = 0; index < 20; index++) {
        expected.push(`${number} entry ${index}`);
        await prompt.add(`${number} entry ${index}`);
      }
    }));
    await prompts[0]!.refresh();
    assertEquals([...prompts[0]!.entries].sort(), expected.sort());
  }));

Deno.test("a long file loses its oldest entries", () =>
  withFile(async (file) => {
    const history = await History.open(file, 3);
    for (let index = 0; index < 7; index++) await history.add(`${index}`);
    assertEquals((await History.open(file, 3)).entries, ["4", "5", "6"]);
    assertEquals((await Deno.readTextFile(file)).split("\n").length, 4);
  }));

Deno.test("where the file cannot be written, the entries of this prompt are there", async () => {
  const history = await History.open("/dev/null/nowhere/history");
  await history.add("1 + 2");
  await history.refresh();
  assertEquals(history.entries, ["1 + 2"]);
});

Deno.test("a walk goes up to the oldest entry and back to what was typed", () => {
  const walk = { entries: ["a", "b"], at: 2, typed: "half" };
  const up = step(walk, -1)!;
  const top = step(up, -1)!;
  assertEquals([walk, up, top].map(shownAt), ["half", "b", "a"]);
  assertEquals(step(top, -1), undefined);
  assertEquals(step(walk, 1), undefined);
  assertEquals(shownAt(step(step(top, 1)!, 1)!), "half");
});

Deno.test("a search goes back from the newest entry, and on where it is asked again", () => {
  const entries = ["Counter spawn", "x := 1", "counter increment"];
  assertEquals(search(entries, "counter", 2), { query: "counter", at: 2, isFound: true });
  assertEquals(search(entries, "counter", 1), { query: "counter", at: 0, isFound: true });
  assertEquals(search(entries, "Counter", 2).at, 0);
  assertEquals(search(entries, "nope", 2).isFound, false);
  assertEquals(search(entries, "counter", 1, 1).at, 2);
});

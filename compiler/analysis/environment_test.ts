import { assertEquals } from "@std/assert";
import { sourceOf } from "./corpus_fixture.ts";
import { splitClassName } from "../syntax/class_name.ts";
import { buildEnvironment } from "./environment.ts";

const OWN = sourceOf("Value subclass: Box\nValue subclass: Own\n", "src/own.bt", "own");
const SHAPES = sourceOf("Value subclass: Box\nString >> loud => 1\n", "src/a/Box.bt", "shapes");
const PARCELS = sourceOf("Value subclass: Box\nString >> loud => 2\n", "src/Box.bt", "parcels");
const LIBRARY = sourceOf("Object subclass: Box\nnil subclass: Object\n", "kernel/Box.bt", "stdlib");

function facts(...sources: readonly typeof OWN[]) {
  return sources.map((source) => source.facts);
}

Deno.test("a bare name means the package's own class, then a dependency's, then the library's", () => {
  const all = facts(LIBRARY, SHAPES, OWN);
  assertEquals(buildEnvironment(all, "own").classNamed("Box")?.package, "own");
  assertEquals(buildEnvironment(all, "other").classNamed("Box")?.package, "shapes");
  assertEquals(buildEnvironment(facts(LIBRARY), "own").classNamed("Box")?.package, "stdlib");
});

Deno.test("a package before the name, or given beside it, decides", () => {
  const environment = buildEnvironment(facts(OWN, SHAPES, PARCELS), "own");
  assertEquals(environment.classNamed("shapes@Box")?.module, "bt@shapes@a@Box");
  assertEquals(environment.classNamed("Box", "parcels")?.module, "bt@parcels@Box");
  assertEquals(environment.classNamed("nowhere@Box"), undefined);
  assertEquals(splitClassName("a@B"), { package: "a", name: "B" });
});

Deno.test("what is internal to another package is known, and a bare name means it last", () => {
  const hidden = sourceOf(
    "internal Value subclass: Box\n  internal a => 1\n  internal class b => 2\n  c => 3\n",
    "src/Box.bt",
    "hidden",
  );
  const environment = buildEnvironment(facts(hidden, LIBRARY), "own");
  assertEquals(environment.classNamed("Box")?.package, "stdlib");
  assertEquals(environment.classNamed("hidden@Box")?.package, "hidden");
  assertEquals([...environment.foreignInternals()], ["a", "b"]);
  assertEquals(buildEnvironment(facts(hidden), "hidden").foreignInternals().size, 0);
});

Deno.test("classes twice in a package and extensions twice in a program are duplicates", () => {
  const again = sourceOf("Value subclass: Own\n", "src/again.bt", "own");
  const { duplicates } = buildEnvironment(facts(OWN, again, SHAPES, PARCELS), "own");
  assertEquals(
    duplicates.map((each) =>
      each.kind === "class" ? each.name : `${each.target}>>${each.selector}`
    ),
    ["Own", "String>>loud"],
  );
});

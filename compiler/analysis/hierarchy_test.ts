import { assert, assertEquals } from "@std/assert";
import type { ClassEnvironment, ClassFacts } from "./class_facts.ts";
import { environmentOf, sourceOf } from "./corpus_fixture.ts";
import { buildEnvironment } from "./environment.ts";
import {
  allFields,
  classKind,
  hasKnownAncestors,
  inheritsFrom,
  superclassChain,
} from "./hierarchy.ts";
import { allMethods, lookupMethod, lookupSuper } from "./lookup.ts";

const SHAPES = `Value subclass: Point
  field: x = 0
  field: y = 0
  y => self.y + 1
  sum => self.x + self.y
  class origin => self new

Point subclass: Point3
  field: z = 0
  sum => super sum + self.z

Actor subclass: Account
  state: balance = 0

Error subclass: Refused
  field: code = 0

Supervisor subclass: App
Server subclass: Listener
Nowhere subclass: Lost
Lost subclass: LostToo

Point >> sum => 0
Point >> double => self
Point class >> unit => self x: 1 y: 1
`;

function environment(): ClassEnvironment {
  return environmentOf([sourceOf(SHAPES, "src/shapes.bt", "shapes")], "shapes");
}

function known(name: string, from: ClassEnvironment): ClassFacts {
  const found = from.classNamed(name);
  assert(found !== undefined, name);
  return found;
}

Deno.test("the chain goes from the class to the root", () => {
  const from = environment();
  const names = superclassChain(known("Point3", from), from).map((each) => each.name);
  assertEquals(names, ["Point3", "Point", "Value", "Object", "ProtoObject"]);
  assert(hasKnownAncestors(known("Point3", from), from));
  assertEquals(hasKnownAncestors(known("LostToo", from), from), false);
});

Deno.test("the nearest ancestor with a kind gives it", () => {
  const from = environment();
  const kinds = ["Point3", "Account", "Listener", "Refused", "App", "Lost", "LostToo", "Transcript"]
    .map((name) => {
      const found = from.classNamed(name);
      return found && classKind(found, from);
    });
  assertEquals(kinds, [
    "value",
    "actor",
    "actor",
    "exception",
    "supervisor",
    undefined,
    undefined,
    undefined,
  ]);
});

Deno.test("inherited fields come first, in declared order", () => {
  const from = environment();
  const fields = allFields(known("Point3", from), from).map((each) => each.name);
  assertEquals(fields, ["x", "y", "z"]);
});

Deno.test("a class's own method wins over a generated one, and both over an extension", () => {
  const from = environment();
  const point = known("Point", from);
  const origins = ["sum", "y", "x", "withX:", "double"].map((selector) =>
    lookupMethod(point, selector, "instance", from)?.origin
  );
  assertEquals(origins, ["declared", "declared", "generated", "generated", "extension"]);
});

Deno.test("the keyword constructor takes all fields, inherited ones first", () => {
  const from = environment();
  const point3 = known("Point3", from);
  assertEquals(lookupMethod(point3, "x:y:z:", "class", from)?.origin, "generated");
  assertEquals(lookupMethod(point3, "x:y:", "class", from)?.owner.name, "Point");
  assertEquals(lookupMethod(known("Refused", from), "code:", "class", from)?.origin, "generated");
});

Deno.test("the class side goes on with the instance methods of Class", () => {
  const from = environment();
  const point = known("Point", from);
  assertEquals(lookupMethod(point, "origin", "class", from)?.side, "class");
  assertEquals(lookupMethod(point, "name", "class", from)?.side, "instance");
  assertEquals(lookupMethod(point, "origin", "instance", from), undefined);
  const selectors = allMethods(point, "class", from).map((each) => each.method.selector);
  for (const selector of ["origin", "unit", "x:y:", "superclass"]) {
    assert(selectors.includes(selector), selector);
  }
});

Deno.test("super looks above the class", () => {
  const from = environment();
  const found = lookupSuper(known("Point3", from), "sum", "instance", from);
  assertEquals(found?.owner.name, "Point");
  assert(inheritsFrom(known("Point3", from), "Value", from));
  assertEquals(inheritsFrom(known("Point3", from), "Actor", from), false);
});

Deno.test("a hierarchy that comes back to itself ends", () => {
  const source = sourceOf("B subclass: A\nA subclass: B\n", "src/a.bt", "p");
  const from = buildEnvironment([source.facts], "p");
  assertEquals(superclassChain(known("A", from), from).map((each) => each.name), ["A", "B"]);
  assertEquals(classKind(known("A", from), from), undefined);
});

import { assertEquals } from "@std/assert";
import { definitionsAt, implementationsAt, typeDefinitionsAt } from "./definition.ts";
import { highlightsAt, referencesAt } from "./references.ts";
import { marked, markedFiles, type TestProject } from "./testing.ts";

function expectDefinition(project: TestProject, ...expected: string[]): void {
  const places = definitionsAt(project.view, project.offset);
  assertEquals(places.map(project.shown), expected);
}

function expectReferences(project: TestProject, ...expected: string[]): void {
  const steps = referencesAt(project.index, project.view, project.offset);
  let step = steps.next();
  while (step.done !== true) step = steps.next();
  assertEquals(step.value.map(project.shown).sort(), expected.sort());
}

const FILES = {
  "animal.bt": "Object subclass: Animal\n  speak => self subclassResponsibility\n",
  "dog.bt": `Animal subclass: Dog
  speak => "wuff"
  class rex -> Dog => self new
`,
};

Deno.test("a local leads to its first assignment", () => {
  expectDefinition(
    marked("Object subclass: A\n  m =>\n    total := 1\n    tot<|>al + 1\n"),
    "main.bt:3:5 total",
  );
});

Deno.test("a send leads to the method of the receiver's class", () => {
  expectDefinition(
    markedFiles({ ...FILES, "main.bt": "Object subclass: Main\n  m => Dog rex spe<|>ak\n" }),
    "dog.bt:2:3 speak",
  );
});

Deno.test("a send to an unknown receiver leads to all methods of its name", () => {
  expectDefinition(
    markedFiles({ ...FILES, "main.bt": "Object subclass: Main\n  m: x => x spe<|>ak\n" }),
    "animal.bt:2:3 speak",
    "dog.bt:2:3 speak",
  );
});

Deno.test("a class, a field, a generated accessor", () => {
  expectDefinition(
    markedFiles({ ...FILES, "main.bt": "Do<|>g subclass: Puppy\n" }),
    "dog.bt:1:18 Dog",
  );
  expectDefinition(
    marked("Value subclass: P\n  field: x = 1\n  m => self.<|>x\n"),
    "main.bt:2:10 x",
  );
  expectDefinition(
    marked("Value subclass: P\n  field: x = 1\n  m => (P x: 2) <|>x\n"),
    "main.bt:2:10 x",
  );
});

Deno.test("the type of a value leads to its class", () => {
  const project = markedFiles({
    ...FILES,
    "main.bt": "Object subclass: Main\n  m =>\n    d := Dog rex\n    <|>d speak\n",
  });
  assertEquals(typeDefinitionsAt(project.view, project.offset).map(project.shown), [
    "dog.bt:1:18 Dog",
  ]);
});

Deno.test("implementations are the overriding methods and the subclasses", () => {
  const method = markedFiles({
    ...FILES,
    "animal.bt": "Object subclass: Animal\n  sp<|>eak => self subclassResponsibility\n",
  });
  assertEquals(implementationsAt(method.view, method.offset).map(method.shown), [
    "animal.bt:2:3 speak",
    "dog.bt:2:3 speak",
  ]);
  const of = markedFiles({ ...FILES, "animal.bt": "Object subclass: Ani<|>mal\n" });
  assertEquals(implementationsAt(of.view, of.offset).map(of.shown), ["dog.bt:1:18 Dog"]);
});

Deno.test("references to a method leave out methods of other families", () => {
  expectReferences(
    markedFiles({
      ...FILES,
      "dog.bt": 'Animal subclass: Dog\n  sp<|>eak => "wuff"\n  class rex -> Dog => self new\n',
      "radio.bt": 'Object subclass: Radio\n  speak => "news"\n  class on -> Radio => self new\n',
      "main.bt": "Object subclass: Main\n  m: x =>\n    Dog rex speak\n    Radio on speak\n" +
        "    x speak\n",
    }),
    "animal.bt:2:3 speak",
    "dog.bt:2:3 speak",
    "main.bt:3:13 speak",
    "main.bt:5:7 speak",
  );
});

Deno.test("references to a class and a field", () => {
  expectReferences(
    markedFiles({ ...FILES, "main.bt": "Do<|>g subclass: Puppy\n  m: d :: Dog => Dog rex\n" }),
    "dog.bt:1:18 Dog",
    "dog.bt:3:16 Dog",
    "main.bt:1:1 Dog",
    "main.bt:2:11 Dog",
    "main.bt:2:18 Dog",
  );
  expectReferences(
    markedFiles({
      "a.bt": "Actor subclass: A\n  state: n = 0\n  m => self.n := self.<|>n + 1\n",
      "b.bt": "A subclass: B\n  k => self.n\n",
      "c.bt": "Actor subclass: C\n  state: n = 0\n  m => self.n\n",
    }),
    "a.bt:2:10 n",
    "a.bt:3:13 n",
    "a.bt:3:23 n",
    "b.bt:2:13 n",
  );
});

Deno.test("highlights tell writes from reads", () => {
  const project = marked("Object subclass: A\n  m =>\n    t<|> := 1\n    t := t + 2\n");
  const found = highlightsAt(project.view, project.offset).map(({ span, isWrite }) =>
    `${span.start} ${isWrite}`
  );
  assertEquals(found.sort(), ["30 true", "41 true", "46 false"]);
});

import { assert, assertEquals } from "@std/assert";
import { codeActionsAt } from "./code_actions.ts";
import { applied, marked, type TestProject } from "./testing.ts";

function titles({ index, view, selection }: TestProject): readonly string[] {
  return codeActionsAt(index, view, selection, true).map(({ title }) => title);
}

function expectAction(text: string, title: string, expected: string): void {
  const project = marked(text);
  const { index, view, selection } = project;
  const action = codeActionsAt(index, view, selection, true).find((each) => each.title === title);
  assert(action !== undefined, `only ${titles(project)}`);
  assertEquals(applied(view.source.text, action.edits), expected);
}

Deno.test("a finding's fix", () => {
  expectAction(
    "Object subclass: A\n  m => self prin<|>tStrng\n",
    "Replace by `printString`",
    "Object subclass: A\n  m => self printString\n",
  );
});

Deno.test("extract to a local", () => {
  expectAction(
    "Object subclass: A\n  m: x =>\n    x foo: <[x size * 2]>\n",
    "Extract to a local variable",
    "Object subclass: A\n  m: x =>\n    value := x size * 2\n    x foo: value\n",
  );
});

Deno.test("inline a local", () => {
  expectAction(
    "Object subclass: A\n  m: x =>\n    <|>t := x size + 1\n    t * 2\n",
    "Inline t",
    "Object subclass: A\n  m: x =>\n    (x size + 1) * 2\n",
  );
});

Deno.test("extract to a method: what is read goes in, what is used after comes out", () => {
  expectAction(
    "Object subclass: A\n  m: x =>\n    <[t := x size\n    u := t + 1]>\n    u * x\n",
    "Extract to a method",
    "Object subclass: A\n  m: x =>\n    u := self extracted: x\n    u * x\n\n" +
      "  extracted: x =>\n    t := x size\n    u := t + 1\n",
  );
});

Deno.test("nothing is extracted that returns from the method", () => {
  assertEquals(
    titles(marked("Object subclass: A\n  m: x =>\n    <[x isNil ifTrue: [^ 1]]>\n    2\n"))
      .includes("Extract to a method"),
    false,
  );
});

Deno.test("add a missing method to the receiver's class", () => {
  expectAction(
    "Object subclass: A\n  m: n :: Integer => self fo<|>o: n bar: 2\n",
    "Add A >> foo:bar:",
    "Object subclass: A\n  m: n :: Integer => self foo: n bar: 2\n\n" +
      "  foo: n :: Integer bar: argument2 :: Integer => self notImplemented\n",
  );
});

Deno.test("a cascade to sends and back", () => {
  expectAction(
    "Object subclass: A\n  m: t =>\n    t sh<|>ow: 1; cr; show: 2\n",
    "Convert the cascade to sends",
    "Object subclass: A\n  m: t =>\n    t show: 1\n    t cr\n    t show: 2\n",
  );
  expectAction(
    "Object subclass: A\n  m: t =>\n    t sh<|>ow: 1\n    t cr\n    t show: 2\n",
    "Convert the sends to a cascade",
    "Object subclass: A\n  m: t =>\n    t show: 1; cr; show: 2\n",
  );
});

Deno.test("implement a protocol", () => {
  expectAction(
    "Protocol define: Sized\n  weight -> Integer\n\nObject subclass: <|>A\n  m => 1\n",
    "Implement Sized",
    "Protocol define: Sized\n  weight -> Integer\n\nObject subclass: A\n  m => 1\n\n" +
      "  weight -> Integer => self notImplemented\n",
  );
});

Deno.test("organise: data, class methods, methods", () => {
  expectAction(
    "Actor subclass: A\n  m => 1\n  class k => 2\n  state: x = 1\n<|>",
    "Organise the members",
    "Actor subclass: A\n  state: x = 1\n  class k => 2\n  m => 1\n",
  );
});

import { assert, assertEquals } from "@std/assert";
import { renameAt } from "./rename.ts";
import { applied, markedFiles, ROOT } from "./testing.ts";

/** The files after the renaming; or the reason against it. */
function renamed(files: Readonly<Record<string, string>>, newName: string) {
  const project = markedFiles(files);
  const steps = renameAt(project.index, project.view, project.offset, newName);
  let step = steps.next();
  while (step.done !== true) step = steps.next();
  if (step.value.kind === "refused") return step.value.reason;
  const { edits, file } = step.value;
  const result: Record<string, string> = {};
  for (const name of Object.keys(files)) {
    const path = `${ROOT}/${name}`;
    const own = edits.filter((edit) => edit.path === path && !edit.isMention);
    result[file?.from === path ? file.to.slice(ROOT.length + 1) : name] = applied(
      project.text(path),
      own,
    );
  }
  return result;
}

Deno.test("a local everywhere, in strings and blocks too", () => {
  assertEquals(
    renamed({
      "a.bt": 'Object subclass: A\n  m: x =>\n    x do: [:e | e + <|>x]\n    "is {x}"\n',
    }, "given"),
    {
      "a.bt":
        'Object subclass: A\n  m: given =>\n    given do: [:e | e + given]\n    "is {given}"\n',
    },
  );
});

Deno.test("a local does not take a name that is used", () => {
  assertEquals(
    renamed({ "a.bt": "Object subclass: A\n  m: x with: y => <|>x + y\n" }, "y"),
    "y is used here already",
  );
});

Deno.test("a class with its file and every mention", () => {
  assertEquals(
    renamed({
      "Dog.bt": "Object subclass: Do<|>g\n  class rex -> Dog => Dog new\n",
      "b.bt": "Dog subclass: Puppy\n  m: d :: List(Dog) => d match: [x :: Dog -> x; _ -> 1]\n",
    }, "Wolf"),
    {
      "Wolf.bt": "Object subclass: Wolf\n  class rex -> Wolf => Wolf new\n",
      "b.bt": "Wolf subclass: Puppy\n  m: d :: List(Wolf) => d match: [x :: Wolf -> x; _ -> 1]\n",
    },
  );
});

Deno.test("a keyword method in all classes of the family and its senders", () => {
  assertEquals(
    renamed({
      "a.bt": "Object subclass: A\n  at: i p<|>ut: v => 1\n  m => self at: 1 put: 2\n",
      "b.bt": "A subclass: B\n  at: i put: v => super at: i put: v\n",
      "c.bt": "Object subclass: C\n  class one -> C => self new\n  at: i put: v => 2\n" +
        "  m => C one at: 1 put: 2\n",
    }, "index:store:"),
    {
      "a.bt": "Object subclass: A\n  index: i store: v => 1\n  m => self index: 1 store: 2\n",
      "b.bt": "A subclass: B\n  index: i store: v => super index: i store: v\n",
      "c.bt": "Object subclass: C\n  class one -> C => self new\n  at: i put: v => 2\n" +
        "  m => C one at: 1 put: 2\n",
    },
  );
});

Deno.test("a field of a value with its accessors and constructor", () => {
  assertEquals(
    renamed({
      "P.bt": "Value subclass: P\n  field: <|>x = 0\n  field: y = 0\n  m => self.x + self.y\n",
      "b.bt": "Object subclass: B\n  m => (P x: 1 y: 2) x\n  k => (P new: #{x => 1}) withX: 3\n",
    }, "left"),
    {
      "P.bt": "Value subclass: P\n  field: left = 0\n  field: y = 0\n  m => self.left + self.y\n",
      "b.bt": "Object subclass: B\n  m => (P left: 1 y: 2) left\n" +
        "  k => (P new: #{left => 1}) withLeft: 3\n",
    },
  );
});

Deno.test("the library is not renamed, and names must fit", () => {
  const library = renamed({ "a.bt": "Object subclass: A\n  m => #(1) siz<|>e\n" }, "length");
  assert(typeof library === "string" && library.includes("class library"));
  const keywords = renamed({ "a.bt": "Object subclass: A\n  m<|>: x => 1\n" }, "two:words:");
  assertEquals(keywords, "the new selector needs 1 keywords, each with a colon");
});

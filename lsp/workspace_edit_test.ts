import { assertEquals } from "@std/assert";
import { LineIndex } from "./line_index.ts";
import { renameAt } from "./rename.ts";
import { markedFiles } from "./testing.ts";
import { type EditAbilities, workspaceEdit } from "./workspace_edit.ts";

const ALL: EditAbilities = { documentChanges: true, annotations: true, renameFiles: true };

/** The edit as lines `file: old -> new`, with the reason for which it is to be confirmed. */
function preview(
  files: Readonly<Record<string, string>>,
  newName: string,
  abilities: EditAbilities,
): readonly string[] {
  const project = markedFiles(files);
  const steps = renameAt(project.index, project.view, project.offset, newName);
  let step = steps.next();
  while (step.done !== true) step = steps.next();
  if (step.value.kind === "refused") throw new Error(step.value.reason);
  const lines = (path: string) => new LineIndex(project.text(path), "utf-16");
  const edit = workspaceEdit(step.value, lines, abilities, () => null);
  const name = (uri: string) => uri.split("/").at(-1);
  const why = (id: string | undefined) => {
    if (id === undefined) return "";
    const annotation = edit.changeAnnotations?.[id];
    return ` (${annotation?.needsConfirmation === true ? "confirm: " : ""}${annotation?.label})`;
  };
  return (edit.documentChanges ?? []).flatMap((change) => {
    if ("kind" in change) {
      if (change.kind !== "rename") return [];
      const { oldUri, newUri, annotationId } = change;
      return [`${name(oldUri)} -> ${name(newUri)}${why(annotationId)}`];
    }
    return change.edits.map((each) => {
      const { line } = "range" in each ? each.range.start : { line: -1 };
      const text = "newText" in each ? each.newText : "";
      const id = "annotationId" in each ? each.annotationId : undefined;
      return `${name(change.textDocument.uri)}:${line + 1} ${text}${why(id)}`;
    });
  });
}

const DOGS = {
  "Dog.bt": "Object subclass: Dog\n  class rex -> Dog => self new\n  sp<|>eak => 1\n",
  "Radio.bt": "Object subclass: Radio\n  speak => 2\n",
  "Main.bt": "Object subclass: Main\n  m: x =>\n    Dog rex speak\n    x speak\n",
};

Deno.test("a send whose receiver is not known asks to be confirmed, a known one does not", () => {
  assertEquals(preview(DOGS, "bark", ALL), [
    "Dog.bt:3 bark",
    "Main.bt:3 bark",
    "Main.bt:4 bark (confirm: the receiver's class is not known)",
  ]);
});

Deno.test("a class's file moves with it, to be confirmed", () => {
  const files = { "Dog.bt": "Object subclass: Do<|>g\n", "b.bt": "Dog subclass: Puppy\n" };
  assertEquals(preview(files, "Wolf", ALL), [
    "Dog.bt:1 Wolf",
    "b.bt:1 Wolf",
    "Dog.bt -> Wolf.bt (confirm: the file takes the name of its class)",
  ]);
});

Deno.test("a client without previews or moves gets the changes alone", () => {
  const files = { "Dog.bt": "Object subclass: Do<|>g\n" };
  assertEquals(preview(files, "Wolf", { ...ALL, annotations: false }), [
    "Dog.bt:1 Wolf",
    "Dog.bt -> Wolf.bt",
  ]);
  assertEquals(preview(files, "Wolf", { ...ALL, renameFiles: false }), ["Dog.bt:1 Wolf"]);
});

Deno.test("symbols of a method's name and names in documentation are changed in a preview alone", () => {
  const method = {
    "A.bt": "Object subclass: A\n  go<|> => 1\n  m => self perform: #go\n",
  };
  assertEquals(preview(method, "run", ALL), [
    "A.bt:2 run",
    "A.bt:3 #run (confirm: a symbol that may mean the method)",
  ]);
  assertEquals(preview(method, "run", { ...ALL, annotations: false }), ["A.bt:2 run"]);
  const of = {
    "A.bt": "/// An `A`, not A.\n///\n/// ```\n/// A new\n/// ```\nObject subclass: <|>A\n",
  };
  assertEquals(preview(of, "B", { ...ALL, renameFiles: false }), [
    "A.bt:6 B",
    "A.bt:1 B (confirm: a name in a comment)",
    "A.bt:4 B (confirm: a name in a comment)",
  ]);
});

import { assert, assertEquals } from "@std/assert";
import { completionsAt } from "./completion.ts";
import { definitionsAt } from "./definition.ts";
import { hoverAt } from "./hover.ts";
import { linkedNamesAt } from "./links.ts";
import { highlightsAt } from "./references.ts";
import { renameAt } from "./rename.ts";
import { signatureHelpAt } from "./signature_help.ts";
import { applied, markedFiles, type TestProject } from "./testing.ts";

const erlang = { modules: () => [], functions: () => [] };

function script(text: string): TestProject {
  return markedFiles({ "try.btscript": text });
}

function completed(text: string): readonly string[] {
  const { index, view, offset } = script(text);
  return (completionsAt(index, view, offset, erlang)?.items ?? []).map(({ label }) => label);
}

function renamed(text: string, newName: string): string {
  const { index, view, offset } = script(text);
  const steps = renameAt(index, view, offset, newName);
  let step = steps.next();
  while (step.done !== true) step = steps.next();
  const { value } = step;
  return value.kind === "refused" ? value.reason : applied(view.source.text, value.edits);
}

Deno.test("a variable of a statement before is known with its type", () => {
  assert(completed("x := 3\nx <|>\n").includes("factorial"));
  assert(completed("x := 3\ny := x + 4\n#(1) do: [:e | y <|>]\n").includes("factorial"));
  assert(completed('x := 3\nx := "a"\nx <|>\n').includes("uppercase"));
  assertEquals(completed("d := #{#a => 1}\nd at: #a if<|>\n")[0], "ifAbsent:");
});

Deno.test("names: those of statements before, not of those after", () => {
  const found = completed("total := 3\n<|>\nlater := 4\n");
  assert(found.includes("total") && !found.includes("later"));
  assert(completed("Tran<|>\n").includes("Transcript"));
});

Deno.test("examples of documentation are scripts too", () => {
  const { index, view, offset } = markedFiles({
    "A.bt": "/// Adds.\n///\n/// ```beamtalk\n/// a := 3\n/// a <|>\n/// ```\nObject subclass: A\n",
  });
  const found = completionsAt(index, view, offset, erlang);
  assert(found?.items.some(({ label }) => label === "factorial"));
});

Deno.test("hover, definition and highlights go across statements", () => {
  const text = 'x := "a" uppercase\nTranscript show: x\n[:x | x] value: x<|>\n';
  const project = script(text);
  assertEquals(hoverAt(project.view, project.offset)?.code, "x :: String");
  assertEquals(definitionsAt(project.view, project.offset).map(project.shown), [
    "try.btscript:1:1 x",
  ]);
  const lines = highlightsAt(project.view, project.offset).map(project.shown);
  assertEquals(lines, ["try.btscript:1:1 x", "try.btscript:2:18 x", "try.btscript:3:17 x"]);
  assertEquals(linkedNamesAt(project.view, project.offset).length, 3);
});

Deno.test("renaming changes every statement, and no parameter of the same name", () => {
  assertEquals(
    renamed("x<|> := 1\n[:x | x] value: x\nx := x + 2\n", "sum"),
    "sum := 1\n[:x | x] value: sum\nsum := sum + 2\n",
  );
  assertEquals(renamed("a<|> := 1\nb := 2\n", "b"), "b is used here already");
});

Deno.test("what the workspace binds is no variable of the script", () => {
  const { view, offset } = script("answer<|> + 1\n");
  assertEquals(hoverAt(view, offset)?.live, { kind: "binding", name: "answer" });
});

Deno.test("a block's parameter is what the method gives it, after its other arguments", () => {
  const found = completed("#(1, 2) inject: 0 into: [:sum :each | sum <|>]\n");
  assert(found.includes("factorial"));
});

Deno.test("help for a message follows the variable", () => {
  const { view, offset } = script("d := #{#a => 1}\nd at: <|>#a put: 2\n");
  assertEquals(signatureHelpAt(view, offset)?.signatures[0]?.label.startsWith("at: key :: "), true);
});

import { assert, assertEquals } from "@std/assert";
import { codeLenses, tierOfLens } from "./code_lens.ts";
import { foldingRanges } from "./folding.ts";
import { formatEdits, formatRangeEdits, lineEdits, onTypeEdits } from "./formatting.ts";
import {
  callItemsAt,
  incomingCalls,
  outgoingCalls,
  subtypes,
  supertypes,
  typeItemAt,
} from "./hierarchies.ts";
import { hoverAt } from "./hover.ts";
import { inlayHints } from "./inlay_hints.ts";
import { documentLinks, linkedNamesAt } from "./links.ts";
import { selectionsAt } from "./selection_ranges.ts";
import { semanticTokens } from "./semantic_tokens.ts";
import { signatureHelpAt } from "./signature_help.ts";
import { fileSymbols, workspaceSymbols } from "./symbols.ts";
import { applied, marked, markedFiles } from "./testing.ts";
import { difference } from "./token_results.ts";

function expectHover(text: string, code: string, note?: string): void {
  const { view, offset } = marked(text);
  const found = hoverAt(view, offset);
  assertEquals(found?.code, code);
  if (note !== undefined) assert(found?.notes.some((each) => each.includes(note)), note);
}

const COUNTER = `/// Counts.
Actor subclass: Counter
  state: value :: Integer = 0

  /// Adds.
  add: amount :: Integer times: n :: Integer -> Integer => self.value += amount * n
`;

Deno.test("hover tells methods with their class and documentation", () => {
  expectHover(
    `${COUNTER}  use => self ad<|>d: 1 times: 2\n`,
    "Counter >> add: amount :: Integer times: n :: Integer -> Integer",
    "Adds.",
  );
});

Deno.test("hover tells locals, fields, classes and numbers", () => {
  expectHover(`${COUNTER}  use =>\n    <|>c := Counter spawn\n    c\n`, "c :: Counter");
  expectHover(`${COUNTER}  use => self.val<|>ue\n`, "state: value :: Integer", "Counter");
  expectHover(`${COUNTER}  use => Coun<|>ter spawn\n`, "Actor subclass: Counter", "Counts.");
  expectHover(`${COUNTER}  use => 2<|>55\n`, "Integer", "0xFF");
});

Deno.test("signature help follows the keyword at the cursor", () => {
  const first = marked(`${COUNTER}  use => self add: <|>1 times: 2\n`);
  const second = marked(`${COUNTER}  use => self add: 1 times: <|>2\n`);
  assertEquals(signatureHelpAt(first.view, first.offset)?.activeParameter, 0);
  const help = signatureHelpAt(second.view, second.offset);
  assertEquals(help?.activeParameter, 1);
  const [signature] = help?.signatures ?? [];
  assertEquals(signature?.label, "add: amount :: Integer times: n :: Integer -> Integer");
  assertEquals(
    signature?.parameters.map(({ start, end }) => signature.label.slice(start, end)),
    ["amount :: Integer", "n :: Integer"],
  );
});

Deno.test("the outline holds classes with their members", () => {
  const { view } = marked(`${COUNTER}\nString >> shout => self\n\ntype Way = #up | #down\n`);
  const shown = fileSymbols(view).map(({ name, kind, children }) =>
    `${kind} ${name} ${children.map((child) => child.name)}`
  );
  assertEquals(shown, [
    "class Counter value,add:times:",
    "extension String >> shout ",
    "alias Way ",
  ]);
});

Deno.test("symbols of all files: own ones first, letters in order", () => {
  const { index } = marked(COUNTER);
  const names = workspaceSymbols(index, "cnt").map(({ name }) => name);
  assertEquals(names[0], "Counter");
  assertEquals(workspaceSymbols(index, "add:times:")[0]?.container, "Counter");
});

Deno.test("folding: classes, long methods, blocks, comments", () => {
  const { view } = marked(
    "// one\n// two\nObject subclass: A\n  m =>\n    x do: [:e |\n      e\n    ]\n",
  );
  const lines = foldingRanges(view).map(({ span, kind }) => {
    const at = (offset: number) => view.source.text.slice(0, offset).split("\n").length;
    return `${kind} ${at(span.start)}-${at(span.end)}`;
  });
  assertEquals(lines.sort(), ["comment 1-2", "region 3-7", "region 4-7", "region 5-7"]);
});

Deno.test("selections widen along the tree", () => {
  const { view, offset } = marked("Object subclass: A\n  m => self foo: 1 + <|>2\n");
  const texts = selectionsAt(view, offset).map(({ start, end }) =>
    view.source.text.slice(start, end).trim()
  );
  assertEquals(texts.slice(0, 3), ["2", "1 + 2", "self foo: 1 + 2"]);
  assertEquals(texts.at(-1), view.source.text.trim());
});

Deno.test("semantic tokens do not overlap and tell writes", () => {
  const { view } = marked(`${COUNTER}  use: list => list do: [:each | self.value := each]\n`);
  const tokens = semanticTokens(view);
  const shown = tokens.map(({ span, type, modifiers }) =>
    `${view.source.text.slice(span.start, span.end)} ${type} ${modifiers}`.trim()
  );
  assert(shown.includes("value property modification"));
  assert(shown.includes("do: method"));
  assert(shown.includes("each parameter declaration"));
  tokens.forEach(({ span }, index) => {
    assert((tokens[index + 1]?.span.start ?? Infinity) >= span.end);
  });
});

Deno.test("a delta replaces the tokens that differ", () => {
  const before = [0, 0, 1, 1, 0, 1, 0, 2, 2, 0, 1, 0, 3, 3, 0];
  const after = [0, 0, 1, 1, 0, 1, 0, 9, 2, 0, 1, 0, 3, 3, 0];
  assertEquals(difference(before, after), { start: 5, deleteCount: 5, data: [1, 0, 9, 2, 0] });
  assertEquals(difference(before, before), undefined);
});

Deno.test("hints: types of locals and results that are not written", () => {
  const { view } = marked("Object subclass: A\n  m =>\n    c := 1 + 2\n    c printString\n");
  const hints = inlayHints(view, { start: 0, end: 1000 }).map(({ text }) => text);
  assertEquals(hints, [" -> String", " :: Integer"]);
});

Deno.test("hints: results of methods with guards, of each clause", () => {
  const { view } = marked(
    'Object subclass: A\n  m: x when: [x > 1] => "many"\n  m: x => 1\n',
  );
  const hints = inlayHints(view, { start: 0, end: 1000 });
  const shown = hints.map(({ offset, text }) => view.source.text.slice(0, offset) + text);
  assertEquals(shown.map((each) => each.split("\n").at(-1)), [
    "  m: x -> String",
    "  m: x -> Integer",
  ]);
});

Deno.test("hints: what a literal is for, where the keyword does not say it", () => {
  const { view } = marked(
    "Object subclass: A\n  go: speed by: step :: Integer => speed\n  m => self go: 3 by: 4\n",
  );
  const hints = inlayHints(view, { start: 0, end: 1000 });
  const shown = hints.filter(({ kind }) => kind === "parameter").map(({ text }) => text);
  assertEquals(shown, ["speed: ", "step: "]);
});

Deno.test("hovers and lenses know their tier", () => {
  const { view, offset } = marked("Object subclass: A\n  m => self print<|>String\n");
  assertEquals(hoverAt(view, offset)?.tier, "cross-file");
  const own = marked("Object subclass: A\n  k => 1\n  m => self <|>k\n");
  assertEquals(hoverAt(own.view, own.offset)?.tier, "static");
  const [lens] = codeLenses(own.index, own.view);
  assertEquals(lens && tierOfLens(lens), "cross-file");
});

function run<T>(steps: Generator<void, T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

Deno.test("call hierarchy: who sends, what is sent", () => {
  const { index, view, offset } = markedFiles({
    "a.bt":
      "Object subclass: A\n  class make -> A => self new\n  sp<|>eak => self hum\n  hum => 1\n",
    "b.bt": "Object subclass: B\n  go => A make speak\n  other => 1\n",
  });
  const [item] = callItemsAt(index, view, offset);
  assert(item !== undefined);
  const callers = run(incomingCalls(index, item)).map((call) => call.item.name);
  assertEquals(callers, ["go"]);
  assertEquals(outgoingCalls(index, item).map((call) => call.item.name), ["hum"]);
});

Deno.test("type hierarchy", () => {
  const { view, offset } = marked("Object subclass: <|>A\n\nA subclass: B\n\nA subclass: C\n");
  const of = typeItemAt(view, offset);
  assert(of !== undefined);
  assertEquals(subtypes(view, of).map(({ name }) => name), ["B", "C"]);
  assertEquals(supertypes(view, of).map(({ name }) => name), ["Object"]);
});

Deno.test("links of load comments and addresses", () => {
  const { view } = marked("// @load lib/a.bt\n// see https://example.org/x.\n");
  assertEquals(documentLinks(view).map(({ to }) => to), [
    { kind: "file", path: "/project/lib/a.bt" },
    { kind: "address", address: "https://example.org/x" },
  ]);
});

Deno.test("the places of a local change together", () => {
  const { view, offset } = marked("Object subclass: A\n  m =>\n    <|>t := 1\n    t + t\n");
  assertEquals(linkedNamesAt(view, offset).length, 3);
});

Deno.test("lenses: tests, senders, implementors", () => {
  const { index, view } = marked(
    "TestCase subclass: AT\n  testOne => self help\n  help => 1\n",
  );
  const shown = codeLenses(index, view).map(({ action }) =>
    action.kind === "runTests"
      ? `run ${action.class} ${action.selector ?? ""}`.trim()
      : `${action.kind} ${"count" in action ? action.count : ""}`
  );
  assertEquals(shown.slice(0, 3), ["run AT", "run AT testOne", "senders 1"]);
});

Deno.test("formatting edits only the lines that differ", () => {
  const { view } = marked("Object subclass: A\n  m   =>   1\n  k => 2\n");
  const edits = formatEdits(view);
  assertEquals(edits.length, 1);
  assertEquals(applied(view.source.text, edits), "Object subclass: A\n  m => 1\n  k => 2\n");
});

Deno.test("formatting of a range leaves the rest", () => {
  const { view, selection } = marked(
    "Object subclass: A\n  m   =>   1\n<[  k   =>   2\n]>  l   =>   3\n",
  );
  assertEquals(
    applied(view.source.text, formatRangeEdits(view, selection)),
    "Object subclass: A\n  m   =>   1\n  k => 2\n  l   =>   3\n",
  );
});

Deno.test("edits of lines give the wanted text", () => {
  for (const [before, after] of [["a\nb\nc\n", "a\nx\ny\nc\n"], ["", "a\n"], ["a\nb\n", "b\n"]]) {
    assertEquals(applied(before ?? "", lineEdits(before ?? "", after ?? "")), after);
  }
});

Deno.test("a new line is indented below what opens a body, a closer goes below its opener", () => {
  const body = marked("Object subclass: A\n  m =>\n<|>");
  assertEquals(onTypeEdits(body.view, body.offset, "\n")[0]?.newText, "    ");
  const closer = marked("Object subclass: A\n  m =>\n    x do: [:e |\n      e\n      ]<|>\n");
  assertEquals(onTypeEdits(closer.view, closer.offset, "]")[0]?.newText, "    ");
});

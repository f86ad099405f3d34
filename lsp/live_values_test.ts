import { assertEquals } from "@std/assert";
import type { LiveValues } from "./live_answers.ts";
import { fieldValue, namesToAsk, valueHints } from "./live_values.ts";
import { marked, markedFiles } from "./testing.ts";

const ALL = { start: 0, end: 10_000 };
const COUNTER = "Actor subclass: Counter\n  state: value = 0\n  classState: made = 0\n" +
  "  m => answer + 1\n";

function running(values: LiveValues, bindings: Readonly<Record<string, string>> = {}): string {
  const { view } = marked(COUNTER);
  const hints = valueHints(
    view,
    ALL,
    new Map([["Counter", values]]),
    new Map(Object.entries(bindings)),
  );
  let text = view.source.text;
  for (const hint of [...hints].sort((a, b) => b.offset - a.offset)) {
    text = text.slice(0, hint.offset) + `⟨${hint.text}⟩` + text.slice(hint.offset);
  }
  return text;
}

Deno.test("what actors and the class hold is shown behind their data", () => {
  const values = { classState: new Map([["made", "2"]]), actors: [new Map([["value", "5"]])] };
  assertEquals(
    running(values),
    "Actor subclass: Counter\n  state: value = 0⟨ now 5⟩\n  classState: made = 0⟨ now 2⟩\n" +
      "  m => answer + 1\n",
  );
});

Deno.test("several actors: each value once; none: nothing", () => {
  const actors = ["5", "7", "5"].map((value) => new Map([["value", value]]));
  assertEquals(fieldValue({ classState: new Map(), actors }, "instance", "value"), "5 | 7");
  assertEquals(
    fieldValue({ classState: new Map(), actors: [] }, "instance", "value"),
    undefined,
  );
});

Deno.test("a name that the workspace binds has its value", () => {
  const nothing = { classState: new Map(), actors: [] };
  assertEquals(
    running(nothing, { answer: "42" }).includes("m => answer⟨ now 42⟩ + 1"),
    true,
  );
  assertEquals(namesToAsk(marked(COUNTER).view, ALL), {
    classes: ["Counter"],
    hasUnresolved: true,
  });
});

Deno.test("long values are cut, and hints are marked as of the runtime", () => {
  const { view } = marked(COUNTER);
  const values = { classState: new Map([["made", `"${"a\n".repeat(80)}"`]]), actors: [] };
  const [hint] = valueHints(view, ALL, new Map([["Counter", values]]), new Map());
  assertEquals(hint?.text.length, 65);
  assertEquals(hint?.tier, "runtime");
});

Deno.test("a variable of a script is its own, whatever the workspace binds", () => {
  const { view } = markedFiles({ "try.btscript": "answer := 1\nanswer + other\n" });
  const bindings = new Map([["answer", "42"], ["other", "7"]]);
  const hints = valueHints(view, ALL, new Map(), bindings).map(({ text }) => text);
  assertEquals(hints, [" now 7"]);
});

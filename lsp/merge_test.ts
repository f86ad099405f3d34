import { assertEquals } from "@std/assert";
import { completionsAt } from "./completion.ts";
import { diagnosticsOf } from "./diagnostics.ts";
import type { LiveClass, LiveMethod } from "./live_answers.ts";
import { differs, mergeCompletions, mergeDiagnostics } from "./merge.ts";
import { marked } from "./testing.ts";

const NO_NAMES = { bindings: new Map(), classes: new Map() };
const erlang = { modules: () => [], functions: () => [] };

function method(selector: string, side: LiveMethod["side"] = "instance"): LiveMethod {
  return {
    selector,
    side,
    signature: selector,
    parameters: selector.includes(":") ? ["n"] : [],
    doc: undefined,
    source: `${selector} => 1`,
  };
}

function running(name: string, methods: readonly LiveMethod[], superclass?: string): LiveClass {
  return { name, package: "user", superclass, methods, actors: [] };
}

function findings(text: string, classes: readonly LiveClass[]): readonly string[] {
  const { view } = marked(text);
  const found = mergeDiagnostics(
    diagnosticsOf(view, true),
    view,
    classes.length === 0 ? undefined : (name) => classes.find((each) => each.name === name),
  );
  return found.map(({ code, severity, message }) =>
    `${code} ${severity}${/ \(\w+( \w+)?\)$/.exec(message)?.[0] ?? ""}`
  );
}

const COUNTER = "Actor subclass: Counter\n  m => self shine\n";

Deno.test("without a node the file's findings stand", () => {
  assertEquals(findings(COUNTER, []), ["BT4001 warning"]);
});

Deno.test("a message that the running class has is information", () => {
  assertEquals(findings(COUNTER, [running("Counter", [method("shine")])]), [
    "BT4001 information (runtime)",
  ]);
});

Deno.test("what the running class inherits counts, what its class side has does not", () => {
  const base = running("Base", [method("shine")]);
  assertEquals(findings(COUNTER, [running("Counter", [], "Base"), base]), [
    "BT4001 information (runtime)",
  ]);
  assertEquals(findings(COUNTER, [running("Counter", [method("shine", "class")])]), [
    "BT4001 warning",
  ]);
});

Deno.test("errors stand whatever the node says", () => {
  const text = "Actor subclass: Counter\n  field: x = 1\n";
  assertEquals(findings(text, [running("Counter", [method("x")])]), ["BT3006 error"]);
});

Deno.test("a dynamic site is told of only where a node has no such method either", () => {
  const proxy = "Object subclass: Proxy\n  doesNotUnderstand: s args: a => s\n" +
    "  m => self anything\n";
  assertEquals(findings(proxy, []), []);
  assertEquals(findings(proxy, [running("Proxy", [])]), [
    "BT4001 information (dynamic site)",
  ]);
  assertEquals(findings(proxy, [running("Proxy", [method("anything")])]), []);
});

Deno.test("live completions come beside static ones, marked and never twice", () => {
  const { index, view, offset } = marked(
    "Actor subclass: Counter\n  increment => 1\n  m => self <|>\n",
  );
  const found = completionsAt(index, view, offset, erlang);
  if (found === undefined) throw new Error("nothing found");
  const of = running("Counter", [method("increment"), method("shine:"), method("make", "class")]);
  const merged = mergeCompletions(found, [of], {
    bindings: new Map([["answer", "42"]]),
    classes: new Map([["Live", "Actor"]]),
  });
  const added = merged.items.slice(found.items.length);
  assertEquals(added.map(({ label, tier, insert }) => `${label} ${tier} ${insert}`), [
    "shine: runtime shine: ${1:n}",
  ]);
});

Deno.test("what the running classes have goes on with the keywords that are there", () => {
  const { index, view, offset } = marked(
    "Actor subclass: Counter\n  m => self shine: 1 wi<|>\n",
  );
  const found = completionsAt(index, view, offset, erlang);
  if (found === undefined) throw new Error("nothing found");
  const of = running("Counter", [
    { ...method("shine:with:on:"), parameters: ["n", "colour", "wall"] },
    method("shine:"),
    method("wink:"),
  ]);
  const merged = mergeCompletions(found, [of], NO_NAMES);
  const added = merged.items.filter(({ tier }) => tier === "runtime");
  assertEquals(added.map(({ label, insert }) => `${label} ${insert}`), [
    "with:on: with: ${1:colour} on: ${2:wall}",
  ]);
});

Deno.test("bindings are names only where a name is written", () => {
  const { index, view, offset } = marked("Object subclass: A\n  m => <|>\n");
  const found = completionsAt(index, view, offset, erlang);
  if (found === undefined) throw new Error("nothing found");
  const merged = mergeCompletions(found, [], {
    bindings: new Map([["answer", "42"]]),
    classes: new Map([["Live", "Actor"]]),
  });
  assertEquals(merged.items.slice(-2).map(({ label, tier }) => `${label} ${tier}`), [
    "answer runtime",
    "Live runtime",
  ]);
});

Deno.test("texts differ by more than white space", () => {
  assertEquals(differs("m => 1", "m =>\n  1"), false);
  assertEquals(differs("m => 1", "m => 2"), true);
  assertEquals(differs("", "m => 2"), false);
});

Deno.test("every class of a union and every class above it can add live methods", () => {
  const { index, view, offset } = marked(
    "Actor subclass: Base\n\nBase subclass: Left\n\nActor subclass: Right\n" +
      "  m: x :: Left | Right => x <|>\n",
  );
  const found = completionsAt(index, view, offset, erlang);
  if (found === undefined) throw new Error("nothing found");
  const classes = [
    running("Base", [method("inherited")]),
    running("Left", [method("own")]),
    running("Right", [method("other")]),
    running("Unrelated", [method("foreign")]),
  ];
  const merged = mergeCompletions(found, classes, NO_NAMES);
  const added = merged.items.filter(({ tier }) => tier === "runtime").map(({ label }) => label);
  assertEquals(added.sort(), ["inherited", "other", "own"]);
});

Deno.test("super does not offer what the running class itself has", () => {
  const { index, view, offset } = marked("Actor subclass: A\n  m => super <|>\n");
  const found = completionsAt(index, view, offset, erlang);
  if (found === undefined) throw new Error("nothing found");
  const merged = mergeCompletions(found, [running("A", [method("own")])], NO_NAMES);
  assertEquals(merged.items.some(({ label }) => label === "own"), false);
});

Deno.test("each finding knows its tier", () => {
  const tiers = (text: string, live: readonly LiveClass[]) => {
    const { view } = marked(text);
    const known = (name: string) => live.find((each) => each.name === name);
    return mergeDiagnostics(diagnosticsOf(view, true), view, live.length === 0 ? undefined : known)
      .map(({ tier }) => tier);
  };
  assertEquals(tiers("Actor subclass: A\n  field: x = 1\n", []), ["cross-file"]);
  assertEquals(tiers("Object subclass: A\n  m => (\n", []), ["static"]);
  assertEquals(tiers(COUNTER, [running("Counter", [method("shine")])]), ["runtime"]);
});

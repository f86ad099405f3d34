import { assert, assertEquals } from "@std/assert";
import { completionsAt, type ErlangModules } from "./completion.ts";
import { marked, markedFiles, type TestProject } from "./testing.ts";

const erlang: ErlangModules = {
  modules: () => ["lists", "maps"],
  functions: (module) => module === "lists" ? [{ name: "reverse", arity: 1 }] : [],
};

function labels(project: TestProject): readonly string[] {
  const found = completionsAt(project.index, project.view, project.offset, erlang);
  return (found?.items ?? []).map(({ label }) => label);
}

function expectCompletion(
  text: string,
  expected: { readonly includes?: readonly string[]; readonly excludes?: readonly string[] },
): void {
  const found = labels(marked(text));
  for (const label of expected.includes ?? []) {
    assert(found.includes(label), `${label} is missing from ${found.slice(0, 30)}`);
  }
  for (const label of expected.excludes ?? []) {
    assert(!found.includes(label), `${label} is there`);
  }
}

const COUNTER = `Actor subclass: Counter
  state: value :: Integer = 0

  class zero -> Counter => self spawn
  increment -> Integer => self.value += 1
  add: amount :: Integer times: n :: Integer -> Integer => self.value += amount * n
`;

Deno.test("messages follow the type of a local that was assigned", () => {
  expectCompletion(`${COUNTER}  use =>\n    c := Counter spawn\n    c <|>\n`, {
    includes: ["increment", "add:times:", "isAlive"],
    excludes: ["zero", "uppercase"],
  });
});

Deno.test("the class side is apart from the instance side", () => {
  expectCompletion(`${COUNTER}  use => Counter <|>\n`, {
    includes: ["zero", "spawn", "name"],
    excludes: ["increment"],
  });
});

Deno.test("messages follow parameters, fields, literals and results", () => {
  expectCompletion(`${COUNTER}  use: list :: List => list rev<|>\n`, { includes: ["reversed"] });
  expectCompletion(`${COUNTER}  use => self.value prin<|>\n`, { includes: ["printString"] });
  expectCompletion(`${COUNTER}  use => "text" upp<|>\n`, { includes: ["uppercase"] });
  expectCompletion(`${COUNTER}  use => Counter zero incr<|>\n`, { includes: ["increment"] });
});

Deno.test("self and super", () => {
  expectCompletion(`${COUNTER}  use => self <|>\n`, { includes: ["increment", "use"] });
  expectCompletion(`${COUNTER}  use => super <|>\n`, {
    includes: ["isAlive"],
    excludes: ["increment"],
  });
});

Deno.test("keyword selectors are snippets with their parameters", () => {
  const project = marked(`${COUNTER}  use => self ad<|>\n`);
  const found = completionsAt(project.index, project.view, project.offset, erlang);
  const item = found?.items.find(({ label }) => label === "add:times:");
  assertEquals(item?.insert, "add: ${1:amount} times: ${2:n}");
  assertEquals(item?.isSnippet, true);
});

Deno.test("a keyword message goes on with its next part", () => {
  expectCompletion(`${COUNTER}  use => self add: 1 ti<|>\n`, { includes: ["times:"] });
});

Deno.test("own methods come before inherited ones", () => {
  const found = labels(marked(`${COUNTER}  use => self <|>\n`));
  assert(found.indexOf("increment") < found.indexOf("isAlive"));
  assert(found.indexOf("isAlive") < found.indexOf("printString"));
});

Deno.test("names: locals, words and classes; other blocks' names are not there", () => {
  expectCompletion(
    `${COUNTER}  use: amount =>\n    total := 1\n    [:other | other]\n    <|>\n`,
    { includes: ["amount", "total", "self", "nil", "Counter", "Transcript"], excludes: ["other"] },
  );
});

Deno.test("fields after self and a dot", () => {
  assertEquals(labels(marked(`${COUNTER}  use => self.<|>\n`)), ["value"]);
});

Deno.test("classes of other files", () => {
  const project = markedFiles({
    "counter.bt": COUNTER,
    "main.bt": "Object subclass: Main\n  class run => Cou<|>\n",
  });
  assert(labels(project).includes("Counter"));
});

Deno.test("types where a type is written", () => {
  expectCompletion("type Way = #up | #down\nObject subclass: A\n  go: way :: W<|> => way\n", {
    includes: ["Way"],
  });
});

Deno.test("symbols of the file and of fields", () => {
  expectCompletion(`${COUNTER}  use => #va<|>\n`, { includes: ["value"] });
});

Deno.test("Erlang modules and functions", () => {
  expectCompletion(`${COUNTER}  use => Erlang li<|>\n`, { includes: ["lists"] });
  expectCompletion(`${COUNTER}  use => Erlang lists re<|>\n`, { includes: ["reverse:"] });
});

Deno.test("members: data words and methods to override", () => {
  expectCompletion("Actor subclass: A\n  init<|>\n", { includes: ["initialize"] });
  expectCompletion("Actor subclass: A\n  st<|>\n", { includes: ["state:"] });
});

Deno.test("declarations at the top of a file", () => {
  expectCompletion("Act<|>", { includes: ["Actor"] });
});

Deno.test("nothing in comments, strings and new names", () => {
  assertEquals(labels(marked(`${COUNTER}  use => 1 // sel<|>\n`)), []);
  assertEquals(labels(marked(`${COUNTER}  use => "sel<|>f"\n`)), []);
});

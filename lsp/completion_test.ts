import { assert, assertEquals } from "@std/assert";
import { completionsAt } from "./completion.ts";
import type { ErlangModules } from "./completion_item.ts";
import { marked, markedFiles, type TestProject } from "./testing.ts";

const erlang: ErlangModules = {
  modules: () => ["lists", "maps"],
  functions: (module) =>
    module === "lists" ? [{ name: "reverse", arity: 1 }, { name: "foldl", arity: 3 }] : [],
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

/** How the last statement of a method reads when the first completion that is written in is put in. */
function goesOn(statements: string): string {
  const lines = statements.split("\n").map((line) => `    ${line}\n`).join("");
  const { index, view, offset } = marked(`${COUNTER}  use: any =>\n${lines}`);
  const found = completionsAt(index, view, offset, erlang);
  const [first] = found?.items ?? [];
  assert(found !== undefined && first !== undefined, `nothing at ${statements}`);
  const { text } = view.source;
  const rest = text.slice(offset, text.indexOf("\n", offset));
  const start = text.lastIndexOf("\n", found.replaced.start - 1) + 1;
  return `${text.slice(start, found.replaced.start)}${first.insert}${rest}`.trim();
}

Deno.test("a keyword message goes on with its next part", () => {
  assertEquals(goesOn("self add: 1 ti<|>"), "self add: 1 times: ${1:n}");
  assertEquals(goesOn("self add: 1 <|>"), "self add: 1 times: ${1:n}");
  assertEquals(goesOn("self add: 2 * 3 ti<|>"), "self add: 2 * 3 times: ${1:n}");
  assertEquals(goesOn("n := 3\nn between: 1 an<|>"), "n between: 1 and: ${1:high}");
  assertEquals(
    goesOn("#(1, 2) inject: 0 in<|>"),
    "#(1, 2) inject: 0 into: [:${1:a} :${2:b} | ${3}]",
  );
  assertEquals(goesOn("1 to: 9 by: 2 do<|>"), "1 to: 9 by: 2 do: [:${1:each} | ${2}]");
  assertEquals(goesOn("super fieldAt: #a pu<|>"), "super fieldAt: #a put: ${1:value}");
  assertEquals(
    goesOn("Erlang lists foldl: [] with: 0 wi<|>"),
    "Erlang lists foldl: [] with: 0 with: ${1:arg3}",
  );
});

Deno.test("the next part is found inside arguments, cascades, blocks, strings and pipes", () => {
  assertEquals(
    goesOn("self add: (3 between: 1 an<|>) times: 2"),
    "self add: (3 between: 1 and: ${1:high}) times: 2",
  );
  assertEquals(
    goesOn("self add: (3 between: 1 and: 2) ti<|>"),
    "self add: (3 between: 1 and: 2) times: ${1:n}",
  );
  assertEquals(goesOn("self increment; add: 1 ti<|>"), "self increment; add: 1 times: ${1:n}");
  assertEquals(
    goesOn("self add: 1 ti<|>; increment"),
    "self add: 1 times: ${1:n}; increment",
  );
  assertEquals(
    goesOn("[:each | self add: each ti<|>]"),
    "[:each | self add: each times: ${1:n}]",
  );
  assertEquals(goesOn('"{self add: 1 ti<|>}"'), '"{self add: 1 times: ${1:n}}"');
  assertEquals(goesOn("1 |>> self add: 1 ti<|>"), "1 |>> self add: 1 times: ${1:n}");
});

Deno.test("the next part is found on a line of its own and before an argument that is there", () => {
  assertEquals(goesOn("self add: 1\n  ti<|>"), "times: ${1:n}");
  assertEquals(goesOn("self\n  add: 1\n  ti<|>\nself increment"), "times: ${1:n}");
  assertEquals(goesOn("self add: 1 ti<|> 4"), "self add: 1 times: ${1:n} 4");
  assertEquals(goesOn("self add: 1 t<|>: 4"), "self add: 1 times: 4");
  assertEquals(goesOn("self a<|>: 1 times: 4"), "self add: 1 times: 4");
  assertEquals(goesOn("1 to: 9 <|> do: [:i | i]"), "1 to: 9 by: ${1:step} do: [:i | i]");
  expectCompletion(`${COUNTER}  use => self add: 1 <|> times: 4\n`, { excludes: ["times:"] });
  expectCompletion(`${COUNTER}  use =>\n    self add: 1\n    ti<|>\n`, { excludes: ["times:"] });
});

Deno.test("messages to an argument while others are still to be written", () => {
  assertEquals(
    goesOn("self add: (3 betw<|> and:) times:"),
    "self add: (3 between: ${1:low} and: ${2:high} and:) times:",
  );
  for (
    const text of [
      "self add: 3 isEv<|> times:",
      "self add: 3 isEv<|> times: ",
      "self add:  times: 3 isEv<|>",
      "(self add:  times: 3 isEv<|>)",
      "[self add:  times: 3 isEv<|>] value",
      "self increment; add: 3 isEv<|> times:; increment",
      "self add: 3 isEv<|> times:\n  [self increment]",
    ]
  ) {
    assertEquals(goesOn(text).includes(" 3 isEven"), true, text);
  }
  assertEquals(goesOn("self add: 3 times: 2 + tru<|>"), "self add: 3 times: 2 + true");
  assertEquals(goesOn("self add: tru<|> times:"), "self add: true times:");
});

Deno.test("the next part of what may be nil, and of what is not known", () => {
  assertEquals(
    goesOn("n := #(1) detect: [:e | true] ifNone: [nil]\nn between: 1 an<|>"),
    "n between: 1 and: ${1:high}",
  );
  expectCompletion(`${COUNTER}  use: any => any add: 1 ti<|>\n`, {
    includes: ["times:"],
    excludes: ["add:times:"],
  });
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

/** The first labels, as a list would show them. */
function firstLabels(text: string, count: number): readonly string[] {
  return labels(marked(text)).slice(0, count);
}

/** How an item reads that has a label. */
function itemOf(text: string, label: string) {
  const project = marked(text);
  const found = completionsAt(project.index, project.view, project.offset, erlang);
  const item = found?.items.find((each) => each.label === label);
  assert(item !== undefined, `${label} is missing from ${found?.items.map((each) => each.label)}`);
  return item;
}

Deno.test("names come before operators, those of the receiver's class before inherited ones", () => {
  const found = labels(marked(`${COUNTER}  use =>\n    x := 3\n    x <|>\n`));
  assert(found.indexOf("abs") < found.indexOf("%"));
  assert(found.indexOf("%") < found.indexOf("respondsTo:"));
});

Deno.test("what begins as written comes before what only holds the letters", () => {
  assertEquals(firstLabels(`${COUNTER}  use: total => to<|>\n`, 1), ["total"]);
  assertEquals(firstLabels(`${COUNTER}  use => Str<|>\n`, 2), ["String", "Stream"]);
});

Deno.test("locals tell their type, and one is not proposed for its own first value", () => {
  assertEquals(itemOf(`${COUNTER}  use =>\n    sum := 3 + 4\n    <|>\n`, "sum").detail, "Integer");
  expectCompletion(`${COUNTER}  use =>\n    sum := <|>\n`, { excludes: ["sum"] });
});

Deno.test("blocks are written with their parameters", () => {
  assertEquals(
    itemOf(`${COUNTER}  use => #(1, 2) col<|>\n`, "collect:").insert,
    "collect: [:${1:each} | ${2}]",
  );
  assertEquals(
    itemOf(`${COUNTER}  use => true ifT<|>\n`, "ifTrue:ifFalse:").insert,
    "ifTrue: [${1}] ifFalse: [${2}]",
  );
});

Deno.test("the elements of a collection are what a block over it is given", () => {
  expectCompletion(`${COUNTER}  use => #("a") do: [:s | s <|>]\n`, { includes: ["uppercase"] });
  expectCompletion(`${COUNTER}  use => #("a") do: [:s | s <|>\n`, { includes: ["uppercase"] });
});

Deno.test("unions: what all understand, then what only some do; nil does not count", () => {
  const found = labels(marked(`${COUNTER}  use: x :: Integer | String => x <|>\n`));
  assert(found.indexOf("asString") < found.indexOf("factorial"));
  assert(found.includes("uppercase"));
  assertEquals(
    itemOf(`${COUNTER}  use: x :: Integer | String => x <|>\n`, "uppercase").detail
      .endsWith("(only String)"),
    true,
  );
  const first = firstLabels(`${COUNTER}  use: x :: Counter | nil => x <|>\n`, 2);
  assertEquals(first, ["add:times:", "increment"]);
});

Deno.test("what is declared nowhere is guessed from defaults, assignments and answers", () => {
  const untyped = "Actor subclass: A\n  state: log = #()\n  state: who = nil\n" +
    '  initialize => self.who := "ann"\n  name => "ann"\n  me => self name\n';
  expectCompletion(`${untyped}  m => self.log <|>\n`, { includes: ["collect:"] });
  expectCompletion(`${untyped}  m => self.who <|>\n`, { includes: ["uppercase"] });
  assertEquals(labels(marked(`${untyped}  m => self me upp<|>\n`))[0], "uppercase");
  assertEquals(
    labels(marked(`${untyped}  m =>\n    n := self me\n    n upp<|>\n`))[0],
    "uppercase",
  );
});

Deno.test("inside strings, cascades and broken code", () => {
  expectCompletion(`${COUNTER}  use =>\n    x := 3\n    "is {x <|>}"\n`, { includes: ["abs"] });
  expectCompletion(`${COUNTER}  use => "is {self.<|>}"\n`, { includes: ["value"] });
  expectCompletion(`${COUNTER}  use => Transcript show: "a"; <|>\n`, { includes: ["cr"] });
  expectCompletion("Actor subclass: A\n  m => (((\n  k =>\n    self <|>\n  z => ]]\n", {
    includes: ["z", "isAlive"],
  });
});

Deno.test("types in heads, data and locals, with nothing written yet", () => {
  for (
    const text of [
      "  m: x :: <|>\n",
      "  m: x :: <|> => x\n",
      "  m -> <|>\n",
      "  field: x :: <|>\n",
      "  field: x :: List(<|>\n",
      "  m: x :: List(<|>\n",
      "  m =>\n    x :: <|>\n",
      "  m =>\n    1 match: [x :: <|>]\n",
    ]
  ) {
    expectCompletion(`Value subclass: A\n${text}`, { includes: ["Integer", "A"] });
  }
});

Deno.test("patterns: those of the matched type first, then any", () => {
  const family = "sealed abstract Value subclass: Shape\n\n" +
    "sealed Shape subclass: Circle\n  field: radius = 1\n\n" +
    "Object subclass: A\n";
  assertEquals(
    firstLabels(`${family}  m: s :: Shape => s match: [<|>]\n`, 1),
    ["Circle radius:"],
  );
  assertEquals(
    firstLabels(
      'Object subclass: A\n  m: w :: #up | #down => w match: [#up -> "u"; <|> -> nil]\n',
      2,
    ),
    ["#down", "#up"],
  );
  expectCompletion("Object subclass: A\n  m: r => r match: [<|>]\n", {
    includes: ["_", "nil", "Result ok:", "Result error:"],
  });
  expectCompletion("Object subclass: A\n  m: r => r match: [Result <|>]\n", {
    includes: ["ok:", "error:"],
  });
});

Deno.test("examples in documentation are code, the text around them is not", () => {
  const doc = (line: string) =>
    `/// Counts.\n///\n/// \`\`\`beamtalk\n/// n := 3\n/// ${line}\n/// \`\`\`\n${COUNTER}`;
  expectCompletion(doc("n <|>"), { includes: ["abs"] });
  expectCompletion(doc("Counter <|>"), { includes: ["zero"] });
  assertEquals(labels(marked(`/// Counter <|>\n${COUNTER}`)), []);
});

Deno.test("an empty file: whole classes, named as the file is", () => {
  const project = markedFiles({ "till.bt": "<|>" });
  assertEquals(labels(project).slice(0, 3), [
    "Object subclass:",
    "Value subclass:",
    "Actor subclass:",
  ]);
  const found = completionsAt(project.index, project.view, project.offset, erlang);
  assert(found?.items[2]?.insert.startsWith("Actor subclass: ${1:Till}\n  state:"));
});

Deno.test("a sealed class is extended, not inherited from", () => {
  expectCompletion("Actor <|>", { includes: ["subclass:", ">>"] });
  expectCompletion("String <|>", { includes: [">>"], excludes: ["subclass:"] });
  expectCompletion("typed <|>", { includes: ["Actor"], excludes: ["String"] });
});

Deno.test("class methods to override after class", () => {
  expectCompletion("Supervisor subclass: A\n  class <|>\n", {
    includes: ["children", "strategy"],
    excludes: ["initialize"],
  });
});

Deno.test("annotations after an at sign", () => {
  assertEquals(firstLabels(`${COUNTER}  use =>\n    @<|>\n`, 1), ["@expect dnu"]);
  assertEquals(firstLabels(`${COUNTER}  use =>\n    @expect un<|>\n`, 1), ["@expect unused"]);
});

Deno.test("who writes a dot to send is shown messages, which take the dot's place", () => {
  const project = marked(`${COUNTER}  use =>\n    s := "a"\n    s.upp<|>\n`);
  const found = completionsAt(project.index, project.view, project.offset, erlang);
  assertEquals(found?.afterDot.map(({ label }) => label)[0], "uppercase");
  const plain = marked(`${COUNTER}  use =>\n    s := "a"\n    s size. upp<|>\n`);
  const none = completionsAt(plain.index, plain.view, plain.offset, erlang);
  assertEquals(none?.afterDot, []);
});

Deno.test("keys of the data that an object is made with, each once", () => {
  const point = "Value subclass: P\n  field: x = 0\n  field: y = 0\n";
  assertEquals(labels(marked(`${point}  m => P new: #{<|>}\n`)), ["#x", "#y"]);
  assertEquals(labels(marked(`${point}  m => P new: #{#x => 1, <|>}\n`)), ["#y"]);
  assertEquals(labels(marked(`${point}  m => P new: #{#<|>\n`)), ["#x", "#y"]);
  assertEquals(
    itemOf(`${COUNTER}  m => Counter spawnWith: #{va<|>}\n`, "#value").insert,
    "#value => ${1:value}",
  );
  assertEquals(labels(marked(`${point}  m => 1 // P new: #{<|>\n`)), []);
});

Deno.test("guesses that lead to ever more guesses come to an end", () => {
  const methods = Array.from(
    { length: 300 },
    (_, index) => `  a${index} => self.x := self b${index}\n  b${index} => self.x\n`,
  );
  const start = performance.now();
  const text = `Actor subclass: A\n  state: x = nil\n${methods.join("")}  m => self.x <|>\n`;
  assert(labels(marked(text)).includes("a1"));
  assert(performance.now() - start < 5_000);
});

import { assertEquals } from "@std/assert";
import { outline, parse } from "./mod.ts";

/** A class with a mistake in the middle of a method, and what must survive around it. */
function around(mistake: string): string {
  return [
    "Object subclass: A",
    '  before => "one"',
    "",
    "  broken =>",
    "    a first",
    `    ${mistake}`,
    "    z last",
    "",
    '  after => x two: "{y} three"',
    "",
    "Object subclass: B",
    '  other => "four"',
    "",
  ].join("\n");
}

const survivors = [
  'selector="before"',
  'selector="first"',
  'selector="after"',
  'name="B"',
  'selector="other"',
];

interface Mistake {
  readonly source: string;
  readonly code: string;
  /** The text that the diagnostic underlines. */
  readonly at: string;
}

const mistakes: readonly Mistake[] = [
  { source: "x := := 3", code: "BT1012", at: ":=" },
  { source: "x = 3", code: "BT1010", at: "=" },
  { source: "x foo: (3 + 4", code: "BT1002", at: "(" },
  { source: "x foo: [:e | e + 1", code: "BT1002", at: "[" },
  { source: "x foo: #(1, 2", code: "BT1002", at: "#(" },
  { source: "x foo: #{a => 1", code: "BT1002", at: "#{" },
  { source: "foo ]", code: "BT1003", at: "]" },
  { source: "foo )", code: "BT1003", at: ")" },
  { source: 'x bar: "abc', code: "BT1006", at: '"abc' },
  { source: 'x bar: "a {b', code: "BT1006", at: "b" },
  { source: 'x bar: "a {b c"', code: "BT1002", at: '"a {' },
  { source: 'x bar: "{"', code: "BT1002", at: '"{' },
  { source: 'y match: ["{" -> 1; _ -> 2]', code: "BT1002", at: '"{' },
  { source: 'x bar: "say \\"hi\\" ok"', code: "BT1030", at: '\\"' },
  { source: 'x bar: "\\""', code: "BT1006", at: '"\\""' },
  { source: "/* never closed", code: "BT1007", at: "/*" },
  { source: "3 4", code: "BT1025", at: "4" },
  { source: "5 := 3", code: "BT1029", at: "5" },
  { source: "Foo := 3", code: "BT1029", at: "Foo" },
  { source: "self := 3", code: "BT1029", at: "self" },
  { source: "x y := 3", code: "BT1029", at: "x y" },
  { source: "x § y", code: "BT1001", at: "§" },
  { source: "x foo: 'abc'", code: "BT1009", at: "'abc'" },
  { source: "y match: [1 -> 2; 3; 4 -> 5]", code: "BT1012", at: ";" },
  { source: "y match: [1 -> ; 4 -> 5]", code: "BT1012", at: ";" },
  { source: "#{a 3}", code: "BT1012", at: "3" },
  { source: "#(1 2)", code: "BT1012", at: "2" },
  { source: "[:x y]", code: "BT1012", at: "y" },
  { source: "if (x) { y }", code: "BT1025", at: "(" },
  { source: "x foo: [:e |\n      e bar: (3\n      e baz ]", code: "BT1002", at: "(" },
  { source: "x foo: [ y := ) ]", code: "BT1003", at: ")" },
];

for (const { source, code, at } of mistakes) {
  Deno.test(`one mistake, one diagnostic, one statement: ${source}`, () => {
    const text = around(source);
    const file = parse(text);
    const found = file.diagnostics.map((it) =>
      `${it.code} ${text.slice(it.span.start, it.span.end)}`
    );
    if (source !== 'x bar: "a {b') assertEquals(found, [`${code} ${at}`]);
    const tree = outline(file);
    assertEquals(survivors.filter((it) => !tree.includes(it)), []);
  });
}

Deno.test("each mistake of a file has its own diagnostic", () => {
  const file = parse([
    "Object subclass: A",
    "  a => 1 +",
    "  b => )",
    "  c => x = 3",
    "  d => fine",
    "  e: => 4",
    "  42",
  ].join("\n"));
  assertEquals(file.units.length, 7);
  assertEquals(file.diagnostics.map((it) => it.code), [
    "BT1012",
    "BT1003",
    "BT1010",
    "BT1012",
    "BT1024",
  ]);
});

Deno.test("deep nesting gives a diagnostic, not a stack overflow", () => {
  for (const opener of ["(", "[", "#(", "{", '"{', "#{a => ", "<<", "[:a | ", "x foo: ("]) {
    for (const kind of ["file", "script"] as const) {
      const { diagnostics } = parse(opener.repeat(10_000), { kind });
      assertEquals(diagnostics.some((it) => it.code === "BT1004"), true, opener);
    }
  }
  for (const prefix of ["x := ", "^ ", "2 ** ", "x :: (", "[\n", "a match: [_ -> "]) {
    parse(prefix.repeat(10_000), { kind: "script" });
  }
});

const heads: readonly Mistake[] = [
  { source: "Object subclas: A", code: "BT1012", at: "subclas:" },
  { source: "Object subclass A", code: "BT1012", at: "subclass" },
  { source: "Object subClass: A", code: "BT1012", at: "subClass:" },
  { source: "object subclass: A", code: "BT1012", at: "object" },
  { source: "Object subclass: a", code: "BT1012", at: "a" },
  { source: "typd Object subclass: A", code: "BT1012", at: "typd" },
  { source: "sealed typd Object subclass: A", code: "BT1012", at: "typd" },
  { source: "Object subclass: A(T", code: "BT1002", at: "(" },
  { source: "Object subclass: A(T,, U)", code: "BT1012", at: "," },
  { source: "Object subclass: A foo", code: "BT1012", at: "foo" },
];

for (const { source, code, at } of heads) {
  Deno.test(`a slip in the head of a class costs the class nothing: ${source}`, () => {
    const text =
      `${source}\n  one => 1\n  // two\n  two: x => x\n\nObject subclass: B\n  three => 3\n`;
    const { diagnostics, declarations } = parse(text);
    assertEquals(
      diagnostics.map(({ code, span }) => [code, text.slice(span.start, span.end)]),
      [[code, at]],
    );
    const found = declarations.flatMap((each) => each.kind === "class" ? [each] : []);
    assertEquals(found.map(({ members }) => members.length), [2, 1]);
    assertEquals(found[0]?.header.node.name.text.toUpperCase(), "A");
  });
}

Deno.test("a class without a name is one mistake", () => {
  const { diagnostics } = parse("Object subclass:\n  one => 1\n  two => 2\n");
  assertEquals(diagnostics.map(({ code }) => code), ["BT1012"]);
});

Deno.test("a full stop without a statement before it is a mistake of a script", () => {
  for (const text of ["1 .. 3", "1. . 3", ". 3", "foo .."]) {
    const found = parse(text, { kind: "script" }).diagnostics
      .filter(({ severity }) => severity === "error")
      .map(({ message }) => message);
    assertEquals(found, ["Expected an expression, found `.`"], text);
  }
  const hints = parse("1. 3.\n4 .", { kind: "script" }).diagnostics;
  assertEquals(hints.map(({ severity }) => severity), ["hint", "hint"]);
});

import { assertEquals } from "@std/assert";
import { parse } from "./mod.ts";

/** The text after the first fix of its only diagnostic that has one. */
function fixed(text: string): string {
  const found = parse(text, { kind: "script" }).diagnostics.filter((it) => it.fixes !== undefined);
  const edits = found[0]?.fixes?.[0]?.edits ?? [];
  return [...edits].reverse().reduce(
    (now, { span, newText }) => now.slice(0, span.start) + newText + now.slice(span.end),
    text,
  );
}

const cases: readonly (readonly [string, string])[] = [
  ["a\nx := 1.\ny := 2", "a\nx := 1\ny := 2"],
  ["a\nx != 3", "a\nx =/= 3"],
  ["a\nx foo: 'it'", 'a\nx foo: "it"'],
  ["a\nx foo: (1 + 2\ny", "a\nx foo: (1 + 2)\ny"],
  ["a\nx foo: [:e | e\n  y", "a\nx foo: [:e | e\n  y]"],
  ['a\nx foo: "b {c d"', 'a\nx foo: "b {c d}"'],
  ["a\nx = 3", "a\nx := 3"],
  ["a\nx foo = 3", "a\nx foo =:= 3"],
  ["a\nx match: [Integer -> 1]", "a\nx match: [_ :: Integer -> 1]"],
  ["Value subclass: P\n  = other => other", "Value subclass: P\n  equals: other => other"],
  ["a\nlet x = 3", "a\nx := 3"],
  ["a\nvar x := 3", "a\nx := 3"],
  ["a\nx :: Integer = 3", "a\nx :: Integer := 3"],
  ["a\n{p, q} = {1, 2}", "a\n{p, q} := {1, 2}"],
  ["a\nx match: [1 => 2]", "a\nx match: [1 -> 2]"],
  ["a\nx match: [1 -> 2, 2 -> 3, _ -> 4]", "a\nx match: [1 -> 2; 2 -> 3; _ -> 4]"],
  ["a\n!x", "a\nx not"],
  ["a\ny foo: #(!x, 3)", "a\ny foo: #(x not, 3)"],
  ["a\n#(1 2, 3)", "a\n#(1, 2, 3)"],
  ["a\n#{#a => 1 #b => 2}", "a\n#{#a => 1, #b => 2}"],
  ["a\nx ifTrue: [return 3]", "a\nx ifTrue: [^ 3]"],
  ["a\nx match: [true -> 1]", "a\nx match: [_ :: True -> 1]"],
];

for (const [before, after] of cases) {
  Deno.test(`the fix of ${JSON.stringify(before)} mends it`, () => {
    assertEquals(fixed(before), after);
    assertEquals(parse(after, { kind: "script" }).diagnostics, []);
  });
}

import { assertEquals } from "@std/assert";
import { parse } from "../syntax/mod.ts";
import { integersIn } from "./integers.ts";
import { expressionsOf } from "../analysis/walk.ts";

/** The names among `asked` that hold integers in the text, where `n` holds one before it. */
function integers(text: string, ...asked: string[]): string[] {
  const statements = parse(text, { kind: "script" }).declarations
    .flatMap((each) => each.kind === "statement" ? each.unit.node.statement : []);
  const isInteger = integersIn(expressionsOf(statements), {
    integer: (name) => name === "n",
    visible: (name) => name === "n" || name === "any",
  });
  const span = { start: 0, end: 0 };
  return asked.filter((name) => isInteger({ kind: "variable", name, span }));
}

Deno.test("sums and remainders of integers are integers, quotients are not", () => {
  assertEquals(
    integers("a := n + 1\nb := a % 2\nc := a / 2\nd := a - c\na *= b", "a", "b", "c", "d"),
    ["a", "b"],
  );
});

Deno.test("a name is an integer only if all that is assigned to it is", () => {
  assertEquals(integers("a := 1\na := a + any\nb := n", "a", "b"), ["b"]);
  assertEquals(integers("a := b\nb := a\nb := 2", "a", "b"), ["a", "b"]);
});

Deno.test("a choice is an integer if both its blocks are", () => {
  assertEquals(
    integers(
      "a := any ifTrue: [n] ifFalse: [3]\nb := any ifTrue: [n]\nc := any ifTrue: [1] ifFalse: []",
      ...["a", "b", "c"],
    ),
    ["a"],
  );
});

Deno.test("the index of a counting loop is one by its start and step; others' are not", () => {
  assertEquals(
    integers(
      "1 to: any do: [:i | a := i]\nany to: 3 do: [:j | b := j]\nany do: [:k | c := k]",
      ...["a", "b", "c"],
    ),
    ["a"],
  );
});

Deno.test("destructuring and patterns hide a name", () => {
  assertEquals(integers("{a, b} := any\na := 1\nc := 2", "a", "b", "c"), ["c"]);
  assertEquals(integers("any match: [{x} -> 1; _ -> 2]\nx := 2", "x"), []);
});

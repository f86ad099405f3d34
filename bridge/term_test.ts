/** The model of terms: what can be made, and how it is read. */

import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { compare, equals } from "./compare.ts";
import { encode, EncodeError } from "./encode.ts";
import { binaryText, elements, integer, isAtom, isCharlist, show, tagged, text } from "./read.ts";
import {
  atom,
  binary,
  BitString,
  charlist,
  float,
  ImproperList,
  list,
  map,
  type Term,
  TermMap,
  tuple,
} from "./term.ts";
import { terms } from "./term_generator.ts";

Deno.test("an atom is one object a name", () => {
  assertStrictEquals(atom("ok"), atom("ok"));
  assertEquals(isAtom(atom("ok"), "ok"), true);
  assertEquals(isAtom(binary("ok")), false);
  assertThrows(() => atom("x".repeat(256)), RangeError);
  assertThrows(() => atom("\ud800"), TypeError);
});

Deno.test("what Erlang does not have cannot be made", () => {
  assertThrows(() => float(Infinity), RangeError);
  assertThrows(() => new ImproperList([], 1), RangeError);
  assertThrows(() => new ImproperList([1], [2]), TypeError);
  assertThrows(() => new BitString(new Uint8Array(0), 3), RangeError);
  assertThrows(() => new BitString(new Uint8Array(1), 8), RangeError);
});

Deno.test("values that are no terms are refused with a proposal", () => {
  const refused = (value: unknown) =>
    assertThrows(() => encode(value as Term), EncodeError).message;
  assertEquals(
    refused("text"),
    "a JavaScript string is no term; say binary(text), charlist(text) or atom(name)",
  );
  assertEquals(refused(1.5), "1.5 is no exact integer; say float(1.5) or use a bigint");
  assertEquals(refused(null), "no Erlang term: null");
  assertEquals(refused([true]), "no Erlang term: boolean");
  // After a failure the next term is written as ever.
  assertEquals([...encode([])], [131, 106]);
});

Deno.test("a map finds its keys by structure, however many they are", () => {
  for (const count of [3, 8, 9, 100]) {
    const made = map(Array.from({ length: count }, (_, n) => [tuple(n, [binary(`${n}`)]), n]));
    assertEquals(made.size, count);
    assertEquals(made.get(tuple(2, [binary("2")])), 2);
    assertEquals(made.has(tuple(2, [binary("3")])), false);
    made.set(tuple(1, [binary("1")]), atom("new"));
    assertEquals([made.size, made.get(tuple(1, [binary("1")]))], [count, atom("new")]);
  }
});

Deno.test("keys of different types are different keys", () => {
  const keys = [1, float(1), atom("1"), binary("1"), charlist("1"), tuple(1), map([[1, 1]])];
  for (const extra of [0, 20]) {
    const made = map([
      ...keys.map((key, at): [Term, Term] => [key, at]),
      ...Array.from({ length: extra }, (_, n): [Term, Term] => [n + 100, n]),
    ]);
    keys.forEach((key, at) => assertEquals(made.get(key), at));
    assertEquals(made.get(1n), 0);
  }
});

Deno.test("terms are shown as Erlang writes them", () => {
  const shown: [Term, string][] = [
    [tuple(atom("ok"), atom("Odd"), atom("it's")), "{ok,'Odd','it\\'s'}"],
    [list(1, float(2), float(1e22), float(0.1), float(1.5e-10)), "[1,2.0,1.0e22,0.1,1.5e-10]"],
    [binary("hé"), '<<"hé"/utf8>>'],
    [Uint8Array.of(1, 255), "<<1,255>>"],
    [new BitString(Uint8Array.of(255, 160), 3), "<<255,5:3>>"],
    [charlist("abc"), '"abc"'],
    [new ImproperList([1, 2], 3), "[1,2|3]"],
    [map([[atom("a"), []]]), "#{a => []}"],
  ];
  for (const [term, expected] of shown) assertEquals(show(term), expected);
  const long = Array.from({ length: 100_000 }, (_, n) => n);
  assertEquals(show(long, 20), "[0,1,2,3,4,5,6,7,8,9...");
});

Deno.test("terms are read by their shape", () => {
  assertEquals(tagged(tuple(atom("ok"), 1), "ok", 2)?.[1], 1);
  assertEquals(tagged(tuple(atom("ok"), 1), "ok", 3), undefined);
  assertEquals(tagged(tuple(atom("error"), 1), "ok"), undefined);
  assertEquals(binaryText(Uint8Array.of(0xff)), undefined);
  assertEquals([text(binary("é")), text(charlist("é")), text(atom("é"))], ["é", "é", "é"]);
  assertEquals([integer(5), integer(2n ** 70n), integer(float(5))], [5, undefined, undefined]);
  assertEquals([elements([1])?.length, elements(tuple(1))], [1, undefined]);
  assertEquals([isCharlist([65]), isCharlist([-1]), isCharlist([atom("a")])], [true, false, false]);
});

Deno.test("the order of terms is total and agrees with equality", () => {
  fc.assert(
    fc.property(terms, terms, terms, (a, b, c) => {
      const same = Math.sign(compare(a, b)) === -Math.sign(compare(b, a));
      const transitive = compare(a, b) > 0 || compare(b, c) > 0 || compare(a, c) <= 0;
      return same && transitive && compare(a, a) === 0 && (!equals(a, b) || compare(a, b) === 0);
    }),
    { numRuns: 500 },
  );
});

Deno.test("a map is made from entries, later ones win", () => {
  const made = TermMap.from([[1, atom("a")], [2, atom("b")], [1, atom("c")]]);
  assertEquals([...made].map(([key, value]) => `${key}${value}`), ["1c", "2b"]);
  assertEquals([made.keys().length, made.values().length], [2, 2]);
});

import { assert, assertEquals } from "@std/assert";
import { environmentOf, sourceOf } from "../corpus_fixture.ts";
import { methodsOf, typeAt } from "./type_at.ts";

/** `<|>` marks the place; the answer is the expression there and its type. */
function typeOfMarked(marked: string): string | undefined {
  const offset = marked.indexOf("<|>");
  const text = marked.replace("<|>", "");
  const source = sourceOf(text, "src/example.bt", "example");
  const environment = environmentOf([source], "example");
  const found = typeAt(source.file, source.facts, environment, offset);
  return found && `${text.slice(found.span.start, found.span.end)} :: ${found.text}`;
}

function inMethod(body: string): string | undefined {
  return typeOfMarked(`Value subclass: Example
  field: items :: List(String) = #()
  run: given :: Integer or: other => ${body}
  class make => self new
`);
}

Deno.test("literals, parameters and fields have the types that they say", () => {
  assertEquals(inMethod("4<|>2"), "42 :: Integer");
  assertEquals(inMethod("giv<|>en"), "given :: Integer");
  assertEquals(inMethod("oth<|>er"), "other :: Dynamic");
  assertEquals(inMethod("self.ite<|>ms"), "self.items :: List(String)");
  assertEquals(inMethod("#(1, 2)<|>"), "#(1, 2) :: List(Integer)");
  assertEquals(inMethod("#no<|>rth"), "#north :: #north");
  assertEquals(inMethod("se<|>lf"), "self :: Example");
});

Deno.test("sends have the types that their methods answer", () => {
  assertEquals(inMethod("self.items si<|>ze"), "self.items size :: Integer");
  assertEquals(inMethod("given + 1<|>.5"), "1.5 :: Float");
  assertEquals(inMethod("given +<|> 1.5"), "given + 1.5 :: Float");
  assertEquals(inMethod("Example ma<|>ke"), "Example make :: Dynamic");
  assertEquals(inMethod("Example ne<|>w"), "Example new :: Example");
  assertEquals(inMethod("(Result ok: 3) unw<|>rap"), "(Result ok: 3) unwrap :: Integer");
});

Deno.test("block parameters have the types of what goes through them", () => {
  assertEquals(inMethod("self.items collect: [:each | ea<|>ch size]"), "each :: String");
  assertEquals(
    inMethod("(self.items collect: [:each | each size]) fir<|>st"),
    "(self.items collect: [:each | each size]) first :: Integer",
  );
  assertEquals(inMethod("[1] on: Error do: [:e | e<|>]"), "e :: Error");
});

Deno.test("tests narrow, and joins widen again", () => {
  const text =
    "Object subclass: Example\n  run: x :: String | nil =>\n    x isNil ifTrue: [^ 0]\n    x\n";
  const source = sourceOf(text, "src/example.bt", "example");
  const environment = environmentOf([source], "example");
  const at = (offset: number) => typeAt(source.file, source.facts, environment, offset)?.text;
  assertEquals(at(text.indexOf("x isNil")), "String | nil");
  assertEquals(at(text.lastIndexOf("x")), "String");
  assertEquals(
    typeOfMarked(`Object subclass: Example
  run: x :: Integer =>
    y := x > 1 ifTrue: ["big"] ifFalse: [nil]
    y<|> printString
`),
    "y :: String | nil",
  );
});

Deno.test("the methods of a union are those that all of its members answer", () => {
  const source = sourceOf(
    "Object subclass: Example\n  run: x :: Integer | String => x\n",
    "src/example.bt",
    "example",
  );
  const environment = environmentOf([source], "example");
  const found = typeAt(source.file, source.facts, environment, source.file.text.length - 1);
  assert(found !== undefined);
  const selectors = methodsOf(found.type, environment).map(({ method }) => method.selector);
  assert(selectors.includes("printString"));
  assertEquals(selectors.includes("uppercase"), false);
  assertEquals(selectors.includes("isEven"), false);
});

Deno.test("a type parameter stays itself in its class, and answers what its bound does", () => {
  const inBasket = (body: string) =>
    typeOfMarked(
      `Value subclass: Basket(T :: Number)\n  field: items :: List(T) = #()\n  run => ${body}\n`,
    );
  assertEquals(inBasket("self.items fi<|>rst"), "self.items first :: T");
  assertEquals(inBasket("self.items revers<|>ed"), "self.items reversed :: List(T)");
  assertEquals(inBasket("self.items first is<|>Even"), "self.items first isEven :: Dynamic");
  assertEquals(inBasket("self.items first ab<|>s"), "self.items first abs :: Number");
});

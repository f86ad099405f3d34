import { assertEquals } from "@std/assert";
import { sourceOf } from "./corpus_fixture.ts";

const TEXT = `/// Text about it.
typed sealed Collection(E) subclass: Pile(E, K :: Comparable) native: pile
  state: first :: E
  state: rest = #()
  classState: made = 0
  class new => self spawn
  put: 1 => nil
  put: item :: E -> Self => self
  internal sealed top -> E => @primitive

String >> shout: 1 => self
String >> shout: times => self
Pile class >> empty -> Pile => self new
type Direction = #north | #south
Protocol define: Heaped
  top -> Object
  class empty -> Self
`;

Deno.test("a class's head, data and methods of both sides are its facts", () => {
  const { facts } = sourceOf(TEXT, "src/heap/Pile.bt", "heaps");
  const [pile] = facts.classes;
  assertEquals(pile?.module, "bt@heaps@heap@Pile");
  assertEquals(pile?.superclass, "Collection");
  assertEquals(pile?.superclassArguments.length, 1);
  assertEquals(pile?.modifiers, ["typed", "sealed"]);
  assertEquals(pile?.nativeModule, "pile");
  assertEquals(pile?.doc, "Text about it.");
  assertEquals(pile?.typeParameters.map((each) => [each.name, each.bound?.kind]), [
    ["E", undefined],
    ["K", "typeName"],
  ]);
  assertEquals(pile?.fields.map((each) => [each.name, each.type?.kind, each.hasDefault]), [
    ["first", "typeName", false],
    ["rest", undefined, true],
  ]);
  assertEquals(pile?.classState.map((each) => each.name), ["made"]);
  assertEquals(pile?.classMethods.map((each) => each.selector), ["new"]);
  assertEquals(pile && TEXT.slice(pile.span.start, pile.span.end), "Pile");
});

Deno.test("clauses of one selector are one method, without the types of one clause", () => {
  const { facts } = sourceOf(TEXT, "src/heap/Pile.bt", "heaps");
  const methods = facts.classes[0]?.methods ?? [];
  assertEquals(methods.map((each) => each.selector), ["put:", "top"]);
  assertEquals(methods[0]?.parameters, [{ name: "item", type: undefined }]);
  assertEquals(methods[0]?.returnType?.kind, "typeName");
  const top = methods[1];
  assertEquals([top?.sealed, top?.internal, top?.primitive], [true, true, true]);
});

Deno.test("extensions, aliases and protocols of a file are facts", () => {
  const { facts } = sourceOf(TEXT, "src/heap/Pile.bt", "heaps");
  assertEquals(
    facts.extensions.map((
      each,
    ) => [each.target, each.classSide, each.method.selector, each.module]),
    [
      ["String", false, "shout:", "bt@heaps@heap@Pile+ext"],
      ["Pile", true, "empty", "bt@heaps@heap@Pile+ext"],
    ],
  );
  assertEquals(facts.aliases.map((each) => [each.name, each.type.kind]), [["Direction", "union"]]);
  const [heaped] = facts.protocols;
  assertEquals(heaped?.methods.map((each) => each.selector), ["top"]);
  assertEquals(heaped?.classMethods.map((each) => each.selector), ["empty"]);
});

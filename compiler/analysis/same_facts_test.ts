import { assert, assertEquals } from "@std/assert";
import { sourceOf } from "./corpus_fixture.ts";
import { sameFacts } from "./same_facts.ts";

const BEFORE = `/// Counts.
Actor subclass: Counter
  state: value :: Integer = 0
  increment -> Integer => self.value += 1
  class open: n :: Integer => self spawn
`;

function factsOf(text: string) {
  return sourceOf(text, "src/Counter.bt", "user").facts;
}

Deno.test("an edit of a body, a default or a comment leaves the facts the same", () => {
  const facts = factsOf(BEFORE);
  for (
    const [from, to] of [["+= 1", "+= 1 + 1"], ["= 0", "= 10"], ["  state", "  // x\n  state"]]
  ) {
    assert(sameFacts(facts, factsOf(BEFORE.replace(from ?? "", to ?? ""))), to);
  }
});

Deno.test("an edit of a name, type, superclass, side or documentation changes the facts", () => {
  const facts = factsOf(BEFORE);
  const edits = [
    ["increment", "step"],
    [":: Integer = 0", ":: Float = 0"],
    ["-> Integer", "-> Number"],
    ["Actor", "Server"],
    ["class open", "open"],
    ["Counts", "Adds"],
    ["open: n", "open: m"],
    ["Actor sub", "sealed Actor sub"],
  ];
  for (const [from = "", to = ""] of edits) {
    const after = BEFORE.replace(from, to);
    assertEquals(after === BEFORE, false, from);
    assertEquals(sameFacts(facts, factsOf(after)), false, to);
  }
});

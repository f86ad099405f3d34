import { assertEquals } from "@std/assert";
import { matchesExpectation } from "./script_expectation.ts";
import type { Outcome } from "./outcome.ts";

function value(text: string): Outcome {
  return { kind: "value", text, class: "Object", microseconds: 1 };
}

function error(message: string): Outcome {
  return {
    kind: "error",
    status: "error",
    message,
    errorKind: "user_error",
    class: "Error",
    where: undefined,
    hint: undefined,
    stack: [],

    microseconds: 1,
  };
}

Deno.test("a value is the whole printed text, with _ for any run of characters", () => {
  assertEquals(matchesExpectation("42", value("42")), true);
  assertEquals(matchesExpectation("42", value("420")), false);
  assertEquals(matchesExpectation("#Actor<Counter,_>", value("#Actor<Counter,0.1.2>")), true);
  assertEquals(matchesExpectation("_", value("")), true);
  assertEquals(matchesExpectation("a_name", value("a_name")), true);
  assertEquals(matchesExpectation("1.5", value("1x5")), false);
  assertEquals(matchesExpectation("a _ d", value("a b\nc d")), true);
});

Deno.test("a string is shown bare, and may be expected as it is written", () => {
  const string = (text: string): Outcome => ({ ...value(text), class: "String" } as Outcome);
  assertEquals(matchesExpectation("hi", string("hi")), true);
  assertEquals(matchesExpectation('"hi"', string("hi")), true);
  assertEquals(matchesExpectation('""', string("")), true);
  assertEquals(matchesExpectation('"a ""b"" c"', string('a "b" c')), true);
  assertEquals(matchesExpectation('"3"', value("3")), false);
  assertEquals(matchesExpectation('"hi', string("hi")), false);
  assertEquals(matchesExpectation("'hi'", string("hi")), false);
});

Deno.test("an expected error is a part of the message, and never a value", () => {
  assertEquals(matchesExpectation("ERROR: fuel", error("no fuel left")), true);
  assertEquals(matchesExpectation("ERROR: no _ left", error("no fuel left")), true);
  assertEquals(matchesExpectation("ERROR: Error: no fuel", error("no fuel left")), true);
  assertEquals(matchesExpectation("ERROR: user_error", error("no fuel left")), true);
  assertEquals(matchesExpectation("ERROR: water", error("no fuel left")), false);
  assertEquals(matchesExpectation("ERROR: fuel", value("fuel")), false);
  assertEquals(matchesExpectation("no fuel left", error("no fuel left")), false);
});

Deno.test("what cannot be compiled is matched by its findings", () => {
  const diagnostic = {
    code: "BT1004",
    severity: "error" as const,
    span: { start: 0, end: 1 },
    message: "`=` alone means nothing: write `:=` or `=:=`",
  };
  const refused: Outcome = {
    kind: "refused",
    message: "mistakes",
    hint: undefined,
    diagnostics: [diagnostic],
    text: "a = b",
  };
  assertEquals(matchesExpectation("ERROR: alone means nothing", refused), true);
  assertEquals(matchesExpectation("a = b", refused), false);
});

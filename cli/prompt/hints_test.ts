import { assertEquals } from "@std/assert";
import type { Outcome } from "../../live/outcome.ts";
import { hintFor } from "./hints.ts";

function failure(message: string, hint?: string): Outcome {
  return {
    kind: "error",
    status: "error",
    message,
    errorKind: undefined,
    class: undefined,
    where: undefined,
    hint,
    stack: [],
    microseconds: 0,
  };
}

const known = () =>
  Promise.resolve({ variables: ["counter", "total"], classes: ["Counter", "Integer"] });

Deno.test("a name that is not known leads to one that is near", async () => {
  const hint = (text: string, outcome: Outcome) => hintFor(outcome, text, known);
  assertEquals(
    await hint("countr increment", failure("Undefined variable: countr")),
    "Did you mean counter?",
  );
  assertEquals(
    await hint("Intger new", failure("Class 'Intger' not found")),
    "Did you mean Integer?",
  );
  assertEquals(await hint("zebra", failure("Undefined variable: zebra")), undefined);
  assertEquals(
    await hint("quit\n", failure("Undefined variable: quit")),
    ":quit is a command: leave; the workspace goes on",
  );
  const short = () => Promise.resolve({ variables: ["b"], classes: [] });
  assertEquals(await hintFor(failure("Undefined variable: a"), "a", short), undefined);
  assertEquals(await hint("q", failure("Undefined variable: q")), undefined);
  assertEquals(await hint("countr", failure("Undefined variable: countr", "told")), undefined);
  assertEquals(await hint("counter x", failure("Counter does not understand #x")), undefined);
});

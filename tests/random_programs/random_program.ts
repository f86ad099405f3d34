/**
 * Random programs of locals, blocks and control flow, each with what it must answer.
 * @module
 */
import type { Random } from "../mutants/mutation.ts";
import {
  type Form,
  type Piece,
  printed,
  Raised,
  Returned,
  Scope,
  TooMuch,
  type Value,
} from "./meaning.ts";
import { NAMES, ProgramMaker } from "./program_maker.ts";

/** What the locals are at the start. */
export const START = "a := 1. b := 2. c := 3. p := #(1, 2). q := #()";
/** What a program answers that ends without `^`. */
export const ANSWER = "{a, b, c, p, q}";

/** A program: statements between `START` and `ANSWER`, and what it answers or the kind it raises. */
export interface RandomProgram {
  readonly statements: (form: Form) => readonly string[];
  readonly expected: string;
}

/** Makes a program; undefined where it would do too much. */
export function randomProgram(random: Random, depth: number): RandomProgram | undefined {
  const maker = new ProgramMaker(random);
  const count = 1 + Math.floor(random() * 4);
  const body = Array.from({ length: count }, () => maker.statement(NAMES, depth));
  const expected = outcome(body);
  if (expected === undefined) return undefined;
  return { statements: (form) => body.map((statement) => statement.text(form)), expected };
}

function outcome(body: readonly Piece[]): string | undefined {
  const scope = new Scope();
  const start: readonly [string, Value][] = [["a", 1], ["b", 2], ["c", 3], ["p", [1, 2]], [
    "q",
    [],
  ]];
  for (const [name, value] of start) scope.declare(name, value);
  try {
    for (const statement of body) statement.run(scope);
    return `{${start.map(([name]) => printed(scope.get(name))).join(", ")}}`;
  } catch (error) {
    if (error instanceof Returned) return printed(error.value);
    if (error instanceof Raised) return `#${error.kind}`;
    if (error instanceof TooMuch) return undefined;
    throw error;
  }
}

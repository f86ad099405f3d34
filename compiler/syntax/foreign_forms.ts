/**
 * What writers of other languages type, and how it is written here: fixes for what could not be read.
 * @module
 */
import type { Fix } from "./diagnostic.ts";
import { reading, spanAt, textAt } from "./primitives.ts";
import { K } from "./token.ts";

/** Whether the `!` at `at` stands before an operand, as other languages write a negation. */
export function isNegation(input: string, at: number): boolean {
  const next = input[at + 1];
  return reading.expected.includes("an expression") &&
    (next === K.identifier || next === K.field || next === K.parenOpen);
}

/** `return e`, as other languages write it. */
export function returnFixes(at: number, from: number): readonly Fix[] {
  if (at !== from + 1 || textAt(from) !== "return") return [];
  const span = { start: spanAt(from).start, end: spanAt(at).start };
  return [{ title: "Return with `^`", edits: [{ span, newText: "^ " }] }];
}

/** `!x` and elements without commas, as other languages write them. */
export function foreignFixes(input: string, at: number): readonly Fix[] {
  if (input[at] === K.bang) return negationFixes(input, at);
  if (!reading.expected.includes("`,`") || !beginsElement(input[at])) return [];
  const { end } = spanAt(at - 1);
  return [{ title: "Insert `,`", edits: [{ span: { start: end, end }, newText: "," }] }];
}

function negationFixes(input: string, at: number): readonly Fix[] {
  // A message behind the name would go to what it answers.
  const isSent = input[at + 2] === K.identifier;
  if (isSent || input[at + 1] === K.parenOpen) return [];
  const newText = `${textAt(at + 1)} not`;
  const span = { start: spanAt(at).start, end: spanAt(at + 1).end };
  return [{ title: `Write \`${newText}\``, edits: [{ span, newText }] }];
}

const LITERALS: readonly string[] = [K.integer, K.float, K.string, K.symbol, K.character];

function beginsElement(kind: string | undefined): boolean {
  return kind !== undefined && LITERALS.includes(kind);
}

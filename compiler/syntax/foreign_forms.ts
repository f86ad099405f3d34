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
  if (input[at] === K.fatArrow && reading.expected.includes("`->`")) {
    return [{ title: "Write `->`", edits: [{ span: spanAt(at), newText: "->" }] }];
  }
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

/** What a lone `=` may have meant: an assignment where a target stands before it, else a comparison. */
export function equalsFixes(input: string, at: number, from: number): readonly Fix[] {
  const span = spanAt(at);
  const compare = { title: "Compare with `=:=`", edits: [{ span, newText: "=:=" }] };
  const edits = assignmentEdits(input, at, from);
  if (edits === undefined) return [compare];
  const assign = { title: "Assign with `:=`", edits };
  return edits.length > 1 ? [assign] : [assign, compare];
}

/** `var x := e`: a local needs no word before it. */
export function assignmentFixes(input: string, at: number, from: number): readonly Fix[] {
  if (!isDeclared(input, at, from)) return [];
  const span = { start: spanAt(from).start, end: spanAt(from + 1).start };
  return [{ title: `Leave \`${textAt(from)}\` away`, edits: [{ span, newText: "" }] }];
}

/** What makes an assignment of a `=` at `at`; undefined where what stands before it is no target. */
function assignmentEdits(input: string, at: number, from: number): Fix["edits"] | undefined {
  const assign = { span: spanAt(at), newText: ":=" };
  const first = input[from];
  const isName = first === K.identifier || first === K.field;
  const isTyped = first === K.identifier && input[from + 1] === K.doubleColon;
  const isPattern = reading.tokens.partners[from] === at - 1 && first !== K.parenOpen;
  if ((isName && at === from + 1) || isTyped || isPattern) return [assign];
  if (!isDeclared(input, at, from)) return undefined;
  const span = { start: spanAt(from).start, end: spanAt(from + 1).start };
  return [{ span, newText: "" }, assign];
}

const DECLARING: ReadonlySet<string> = new Set(["let", "var", "val", "const"]);

function isDeclared(input: string, at: number, from: number): boolean {
  return at === from + 2 && input[from] === K.identifier && input[from + 1] === K.identifier &&
    DECLARING.has(textAt(from));
}

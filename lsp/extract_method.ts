/**
 * Makes a method of the selected statements or expression.
 * @module
 */
import { walkExpression } from "../compiler/analysis/walk.ts";
import type { Binding } from "../compiler/analysis/names.ts";
import type { Span, Statement } from "../compiler/syntax/ast.ts";
import { placedSpan } from "../compiler/syntax/placed_span.ts";
import type { Refactoring } from "./code_actions.ts";
import { type FileView, type KnownBody, knownBodyAt } from "./file_view.ts";
import { selectedExpression } from "./extract_variable.ts";

/** Extracts what is selected; locals that it reads become parameters. */
export const extractMethod: Refactoring = (view, selection) => {
  const part = selectedPart(view, selection);
  if (part === undefined) return [];
  const { body, span, statements } = part;
  const { method, unit, kind, owner } = body.source;
  if (method === undefined || kind !== "method" || owner.class === undefined) return [];
  if (leaves(statements)) return [];
  const names = boundary(body, span);
  if (names === undefined) return [];
  const selector = freshSelector(owner.class.methods.map((each) => each.selector), names.read);
  const { text } = view.source;
  const here = placedSpan(unit, span);
  const side = owner.side === "class" ? "class " : "";
  const head = call(selector, names.read);
  const methodEnd = unit.offset + unit.node.span.end;
  const newline = text.indexOf("\n", methodEnd);
  const at = newline < 0 ? text.length : newline + 1;
  const before = newline < 0 ? "\n" : "";
  const written = `${before}\n  ${side}${head} =>${indented(text, here)}\n`;
  const isOperand = part.isExpression && part.isInside;
  const sent = isOperand ? `(self ${head})` : `self ${head}`;
  const replacement = names.assigned === undefined ? sent : `${names.assigned} := ${sent}`;
  return [{
    title: "Extract to a method",
    kind: "refactor.extract",
    edits: [
      { path: view.path, span: here, newText: replacement },
      { path: view.path, span: { start: at, end: at }, newText: written },
    ],
  }];
};

interface Part {
  readonly body: KnownBody;
  readonly statements: readonly Statement[];
  /** In offsets of the unit. */
  readonly span: Span;
  readonly isExpression: boolean;
  /** Whether the expression is part of a larger one. */
  readonly isInside: boolean;
}

function selectedPart(view: FileView, selection: Span): Part | undefined {
  if (selection.end <= selection.start) return undefined;
  const one = selectedExpression(view, selection);
  if (one !== undefined) {
    const { body, expression } = one;
    const { span } = expression;
    const isStatement = body.source.statements.some((each) => each.expression === expression);
    const statements = [{ expression, expectations: [], span }];
    return { body, statements, span, isExpression: true, isInside: !isStatement };
  }
  const body = knownBodyAt(view, selection.start) ?? knownBodyAt(view, selection.end);
  if (body === undefined) return undefined;
  const { offset } = body.source.unit;
  const statements = body.source.statements.filter(({ span }) =>
    span.start + offset < selection.end && span.end + offset > selection.start
  );
  const [first] = statements;
  const last = statements[statements.length - 1];
  if (first === undefined || last === undefined) return undefined;
  const span = { start: first.span.start, end: last.span.end };
  const isWhole = selection.start <= span.start + offset && selection.end >= span.end + offset;
  return isWhole ? { body, statements, span, isExpression: false, isInside: false } : undefined;
}

/** A return would leave another method than before; `super` would begin elsewhere. */
function leaves(statements: readonly Statement[]): boolean {
  let found = false;
  for (const { expression } of statements) {
    walkExpression(expression, (node) => {
      if (node.kind === "return" || node.kind === "super" || node.kind === "error") found = true;
    });
  }
  return found;
}

/** What goes in, and the one local that comes out; undefined where more would have to. */
function boundary(
  { names }: KnownBody,
  span: Span,
): { readonly read: readonly string[]; readonly assigned: string | undefined } | undefined {
  const isInside = (each: Span) => each.start >= span.start && each.end <= span.end;
  const touched = (binding: Binding) =>
    binding.reads.some(isInside) || binding.writes.some(isInside) || isInside(binding.span);
  const read: string[] = [];
  const assigned: string[] = [];
  for (const binding of names.bindings.filter(touched)) {
    const isOwn = isInside(binding.span);
    const after = [...binding.reads, ...binding.writes].some((each) => each.start >= span.end);
    if (!isOwn) {
      if (binding.writes.some(isInside)) return undefined;
      read.push(binding.name);
    } else if (after) assigned.push(binding.name);
  }
  if (assigned.length > 1 || read.length > 4) return undefined;
  return { read, assigned: assigned[0] };
}

/** `extracted`, `extracted: a`, `extracted: a with: b`; with a number where that is taken. */
function freshSelector(known: readonly string[], read: readonly string[]): readonly string[] {
  for (let count = 1;; count++) {
    const name = count === 1 ? "extracted" : `extracted${count}`;
    const parts = read.map((_, index) => index === 0 ? `${name}:` : "with:");
    const selector = parts.length === 0 ? name : parts.join("");
    if (!known.includes(selector)) return parts.length === 0 ? [name] : parts;
  }
}

function call(parts: readonly string[], names: readonly string[]): string {
  if (names.length === 0) return parts[0] ?? "extracted";
  return parts.map((part, index) => `${part} ${names[index]}`).join(" ");
}

/** The text on lines of its own, indented as a method's body; one line stays on the head's. */
function indented(text: string, span: Span): string {
  const written = text.slice(span.start, span.end);
  const lines = written.split("\n");
  if (lines.length === 1) return ` ${written}`;
  const column = span.start - (text.lastIndexOf("\n", span.start - 1) + 1);
  const shown = lines.map((line, index) => {
    const own = index === 0 ? line : line.slice(Math.min(column, line.search(/\S|$/)));
    return own.trim() === "" ? "" : `    ${own}`;
  });
  return `\n${shown.join("\n")}`;
}

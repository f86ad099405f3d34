/**
 * Gives an expression a name, and puts the value of a name back where it is used.
 * @module
 */
import { walkStatements } from "../compiler/analysis/walk.ts";
import type { Assignment, Block, Expression, Span, Statement } from "../compiler/syntax/ast.ts";
import { placedSpan } from "../compiler/syntax/placed_span.ts";
import type { Refactoring } from "./code_actions.ts";
import { type FileView, type KnownBody, knownBodyAt } from "./file_view.ts";
import { occurrenceAt } from "./target.ts";

/** The expression that is exactly selected, spaces around it left aside. */
export function selectedExpression(
  view: FileView,
  selection: Span,
): { readonly body: KnownBody; readonly expression: Expression } | undefined {
  const { text } = view.source;
  let { start, end } = selection;
  while (start < end && /\s/.test(text[start] ?? "")) start++;
  while (end > start && /\s/.test(text[end - 1] ?? "")) end--;
  const body = end > start ? knownBodyAt(view, start) : undefined;
  if (body === undefined) return undefined;
  const { offset } = body.source.unit;
  let found: Expression | undefined;
  walkStatements(body.source.statements, (node) => {
    if (node.span.start + offset === start && node.span.end + offset === end) found ??= node;
  });
  return found && { body, expression: found };
}

/** Extracts the selected expression to a local of the innermost statement around it. */
export const extractVariable: Refactoring = (view, selection) => {
  const selected = selectedExpression(view, selection);
  if (selected === undefined) return [];
  const { body, expression } = selected;
  if (expression.kind === "error" || expression.kind === "assignment") return [];
  const statement = statementAround(body, expression);
  if (statement === undefined || statement.expression === expression) return [];
  const { unit } = body.source;
  const { text } = view.source;
  const at = placedSpan(unit, statement.span).start;
  const lineStart = text.lastIndexOf("\n", at - 1) + 1;
  const indent = text.slice(lineStart, at);
  if (indent.trim() !== "") return [];
  const name = freshName(body, "value");
  const span = placedSpan(unit, expression.span);
  const written = text.slice(span.start, span.end);
  return [{
    title: `Extract to a local variable`,
    kind: "refactor.extract",
    edits: [
      {
        path: view.path,
        span: { start: at, end: at },
        newText: `${name} := ${written}\n${indent}`,
      },
      { path: view.path, span, newText: name },
    ],
  }];
};

/** The innermost statement, of the body or of a block in it, that holds an expression. */
function statementAround(body: KnownBody, expression: Expression): Statement | undefined {
  const { start, end } = expression.span;
  const all: Statement[] = [...body.source.statements];
  walkStatements(body.source.statements, (node) => {
    if (node.kind === "block") all.push(...(node satisfies Block).statements);
  });
  return all.filter(({ span }) => span.start <= start && span.end >= end)
    .sort((a, b) => a.span.end - a.span.start - (b.span.end - b.span.start))[0];
}

/** A name that the body does not use. */
function freshName({ names }: KnownBody, wanted: string): string {
  const used = new Set([
    ...names.bindings.map(({ name }) => name),
    ...names.unresolved.map(({ name }) => name),
  ]);
  for (let count = 1;; count++) {
    const name = count === 1 ? wanted : `${wanted}${count}`;
    if (!used.has(name)) return name;
  }
}

/** Puts the value of a local that is assigned once in the place of its uses. */
export const inlineVariable: Refactoring = (view, selection) => {
  const found = occurrenceAt(view, selection.start);
  if (found?.occurrence.kind !== "local") return [];
  const { binding } = found.occurrence;
  if (binding.kind !== "local" || binding.writes.length > 0 || binding.reads.length === 0) {
    return [];
  }
  const body = knownBodyAt(view, selection.start);
  const statement = body && assigningStatement(body, binding.span);
  if (body === undefined || statement === undefined) return [];
  const { value } = statement.assignment;
  if (binding.reads.length > 1 && !isPure(value)) return [];
  const { unit } = body.source;
  const { text } = view.source;
  const at = placedSpan(unit, value.span);
  const written = text.slice(at.start, at.end);
  const inserted = NEEDS_NO_PARENTHESES.has(value.kind) ? written : `(${written})`;
  const whole = placedSpan(unit, statement.span);
  return [{
    title: `Inline ${binding.name}`,
    kind: "refactor.inline",
    edits: [
      { path: view.path, span: wholeLines(text, whole), newText: "" },
      ...binding.reads.map((read) => ({
        path: view.path,
        span: placedSpan(unit, read),
        newText: inserted,
      })),
    ],
  }];
};

const NEEDS_NO_PARENTHESES = new Set(
  ("integer float string character symbol nil boolean interpolation list array dictionary tuple " +
    "binary variable class self field block parenthesized").split(" "),
);

/** Whether evaluating twice means the same as once. */
function isPure(value: Expression): boolean {
  return value.kind !== "block" && NEEDS_NO_PARENTHESES.has(value.kind) &&
    value.kind !== "interpolation" && value.kind !== "parenthesized";
}

function assigningStatement(
  body: KnownBody,
  target: Span,
): { readonly span: Span; readonly assignment: Assignment } | undefined {
  const all: Statement[] = [...body.source.statements];
  walkStatements(body.source.statements, (node) => {
    if (node.kind === "block") all.push(...node.statements);
  });
  for (const { expression, span } of all) {
    const isTarget = expression.kind === "assignment" && expression.operator === undefined &&
      expression.target.kind === "variable" && expression.target.span.start === target.start;
    if (isTarget) return { span, assignment: expression };
  }
  return undefined;
}

/** The statement with its line, where nothing else is on it. */
function wholeLines(text: string, { start, end }: Span): Span {
  const lineStart = text.lastIndexOf("\n", start - 1) + 1;
  const newline = text.indexOf("\n", end);
  const lineEnd = newline < 0 ? text.length : newline + 1;
  const isAlone = text.slice(lineStart, start).trim() === "" &&
    /^\s*\.?\s*$/.test(text.slice(end, lineEnd));
  if (isAlone) return { start: lineStart, end: lineEnd };
  const rest = /^\s*\.\s*/.exec(text.slice(end))?.[0].length ?? 0;
  return { start, end: end + rest };
}

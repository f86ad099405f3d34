/**
 * Wider and wider selections around a place, following the tree.
 * @module
 */
import { childExpressions, patternsIn } from "../compiler/analysis/walk.ts";
import type { Expression, Span, Statement, UnitNode } from "../compiler/syntax/ast.ts";
import { bodyStatements } from "../compiler/analysis/rule.ts";
import { placedSpan } from "../compiler/syntax/placed_span.ts";
import { type FileView, holds } from "./file_view.ts";
import { classAround, occurrenceAt, unitAt } from "./target.ts";
import { fileSymbols } from "./symbols.ts";

/** The stretches around an offset, the narrowest first; the whole file is the last. */
export function selectionsAt(view: FileView, offset: number): readonly Span[] {
  const whole = { start: 0, end: view.source.text.length };
  const unit = unitAt(view, offset);
  const spans: Span[] = [whole];
  const of = classAround(view, offset);
  if (of !== undefined) {
    const symbol = fileSymbols(view).find(({ nameSpan }) => nameSpan.start === of.span.start);
    if (symbol !== undefined) spans.push(symbol.span);
  }
  if (unit !== undefined) {
    spans.push(placedSpan(unit, unit.node.span));
    for (const span of spansIn(unit.node)) {
      const here = placedSpan(unit, span);
      if (holds(here, offset)) spans.push(here);
    }
    const name = occurrenceAt(view, offset)?.occurrence;
    if (name !== undefined) spans.push(placedSpan(unit, name.span));
  }
  return nested(spans.filter((span) => holds(span, offset)));
}

/** Each once, each inside the next. */
function nested(spans: readonly Span[]): Span[] {
  const sorted = [...spans].sort((a, b) => a.end - a.start - (b.end - b.start));
  const found: Span[] = [];
  for (const span of sorted) {
    const before = found[found.length - 1];
    const contains = before === undefined ||
      (span.start <= before.start && span.end >= before.end &&
        span.end - span.start > before.end - before.start);
    if (contains) found.push(span);
  }
  return found;
}

function* spansIn(node: UnitNode): Iterable<Span> {
  switch (node.kind) {
    case "method":
      yield node.body.span;
      for (const { span, pattern } of node.parameters) {
        yield span;
        for (const inner of patternsIn(pattern)) yield inner.span;
      }
      return yield* statementSpans(bodyStatements(node.body));
    case "extension":
      yield node.method.span;
      yield node.method.body.span;
      return yield* statementSpans(bodyStatements(node.method.body));
    case "data":
      if (node.defaultValue !== undefined) yield* expressionSpans(node.defaultValue);
      return;
    case "patch":
      return yield* statementSpans(node.statements);
    case "statement":
      return yield* statementSpans([node.statement]);
    default:
      return;
  }
}

function* statementSpans(statements: readonly Statement[]): Iterable<Span> {
  const [first] = statements;
  const last = statements[statements.length - 1];
  if (first !== undefined && last !== undefined) {
    yield { start: first.span.start, end: last.span.end };
  }
  for (const { span, expression } of statements) {
    yield span;
    yield* expressionSpans(expression);
  }
}

function* expressionSpans(node: Expression): Iterable<Span> {
  yield node.span;
  if (node.kind === "block") {
    yield { start: node.span.start + 1, end: Math.max(node.span.start + 1, node.span.end - 1) };
    return yield* statementSpans(node.statements);
  }
  if (node.kind === "cascade") { for (const { span } of node.messages) yield span; }
  if (node.kind === "match") { for (const { span } of node.arms) yield span; }
  for (const child of childExpressions(node)) yield* expressionSpans(child);
}

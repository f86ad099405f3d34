/**
 * `@expect CATEGORY`: takes away one finding of its category in what it stands before, and says so
 * where there is none.
 * @module
 */
import type { Expression, Span, Statement } from "../syntax/ast.ts";
import { sortedFindings } from "./findings.ts";
import type { Finding } from "./rule.ts";
import { CATEGORIES, unusedExpectation } from "./rules/unused_expectation.ts";
import { walkExpression } from "./walk.ts";

/** One `@expect` and what it stands before. */
export interface Coverage {
  readonly category: string;
  /** The `@expect` itself. */
  readonly at: Span;
  /** The statement or declaration after it. */
  readonly span: Span;
}

/** Expectations before statements, those inside blocks included. */
export function statementExpectations(statements: readonly Statement[]): readonly Coverage[] {
  const coverages: Coverage[] = [];
  const add = (statement: Statement) => {
    for (const { category, span } of statement.expectations) {
      coverages.push({ category, at: span, span: statement.span });
    }
    walkExpression(statement.expression, addNested);
  };
  const addNested = (node: Expression) => {
    if (node.kind !== "block") return;
    for (const { expectations, span } of node.statements) {
      for (const { category, span: at } of expectations) coverages.push({ category, at, span });
    }
  };
  for (const statement of statements) add(statement);
  return coverages;
}

/** The findings that are left, with one for each expectation that silenced nothing. */
export function applyExpectations(
  found: readonly Finding[],
  coverages: readonly Coverage[],
): readonly Finding[] {
  const findings = [...sortedFindings(found)];
  if (coverages.length === 0) return findings;
  const narrowestFirst = [...coverages].sort((a, b) => length(a.span) - length(b.span));
  for (const coverage of narrowestFirst) {
    const index = findings.findIndex((finding) => isSilencedBy(finding, coverage));
    if (index >= 0) findings.splice(index, 1);
    else findings.push(nothingToSilence(coverage));
  }
  return sortedFindings(findings);
}

function isSilencedBy(finding: Finding, coverage: Coverage): boolean {
  if (finding.rule === unusedExpectation || finding.rule.isStructural) return false;
  const { start, end } = coverage.span;
  const inside = finding.span.start >= start && finding.span.end <= end;
  return inside && (coverage.category === "all" || coverage.category === finding.rule.category);
}

function nothingToSilence(coverage: Coverage): Finding {
  const { category, at } = coverage;
  const message = CATEGORIES.has(category)
    ? `Nothing here for \`@expect ${category}\` to silence`
    : `Unknown category: ${category}. Expected one of ${[...CATEGORIES].join(", ")}`;
  const fixes = [{ title: "Remove it", edits: [{ span: at, newText: "" }] }];
  return { rule: unusedExpectation, span: at, message, options: { fixes } };
}

function length(span: Span): number {
  return span.end - span.start;
}

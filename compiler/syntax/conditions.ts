/**
 * `/=` at the end of a block that is asked for a boolean compares; elsewhere, at the start of a
 * statement, it assigns.
 * @module
 */
import type { Block, Expression, Statement } from "./ast.ts";
import { reading } from "./primitives.ts";

const conditionKeywords = new Set([
  "and:",
  "or:",
  "select:",
  "reject:",
  "filter:",
  "detect:",
  "count:",
  "anySatisfy:",
  "allSatisfy:",
  "noneSatisfy:",
  "takeWhile:",
  "dropWhile:",
  "partition:",
  "assert:",
  "deny:",
]);
const conditionReceivers = new Set(["whileTrue", "whileFalse", "whileTrue:", "whileFalse:"]);

/** Whether the block before this selector is asked for a boolean. */
export function isConditionSelector(selector: string): boolean {
  return conditionReceivers.has(selector);
}

/** Whether the block after this keyword is asked for a boolean. */
export function isConditionKeyword(keyword: string): boolean {
  return conditionKeywords.has(keyword);
}

/** The expression; a block that ends in `x /= e` compares there. */
export function asCondition(expression: Expression): Expression {
  if (expression.kind !== "block") return expression;
  const last = expression.statements[expression.statements.length - 1];
  if (last === undefined) return expression;
  const comparison = asComparison(last);
  if (comparison === last) return expression;
  const statements = [...expression.statements.slice(0, -1), comparison];
  const block: Block = { ...expression, statements };
  return block;
}

/** The statement, with `x /= e` read as a comparison. */
export function asComparison(statement: Statement): Statement {
  const { expression } = statement;
  if (expression.kind !== "assignment" || expression.operator !== "/") return statement;
  const start = reading.tokens.text.indexOf("/=", expression.target.span.end);
  return {
    ...statement,
    expression: {
      kind: "send",
      receiver: expression.target,
      selector: "/=",
      selectorSpans: [{ start, end: start + 2 }],
      arguments: [expression.value],
      span: expression.span,
    },
  };
}

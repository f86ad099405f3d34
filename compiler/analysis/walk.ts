/**
 * Walks expressions and patterns in the order in which they are evaluated.
 * @module
 */
import type { Block, Expression, MatchArm, Pattern, Statement } from "../syntax/ast.ts";

/** The expressions directly inside one, in order of evaluation. */
export function childExpressions(node: Expression): readonly Expression[] {
  switch (node.kind) {
    case "integer":
    case "float":
    case "string":
    case "character":
    case "symbol":
    case "nil":
    case "boolean":
    case "variable":
    case "class":
    case "self":
    case "super":
    case "field":
    case "error":
      return [];
    case "interpolation":
      return node.parts.filter((part) => typeof part !== "string");
    case "list":
      return node.tail === undefined ? node.elements : [...node.elements, node.tail];
    case "array":
    case "tuple":
      return node.elements;
    case "dictionary":
      return node.entries.flatMap((entry) => [entry.key, entry.value]);
    case "binary":
      return node.segments.flatMap(({ value, size }) =>
        size === undefined ? [value] : [value, size]
      );
    case "block":
      return node.statements.map((statement) => statement.expression);
    case "send":
      return [node.receiver, ...node.arguments];
    case "cascade":
      return [node.receiver, ...node.messages.flatMap((message) => message.arguments)];
    case "pipe":
      return [
        node.source,
        ...node.stages.flatMap(({ receiver, message }) => [receiver, ...message.arguments]),
      ];
    case "match":
      return [node.scrutinee, ...node.arms.flatMap(armExpressions)];
    case "assignment":
      return node.target.kind === "field" ? [node.target, node.value] : [node.value];
    case "destructuring":
      return [...patternExpressions(node.pattern), node.value];
    case "return":
      return [node.value];
    case "cast":
      return [node.send];
    case "parenthesized":
      return [node.expression];
    default:
      return node satisfies never;
  }
}

function armExpressions(arm: MatchArm): readonly Expression[] {
  const sizes = patternExpressions(arm.pattern);
  return arm.guard === undefined ? [...sizes, arm.body] : [...sizes, arm.guard, arm.body];
}

/** The patterns directly inside one. */
function childPatterns(node: Pattern): readonly Pattern[] {
  switch (node.kind) {
    case "wildcard":
    case "binding":
    case "literalPattern":
    case "errorPattern":
      return [];
    case "tuplePattern":
      return node.elements;
    case "listPattern":
    case "arrayPattern":
      return node.rest === undefined ? node.elements : [...node.elements, node.rest];
    case "dictionaryPattern":
      return node.entries.map((entry) => entry.value);
    case "binaryPattern":
      return node.segments.map((segment) => segment.value);
    case "constructorPattern":
      return node.fields.map((field) => field.pattern);
    case "classPattern":
      return [node.pattern];
    default:
      return node satisfies never;
  }
}

/** A pattern and all patterns inside it, outermost first. */
export function patternsIn(pattern: Pattern): readonly Pattern[] {
  const children = childPatterns(pattern);
  return children.length === 0 ? [pattern] : [pattern, ...children.flatMap(patternsIn)];
}

/** Whether a pattern takes every value. */
export function takesAll(pattern: Pattern): boolean {
  return pattern.kind === "wildcard" || pattern.kind === "binding";
}

/** Expressions inside a pattern: the sizes of binary segments. */
export function patternExpressions(pattern: Pattern): readonly Expression[] {
  return patternsIn(pattern).flatMap((inner) =>
    inner.kind === "binaryPattern" ? inner.segments.flatMap(({ size }) => size ?? []) : []
  );
}

/** Called at each expression; `ancestors` ends with the direct parent. */
export type Visit = (node: Expression, ancestors: readonly Expression[]) => void;

/** Visits each expression of the statements, parents before children. */
export function walkStatements(statements: readonly Statement[], visit: Visit): void {
  for (const statement of statements) walkExpression(statement.expression, visit);
}

/** Visits an expression and all inside it, parents before children. */
export function walkExpression(root: Expression, visit: Visit): void {
  const ancestors: Expression[] = [];
  const go = (node: Expression): void => {
    visit(node, ancestors);
    ancestors.push(node);
    for (const child of childExpressions(node)) go(child);
    ancestors.pop();
  };
  go(root);
}

/** The expression without parentheses around it. */
export function bare(node: Expression): Expression {
  let current = node;
  while (current.kind === "parenthesized") current = current.expression;
  return current;
}

/** The literal block that an expression is; undefined where it is something else. */
export function literalBlock(node: Expression | undefined): Block | undefined {
  if (node === undefined) return undefined;
  const inner = bare(node);
  return inner.kind === "block" ? inner : undefined;
}

/** The expressions of statements. */
export function expressionsOf(statements: readonly Statement[]): readonly Expression[] {
  return statements.map((statement) => statement.expression);
}

/** The names that a pattern binds, in order, each once. */
export function boundNames(pattern: Pattern): string[] {
  const names = new Set<string>();
  for (const inner of patternsIn(pattern)) if (inner.kind === "binding") names.add(inner.name);
  return [...names];
}

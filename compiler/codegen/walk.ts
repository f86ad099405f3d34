/**
 * The parts of an expression, in the order in which they are evaluated.
 * @module
 */
import type { BinarySegment, Block, Expression, Pattern, Statement } from "../syntax/ast.ts";

/** An expression without its parentheses. */
export function unwrap(node: Expression): Expression {
  return node.kind === "parenthesized" ? unwrap(node.expression) : node;
}

/** The literal block that an expression is; undefined where it is something else. */
export function literalBlock(node: Expression | undefined): Block | undefined {
  if (node === undefined) return undefined;
  const inner = unwrap(node);
  return inner.kind === "block" ? inner : undefined;
}

/** The expressions directly inside `node`; those of a block are its statements. */
export function children(node: Expression): readonly Expression[] {
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
      return node.segments.flatMap(segmentParts);
    case "block":
      return expressionsOf(node.statements);
    case "send":
      return [node.receiver, ...node.arguments];
    case "cascade":
      return [node.receiver, ...node.messages.flatMap((message) => message.arguments)];
    case "pipe":
      return [
        node.source,
        ...node.stages.flatMap((stage) => [stage.receiver, ...stage.message.arguments]),
      ];
    case "match":
      return [
        node.scrutinee,
        ...node.arms.flatMap((arm) => arm.guard === undefined ? [arm.body] : [arm.guard, arm.body]),
      ];
    case "assignment":
    case "destructuring":
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

function segmentParts(segment: BinarySegment<Expression>): readonly Expression[] {
  return segment.size === undefined ? [segment.value] : [segment.value, segment.size];
}

/** The expressions of statements. */
export function expressionsOf(statements: readonly Statement[]): readonly Expression[] {
  return statements.map((statement) => statement.expression);
}

/** The names that a pattern binds, in order, each once. */
export function boundNames(pattern: Pattern): string[] {
  const names = new Set<string>();
  collectNames(pattern, names);
  return [...names];
}

function collectNames(pattern: Pattern, names: Set<string>): void {
  switch (pattern.kind) {
    case "binding":
      names.add(pattern.name);
      return;
    case "wildcard":
    case "literalPattern":
    case "errorPattern":
      return;
    case "tuplePattern":
      for (const element of pattern.elements) collectNames(element, names);
      return;
    case "listPattern":
    case "arrayPattern":
      for (const element of pattern.elements) collectNames(element, names);
      if (pattern.rest !== undefined) collectNames(pattern.rest, names);
      return;
    case "dictionaryPattern":
      for (const entry of pattern.entries) collectNames(entry.value, names);
      return;
    case "binaryPattern":
      for (const segment of pattern.segments) collectNames(segment.value, names);
      return;
    case "constructorPattern":
      for (const field of pattern.fields) collectNames(field.pattern, names);
      return;
    case "classPattern":
      return collectNames(pattern.pattern, names);
    default:
      return pattern satisfies never;
  }
}

/** The expressions that a pattern reads: sizes of binary segments. */
export function patternExpressions(pattern: Pattern): Expression[] {
  if (pattern.kind !== "binaryPattern") return [];
  return pattern.segments.flatMap((segment) => segment.size === undefined ? [] : [segment.size]);
}

/** Names that the expressions mention and names that they assign, blocks inside included. */
export interface Mentions {
  readonly read: ReadonlySet<string>;
  readonly assigned: ReadonlySet<string>;
  /** What is assigned to each name, in order. */
  readonly values: readonly { readonly name: string; readonly value: Expression }[];
}

/** Names read and assigned anywhere in `nodes`. */
export function mentions(nodes: readonly Expression[]): Mentions {
  const read = new Set<string>();
  const assigned = new Set<string>();
  const values: { name: string; value: Expression }[] = [];
  const visit = (node: Expression): void => {
    if (node.kind === "variable") read.add(node.name);
    if (node.kind === "assignment" && node.target.kind === "variable") {
      assigned.add(node.target.name);
      if (node.operator !== undefined) read.add(node.target.name);
      else values.push({ name: node.target.name, value: unwrap(node.value) });
    }
    if (node.kind === "destructuring") {
      for (const name of boundNames(node.pattern)) assigned.add(name);
      patternExpressions(node.pattern).forEach(visit);
    }
    if (node.kind === "match") {
      for (const arm of node.arms) patternExpressions(arm.pattern).forEach(visit);
    }
    children(node).forEach(visit);
  };
  nodes.forEach(visit);
  return { read, assigned, values };
}

/** Whether a `^` stands anywhere inside. */
export function returnsInside(nodes: readonly Expression[]): boolean {
  return nodes.some((node) => node.kind === "return" || returnsInside(children(node)));
}

/**
 * What expressions mention anywhere inside: names, `^`, and how much there is of them.
 * @module
 */
import type { Expression } from "../syntax/ast.ts";
import { bare, boundNames, childExpressions } from "../analysis/walk.ts";

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
      else values.push({ name: node.target.name, value: bare(node.value) });
    }
    if (node.kind === "destructuring") {
      for (const name of boundNames(node.pattern)) assigned.add(name);
    }
    childExpressions(node).forEach(visit);
  };
  nodes.forEach(visit);
  return { read, assigned, values };
}

/** Whether a `^` stands anywhere inside. */
export function returnsInside(nodes: readonly Expression[]): boolean {
  return nodes.some((node) => node.kind === "return" || returnsInside(childExpressions(node)));
}

/** How many expressions there are, the outermost included. */
export function sizeOf(node: Expression): number {
  return childExpressions(node).reduce((sum, child) => sum + sizeOf(child), 1);
}

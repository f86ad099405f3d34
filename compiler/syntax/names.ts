/**
 * References to classes, as the grammar makes them of tokens.
 * @module
 */
import type { ClassReference } from "./ast.ts";
import { splitClassName } from "./class_name.ts";
import { spanAt, textAt } from "./primitives.ts";

/** The class reference that token `i` is. */
export function classReferenceAt(i: number): ClassReference {
  const { package: packageName, name } = splitClassName(textAt(i));
  return { kind: "class", package: packageName, name, span: spanAt(i) };
}

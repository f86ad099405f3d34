/**
 * Class names with and without a package.
 * @module
 */
import type { ClassReference } from "./ast.ts";
import { spanAt, textAt } from "./primitives.ts";

/** Splits `package@Name`. */
export function splitClassName(
  text: string,
): { readonly package: string | undefined; readonly name: string } {
  const at = text.indexOf("@");
  if (at < 0) return { package: undefined, name: text };
  return { package: text.slice(0, at), name: text.slice(at + 1) };
}

/** The class reference that token `i` is. */
export function classReferenceAt(i: number): ClassReference {
  const { package: packageName, name } = splitClassName(textAt(i));
  return { kind: "class", package: packageName, name, span: spanAt(i) };
}

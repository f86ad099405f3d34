/**
 * From offsets inside a unit to those of its file.
 * @module
 */
import type { Span } from "./ast.ts";
import type { Fix } from "./diagnostic.ts";

/** A span of a unit in offsets of the file. */
export function placedSpan({ offset }: { readonly offset: number }, { start, end }: Span): Span {
  return { start: offset + start, end: offset + end };
}

/** The fixes of a finding in a unit, in offsets of the file. */
export function placedFixes(unit: { readonly offset: number }, fixes: readonly Fix[]): Fix[] {
  return fixes.map(({ title, edits }) => ({
    title,
    edits: edits.map(({ span, newText }) => ({ span: placedSpan(unit, span), newText })),
  }));
}

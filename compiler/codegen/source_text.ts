/**
 * Pieces of source text that a compiled class carries with it.
 * @module
 */
import type { ClassDeclaration, Parameter, PlacedUnit, Span } from "../syntax/ast.ts";
import type { MethodDefinition } from "../syntax/ast.ts";

/** The text of a span of a unit. */
export function spanText(text: string, unit: { readonly offset: number }, span: Span): string {
  return text.slice(unit.offset + span.start, unit.offset + span.end);
}

/** A method as written, all its clauses. */
export function methodSource(
  text: string,
  clauses: readonly PlacedUnit<MethodDefinition>[],
): string {
  return clauses.map((unit) => spanText(text, unit, unit.node.span).trim()).join("\n");
}

/** `at: i :: Integer put: v -> Object`: the head of a method's first clause. */
export function signatureText(text: string, unit: PlacedUnit<MethodDefinition>): string {
  const { node } = unit;
  const start = node.selectorSpans[0]?.start ?? node.span.start;
  const head = spanText(text, unit, { start, end: Math.max(start, node.body.span.start) });
  const arrow = head.lastIndexOf("=>");
  const signature = arrow < 0 ? head : head.slice(0, arrow);
  return signature.replace(/\s+when:\s*\[[^]*$/, "").replace(/\s+/g, " ").trim();
}

/** A parameter's name, or its pattern as written. */
export function parameterText(
  text: string,
  unit: { readonly offset: number },
  parameter: Parameter,
): string {
  const { pattern } = parameter;
  return pattern.kind === "binding" ? pattern.name : spanText(text, unit, pattern.span);
}

/** A class with its documentation and all its members, as written. */
export function classSource(text: string, declaration: ClassDeclaration): string {
  const { header, members } = declaration;
  const last = members[members.length - 1] ?? header;
  const { doc, span } = header.node;
  return text.slice(header.offset + (doc?.span ?? span).start, last.offset + last.node.span.end);
}

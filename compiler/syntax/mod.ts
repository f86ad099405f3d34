/**
 * Syntax of Beamtalk: `parse` makes a lossless tree of any text, `edit` keeps it up to date.
 *
 * ```ts
 * import { parse } from "./mod.ts";
 * const file = parse("Actor subclass: Counter\n  state: value = 0\n");
 * file.declarations[0]?.kind; // "class"
 * ```
 * @module
 */
export { parse, print } from "./source_file.ts";
export type { SourceFile, SourceKind, SourceUnit } from "./source_file.ts";
export { edit } from "./edit.ts";
export type { SourceEdit } from "./edit.ts";
export { isIncomplete } from "./incomplete.ts";
export { format } from "./format.ts";
export { outline, outlineOf } from "./outline.ts";
export { syntaxCodes } from "./codes.ts";
export type { SyntaxCode } from "./codes.ts";
export * from "./ast.ts";
export type { Diagnostic, Fix, RelatedPlace, Severity, TextEdit } from "./diagnostic.ts";

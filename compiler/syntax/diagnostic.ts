/**
 * Diagnostics are data: one value that the terminal, editors and programs each show in their way.
 * @module
 */
import type { Span } from "./ast.ts";

export type Severity = "error" | "warning" | "information" | "hint";

/** One change of text; the span is in offsets of the file. */
export interface TextEdit {
  readonly span: Span;
  readonly newText: string;
}

/** A titled set of edits that mends what a diagnostic tells of. */
export interface Fix {
  readonly title: string;
  readonly edits: readonly TextEdit[];
}

/** Another place that explains a diagnostic. */
export interface RelatedPlace {
  readonly file: string;
  readonly span: Span;
  readonly message: string;
}

/** A finding in one file. Spans are in UTF-16 offsets of the file, not of a unit. */
export interface Diagnostic {
  /** `BT1xxx` syntax, `BT2xxx` names, `BT3xxx` classes, `BT4xxx` types, `BT5xxx` actors ... */
  readonly code: string;
  readonly severity: Severity;
  readonly span: Span;
  /** Plain words: what was expected and what was found. */
  readonly message: string;
  readonly related?: readonly RelatedPlace[];
  readonly fixes?: readonly Fix[];
}

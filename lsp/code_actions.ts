/**
 * What can be done about a stretch of text: fixes of findings, refactorings.
 * @module
 */
import type { Span } from "../compiler/syntax/ast.ts";
import { addMissingMethod } from "./add_missing_method.ts";
import { convertCascade } from "./convert_cascade.ts";
import { diagnosticsOf, type Finding } from "./diagnostics.ts";
import { extractMethod } from "./extract_method.ts";
import { extractVariable, inlineVariable } from "./extract_variable.ts";
import type { FileView, Place, ProjectView } from "./file_view.ts";
import { implementProtocol } from "./implement_protocol.ts";
import { organise } from "./organise.ts";

/** One change of text in some file. */
export interface PlacedEdit extends Place {
  readonly newText: string;
}

/** Something that can be done. */
export interface CodeAction {
  readonly title: string;
  readonly kind: string;
  readonly edits: readonly PlacedEdit[];
  /** The finding that it mends. */
  readonly diagnostic: Finding | undefined;
}

/** A refactoring: what it would do at a stretch of text, if it can be done there. */
export type Refactoring = (
  view: FileView,
  selection: Span,
  project: ProjectView,
) => readonly Omit<CodeAction, "diagnostic">[];

const REFACTORINGS: readonly Refactoring[] = [
  addMissingMethod,
  extractVariable,
  extractMethod,
  inlineVariable,
  convertCascade,
  implementProtocol,
  organise,
];

/** All that can be done at a stretch of text. */
export function codeActionsAt(
  project: ProjectView,
  view: FileView,
  selection: Span,
  isProjectKnown: boolean,
): readonly CodeAction[] {
  const found: CodeAction[] = [];
  for (const diagnostic of diagnosticsOf(view, isProjectKnown)) {
    if (diagnostic.span.end < selection.start || diagnostic.span.start > selection.end) continue;
    for (const { title, edits } of diagnostic.fixes ?? []) {
      const placed = edits.map((edit) => ({ ...edit, path: view.path }));
      found.push({ title, kind: "quickfix", edits: placed, diagnostic });
    }
  }
  for (const refactoring of REFACTORINGS) {
    for (const action of refactoring(view, selection, project)) {
      found.push({ ...action, diagnostic: undefined });
    }
  }
  return found;
}

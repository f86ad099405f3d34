/**
 * What becomes of the statements and declarations that a session evaluates.
 * @module
 */
import { integer, NodeError, type Term } from "../bridge/mod.ts";
import type { Span } from "../compiler/syntax/ast.ts";
import type { Diagnostic } from "../compiler/syntax/diagnostic.ts";
import { type FileFindings, SourceError } from "./live_program.ts";
import { field, listField, numberField, textField } from "./node_terms.ts";
import { NodeRefusal } from "./workspace.ts";

/** A frame of Beamtalk code. */
export interface Frame {
  readonly class: string | undefined;
  readonly selector: string | undefined;
  readonly file: string | undefined;
  readonly line: number | undefined;
}

/** What became of one statement or declaration. */
export type Outcome =
  | {
    readonly kind: "value";
    /** As the prompt shows it. */
    readonly text: string;
    readonly class: string | undefined;
    readonly microseconds: number;
  }
  | {
    readonly kind: "error";
    /** `error`, or why it did not end: `interrupted`, `timeout`, `exit`. */
    readonly status: string;
    readonly message: string;
    readonly errorKind: string | undefined;
    readonly class: string | undefined;
    readonly where: string | undefined;
    readonly hint: string | undefined;
    readonly stack: readonly Frame[];
    readonly microseconds: number;
  }
  /** The text cannot be compiled, or the node refused it; nothing ran. */
  | {
    readonly kind: "refused";
    readonly message: string;
    readonly hint: string | undefined;
    readonly diagnostics: readonly Diagnostic[];
    /** The text that the diagnostics are about. */
    readonly text: string;
    /** Whether the node is gone; then some of it may have run. */
    readonly isLost?: boolean;
  }
  | { readonly kind: "declared"; readonly text: string; readonly warnings: readonly string[] };

/** Whether an outcome ends a text that is not told to go on. */
export function isFailure(outcome: Outcome): boolean {
  return outcome.kind === "error" || outcome.kind === "refused";
}

/** The outcome of a text that does not compile. */
export function invalid(diagnostics: readonly Diagnostic[], text: string): Outcome {
  const first = diagnostics.find(({ severity }) => severity === "error");
  return { kind: "refused", message: first?.message ?? "", hint: undefined, diagnostics, text };
}

/** The outcome of what failed before anything of the typed text was evaluated. */
export function refused(error: unknown, text: string): Outcome {
  const findings = error instanceof SourceError ? error.findings : [];
  const hasError = ({ diagnostics }: FileFindings) =>
    diagnostics.some(({ severity }) => severity === "error");
  const found = inTypedText(findings.find(hasError) ?? findings[0], text);
  return {
    kind: "refused",
    message: error instanceof Error ? error.message : String(error),
    hint: error instanceof NodeRefusal ? error.hint : undefined,
    diagnostics: found?.diagnostics ?? [],
    text: found?.text ?? text,
    isLost: error instanceof NodeError && error.kind === "noconnection",
  };
}

/** Findings of a declaration, which is compiled as a text of its own, where it was typed. */
function inTypedText(found: FileFindings | undefined, typed: string): FileFindings | undefined {
  const start = found === undefined ? -1 : typed.indexOf(found.text.trimEnd());
  if (found === undefined || start < 0) return found;
  const own = found.source.shown;
  const moved = (span: Span) => ({ start: span.start + start, end: span.end + start });
  const diagnostics = found.diagnostics.map((each) => ({
    ...each,
    span: moved(each.span),
    ...each.related && {
      related: each.related.map((it) => it.file === own ? { ...it, span: moved(it.span) } : it),
    },
    ...each.fixes && {
      fixes: each.fixes.map((fix) => ({
        ...fix,
        edits: fix.edits.map((edit) => ({ ...edit, span: moved(edit.span) })),
      })),
    },
  }));
  return { ...found, text: typed, diagnostics };
}

/** What a node tells of a statement that it evaluated. */
export function outcomeOf(result: Term): Outcome {
  const status = textField(result, "status") ?? "error";
  if (status === "ok") {
    return {
      kind: "value",
      text: textField(result, "text") ?? "",
      class: textField(result, "class"),
      microseconds: numberField(result, "microseconds"),
    };
  }
  return {
    kind: "error",
    status,
    message: textField(result, "message") ?? "",
    errorKind: textField(result, "kind"),
    class: textField(result, "class"),
    where: textField(result, "where"),
    hint: textField(result, "hint"),
    stack: listField(result, "stack").map((frame) => ({
      class: textField(frame, "class"),
      selector: textField(frame, "selector"),
      file: textField(frame, "file"),
      line: integer(field(frame, "line")),
    })),
    microseconds: numberField(result, "microseconds"),
  };
}

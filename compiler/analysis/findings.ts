/**
 * From what a rule finds to a diagnostic: order, one finding a place, final shape.
 * @module
 */
import type { Diagnostic, Severity } from "../syntax/diagnostic.ts";
import type { Finding } from "./rule.ts";

const WEIGHT: Readonly<Record<Severity, number>> = {
  error: 0,
  warning: 1,
  information: 2,
  hint: 3,
};

/** The severity of a finding. */
function severityOf(finding: Finding): Severity {
  return finding.options.severity ?? finding.rule.severity;
}

/** In order of place, and at one place only the gravest: one mistake gives one diagnostic. */
export function sortedFindings(findings: readonly Finding[]): readonly Finding[] {
  const sorted = [...findings].sort((a, b) =>
    a.span.start - b.span.start || a.span.end - b.span.end ||
    WEIGHT[severityOf(a)] - WEIGHT[severityOf(b)] || (a.rule.code < b.rule.code ? -1 : 1)
  );
  return sorted.filter((finding, index) => {
    const before = sorted[index - 1];
    return before === undefined || before.span.start !== finding.span.start ||
      before.span.end !== finding.span.end;
  });
}

/** The diagnostic that a finding is shown as. */
export function toDiagnostic(finding: Finding): Diagnostic {
  const { rule, span, message, options } = finding;
  return {
    code: rule.code,
    severity: severityOf(finding),
    span,
    message,
    ...(options.related === undefined ? {} : { related: options.related }),
    ...(options.fixes === undefined ? {} : { fixes: options.fixes }),
  };
}

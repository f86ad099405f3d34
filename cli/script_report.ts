/**
 * The steps of a script as test reports.
 * @module
 */
import { basename } from "@std/path";
import type { ScriptStep } from "../live/script.ts";
import type { Frame } from "../live/outcome.ts";
import { positionOf, renderDiagnostic } from "./diagnostic_text.ts";
import { plainColors } from "./terminal.ts";
import type { TestReport } from "./test_report.ts";

/** The report of a step; undefined for one that has no expectation and went well. */
export function stepReport(step: ScriptStep, shown: string, text: string): TestReport | undefined {
  if (step.passed && step.expected === undefined) return undefined;
  const { line } = positionOf(text, step.offset);
  const failed = step.failed;
  return {
    class: basename(shown),
    name: `line ${line}: ${firstLine(step.source)}`,
    status: step.passed ? "passed" : step.expected === undefined ? "error" : "failed",
    message: step.passed ? "" : failureText(step, shown),
    file: shown,
    line,
    durationMs: step.durationMs,
    assertions: step.expected === undefined ? 0 : 1,
    details: step.passed || step.expected === undefined
      ? []
      : [{ name: "expected", value: step.expected }, { name: "actual", value: step.actual }],
    trace: failed?.kind === "error"
      ? failed.stack.flatMap((frame) => frame.file === undefined ? [] : [frameText(frame)])
      : [],
  };
}

/** A frame of no class is the statement's own. */
function frameText({ class: owner, selector, file, line }: Frame): string {
  const place = `${file}:${line ?? "?"}`;
  return owner === undefined ? `statement (${place})` : `${owner}>>${selector} (${place})`;
}

/** What went wrong with a step, for people. */
export function failureText(step: ScriptStep, shown: string): string {
  const failed = step.failed;
  const findings = failed?.kind === "refused" ? failed.diagnostics : [];
  const rendered = findings.map((diagnostic) =>
    renderDiagnostic({ file: shown, text: failedText(step), diagnostic }, plainColors)
  );
  const hint = failed !== undefined && "hint" in failed && failed.hint !== undefined
    ? `\nhint: ${failed.hint}`
    : "";
  const main = step.expected === undefined
    ? step.actual.replace(/^ERROR: /, "")
    : `expected: ${step.expected}\n     got: ${step.actual}`;
  return [main + hint, ...rendered].join("\n").trimEnd();
}

function failedText(step: ScriptStep): string {
  return step.failed?.kind === "refused" ? step.failed.text : "";
}

function firstLine(source: string): string {
  const line = source.split("\n")[0] ?? "";
  return line.length > 60 ? `${line.slice(0, 57)}...` : line;
}

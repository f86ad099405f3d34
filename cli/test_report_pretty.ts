/**
 * Test results for people: a line for each class, the failures in full, the counts at the end.
 * @module
 */
import type { Reporter, TestReport, TestSummary } from "./test_report.ts";
import type { Colors, Terminal } from "./terminal.ts";
import { valueDiff } from "./value_diff.ts";

/** Prints a line for each test under its class, and all failures again at the end. */
export function prettyReporter(terminal: Terminal): Reporter {
  const { colors } = terminal;
  const failures: TestReport[] = [];
  let current = "";
  return {
    output: "stdout",
    test(report) {
      const head = headOf(report, colors);
      if (head !== current) {
        current = head;
        terminal.write(`${head}\n`);
      }
      terminal.write(`  ${testLine(report, colors)}\n`);
      if (report.status === "failed" || report.status === "error") failures.push(report);
    },
    end(summary) {
      if (failures.length > 0) terminal.write(`\n${colors.bold("Failures:")}\n`);
      failures.forEach((report, index) =>
        terminal.write(`\n${failureText(report, index + 1, colors)}`)
      );
      terminal.write(`\n${summaryLine(summary, colors)}\n`);
    },
  };
}

/** Class and file; a script has no class. */
function headOf(report: TestReport, colors: Colors): string {
  if (report.file.endsWith(report.class)) return colors.bold(report.file);
  return `${colors.bold(report.class)} ${colors.dim(report.file)}`;
}

function testLine(report: TestReport, colors: Colors): string {
  const time = report.durationMs >= 100 ? colors.dim(` (${duration(report.durationMs)})`) : "";
  switch (report.status) {
    case "passed":
      return `${colors.green("ok")}    ${report.name}${time}`;
    case "skipped":
      return `${colors.yellow("skip")}  ${report.name}` +
        (report.message === "" ? "" : colors.dim(` ${report.message}`));
    case "failed":
      return `${colors.red("FAIL")}  ${report.name}${time}`;
    case "error":
      return `${colors.red("ERROR")} ${report.name}${time}`;
  }
}

function failureText(report: TestReport, number: number, colors: Colors): string {
  const lines = [`${number}. ${colors.bold(`${report.class} ${report.name}`)}`];
  if (report.line > 0 || report.file !== "") {
    lines.push(colors.dim(`   ${report.file}:${Math.max(report.line, 1)}`));
  }
  const diff = differenceLines(report, colors);
  // The message says the same on two long lines.
  if (diff.length === 0 || !report.message.startsWith("expected: ")) {
    lines.push(...indented(report.message, "   "));
  }
  lines.push(...diff.length > 0 ? diff : detailLines(report));
  // A failed assertion of the test itself is told by its line.
  const frames = report.status === "error" || report.trace.length > 1 ? report.trace : [];
  lines.push(...frames.slice(0, 6).map((frame) => colors.dim(`     in ${frame}`)));
  return lines.join("\n") + "\n";
}

/** Where expected and actual value differ; empty where they are short, or not both known. */
function differenceLines({ details }: TestReport, colors: Colors): string[] {
  const valueOf = (wanted: string) => details.find(({ name }) => name === wanted)?.value;
  const expected = valueOf("expected");
  const actual = valueOf("actual");
  if (expected === undefined || actual === undefined) return [];
  const diff = valueDiff(expected, actual, colors);
  if (diff.length === 0) return [];
  const legend = `${colors.red("- expected")} ${colors.green("+ actual")}`;
  return [legend, ...diff].map((line) => `   ${line}`);
}

/** The values that the message does not show already. */
function detailLines({ details, message }: TestReport): string[] {
  return details.filter(({ value }) => !message.includes(value))
    .flatMap(({ name, value }) => [`   ${name}:`, ...indented(value, "     ")]);
}

function indented(text: string, margin: string): string[] {
  return text.trimEnd().split("\n").map((line) => margin + line);
}

function summaryLine(summary: TestSummary, colors: Colors): string {
  const counts = [
    colors.green(`${summary.passed} passed`),
    (summary.failed > 0 ? colors.red : colors.dim)(`${summary.failed} failed`),
  ];
  if (summary.errors > 0) counts.push(colors.red(`${summary.errors} errors`));
  if (summary.skipped > 0) counts.push(colors.yellow(`${summary.skipped} skipped`));
  const seed = summary.seed === undefined ? "" : `, seed ${summary.seed}`;
  return `${counts.join(", ")} ` +
    colors.dim(`(${summary.assertions} assertions, ${duration(summary.durationMs)}${seed})`);
}

function duration(milliseconds: number): string {
  return milliseconds < 1000
    ? `${Math.round(milliseconds)} ms`
    : `${(milliseconds / 1000).toFixed(1)} s`;
}

/**
 * Test results by the Test Anything Protocol, version 14.
 * @module
 */
import type { Reporter, TestReport } from "./test_report.ts";
import type { Terminal } from "./terminal.ts";

/** Prints a line for each test as it ends, and the plan at the end. */
export function tapReporter(terminal: Terminal): Reporter {
  let count = 0;
  terminal.write("TAP version 14\n");
  return {
    output: "stderr",
    test(report) {
      const ok = report.status === "passed" || report.status === "skipped";
      const directive = report.status === "skipped" ? ` # SKIP ${oneLine(report.message)}` : "";
      const name = oneLine(`${report.class} ${report.name}`).replaceAll("#", "\\#");
      terminal.write(`${ok ? "ok" : "not ok"} ${++count} - ${name}${directive}\n`);
      if (ok) return;
      terminal.write("  ---\n");
      const facts = {
        message: report.message,
        severity: report.status,
        file: report.file,
        line: report.line,
        duration_ms: Math.round(report.durationMs * 1000) / 1000,
        ...valuesOf(report),
      };
      // A JSON value is a YAML value too.
      for (const [key, value] of Object.entries(facts)) {
        terminal.write(`  ${key}: ${JSON.stringify(value)}\n`);
      }
      terminal.write("  ...\n");
    },
    end: () => terminal.write(`1..${count}\n`),
  };
}

/** Expected and actual value, where there are both. */
function valuesOf({ details }: TestReport): Record<string, string> {
  return Object.fromEntries(details.map(({ name, value }) => [name, value]));
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}

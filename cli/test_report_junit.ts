/**
 * Test results in the XML form that build servers read: a suite for each class.
 * @module
 */
import type { Reporter, TestReport } from "./test_report.ts";
import type { Terminal } from "./terminal.ts";

/** Prints one document at the end. */
export function junitReporter(terminal: Terminal): Reporter {
  const suites = new Map<string, TestReport[]>();
  return {
    output: "stderr",
    test(report) {
      const key = `${report.class} ${report.file}`;
      const suite = suites.get(key);
      if (suite === undefined) suites.set(key, [report]);
      else suite.push(report);
    },
    end(summary) {
      const counts = `tests="${summary.total}" failures="${summary.failed}" ` +
        `errors="${summary.errors}" skipped="${summary.skipped}" ` +
        `time="${seconds(summary.durationMs)}"`;
      const body = [...suites.values()].map(suiteText).join("");
      terminal.write(
        `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites ${counts}>\n${body}</testsuites>\n`,
      );
    },
  };
}

function suiteText(reports: readonly TestReport[]): string {
  const [{ class: name, file } = { class: "", file: "" }] = reports;
  const count = (status: string) => reports.filter((each) => each.status === status).length;
  const time = reports.reduce((total, each) => total + each.durationMs, 0);
  return `  <testsuite name="${escaped(name)}" file="${escaped(file)}" tests="${reports.length}" ` +
    `failures="${count("failed")}" errors="${count("error")}" skipped="${count("skipped")}" ` +
    `time="${seconds(time)}">\n${reports.map(caseText).join("")}  </testsuite>\n`;
}

function caseText(report: TestReport): string {
  const head =
    `    <testcase classname="${escaped(report.class)}" name="${escaped(report.name)}" ` +
    `file="${escaped(report.file)}" line="${report.line}" time="${seconds(report.durationMs)}"`;
  if (report.status === "passed") return `${head}/>\n`;
  const tag = report.status === "failed" ? "failure" : report.status;
  const text = [report.message, ...report.trace].join("\n");
  const inner = tag === "skipped"
    ? `<skipped message="${escaped(report.message)}"/>`
    : `<${tag} message="${escaped(report.message)}">${escaped(text)}</${tag}>`;
  return `${head}>\n      ${inner}\n    </testcase>\n`;
}

function seconds(milliseconds: number): string {
  return (milliseconds / 1000).toFixed(6);
}

/** Characters that XML 1.0 cannot hold are left out. */
function escaped(text: string): string {
  // deno-lint-ignore no-control-regex -- these are the characters to leave out
  return text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "")
    .replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;").replaceAll("\n", "&#10;");
}

/**
 * Test results as lines of JSON: an object for each test as it ends, then a summary.
 * @module
 */
import type { Reporter } from "./test_report.ts";
import type { Terminal } from "./terminal.ts";

/** Prints one JSON object a line. */
export function jsonReporter(terminal: Terminal): Reporter {
  const print = (value: unknown) => terminal.write(`${JSON.stringify(value)}\n`);
  return {
    output: "stderr",
    test({ details, durationMs, ...report }) {
      const values = Object.fromEntries(details.map(({ name, value }) => [name, value]));
      print({ type: "test", ...report, durationMs: rounded(durationMs), ...values });
    },
    end({ durationMs, seed, ...counts }) {
      print({
        type: "summary",
        ...counts,
        durationMs: rounded(durationMs),
        ...(seed === undefined ? {} : { seed }),
      });
    },
  };
}

function rounded(milliseconds: number): number {
  return Math.round(milliseconds * 1000) / 1000;
}

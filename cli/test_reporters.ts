/**
 * The reporters of test runs, by name.
 * @module
 */
import type { Terminal } from "./terminal.ts";
import type { Reporter } from "./test_report.ts";
import { jsonReporter } from "./test_report_json.ts";
import { junitReporter } from "./test_report_junit.ts";
import { prettyReporter } from "./test_report_pretty.ts";
import { tapReporter } from "./test_report_tap.ts";

/** The reporters by name. */
export const REPORTERS: Readonly<Record<string, (terminal: Terminal) => Reporter>> = {
  pretty: prettyReporter,
  json: jsonReporter,
  junit: junitReporter,
  tap: tapReporter,
};

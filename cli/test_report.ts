/**
 * What a test run tells, as data.
 * @module
 */
import type { TestStatus } from "../live/test_node.ts";

/** One test that has ended. */
export interface TestReport {
  /** The class; for a script or a file that does not compile, the file. */
  readonly class: string;
  readonly name: string;
  readonly status: TestStatus;
  /** Why it did not pass, or why it was skipped; empty when it passed. */
  readonly message: string;
  /** As shown from the working folder. */
  readonly file: string;
  /** Counted from 1. */
  readonly line: number;
  readonly durationMs: number;
  readonly assertions: number;
  /** Expected and actual value, where the assertion has them. */
  readonly details: readonly { readonly name: string; readonly value: string }[];
  /** Frames of Beamtalk code, innermost first. */
  readonly trace: readonly string[];
}

/** The counts of a run. */
export interface TestSummary {
  readonly total: number;
  readonly passed: number;
  readonly failed: number;
  readonly errors: number;
  readonly skipped: number;
  readonly assertions: number;
  readonly durationMs: number;
  /** The seed of the random order; undefined where tests ran in the order of their definition. */
  readonly seed: number | undefined;
}

/** Shows a test run. */
export interface Reporter {
  /** A test has ended. */
  test(report: TestReport): void;
  /** All have. */
  end(summary: TestSummary): void;
  /** Where the output of the tests' node goes: beside the report, or to standard error. */
  readonly output: "stdout" | "stderr";
}

/** Counts reports as they come. */
export class Tally {
  #total = 0;
  #passed = 0;
  #failed = 0;
  #errors = 0;
  #skipped = 0;
  #assertions = 0;
  readonly #start = performance.now();

  /** Counts one. */
  add(report: TestReport): void {
    this.#total++;
    this.#assertions += report.assertions;
    switch (report.status) {
      case "passed":
        this.#passed++;
        break;
      case "failed":
        this.#failed++;
        break;
      case "error":
        this.#errors++;
        break;
      case "skipped":
        this.#skipped++;
        break;
    }
  }

  /** Whether a test failed or had an error. */
  get hasFailed(): boolean {
    return this.#failed + this.#errors > 0;
  }

  /** The counts so far. */
  summary(seed: number | undefined): TestSummary {
    return {
      total: this.#total,
      passed: this.#passed,
      failed: this.#failed,
      errors: this.#errors,
      skipped: this.#skipped,
      assertions: this.#assertions,
      durationMs: performance.now() - this.#start,
      seed,
    };
  }
}

/**
 * Runs suites on a test node: several at a time, a new node when a test takes the old one down.
 * @module
 */
import { NodeDown, type TestEvent, TestNode, type TestNodeOptions } from "../live/test_node.ts";
import type { Suite, TestCase } from "./test_discovery.ts";
import type { TestReport } from "./test_report.ts";

/** How suites are run. */
export interface RunOptions {
  readonly node: TestNodeOptions;
  /** All modules of the program. */
  readonly modules: readonly string[];
  readonly jobs: number;
  readonly timeoutMs: number;
  readonly failFast: boolean;
  /** For the random values of property tests. */
  readonly seed: number | undefined;
  /** A path as the report shows it. */
  readonly shown: (path: string) => string;
  readonly onReport: (report: TestReport) => void;
}

/** Runs the suites. Answers false if it stopped early because a test did not pass. */
export async function runSuites(suites: readonly Suite[], options: RunOptions): Promise<boolean> {
  const runner = new SuiteRunner(options);
  try {
    return await runner.run(suites);
  } finally {
    await runner.close();
  }
}

/** What is left to do of a suite, and what has happened in this run of it. */
interface Progress {
  readonly suite: Suite;
  readonly open: Map<string, TestCase>;
  running: string | undefined;
}

class SuiteRunner {
  readonly #options: RunOptions;
  #node: TestNode | undefined;
  #serial: ReadonlySet<string> = new Set();
  #stopped = false;

  constructor(options: RunOptions) {
    this.#options = options;
  }

  async run(suites: readonly Suite[]): Promise<boolean> {
    const runnable = suites.filter((suite) => {
      if (suite.missingSuperclass === undefined) return true;
      const message = `its superclass ${suite.missingSuperclass} does not compile`;
      for (const test of suite.tests) this.#report(suite, problem(test, message));
      return false;
    });
    if (runnable.length === 0) return !this.#stopped;
    await this.#ensureNode();
    const together = runnable.filter(({ module }) => !this.#serial.has(module));
    const alone = runnable.filter(({ module }) => this.#serial.has(module));
    await this.#runMany(together, this.#options.jobs);
    await this.#runMany(alone, 1);
    return !this.#stopped;
  }

  async close(): Promise<void> {
    await this.#node?.stop();
  }

  async #ensureNode(): Promise<TestNode> {
    if (this.#node !== undefined) return this.#node;
    const node = await TestNode.start(this.#options.node);
    this.#node = node;
    this.#serial = await node.load(this.#options.modules);
    return node;
  }

  async #runMany(suites: readonly Suite[], jobs: number): Promise<void> {
    let pending = suites.map(progressOf);
    let width = jobs;
    while (pending.length > 0 && !this.#stopped) {
      const lost = await this.#runUntilDown(pending, width);
      // After a node went down with several tests under way, they are told apart one by one.
      pending = lost.filter(({ open }) => open.size > 0);
      width = 1;
    }
  }

  /** Runs what is pending until all is done or the node is down; answers what is left. */
  async #runUntilDown(pending: readonly Progress[], width: number): Promise<Progress[]> {
    const node = await this.#ensureNode();
    const queue = [...pending];
    const active = new Set<Progress>();
    let down: NodeDown | undefined;
    const worker = async () => {
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
        if (this.#stopped || down !== undefined) {
          queue.unshift(next);
          return;
        }
        active.add(next);
        try {
          await this.#runOne(node, next);
          active.delete(next);
        } catch (error) {
          if (!(error instanceof NodeDown)) throw error;
          down = error;
          return;
        }
      }
    };
    await Promise.all(Array.from({ length: Math.max(1, width) }, worker));
    if (down === undefined) return [];
    this.#node = undefined;
    await node.stop();
    this.#blame([...active], down);
    return [...active, ...queue];
  }

  async #runOne(node: TestNode, progress: Progress): Promise<void> {
    const { suite, open } = progress;
    const { timeoutMs, failFast, seed } = this.#options;
    progress.running = undefined;
    await node.run(suite.module, [...open.keys()], { timeoutMs, failFast, seed }, (event) => {
      this.#onEvent(progress, event);
    });
    // With fail-fast the rest of the suite is not run.
    open.clear();
  }

  #onEvent(progress: Progress, event: TestEvent): void {
    if (event.kind === "started") {
      progress.running = event.test;
      return;
    }
    const { suite, open } = progress;
    const { outcome } = event;
    const test = open.get(outcome.test) ?? suite.tests[0];
    progress.running = undefined;
    open.delete(outcome.test);
    const { message, status, details, trace, assertions, durationMs } = outcome;
    const line = outcome.line > 0 ? outcome.line : test?.line ?? 1;
    const name = outcome.test;
    this.#report(suite, { name, status, message, line, details, trace, assertions, durationMs });
  }

  /** Tells of the test that took the node down, where it is clear which one it was. */
  #blame(active: readonly Progress[], down: NodeDown): void {
    const [only, ...others] = active;
    if (only === undefined || others.length > 0) return;
    const { suite, open, running } = only;
    const test = running === undefined ? undefined : open.get(running);
    if (test !== undefined) {
      open.delete(test.selector);
      this.#report(suite, problem(test, `${down.message} while the test ran`));
      return;
    }
    const where = open.size === 0 ? "tearDownOnce" : "setUpOnce";
    const tests = open.size === 0 ? [{ selector: where, line: 1 }] : [...open.values()];
    for (const each of tests) this.#report(suite, problem(each, `${down.message} in ${where}`));
    open.clear();
  }

  #report(suite: Suite, report: Omit<TestReport, "class" | "file">): void {
    if (this.#stopped) return;
    const file = this.#options.shown(suite.path);
    this.#options.onReport({ class: suite.class, file, ...report });
    const bad = report.status === "failed" || report.status === "error";
    if (bad && this.#options.failFast) this.#stopped = true;
  }
}

function progressOf(suite: Suite): Progress {
  const open = new Map(suite.tests.map((test) => [test.selector, test]));
  return { suite, open, running: undefined };
}

function problem(test: TestCase, message: string): Omit<TestReport, "class" | "file"> {
  return {
    name: test.selector,
    status: "error",
    message,
    line: test.line,
    details: [],
    trace: [],
    assertions: 0,
    durationMs: 0,
  };
}

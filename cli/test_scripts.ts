/**
 * Runs scripts as tests, each on a node of its own, several at a time.
 * @module
 */
import { basename, dirname } from "@std/path";
import type { FileFacts } from "../compiler/analysis/class_facts.ts";
import { startPort } from "../live/build_compile.ts";
import type { OnCovered } from "../live/covered_lines.ts";
import type { Installation } from "../live/installation.ts";
import { runScript, ScriptNode, type ScriptNodeOptions } from "../live/script_node.ts";
import { readSourceText } from "../live/live_program.ts";
import { stepReport } from "./script_report.ts";
import type { TestReport } from "./test_report.ts";

/** How texts that are run step by step, scripts and examples, are tested. */
export interface StepTestOptions {
  readonly installation: Installation;
  readonly library: readonly FileFacts[];
  /** Makes a folder that is removed at the end. */
  readonly temporaryFolder: () => Promise<string>;
  readonly workingFolder: string;
  /** For each statement. */
  readonly timeoutMs: number;
  /** Stop after the first step that does not pass. */
  readonly failFast: boolean;
  /** Told of the lines that were reached, where that is asked for. */
  readonly onCovered: OnCovered | undefined;
  readonly shown: (path: string) => string;
  /** Whether a step is wanted, by its script or class and its own name. */
  readonly matches: (owner: string, name: string) => boolean;
  readonly onReport: (report: TestReport) => void;
  readonly onOutput: (text: string) => void;
}

/** How scripts are run. */
export interface ScriptsOptions extends StepTestOptions {
  /** How many at a time. */
  readonly jobs: number;
}

/** Runs the scripts. Answers false if it stopped early. */
export async function runScripts(
  paths: readonly string[],
  options: ScriptsOptions,
): Promise<boolean> {
  const queue = paths.map((path, index) => ({ path, label: String(index + 1) }));
  let stopped = false;
  const worker = async () => {
    // Each worker has its own port program: what nodes send comes to the one that joined them.
    const port = await startPort(options.installation);
    const home = await options.temporaryFolder();
    const { installation, library, onCovered } = options;
    const ahead: Prepared[] = [];
    const prepare = () => {
      while (!stopped && ahead.length < NODES_AHEAD) {
        const script = queue.shift();
        if (script === undefined) return;
        const node = { installation, library, port, home, onCovered, label: script.label };
        const ready = ScriptNode.prepare(dirname(script.path), node);
        ready.catch(() => {});
        ahead.push({ ...script, node, ready });
      }
    };
    try {
      prepare();
      for (let current = ahead.shift(); current !== undefined; current = ahead.shift()) {
        await current.ready.catch(() => {});
        prepare();
        if (stopped) await discard(current);
        else if (!await runOne(current, options)) stopped = options.failFast;
      }
    } finally {
      await port.close();
    }
  };
  const width = Math.min(Math.max(1, options.jobs), paths.length);
  await Promise.all(Array.from({ length: width }, worker));
  return !stopped;
}

/** Nodes that start while a script runs: to start one takes longer than most scripts do. */
const NODES_AHEAD = 3;

interface Script {
  readonly path: string;
  /** Tells its node from those of the scripts beside it. */
  readonly label: string;
}

/** A script whose node is being started. */
interface Prepared extends Script {
  readonly node: ScriptNodeOptions;
  readonly ready: Promise<void>;
}

/** Ends the node of a script that is not run. */
async function discard({ path, node }: Prepared): Promise<void> {
  await ScriptNode.start(dirname(path), node).then((started) => started.stop(), () => {});
}

/** Runs one script; its reports come together where others run beside it. Answers if all passed. */
async function runOne(
  { path, node }: Prepared,
  options: ScriptsOptions,
): Promise<boolean> {
  const reports: TestReport[] = [];
  const isAlone = options.jobs <= 1;
  let count = 0;
  let passed = true;
  const report = (each: TestReport) => {
    count++;
    passed &&= each.status === "passed" || each.status === "skipped";
    if (isAlone) options.onReport(each);
    else reports.push(each);
  };
  const shown = options.shown(path);
  try {
    const text = await readSourceText({ path, shown });
    const { workingFolder, timeoutMs: limitMs, onOutput } = options;
    const run = { ...node, workingFolder, limitMs, onOutput, again: true };
    for await (const step of runScript(path, run)) {
      const found = stepReport(step, shown, text);
      if (found === undefined || !options.matches(found.class, found.name)) continue;
      report(found);
      if (options.failFast && !passed) break;
    }
    if (count === 0 && options.matches(basename(shown), "runs")) report(whole(shown, ""));
  } catch (error) {
    report(whole(shown, error instanceof Error ? error.message : String(error)));
  }
  for (const each of reports) options.onReport(each);
  return passed;
}

/** A script without expectations is a test that it runs. */
function whole(shown: string, failure: string): TestReport {
  return {
    class: basename(shown),
    name: "runs",
    status: failure === "" ? "passed" : "error",
    message: failure,
    file: shown,
    line: 1,
    durationMs: 0,
    assertions: 0,
    details: [],
    trace: [],
  };
}

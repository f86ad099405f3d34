/**
 * The node that a script runs on: started for it, stopped after it, shared with nobody.
 * @module
 */
import { dirname } from "@std/path";
import type { FileFacts } from "../compiler/analysis/class_facts.ts";
import type { PortProgram } from "../bridge/mod.ts";
import type { Installation } from "./installation.ts";
import { answerNode } from "./node_requests.ts";
import { type OpenWorkspace, openWorkspace } from "./open_workspace.ts";
import { workspaceRoot } from "./workspace_record.ts";
import { ScriptNodeLost, type ScriptStep, scriptSteps, type StepOptions } from "./script.ts";
import { Session } from "./session.ts";
import { shownFrom } from "../compiler/project/sources.ts";
import { readSourceText } from "./live_program.ts";
import { coveredLines, type OnCovered } from "./covered_lines.ts";
import { ensureWorkspace } from "./workspace_start.ts";

/** What starting a node for scripts needs. */
export interface ScriptNodeOptions {
  readonly installation: Installation;
  readonly library: readonly FileFacts[];
  readonly port: PortProgram;
  /** A folder for the record of the node. */
  readonly home: string;
  /** Tells nodes apart that run for one folder at the same time. */
  readonly label?: string;
  /** Told at the end how often each line of the code that was compiled for the node was reached. */
  readonly onCovered?: OnCovered | undefined;
}

/** What running a script on a node of its own needs. */
export interface ScriptOptions extends ScriptNodeOptions, StepOptions {
  /** What the script's code writes, as it comes. */
  readonly onOutput: (text: string) => void;
  /**
   * Run the script again, statement by statement, when the node went down, to tell which one took it
   * down; a `ScriptNodeLost` is thrown otherwise.
   */
  readonly again?: boolean;
}

/** A node whose command was killed ends by itself, soon where the command had joined it. */
const LIFE = { idleSeconds: 60, goneSeconds: 1 };

/** A running node with the project around a folder loaded. */
export class ScriptNode {
  readonly #open: OpenWorkspace;
  readonly #onCovered: OnCovered | undefined;

  private constructor(open: OpenWorkspace, onCovered: OnCovered | undefined) {
    this.#open = open;
    this.#onCovered = onCovered;
  }

  /** Starts a node ahead, so that `start` with the same folder and label finds it running. */
  static async prepare(folder: string, options: ScriptNodeOptions): Promise<void> {
    const root = await workspaceRoot(folder);
    await ensureWorkspace({ ...options, root, ...LIFE });
  }

  /** Starts a node for the scripts of a folder. */
  static async start(folder: string, options: ScriptNodeOptions): Promise<ScriptNode> {
    const { onCovered } = options;
    const coverage = onCovered !== undefined;
    const open = await openWorkspace(folder, { ...options, ...LIFE, coverage });
    if (open.refused !== undefined) throw open.refused;
    return new ScriptNode(open, onCovered);
  }

  /** The workspace of the node. */
  get open(): OpenWorkspace {
    return this.#open;
  }

  /** Runs a text in a session of its own, as if it were the file `path`. */
  async *run(
    path: string,
    text: string,
    options: StepOptions & { readonly onOutput: (text: string) => void },
  ): AsyncGenerator<ScriptStep> {
    const open = this.#open;
    const session = await Session.open(open.workspace, open.program, options.onOutput);
    try {
      await answerNode(open);
      yield* scriptSteps({ path, text, session, open }, options);
    } finally {
      await session.close();
    }
  }

  /** A node that has gone down tells nothing. */
  async #tellCovered(): Promise<void> {
    if (this.#onCovered === undefined) return;
    const counts = await this.#open.workspace.call("beamtalk_coverage", "all", [], 5_000)
      .catch(() => []);
    for (const { module, lines } of coveredLines(counts)) this.#onCovered(module, lines);
  }

  /** Ends the node at once, whatever runs there, and waits until the connection is gone. */
  async stop(): Promise<void> {
    const { workspace, connections } = this.#open;
    await this.#tellCovered();
    await workspace.call("erlang", "halt", [0], 5_000).catch(() => {});
    await connections.nodes.disconnect(workspace.node).catch(() => {});
  }
}

/** Runs a script on a node of its own. The node is stopped at the end, come what may. */
export async function* runScript(path: string, options: ScriptOptions): AsyncGenerator<ScriptStep> {
  const text = await readSourceText({ path, shown: shownFrom(options.workingFolder, path) });
  let told = 0;
  try {
    for await (const step of runOnce(path, text, options)) {
      told++;
      yield step;
    }
  } catch (error) {
    if (!(error instanceof ScriptNodeLost) || options.again !== true) throw error;
    const label = `${options.label ?? ""}again`;
    for await (const step of runOnce(path, text, { ...options, label, apart: true })) {
      if (told-- <= 0) yield step;
    }
  }
}

async function* runOnce(
  path: string,
  text: string,
  options: ScriptOptions,
): AsyncGenerator<ScriptStep> {
  const node = await ScriptNode.start(dirname(path), options);
  try {
    yield* node.run(path, text, options);
  } finally {
    await node.stop();
  }
}

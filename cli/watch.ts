/**
 * `beamtalk watch`: load what is saved into the project's workspace, as it is saved.
 * @module
 */
import type { WantedNodes } from "../live/other_nodes.ts";
import { join } from "@std/path";
import { MANIFEST_FILE } from "../compiler/project/manifest.ts";
import { ProjectError } from "../compiler/project/sources.ts";
import { SourceError } from "../live/live_program.ts";
import { answerNode } from "../live/node_requests.ts";
import { type OpenWorkspace, openWorkspace } from "../live/open_workspace.ts";
import { type DeletedFile, forgetDeleted, loadChanged } from "../live/project_changes.ts";
import { type LoadReport, NodeRefusal, type Workspace } from "../live/workspace.ts";
import { beamtalkHome, findRunning } from "../live/workspace_record.ts";
import { WorkspaceStartError } from "../live/workspace_start.ts";
import { NodeError } from "../bridge/mod.ts";
import { type Command, CommandFailure, type Context, ExitCode } from "./command.ts";
import {
  otherNodes,
  printOpening,
  printRefusal,
  printSourceFindings,
  reportLines,
  wantedNodes,
  withWorkspace,
} from "./live_toolchain.ts";
import { gitIsWriting, saves } from "./saves.ts";
import { SourceEvents } from "./source_events.ts";
import { projectFailure } from "./toolchain.ts";

/** The command. */
export const command: Command = {
  usage: ["beamtalk watch"],
  description:
    "Watches the sources of the project around the working folder and loads each change into its\n" +
    "workspace when it is saved: a line for each load, with its time. Living actors keep their\n" +
    "state; what cannot be loaded changes nothing. Ctrl-C ends it; the workspace goes on.",
  options: [
    { name: "nodes", value: "A,B", multiple: true, summary: "load on these workspace nodes too" },
    { name: "cluster", summary: "on all nodes of the cluster" },
  ],
  run: (args, context) =>
    withWorkspace(context, async (open) => {
      const watch = new Watch(open, wantedNodes(args), context);
      await watch.joinOthers();
      const events = eventsOf(open.root);
      const stop = () => events.close();
      Deno.addSignalListener("SIGINT", stop);
      context.terminal.write(`Watching ${open.root}; loading into ${open.workspace.node}\n`);
      try {
        for await (const _ of saves(events, () => gitIsWriting(open.root))) await watch.reload();
      } finally {
        Deno.removeSignalListener("SIGINT", stop);
      }
      return ExitCode.ok;
    }),
};

function eventsOf(root: string): SourceEvents {
  try {
    return new SourceEvents(root);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new CommandFailure(`there is no folder ${join(root, "src")} to watch`);
  }
}

/** A workspace that is brought up to date with each save. */
class Watch {
  #open: OpenWorkspace;
  readonly #wanted: WantedNodes;
  readonly #context: Context;
  /** The manifest that the program was read with. */
  #manifest: string | undefined;
  /** Whether what was saved last could not be loaded. */
  #hasFailed = false;

  constructor(open: OpenWorkspace, wanted: WantedNodes, context: Context) {
    this.#open = open;
    this.#wanted = wanted;
    this.#context = context;
    this.#manifest = manifestOf(open.root);
  }

  /** Connects to the other nodes that are loaded into. */
  joinOthers(): Promise<readonly Workspace[]> {
    return otherNodes(this.#open, this.#wanted, this.#context);
  }

  /** Loads what has changed, and tells what came of it. */
  async reload(): Promise<void> {
    try {
      const started = performance.now();
      if (manifestOf(this.#open.root) !== this.#manifest) await this.#readAnew(started);
      await this.#loadSaved(started);
      this.#hasFailed = false;
    } catch (error) {
      this.#hasFailed = true;
      tellFailure(error, this.#context);
      if (error instanceof NodeError) await this.#reopen();
    }
  }

  async #loadSaved(started: number): Promise<void> {
    const { workspace, program } = this.#open;
    const { terminal } = this.#context;
    const others = await this.joinOthers();
    const before = program.sources.flatMap(({ path, shown }) =>
      program.classesOf(path).map((name) => ({ name, shown }))
    );
    const gone = await forgetDeleted(workspace, program);
    const loaded = await loadChanged([workspace, ...others], program);
    const isAnyGone = this.#tellGone(gone, before);
    const [report] = loaded?.reports ?? [];
    if (loaded === undefined || report === undefined) {
      if (this.#hasFailed) terminal.write("Mended: what is saved is what runs\n");
      return;
    }
    printSourceFindings(loaded.compiled.findings, this.#context);
    if (report.loaded.length > 0 || !isAnyGone) this.#tellLoaded(report, started);
  }

  /** Files that are gone, and classes that their files declare no more; answers if there are any. */
  #tellGone(
    gone: readonly DeletedFile[],
    before: readonly { readonly name: string; readonly shown: string }[],
  ): boolean {
    const { program } = this.#open;
    const { terminal } = this.#context;
    const declared = new Set(program.sources.flatMap(({ path }) => program.classesOf(path)));
    const stays = (name: string) => `${name} stays loaded until ${name} removeFromSystem`;
    for (const { source, classes } of gone) {
      const left = classes.filter((name) => !declared.has(name)).map((name) => `; ${stays(name)}`);
      terminal.write(`Gone ${source.shown}${left.join("")}\n`);
    }
    const files = new Set(gone.map(({ source }) => source.shown));
    const undeclared = before.filter(({ name, shown }) => !declared.has(name) && !files.has(shown));
    for (const { name, shown } of undeclared) {
      terminal.write(`Gone ${name} from ${shown}; ${stays(name)}\n`);
    }
    return gone.length + undeclared.length > 0;
  }

  #tellLoaded(report: LoadReport, started: number): void {
    const elapsed = (performance.now() - started).toFixed(0);
    const { terminal } = this.#context;
    const [line = "", ...warnings] = shortReport(report).trimEnd().split("\n");
    const what = report.loaded.length + report.migrated === 0
      ? "Nothing to reload"
      : `Reloaded ${line}`;
    terminal.write(`${what} (${elapsed} ms)\n`);
    for (const warning of warnings) terminal.write(`${warning}\n`);
  }

  /** With another manifest it may be another program: other packages, another name. */
  async #readAnew(started: number): Promise<void> {
    const { root, options } = this.#open;
    const manifest = manifestOf(root);
    this.#open = await openWorkspace(root, options);
    this.#manifest = manifest;
    this.#hasFailed = false;
    await answerNode(this.#open);
    printOpening(this.#open, this.#context);
    printRefusal(this.#open, this.#context);
    this.#context.terminal.write(`Read ${MANIFEST_FILE}\n`);
    if (this.#open.report !== undefined) this.#tellLoaded(this.#open.report, started);
  }

  /** Where the node is gone, goes on with what is saved now in another one, which may run already. */
  async #reopen(): Promise<void> {
    const { root, options, record } = this.#open;
    const running = await findRunning(beamtalkHome(), record.folder);
    if (running?.node.osPid === record.node.osPid) return;
    this.#open = await openWorkspace(root, options);
    await answerNode(this.#open);
    this.#hasFailed = false;
    const { node } = this.#open.workspace;
    this.#context.terminal.write(`The workspace had ended; loading into ${node} again\n`);
  }
}

/** The text of a project's manifest; undefined where there is none to be read. */
function manifestOf(root: string): string | undefined {
  try {
    return Deno.readTextFileSync(join(root, MANIFEST_FILE));
  } catch {
    return undefined;
  }
}

/** How many classes a line names. */
const NAMED_AT_MOST = 12;

function shortReport(report: LoadReport): string {
  const names = new Set(report.loaded.flatMap(({ class: name }) => name ?? []));
  if (names.size <= NAMED_AT_MOST) return reportLines(report);
  return reportLines({ ...report, loaded: [{ module: "", class: `${names.size} classes` }] });
}

function tellFailure(thrown: unknown, context: Context): void {
  const { terminal } = context;
  const error = thrown instanceof ProjectError ? projectFailure(thrown, context) : thrown;
  if (!(error instanceof Error) || !EXPECTED.some((kind) => error instanceof kind)) throw error;
  if (error instanceof SourceError) printSourceFindings(error.findings, context);
  terminal.writeError(`${terminal.errorColors.red("error:")} ${error.message}\n`);
  if (error instanceof NodeRefusal && error.hint !== undefined) {
    terminal.writeError(`${terminal.errorColors.cyan("hint:")} ${error.hint}\n`);
  }
}

/** What ends a load, and not the watching. */
const EXPECTED = [
  SourceError,
  NodeRefusal,
  NodeError,
  CommandFailure,
  WorkspaceStartError,
  Deno.errors.NotFound,
];

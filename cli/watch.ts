/**
 * `beamtalk watch`: load what is saved into the project's workspace, as it is saved.
 * @module
 */
import { join } from "@std/path";
import { SourceError } from "../live/live_program.ts";
import { answerNode } from "../live/node_requests.ts";
import { type OpenWorkspace, openWorkspace } from "../live/open_workspace.ts";
import { forgetDeleted, loadChanged } from "../live/project_changes.ts";
import { type LoadReport, NodeRefusal } from "../live/workspace.ts";
import { beamtalkHome, findRunning } from "../live/workspace_record.ts";
import { NodeError } from "../bridge/mod.ts";
import { type Command, CommandFailure, type Context, ExitCode } from "./command.ts";
import {
  otherNodes,
  printSourceFindings,
  reportLines,
  type WantedNodes,
  wantedNodes,
  withWorkspace,
} from "./live_toolchain.ts";
import { gitIsWriting, saves } from "./saves.ts";

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
    withWorkspace(context, async (opened) => {
      let open = opened;
      const wanted = wantedNodes(args);
      await otherNodes(open, wanted, context);
      const watcher = watchSources(open.root);
      const stop = () => watcher.close();
      Deno.addSignalListener("SIGINT", stop);
      context.terminal.write(`Watching ${open.root}; loading into ${open.workspace.node}\n`);
      try {
        for await (const _ of saves(watcher, () => gitIsWriting(open.root))) {
          open = await reload(open, wanted, context);
        }
      } finally {
        Deno.removeSignalListener("SIGINT", stop);
      }
      return ExitCode.ok;
    }),
};

function watchSources(root: string): Deno.FsWatcher {
  try {
    return Deno.watchFs(join(root, "src"));
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new CommandFailure(`there is no folder ${join(root, "src")} to watch`);
  }
}

/** Loads what has changed; answers the workspace to go on with. */
async function reload(
  open: OpenWorkspace,
  wanted: WantedNodes,
  context: Context,
): Promise<OpenWorkspace> {
  try {
    await loadSaved(open, wanted, context);
    return open;
  } catch (error) {
    tellFailure(error, context);
    return error instanceof NodeError ? await reopened(open, context) : open;
  }
}

async function loadSaved(
  open: OpenWorkspace,
  wanted: WantedNodes,
  context: Context,
): Promise<void> {
  const { terminal } = context;
  const started = performance.now();
  const others = await otherNodes(open, wanted, context);
  const gone = await forgetDeleted(open.workspace, open.program);
  const loaded = await loadChanged([open.workspace, ...others], open.program);
  for (const { source, classes } of gone) {
    const left = classes.filter((name) => open.program.sourceOf(name) === undefined);
    const stays = left.map((name) => `; ${name} stays loaded until ${name} removeFromSystem`);
    terminal.write(`Gone ${source.shown}${stays.join("")}\n`);
  }
  const [report] = loaded?.reports ?? [];
  if (loaded === undefined || report === undefined) return;
  const elapsed = (performance.now() - started).toFixed(0);
  printSourceFindings(loaded.compiled.findings, context);
  const [line = "", ...warnings] = shortReport(report).trimEnd().split("\n");
  terminal.write(`Reloaded ${line} (${elapsed} ms)\n`);
  for (const warning of warnings) terminal.write(`${warning}\n`);
}

/** How many classes a line names. */
const NAMED_AT_MOST = 12;

function shortReport(report: LoadReport): string {
  const names = new Set(report.loaded.flatMap(({ class: name }) => name ?? []));
  if (names.size <= NAMED_AT_MOST) return reportLines(report);
  return reportLines({ ...report, loaded: [{ module: "", class: `${names.size} classes` }] });
}

function tellFailure(error: unknown, context: Context): void {
  const { terminal } = context;
  if (!(error instanceof Error) || !EXPECTED.some((kind) => error instanceof kind)) throw error;
  if (error instanceof SourceError) printSourceFindings(error.findings, context);
  terminal.writeError(`${terminal.errorColors.red("error:")} ${error.message}\n`);
  if (error instanceof NodeRefusal && error.hint !== undefined) {
    terminal.writeError(`${terminal.errorColors.cyan("hint:")} ${error.hint}\n`);
  }
}

/** The workspace started anew with what is saved now, where its node is gone. */
async function reopened(open: OpenWorkspace, context: Context): Promise<OpenWorkspace> {
  if (await findRunning(beamtalkHome(), open.record.folder) !== undefined) return open;
  const again = await openWorkspace(open.root, open.options);
  await answerNode(again);
  context.terminal.write(`The workspace had ended; loading into ${again.workspace.node} again\n`);
  return again;
}

/** What ends a load, and not the watching. */
const EXPECTED = [SourceError, NodeRefusal, NodeError, CommandFailure, Deno.errors.NotFound];

/**
 * `beamtalk watch`: load what is saved into the project's workspace, as it is saved.
 * @module
 */
import { join } from "@std/path";
import { SourceError } from "../live/live_program.ts";
import type { OpenWorkspace } from "../live/open_workspace.ts";
import { loadChanged } from "../live/project_changes.ts";
import { NodeRefusal } from "../live/workspace.ts";
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
      const wanted = wantedNodes(args);
      await otherNodes(open, wanted, context);
      const watcher = watchSources(open.root);
      const stop = () => watcher.close();
      Deno.addSignalListener("SIGINT", stop);
      context.terminal.write(`Watching ${open.root}; loading into ${open.workspace.node}\n`);
      try {
        for await (const _ of settled(watcher)) {
          await reload(open, wanted, context);
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

/** How long after the last event the files are taken to be saved. */
const SETTLED_MS = 8;

/** Ticks once for each burst of events that concerns a source. */
async function* settled(watcher: Deno.FsWatcher): AsyncGenerator<void> {
  const events = watcher[Symbol.asyncIterator]();
  let next = events.next();
  for (;;) {
    const first = await next;
    if (first.done === true) return;
    next = events.next();
    let concerns = isOfSource(first.value);
    for (;;) {
      const more = await Promise.race([next, after(SETTLED_MS)]);
      if (more === "quiet" || more.done === true) break;
      concerns ||= isOfSource(more.value);
      next = events.next();
    }
    if (concerns) yield;
  }
}

function isOfSource({ kind, paths }: Deno.FsEvent): boolean {
  return kind !== "access" && paths.some((path) => path.endsWith(".bt"));
}

function after(milliseconds: number): Promise<"quiet"> {
  return new Promise((resolve) => setTimeout(() => resolve("quiet"), milliseconds));
}

async function reload(
  open: OpenWorkspace,
  wanted: WantedNodes,
  context: Context,
): Promise<void> {
  const { terminal } = context;
  const started = performance.now();
  try {
    const others = await otherNodes(open, wanted, context);
    const loaded = await loadChanged([open.workspace, ...others], open.program);
    const [report] = loaded?.reports ?? [];
    if (loaded === undefined || report === undefined) return;
    const elapsed = (performance.now() - started).toFixed(0);
    printSourceFindings(loaded.compiled.findings, context);
    const [line = "", ...warnings] = reportLines(report).trimEnd().split("\n");
    terminal.write(`Reloaded ${line} (${elapsed} ms)\n`);
    for (const warning of warnings) terminal.write(`${warning}\n`);
  } catch (error) {
    if (!(error instanceof Error) || !EXPECTED.some((kind) => error instanceof kind)) throw error;
    if (error instanceof SourceError) printSourceFindings(error.findings, context);
    terminal.writeError(`${terminal.errorColors.red("error:")} ${error.message}\n`);
    if (error instanceof NodeRefusal && error.hint !== undefined) {
      terminal.writeError(`${terminal.errorColors.cyan("hint:")} ${error.hint}\n`);
    }
  }
}

/** What ends a load, and not the watching. */
const EXPECTED = [SourceError, NodeRefusal, NodeError, CommandFailure, Deno.errors.NotFound];

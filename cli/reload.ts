/**
 * `beamtalk reload`: bring running classes up to date with their files.
 * @module
 */
import type { SourceFile } from "../compiler/project/sources.ts";
import type { OpenWorkspace } from "../live/open_workspace.ts";
import { loadFiles } from "../live/program_change.ts";
import { readSourceText, SourceError } from "../live/live_program.ts";
import { type Command, type Context, ExitCode } from "./command.ts";
import {
  otherNodes,
  printLoaded,
  reportLines,
  tellingWhy,
  wantedNodes,
  withWorkspace,
} from "./live_toolchain.ts";

/** The command. */
export const command: Command = {
  usage: ["beamtalk reload [CLASS...]"],
  description:
    "Loads the files of the classes again, of all where none is named. Living actors keep\n" +
    "their state: a new field gets its default, a patch migrates, and what cannot be migrated\n" +
    "changes nothing.",
  options: [
    {
      name: "force",
      summary: "although blocks of code that goes are kept: they fail when they are called",
    },
    { name: "dry-run", summary: "say what would happen, change nothing" },
    { name: "nodes", value: "A,B", multiple: true, summary: "on these workspace nodes too" },
    { name: "cluster", summary: "on all nodes of the cluster" },
    { name: "json", summary: "answer as JSON" },
  ],
  run: (args, context) =>
    withWorkspace(
      context,
      async (open) => {
        if (args.flag("dry-run")) return await dryRun(open, args.positional, context);
        const sources = sourcesOf(open, args.positional);
        const workspaces = [
          open.workspace,
          ...await otherNodes(open, wantedNodes(args), context),
        ];
        const force = args.flag("force");
        const loaded = await loadFiles(workspaces, open.program, sources, "replace", force);
        printLoaded("Reloaded", loaded, workspaces, context, args.flag("json"));
        return ExitCode.ok;
      },
      undefined,
      { load: false },
    ),
};

function sourcesOf(open: OpenWorkspace, classes: readonly string[]): readonly SourceFile[] {
  if (classes.length === 0) return open.program.sources;
  return classes.map((name) => {
    const source = open.program.sourceOf(name);
    if (source === undefined) throw new SourceError(`no file of the project declares ${name}`);
    return source;
  });
}

function dryRun(
  open: OpenWorkspace,
  classes: readonly string[],
  context: Context,
): Promise<number> {
  return tellingWhy(context, async () => {
    const changed = await Promise.all(
      sourcesOf(open, classes).map(async (source) => ({
        source,
        text: await readSourceText(source),
      })),
    );
    const { modules } = await open.program.compile(changed);
    const report = await open.workspace.check(modules);
    context.terminal.write(`Would load: ${reportLines(report)}`);
    return ExitCode.ok;
  });
}

/**
 * `beamtalk reload`: bring running classes up to date with their files.
 * @module
 */
import type { SourceFile } from "../compiler/project/sources.ts";
import type { OpenWorkspace } from "../live/open_workspace.ts";
import { isTyped } from "../live/changes.ts";
import { loadFiles } from "../live/program_change.ts";
import { filesOnDisk } from "../live/program_sources.ts";
import { readSourceText, SourceError } from "../live/live_program.ts";
import { atom } from "../bridge/mod.ts";
import type { Plain } from "../live/node_terms.ts";
import type { LoadReport, Workspace } from "../live/workspace.ts";
import { type Arguments, type Command, type Context, ExitCode } from "./command.ts";
import {
  otherNodes,
  printLoaded,
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
        const workspaces = [
          open.workspace,
          ...await otherNodes(open, wantedNodes(args), context),
        ];
        if (args.flag("dry-run")) return await dryRun(open, workspaces, args, context);
        const sources = await sourcesOf(open, args.positional);
        const force = args.flag("force");
        const loaded = await loadFiles(workspaces, open.program, sources, "replace", force);
        const told = { ...loaded, reports: await withStrays(open, workspaces, loaded.reports) };
        printLoaded("Reloaded", told, workspaces, context, args.flag("json"));
        return ExitCode.ok;
      },
      undefined,
      { load: false },
    ),
};

/** The files of the named classes; without names all of the project, those that were never loaded too. */
async function sourcesOf(
  open: OpenWorkspace,
  classes: readonly string[],
): Promise<readonly SourceFile[]> {
  if (classes.length === 0) {
    const known = open.program.sources.filter(({ path }) => !isTyped(path));
    const paths = new Set(known.map(({ path }) => path));
    return [...known, ...(await filesOnDisk(open.root)).filter(({ path }) => !paths.has(path))];
  }
  return classes.map((name) => {
    const source = open.program.sourceOf(name);
    if (source === undefined || isTyped(source.path)) {
      throw new SourceError(`no file of the project declares ${name}`);
    }
    return source;
  });
}

function dryRun(
  open: OpenWorkspace,
  workspaces: readonly Workspace[],
  args: Arguments,
  context: Context,
): Promise<number> {
  return tellingWhy(context, async () => {
    const changed = await Promise.all(
      (await sourcesOf(open, args.positional)).map(async (source) => ({
        source,
        text: await readSourceText(source),
      })),
    );
    const compiled = await open.program.compile(changed);
    const checked = await Promise.all(workspaces.map((each) => each.check(compiled.modules)));
    const reports = await withStrays(open, workspaces, checked);
    printLoaded("Would load:", { compiled, reports }, workspaces, context, args.flag("json"));
    return ExitCode.ok;
  });
}

/** Tells of loaded classes that were in a file and are in none any more. */
function withStrays(
  open: OpenWorkspace,
  workspaces: readonly Workspace[],
  reports: readonly LoadReport[],
): Promise<readonly LoadReport[]> {
  return Promise.all(reports.map(async (report, index) => {
    const node = workspaces[index]!;
    const classes = await node.info("classes") as unknown as readonly LoadedClass[];
    const strays = classes.filter(({ name, file }) =>
      file !== null && file.endsWith(".bt") && open.program.sourceOf(name) === undefined
    );
    const warnings = await Promise.all(strays.map(async ({ name, module }) => {
      const actors = await node.info("actors_of", [atom(module)]) as readonly Plain[];
      const living = actors.length === 0
        ? ""
        : `, with ${actors.length} living ${actors.length === 1 ? "actor" : "actors"},`;
      return `${name} is in no file any more; it stays${living} until ${name} removeFromSystem`;
    }));
    return { ...report, warnings: [...report.warnings, ...warnings] };
  }));
}

interface LoadedClass {
  readonly name: string;
  readonly module: string;
  readonly file: string | null;
}

/**
 * Loading files into a workspace, by a command of its own or by the daemon.
 * @module
 */
import type { Opening, OpenWorkspace } from "../live/open_workspace.ts";
import { type LoadedFiles, loadFiles } from "../live/program_change.ts";
import { sourcesAt } from "../live/program_sources.ts";
import { type Context, ExitCode } from "./command.ts";
import { otherNodes, printLoaded, printRefusal, withWorkspace } from "./live_toolchain.ts";

/** What is loaded, and where. */
export interface LoadRequest {
  readonly paths: readonly string[];
  readonly nodes: readonly string[];
  readonly cluster: boolean;
  readonly json: boolean;
}

/** Loads into the workspace of the working folder. */
export function load(request: LoadRequest, context: Context): Promise<number> {
  // Several nodes change together or not at all: opening the first must not be ahead.
  const isAlone = request.nodes.length === 0 && !request.cluster;
  return withWorkspace(
    context,
    (open, opening) => loadInto(open, request, context, opening),
    undefined,
    { load: isAlone || "new", tellsOpening: true },
  );
}

/** Loads into an open workspace. `opening` is what opening it has loaded already. */
export async function loadInto(
  open: OpenWorkspace,
  { paths, nodes, cluster, json }: LoadRequest,
  context: Context,
  opening: Opening,
): Promise<number> {
  const { program } = open;
  const found = await Promise.all(
    paths.map((path) => sourcesAt(program, path, context.workingFolder)),
  );
  const workspaces = [open.workspace, ...await otherNodes(open, { nodes, cluster }, context)];
  const loaded = await loadFiles(workspaces, program, found.flat());
  printLoaded("Loaded", withOpening(loaded, opening), workspaces, context, json);
  printRefusal(opening, context);
  return ExitCode.ok;
}

/** Classes of the files that were loaded when the workspace was opened are loaded by the command. */
function withOpening(files: LoadedFiles, { report }: Opening): LoadedFiles {
  const [first, ...others] = files.reports;
  if (report === undefined || first === undefined) return files;
  const own = new Set(files.compiled.classes.map(({ name }) => name));
  const before = report.loaded.filter(({ class: name }) => name !== undefined && own.has(name));
  return {
    ...files,
    reports: [{
      ...first,
      loaded: [...before, ...first.loaded],
      migrated: report.migrated + first.migrated,
      warnings: [...report.warnings, ...first.warnings],
    }, ...others],
  };
}

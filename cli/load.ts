/**
 * `beamtalk load`: compile files and load them into the project's workspace.
 * @module
 */
import { loadFiles } from "../live/program_change.ts";
import { sourcesAt } from "../live/program_sources.ts";
import { type Command, ExitCode, UsageError } from "./command.ts";
import { otherNodes, withWorkspace } from "./live_toolchain.ts";
import { printLoaded } from "./live_toolchain.ts";

/** The command. */
export const command: Command = {
  usage: ["beamtalk load PATH..."],
  description:
    "Compiles .bt files, or all below a folder, and loads them into the workspace of the project\n" +
    "around the working folder: all in one step, or, where something is wrong, none of them.",
  options: [
    { name: "nodes", value: "A,B", multiple: true, summary: "load on these workspace nodes too" },
    { name: "json", summary: "answer as JSON" },
  ],
  examples: [{ line: "beamtalk load src/Counter.bt", does: "load one file" }],
  run(args, context) {
    if (args.positional.length === 0) throw new UsageError("load needs a file or a folder");
    return withWorkspace(context, async (open) => {
      const { program } = open;
      const found = await Promise.all(
        args.positional.map((path) => sourcesAt(program, path, context.workingFolder)),
      );
      const workspaces = [open.workspace, ...await otherNodes(open, args.texts("nodes"))];
      const loaded = await loadFiles(workspaces, program, found.flat());
      printLoaded("Loaded", loaded, workspaces, context, args.flag("json"));
      return ExitCode.ok;
    });
  },
};

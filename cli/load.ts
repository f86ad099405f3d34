/**
 * `beamtalk load`: compile files and load them into the project's workspace.
 * @module
 */
import { type Command, UsageError } from "./command.ts";

/** The command. */
export const command: Command = {
  usage: ["beamtalk load PATH..."],
  description:
    "Compiles .bt files, or all below a folder, and loads them into the workspace of the project\n" +
    "around the working folder: all in one step, or, where something is wrong, none of them.",
  options: [
    { name: "nodes", value: "A,B", multiple: true, summary: "load on these workspace nodes too" },
    { name: "cluster", summary: "on all nodes of the cluster" },
    { name: "json", summary: "answer as JSON" },
  ],
  examples: [{ line: "beamtalk load src/Counter.bt", does: "load one file" }],
  async run(args, context) {
    if (args.positional.length === 0) throw new UsageError("load needs a file or a folder");
    const request = {
      paths: args.positional,
      nodes: args.texts("nodes"),
      cluster: args.flag("cluster"),
      json: args.flag("json"),
    };
    const { load } = await import("./load_files.ts");
    return await load(request, context);
  },
};

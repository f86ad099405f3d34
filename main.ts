/**
 * The entry point of `beamtalk`: the command table, nothing else.
 * @module
 */
import type { CommandEntry } from "./cli/command.ts";
import { dispatch } from "./cli/dispatch.ts";
import { processTerminal } from "./cli/terminal.ts";
import configuration from "./deno.json" with { type: "json" };

const commands: readonly CommandEntry[] = [
  { name: "new", summary: "make a project", load: () => import("./cli/new.ts") },
  { name: "build", summary: "compile to BEAM modules", load: () => import("./cli/build.ts") },
  {
    name: "check",
    summary: "report mistakes, write nothing",
    load: () => import("./cli/check.ts"),
  },
  { name: "run", summary: "run a program", load: () => import("./cli/run.ts") },
  { name: "test", summary: "run tests", load: () => import("./cli/test.ts") },
  { name: "setup", summary: "install what is missing", load: () => import("./cli/setup.ts") },
];

if (import.meta.main) {
  const code = await dispatch(Deno.args, commands, configuration.version, {
    terminal: processTerminal(),
    workingFolder: Deno.cwd(),
  });
  Deno.exit(code);
}

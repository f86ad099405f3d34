/**
 * The entry point of `beamtalk`: the command table, nothing else.
 * @module
 */
import type { CommandEntry } from "./cli/command.ts";
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
  {
    name: "repl",
    summary: "evaluate in the project's workspace",
    load: () => import("./cli/repl.ts"),
  },
  { name: "load", summary: "load files into it", load: () => import("./cli/load.ts") },
  {
    name: "reload",
    summary: "bring running classes up to date",
    load: () => import("./cli/reload.ts"),
  },
  {
    name: "watch",
    summary: "load what is saved, as it is saved",
    load: () => import("./cli/watch.ts"),
  },
  {
    name: "attach",
    summary: "evaluate on any running BEAM node",
    load: () => import("./cli/attach.ts"),
  },
  {
    name: "workspace",
    summary: "start, stop and look at workspaces",
    load: () => import("./cli/workspace.ts"),
  },
  {
    name: "daemon",
    summary: "keep a warm toolchain for all commands",
    load: () => import("./cli/daemon.ts"),
  },
  {
    name: "demo",
    summary: "watch actors keep their state while their class changes",
    load: () => import("./cli/demo.ts"),
  },
  { name: "lsp", summary: "serve editors", load: () => import("./cli/lsp.ts") },
  { name: "fmt", summary: "format sources", load: () => import("./cli/fmt.ts") },
  {
    name: "doc",
    summary: "write documentation pages",
    load: () => import("./cli/doc.ts"),
  },
  { name: "setup", summary: "install what is missing", load: () => import("./cli/setup.ts") },
];

if (import.meta.main) {
  // Scripts ask for the version often: it is told before anything else is read.
  if (Deno.args[0] === "--version") {
    console.log(`beamtalk ${configuration.version}`);
    Deno.exit(0);
  }
  // Erlang, too, needs it.
  if (!Deno.env.get("HOME")) (await import("./cli/user_home.ts")).setHome();
  const { askDaemonFirst } = await import("./cli/daemon_first.ts");
  const served = await askDaemonFirst(Deno.args, Deno.cwd());
  if (served !== undefined) Deno.exit(served);
  const { dispatch } = await import("./cli/dispatch.ts");
  const { onCut } = await import("./cli/output_streams.ts");
  const { processTerminal } = await import("./cli/terminal.ts");
  const code = await dispatch(Deno.args, commands, configuration.version, {
    terminal: processTerminal(onCut(Deno.args)),
    workingFolder: Deno.cwd(),
  });
  Deno.exit(code);
}

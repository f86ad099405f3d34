/**
 * `beamtalk build`: compiles projects or loose files to BEAM modules.
 * @module
 */
import { join, resolve } from "@std/path";
import { printCore } from "../compiler/codegen/core_text.ts";
import { Program } from "../compiler/project/program.ts";
import { allFiles, type SourceSet } from "../compiler/project/sources.ts";
import { type Arguments, type Command, type Context, ExitCode, UsageError } from "./command.ts";
import { displayPath } from "./diagnostic_text.ts";
import {
  findingsOf,
  manifestWarnings,
  printFindings,
  tellingFindings,
  type Toolchain,
  withToolchain,
} from "./toolchain.ts";

/** The command. */
export const command: Command = {
  usage: ["beamtalk build [PATH...]"],
  description: "PATH is a project's folder or a .bt file; the project around the working folder\n" +
    "where there is none. A project's modules go to its _build/dev/ebin, those of loose files to\n" +
    "_build/dev/ebin of the working folder. Only what has changed is compiled.",
  options: [
    { name: "release", summary: "optimise as far as the Erlang compiler can" },
    { name: "emit", value: "core", summary: "print the Core Erlang of the files named" },
    { name: "output", short: "o", value: "FOLDER", summary: "write to FOLDER/ebin" },
    { name: "json", summary: "print findings as JSON" },
  ],
  examples: [
    { line: "beamtalk build", does: "build the project that the working folder is in" },
    { line: "beamtalk build --emit core src/Counter.bt", does: "show what a file compiles to" },
  ],
  run: (args, context) =>
    withToolchain(context, (toolchain) => {
      const emit = args.text("emit");
      if (emit === undefined) {
        return tellingFindings(
          context,
          args.flag("json"),
          () => buildAll(args, context, toolchain),
        );
      }
      if (emit !== "core") throw new UsageError(`--emit knows core, got ${emit}`);
      return emitCore(args, context, toolchain);
    }),
};

async function buildAll(args: Arguments, context: Context, toolchain: Toolchain): Promise<number> {
  let failed = false;
  const findings = [];
  for (const { sources } of await toolchain.targets(args.positional)) {
    const start = performance.now();
    const output = outputFolder(args, context, sources);
    const result = await toolchain.build(sources, {
      mode: args.flag("release") ? "full" : "quick",
      tests: false,
      output,
    });
    findings.push(...manifestWarnings(sources, context.workingFolder));
    findings.push(...findingsOf(result, context.workingFolder));
    failed ||= result.hasErrors;
    if (result.hasErrors || args.flag("json")) continue;
    const compiled = result.files.filter(({ compiled }) => compiled).length;
    const time = Math.round(performance.now() - start);
    context.terminal.writeError(
      `built ${sources.package}: ${compiled} of ${result.files.length} files compiled to ` +
        `${displayPath(result.ebin, context.workingFolder)} (${time} ms)\n`,
    );
  }
  printFindings(findings, context, args.flag("json"));
  return failed ? ExitCode.failed : ExitCode.ok;
}

function outputFolder(args: Arguments, context: Context, sources: SourceSet): string {
  const said = args.text("output");
  if (said !== undefined) return resolve(context.workingFolder, said);
  return join(sources.root, "_build", "dev");
}

async function emitCore(args: Arguments, context: Context, toolchain: Toolchain): Promise<number> {
  let failed = false;
  for (const { sources, selected } of await toolchain.targets(args.positional)) {
    const program = new Program(await toolchain.library());
    const files = allFiles(sources);
    for (const { path, shown, naming } of files) {
      const text = await Deno.readTextFile(path);
      program.setFile({ path, shown, naming, text, kind: "file" });
    }
    for (const { path, shown } of files.filter((file) => selected.has(file.path))) {
      const { diagnostics, modules } = program.compiled(path);
      const { text } = program.tree(path);
      printFindings(diagnostics.map((diagnostic) => ({ file: shown, text, diagnostic })), context);
      failed ||= modules === undefined;
      for (const { core } of modules ?? []) context.terminal.write(`${printCore(core)}\n`);
    }
  }
  return failed ? ExitCode.failed : ExitCode.ok;
}

/**
 * `beamtalk run`: builds a program and runs it on a plain Erlang node.
 * @module
 */
import { join, resolve } from "@std/path";
import type { ClassFacts } from "../compiler/analysis/class_facts.ts";
import { lookupMethod } from "../compiler/analysis/lookup.ts";
import type { Target } from "../compiler/project/targets.ts";
import { type BuildResult, MODULE_LIST } from "../live/build.ts";
import { nodeWithToolchain } from "../live/installation.ts";
import { LOGGER } from "../live/test_node.ts";
import {
  type Arguments,
  type Command,
  CommandFailure,
  type Context,
  ExitCode,
  UsageError,
} from "./command.ts";
import { untilInterrupted } from "./interruption.ts";
import { failureText } from "./script_report.ts";
import { findingsOf, printFindings, type Toolchain, withToolchain } from "./toolchain.ts";

/** The command. */
export const command: Command = {
  usage: ["beamtalk run [PATH] [ARGUMENT...]"],
  description:
    "PATH is a project's folder, a .bt file or a .btscript file; the project around the\n" +
    "working folder where there is none. A project starts as its beamtalk.toml says in\n" +
    "[application]; else, as loose files do, with Main class >> main: and the list of arguments.\n" +
    "The program ends when main: ends, or the supervisor. An error that leaves it gives exit code 1.",
  options: [
    { name: "main", value: "CLASS", summary: "start with main: of this class" },
    { name: "quick", summary: "compile faster, to code that runs slower" },
  ],
  examples: [
    { line: "beamtalk run", does: "run the project that the working folder is in" },
    { line: "beamtalk run hello.bt Ann Bob", does: "run a file with two arguments" },
  ],
  stopEarly: true,
  run: (args, context) =>
    withToolchain(context, async (toolchain) => {
      const { path, programArguments } = await splitArguments(args, context);
      if (path?.endsWith(".btscript") === true) {
        return await uninterrupted(toolchain, () => runFile(path, context, toolchain));
      }
      const target = await onlyTarget(toolchain, path);
      const result = await uninterrupted(toolchain, () =>
        toolchain.build(target.sources, {
          mode: args.flag("quick") ? "quick" : "full",
          tests: false,
          byDaemon: true,
        }));
      printFindings(findingsOf(result, context.workingFolder), context);
      if (result.hasErrors) return ExitCode.failed;
      const entry = entryPoint(result, target, args.text("main"));
      return await runProgram(toolchain, result, entry, programArguments);
    }),
};

/** A signal that ends the work removes what was made for it; a program hears of signals itself. */
function uninterrupted<T>(toolchain: Toolchain, work: () => Promise<T>): Promise<T> {
  return untilInterrupted(() => toolchain.removeTemporary(), work);
}

/** The first argument is a path where it looks like one or is one; else all are the program's. */
async function splitArguments(
  args: Arguments,
  context: Context,
): Promise<{ path: string | undefined; programArguments: readonly string[] }> {
  const [first, ...others] = args.positional;
  if (first === undefined) return { path: undefined, programArguments: args.rest };
  const isPath = /[\\/]|\.bt(script)?$|^\.\.?$/.test(first) || await exists(first, context);
  return isPath
    ? { path: first, programArguments: [...others, ...args.rest] }
    : { path: undefined, programArguments: [first, ...others, ...args.rest] };
}

async function exists(path: string, { workingFolder }: Context): Promise<boolean> {
  try {
    await Deno.stat(resolve(workingFolder, path));
    return true;
  } catch {
    return false;
  }
}

async function onlyTarget(toolchain: Toolchain, path: string | undefined): Promise<Target> {
  const targets = await toolchain.targets(path === undefined ? [] : [path]);
  const [target, ...more] = targets;
  if (target === undefined) throw new UsageError(`there is nothing to run in ${path ?? "."}`);
  if (more.length > 0) throw new UsageError(`${path} holds several projects; name one of them`);
  return target;
}

/** What the node starts. */
interface EntryPoint {
  readonly kind: "main" | "supervisor";
  readonly module: string;
}

function entryPoint(result: BuildResult, target: Target, said: string | undefined): EntryPoint {
  const { manifest } = target.sources;
  if (said === undefined && manifest?.supervisor !== undefined && manifest.main === undefined) {
    const supervisor = result.environment.classNamed(manifest.supervisor);
    if (supervisor === undefined) throw noClass(manifest.supervisor, "beamtalk.toml names");
    return { kind: "supervisor", module: supervisor.module };
  }
  const name = said ?? manifest?.main;
  if (name !== undefined) {
    const found = result.environment.classNamed(name);
    if (found === undefined) throw noClass(name, said === undefined ? "beamtalk.toml" : "--main");
    return { kind: "main", module: withMain(found, result).module };
  }
  const main = result.environment.classNamed("Main") ?? onlyClassWithMain(result);
  if (main === undefined) {
    throw new CommandFailure(
      "there is no class Main to run",
      "write a class Main with class main: args => ..., or name one with --main CLASS",
    );
  }
  return { kind: "main", module: withMain(main, result).module };
}

function noClass(name: string, where: string): CommandFailure {
  return new CommandFailure(`there is no class ${name}, which ${where} names`);
}

function withMain(found: ClassFacts, result: BuildResult): ClassFacts {
  if (lookupMethod(found, "main:", "class", result.environment) !== undefined) return found;
  throw new CommandFailure(
    `${found.name} does not understand main: on the class side`,
    "define it: class main: args => ...",
  );
}

/** A file that holds one class with \`main:\`, whatever its name, is a program too. */
function onlyClassWithMain(result: BuildResult): ClassFacts | undefined {
  const found = result.files.flatMap(({ facts }) => facts.classes)
    .filter(({ classMethods }) => classMethods.some(({ selector }) => selector === "main:"));
  return found.length === 1 ? found[0] : undefined;
}

/** Runs a script for its effects; the first error ends it. */
async function runFile(path: string, context: Context, toolchain: Toolchain): Promise<number> {
  const { terminal, workingFolder } = context;
  const absolute = resolve(workingFolder, path);
  if (!await exists(path, context)) throw new UsageError(`no such file or folder: ${path}`);
  const { runScript } = await import("../live/script_node.ts");
  const options = {
    installation: toolchain.installation,
    library: await toolchain.library(),
    port: await toolchain.port(),
    home: await toolchain.temporaryFolder(),
    workingFolder,
    limitMs: SCRIPT_LIMIT_MS,
    onOutput: (text: string) => terminal.write(text),
  };
  for await (const step of runScript(absolute, options)) {
    if (step.failed === undefined) continue;
    terminal.writeError(`Error: ${failureText({ ...step, expected: undefined }, path)}\n`);
    return ExitCode.failed;
  }
  return ExitCode.ok;
}

/** A statement of a script that is run may take its time: a day. */
const SCRIPT_LIMIT_MS = 86_400_000;

async function runProgram(
  toolchain: Toolchain,
  result: BuildResult,
  entry: EntryPoint,
  programArguments: readonly string[],
): Promise<number> {
  const { installation } = toolchain;
  const list = join(result.ebin, "..", MODULE_LIST);
  const { args, env } = nodeWithToolchain();
  const process = new Deno.Command("erl", {
    args: [
      ...["-noshell", "-boot", "no_dot_erlang", "+Bd", "+fnu", "-kernel", "logger", LOGGER],
      ...args,
      ...["-pa", ...installation.runtimePaths, installation.ebin("workspace"), result.ebin],
      ...["-s", "beamtalk_program", "main", "-extra", entry.kind, entry.module, list],
      ...programArguments,
    ],
    env: { ERL_CRASH_DUMP_SECONDS: "0", ...env },
    stdin: "inherit",
    stdout: "inherit",
    stderr: "inherit",
  }).spawn();
  return await forwardingSignals(process);
}

/** Hands on the signals that ask this process to end, and waits for the program's own end. */
async function forwardingSignals(process: Deno.ChildProcess): Promise<number> {
  const signals: Deno.Signal[] = ["SIGINT", "SIGTERM", "SIGHUP"];
  const forward = new Map(signals.map((signal) => [signal, () => kill(process, signal)]));
  for (const [signal, handler] of forward) Deno.addSignalListener(signal, handler);
  try {
    const status = await process.status;
    return status.signal === null ? status.code : ExitCode.failed;
  } finally {
    for (const [signal, handler] of forward) Deno.removeSignalListener(signal, handler);
  }
}

/** `erl` has a meaning of its own for SIGINT and SIGHUP; SIGTERM ends it in order. */
function kill(process: Deno.ChildProcess, signal: Deno.Signal): void {
  try {
    process.kill(signal === "SIGINT" ? "SIGINT" : "SIGTERM");
  } catch {
    // It has ended meanwhile.
  }
}

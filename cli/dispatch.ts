/**
 * From the command line to a command and its exit code.
 * @module
 */
import { readArguments } from "./arguments.ts";
import {
  type CommandEntry,
  CommandFailure,
  type Context,
  ExitCode,
  UsageError,
} from "./command.ts";
import { commandHelp, overview } from "./help.ts";
import { didYouMean } from "./suggestion.ts";

/** Runs the command that `args` name, and answers its exit code. Never throws. */
export async function dispatch(
  args: readonly string[],
  entries: readonly CommandEntry[],
  version: string,
  context: Context,
): Promise<number> {
  try {
    return await namedCommand(args, entries, version, context);
  } catch (error) {
    return report(error, context);
  }
}

async function namedCommand(
  args: readonly string[],
  entries: readonly CommandEntry[],
  version: string,
  context: Context,
): Promise<number> {
  const { terminal } = context;
  const [name, ...rest] = args;
  if (name === undefined || name === "--help" || name === "-h" || name === "help") {
    const topic = name === "help" ? rest[0] : undefined;
    if (topic !== undefined) return await dispatch([topic, "--help"], entries, version, context);
    terminal.write(overview(entries, terminal.colors));
    return name === undefined ? ExitCode.usage : ExitCode.ok;
  }
  if (name === "--version" || name === "-V") {
    terminal.write(`beamtalk ${version}\n`);
    return ExitCode.ok;
  }
  const entry = entries.find((each) => each.name === name);
  if (entry === undefined) return refuse(unknownCommand(name, entries), "", context);
  return await runEntry(entry, rest, context);
}

/** Runs one command, and tells what went wrong with it. Never throws. */
export async function runEntry(
  entry: CommandEntry,
  args: readonly string[],
  context: Context,
): Promise<number> {
  const { terminal } = context;
  try {
    const { command } = await entry.load();
    if (asksForHelp(args, command.stopEarly ?? false)) {
      terminal.write(commandHelp(entry, command, terminal.colors));
      return ExitCode.ok;
    }
    return await command.run(readArguments(args, command), context);
  } catch (error) {
    if (error instanceof UsageError) return refuse(error.message, ` ${entry.name}`, context);
    return report(error, context);
  }
}

function asksForHelp(args: readonly string[], stopEarly: boolean): boolean {
  for (const arg of args) {
    if (arg === "--help" || arg === "-h") return true;
    if (arg === "--" || (stopEarly && !arg.startsWith("-"))) return false;
  }
  return false;
}

function unknownCommand(name: string, entries: readonly CommandEntry[]): string {
  if (name.startsWith("-")) return `unknown option ${name}`;
  const near = didYouMean(name, entries.map((entry) => entry.name));
  return `unknown command ${name}` + (near === undefined ? "" : `; did you mean ${near}?`);
}

function refuse(message: string, command: string, { terminal }: Context): number {
  const { red } = terminal.errorColors;
  terminal.writeError(
    `${red("error:")} ${message}\nRun beamtalk${command} --help for the ways to use it.\n`,
  );
  return ExitCode.usage;
}

/** The way out where a folder may not be written. */
const OWN_FOLDER =
  "work on a copy in a folder of your own; for what Beamtalk keeps of workspaces, " +
  "BEAMTALK_HOME names one";

function report(error: unknown, { terminal }: Context): number {
  const { red, cyan } = terminal.errorColors;
  if (error instanceof CommandFailure) {
    const hint = error.hint === undefined ? "" : `${cyan("hint:")} ${error.hint}\n`;
    terminal.writeError(`${red("error:")} ${error.message}\n${hint}`);
    return ExitCode.failed;
  }
  const text = error instanceof Error ? error.message : String(error);
  if (error instanceof Deno.errors.NotFound && /spawn '?"?erlc?\b/.test(text)) {
    terminal.writeError(
      `${red("error:")} Erlang is not here: erl is not on the PATH\n` +
        `${cyan("hint:")} beamtalk setup installs it\n`,
    );
    return ExitCode.failed;
  }
  terminal.writeError(`${red("error:")} ${text}\n`);
  if (error instanceof Error && error.cause instanceof Deno.errors.PermissionDenied) {
    terminal.writeError(`${cyan("hint:")} ${OWN_FOLDER}\n`);
  }
  if (Deno.env.get("BEAMTALK_TRACE") !== undefined && error instanceof Error) {
    terminal.writeError(`${error.stack ?? ""}\n`);
  }
  return ExitCode.failed;
}

/**
 * What a command is. Each command is one file of this folder that exports `command`; the table in
 * `main.ts` names it, says in one line what it is for, and imports it only when it is asked for.
 * @module
 */
import type { Terminal } from "./terminal.ts";
import type { Toolchain } from "./toolchain.ts";
import type { WarmWorkspaces } from "./warm_workspaces.ts";

/** The exit codes of every command. */
export const ExitCode = {
  /** All went well. */
  ok: 0,
  /** The program, the check or a test failed. */
  failed: 1,
  /** The command was used wrongly: unknown option, missing argument, no such path. */
  usage: 2,
} as const;

/** One option: a flag, or with `value` (the placeholder shown in the help) an option with a value. */
export interface Option {
  /** Long name without dashes. */
  readonly name: string;
  /** One letter. */
  readonly short?: string;
  /** Placeholder of the value, for example `NAME`; left out for a flag. */
  readonly value?: string;
  /** May be given several times. */
  readonly multiple?: boolean;
  readonly summary: string;
}

/** What was given on the command line, read by the command's own `options`. */
export interface Arguments {
  readonly positional: readonly string[];
  /** What stood after `--`. */
  readonly rest: readonly string[];
  /** Whether a flag was given. */
  flag(name: string): boolean;
  /** The value of an option, the last one if given twice; undefined if not given. */
  text(name: string): string | undefined;
  /** All values of an option with `multiple`. */
  texts(name: string): readonly string[];
  /** The value of an option as a whole number; a `UsageError` where it is none or below `least`. */
  integer(name: string, least?: number): number | undefined;
}

/** What a command may use of the world. */
export interface Context {
  readonly terminal: Terminal;
  /** Absolute path that relative arguments start from. */
  readonly workingFolder: string;
  /** What a process that carries out many commands keeps for them; a command of its own has none. */
  readonly services?: Services;
}

/** A toolchain and workspaces that are warm, and how a command hears of Ctrl-C. */
export interface Services {
  toolchain(context: Context): Toolchain;
  readonly workspaces: WarmWorkspaces;
  /** Answers a function that ends the listening. */
  onInterrupt(handler: () => void): () => void;
}

/** A command. */
export interface Command {
  /** Lines such as `beamtalk build [PATH...]`, without the options. */
  readonly usage: readonly string[];
  /** Paragraphs shown by `--help` between the usage and the options. */
  readonly description?: string;
  readonly options: readonly Option[];
  /** Command lines with what they do, shown at the end of the help. */
  readonly examples?: readonly { readonly line: string; readonly does: string }[];
  /** Options end at the first positional argument; everything after it is positional too. */
  readonly stopEarly?: boolean;
  /** Answers the exit code. */
  run(args: Arguments, context: Context): Promise<number> | number;
}

/** A row of the command table. */
export interface CommandEntry {
  readonly name: string;
  /** One line of the list of commands. */
  readonly summary: string;
  readonly load: () => Promise<{ readonly command: Command }>;
}

/** The command was used wrongly; ends with exit code 2 and a hint at `--help`. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** The command could not do its work; ends with exit code 1. The hint says the way out. */
export class CommandFailure extends Error {
  override readonly name = "CommandFailure";
  constructor(message: string, readonly hint?: string) {
    super(message);
  }
}

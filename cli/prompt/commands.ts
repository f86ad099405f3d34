/**
 * What can be typed at the prompt after a colon. Most are message sends, written shorter.
 * @module
 */
import type { OpenWorkspace } from "../../live/open_workspace.ts";
import type { Outcome } from "../../live/outcome.ts";
import type { Session } from "../../live/session.ts";
import { didYouMean } from "../suggestion.ts";
import { helpOn } from "./help.ts";

/** What a command may use. */
export interface PromptCommandSetting {
  readonly open: OpenWorkspace;
  readonly session: Session;
  write(text: string): void;
  /** Evaluates a text and shows what comes of it. */
  evaluate(text: string): Promise<void>;
  /** Shows what became of something else. */
  show(outcome: Outcome): void;
  /** Tells that a command cannot be carried out, and why. */
  refuse(message: string): void;
  /** Shows the next page of a long result. */
  more(): void;
  /** The limit of each expression in milliseconds. */
  readonly limitMs: number | undefined;
  setLimit(limitMs: number | undefined): void;
}

/** One command. */
export interface PromptCommand {
  readonly names: readonly string[];
  readonly argument: string;
  readonly summary: string;
  run(argument: string, setting: PromptCommandSetting): Promise<void> | void;
}

const COMMANDS: readonly PromptCommand[] = [
  {
    names: ["help", "h", "?"],
    argument: "[TOPIC]",
    summary: "this list; a command, keys, expressions, declarations, or CLASS [SELECTOR]",
    run: async (argument, { open, session, write, evaluate }) => {
      if (argument !== "") await session.catchUp();
      const help = helpOn(argument, {
        commands: COMMANDS,
        environment: open.program.environment(),
        variables: argument === "" ? [] : await session.variableClasses(),
      });
      return "text" in help ? write(help.text) : evaluate(help.expression);
    },
  },
  {
    names: ["load", "l"],
    argument: "PATH",
    summary: "load a file or a folder: Workspace load:",
    run: (argument, { evaluate }) => evaluate(loadOf(argument)),
  },
  {
    names: ["reload", "r"],
    argument: "[CLASS]",
    summary: "load a class again from its file: CLASS reload; without one Workspace sync",
    run: (argument, { evaluate }) => {
      if (argument === "") return evaluate("Workspace sync");
      return evaluate(isClassName(argument) ? `${argument} reload` : loadOf(argument));
    },
  },
  {
    names: ["sync"],
    argument: "",
    summary: "load every file of the project that changed: Workspace sync",
    run: (_, { evaluate }) => evaluate("Workspace sync"),
  },
  {
    names: ["modules", "classes", "m"],
    argument: "",
    summary: "the loaded classes: Workspace classes",
    run: (_, { evaluate }) => evaluate("Workspace classes"),
  },
  {
    names: ["actors", "a"],
    argument: "",
    summary: "the living actors: Workspace actors",
    run: (_, { evaluate }) => evaluate("Workspace actors"),
  },
  {
    names: ["test", "t"],
    argument: "[CLASS]",
    summary: "run tests: Workspace test",
    run: (argument, { evaluate }) =>
      evaluate(argument === "" ? "Workspace test" : `Workspace test: ${argument}`),
  },
  {
    names: ["unload"],
    argument: "CLASS",
    summary: "take a class out: removeFromSystem",
    run: (argument, { evaluate }) => evaluate(`${argument} removeFromSystem`),
  },
  {
    names: ["changes"],
    argument: "",
    summary: "the live changes that are in no file: Workspace changes",
    run: (_, { evaluate }) => evaluate("Workspace changes allEntries"),
  },
  {
    names: ["flush"],
    argument: "[CLASS]",
    summary: "write live changes into their files: Workspace flush",
    run: (argument, { evaluate }) =>
      evaluate(argument === "" ? "Workspace flush" : `Workspace flush: ${argument}`),
  },
  {
    names: ["show-codegen"],
    argument: "EXPR",
    summary: "the Core Erlang of an expression",
    run: (argument, { session, write, show }) => {
      const core = session.coreOf(argument);
      if (typeof core === "string") write(`${core.trimEnd()}\n`);
      else show(core);
    },
  },
  {
    names: ["bindings", "b"],
    argument: "",
    summary: "the session's variables",
    run: async (_, { session, write }) => {
      const bindings = await session.bindings();
      const lines = bindings.map(({ name, value }) => `${name} = ${value}\n`);
      write(lines.length === 0 ? "There are no variables yet.\n" : lines.join(""));
    },
  },
  {
    names: ["clear"],
    argument: "",
    summary: "forget the session's variables",
    run: (_, { session }) => session.clear(),
  },
  {
    names: ["timeout"],
    argument: "[MS|none]",
    summary: "the limit of each expression in milliseconds",
    run: (argument, setting) => setTimeLimit(argument, setting),
  },
  {
    names: ["more"],
    argument: "",
    summary: "the next page of a long result",
    run: (_, { more }) => more(),
  },
  { names: ["exit", "quit", "q"], argument: "", summary: "leave; the workspace goes on", run() {} },
];

/** All commands. */
export function promptCommands(): readonly PromptCommand[] {
  return COMMANDS;
}

/** Carries out a line that starts with a colon. */
export async function runPromptCommand(
  line: string,
  setting: PromptCommandSetting,
): Promise<"exit" | "done"> {
  const [, name = "", argument = ""] = /^:(\S*)\s*(.*)$/s.exec(line) ?? [];
  const command = COMMANDS.find(({ names }) => names.includes(name));
  if (command === undefined) {
    setting.refuse(noSuchCommand(name));
    return "done";
  }
  if (command.argument === "" && argument.trim() !== "") {
    setting.refuse(`:${name} takes no argument; got ${argument.trim()}`);
    return "done";
  }
  if (command.names.includes("exit")) return "exit";
  if (command.argument !== "" && !command.argument.startsWith("[") && argument.trim() === "") {
    setting.refuse(`:${name} needs ${command.argument}`);
    return "done";
  }
  await command.run(argument.trim(), setting);
  return "done";
}

function noSuchCommand(name: string): string {
  if (name === "") return "A command follows the colon. :help lists them.";
  const near = didYouMean(name, COMMANDS.flatMap(({ names }) => names));
  const meant = near === undefined ? "" : ` Did you mean :${near}?`;
  return `No such command: :${name}.${meant} :help lists them.`;
}

/** The command that a text names without its colon, as one says it at other prompts; with its use. */
export function commandMeant(text: string): string | undefined {
  const name = text.trim();
  // One letter is rather a variable.
  const command = COMMANDS.find(({ names }) => name.length > 1 && names.includes(name));
  return command === undefined ? undefined : `:${name} is a command: ${command.summary}`;
}

/** A text as a string literal: quotes doubled, braces and backslashes escaped. */
export function quoted(text: string): string {
  const escaped = text.replaceAll("\\", "\\\\").replaceAll('"', '""')
    .replaceAll("{", "\\{").replaceAll("}", "\\}");
  return `"${escaped}"`;
}

/** A path in quotes is taken without them. */
function loadOf(path: string): string {
  return `Workspace load: ${quoted(/^"(.+)"$/s.exec(path)?.[1] ?? path)}`;
}

function isClassName(text: string): boolean {
  return /^(?:[a-z_]\w*@)?\p{Lu}[\p{L}\p{N}_]*$/u.test(text);
}

function setTimeLimit(
  argument: string,
  { limitMs, setLimit, write, refuse }: PromptCommandSetting,
): void {
  const wanted = argument === "none" ? undefined : Number(argument === "" ? limitMs : argument);
  if (argument !== "" && wanted !== undefined && !/^0*[1-9]\d*$/.test(argument)) {
    refuse(`:timeout needs a whole number of milliseconds, or none; got ${argument}`);
    return;
  }
  if (argument !== "") setLimit(wanted);
  const limit = argument === "" ? limitMs : wanted;
  write(limit === undefined ? "No limit.\n" : `Each expression may take ${limit} ms.\n`);
}

/**
 * What can be typed at the prompt after a colon. Most are message sends, written shorter.
 * @module
 */
import type { OpenWorkspace } from "../live/open_workspace.ts";
import type { Session } from "../live/session.ts";

/** What a command may use. */
export interface PromptCommandSetting {
  readonly open: OpenWorkspace;
  readonly session: Session;
  write(text: string): void;
  /** Evaluates a text and shows what comes of it. */
  evaluate(text: string): Promise<void>;
}

interface PromptCommand {
  readonly names: readonly string[];
  readonly argument: string;
  readonly summary: string;
  run(argument: string, setting: PromptCommandSetting): Promise<void> | void;
}

const COMMANDS: readonly PromptCommand[] = [
  {
    names: ["help", "h"],
    argument: "[CLASS]",
    summary: "this list, or what a class is for",
    run: (argument, setting) =>
      argument === "" ? setting.write(helpText()) : setting.evaluate(helpExpression(argument)),
  },
  {
    names: ["load", "l"],
    argument: "PATH",
    summary: "load a file or a folder: Workspace load:",
    run: (argument, { evaluate }) => evaluate(`Workspace load: ${quoted(argument)}`),
  },
  {
    names: ["reload", "r"],
    argument: "[CLASS]",
    summary: "load a class again from its file; all changed files where none is named",
    run: (argument, { evaluate }) =>
      evaluate(argument === "" ? "Workspace sync" : `${argument} reload`),
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
    run: (argument, { session, write }) => write(`${session.coreOf(argument).trimEnd()}\n`),
  },
  {
    names: ["bindings", "b"],
    argument: "",
    summary: "the session's variables",
    run: async (_, { session, write }) => {
      const bindings = await session.bindings();
      write(bindings.map(({ name, value }) => `${name} = ${value}\n`).join(""));
    },
  },
  {
    names: ["clear"],
    argument: "",
    summary: "forget the session's variables",
    run: (_, { session }) => session.clear(),
  },
  { names: ["exit", "quit", "q"], argument: "", summary: "leave; the workspace goes on", run() {} },
];

/** The names of all commands, the first of each. */
export function promptCommandNames(): readonly string[] {
  return COMMANDS.map(({ names }) => names[0]!);
}

/** Carries out a line that starts with a colon. */
export async function runPromptCommand(
  line: string,
  setting: PromptCommandSetting,
): Promise<"exit" | "done"> {
  const [, name = "", argument = ""] = /^:(\S*)\s*(.*)$/s.exec(line) ?? [];
  const command = COMMANDS.find(({ names }) => names.includes(name));
  if (command === undefined) {
    setting.write(`No such command: :${name}. :help lists them.\n`);
    return "done";
  }
  if (command.names.includes("exit")) return "exit";
  if (command.argument !== "" && !command.argument.startsWith("[") && argument === "") {
    setting.write(`:${name} needs ${command.argument}\n`);
    return "done";
  }
  await command.run(argument.trim(), setting);
  return "done";
}

/** A text as a string literal: quotes doubled, braces and backslashes escaped. */
export function quoted(text: string): string {
  const escaped = text.replaceAll("\\", "\\\\").replaceAll('"', '""')
    .replaceAll("{", "\\{").replaceAll("}", "\\}");
  return `"${escaped}"`;
}

function helpExpression(argument: string): string {
  const [name = "", selector] = argument.split(/\s+|>>/).filter((part) => part !== "");
  return selector === undefined
    ? `Beamtalk help: ${name}`
    : `Beamtalk help: ${name} selector: #'${selector.replace(/^#/, "").replaceAll("'", "")}'`;
}

function helpText(): string {
  const rows = COMMANDS.map(({ names, argument, summary }) => ({
    left: `:${names[0]} ${argument}`.trimEnd(),
    summary,
  }));
  const width = Math.max(...rows.map(({ left }) => left.length));
  const lines = rows.map(({ left, summary }) => `  ${left.padEnd(width)}  ${summary}\n`);
  return "Type an expression, or a declaration ended by an empty line.\n" +
    "Ctrl-C stops what runs, Ctrl-D leaves.\n" + lines.join("");
}

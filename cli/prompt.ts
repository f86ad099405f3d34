/**
 * The prompt in a terminal: line editing with history, several lines for one expression, commands
 * that start with a colon, Ctrl-C for the expression that runs, output of actors above the line
 * that is being typed.
 * @module
 */
import { join } from "@std/path";
import * as readline from "node:readline";
import process from "node:process";
import { isIncomplete } from "../compiler/syntax/incomplete.ts";
import { readTextIfThere } from "../live/build_files.ts";
import type { OpenWorkspace } from "../live/open_workspace.ts";
import type { EvaluateOptions, Session } from "../live/session.ts";
import { beamtalkHome } from "../live/workspace_record.ts";
import { type Context, ExitCode } from "./command.ts";
import { failureText } from "./live_toolchain.ts";
import { completePrompt } from "./prompt_completion.ts";
import { runPromptCommand } from "./prompt_commands.ts";

/** What the prompt works with. */
export interface PromptSetting {
  readonly context: Context;
  readonly open: OpenWorkspace;
  readonly session: Session;
  readonly options: EvaluateOptions;
  /** Where the session's output goes; the prompt puts itself in between. */
  readonly output: { write: (text: string) => void };
}

const PROMPT = "bt> ";
const MORE = "..> ";
const HISTORY_SIZE = 2000;

/** Reads and evaluates until the input ends or `:exit`. */
export async function runPrompt(setting: PromptSetting): Promise<number> {
  const { context, open } = setting;
  const historyFile = join(beamtalkHome(), "history");
  const history = (await readTextIfThere(historyFile) ?? "").split("\n").filter((line) => line);
  const terminal = readline.createInterface({
    input: process.stdin,
    output: process.stdout,
    prompt: PROMPT,
    history: [...history].reverse(),
    historySize: HISTORY_SIZE,
    removeHistoryDuplicates: true,
    completer: (line: string, answer: Completer) => {
      prompt.complete(line).then(
        (fitting) => answer(null, fitting),
        () => answer(null, [[], line]),
      );
    },
  });
  context.terminal.write(
    `Beamtalk on ${open.workspace.node}${open.isNew ? "" : " (already running)"}. ` +
      `:help tells what can be typed, Ctrl-D leaves.\n`,
  );
  const prompt = new Prompt(setting, terminal);
  try {
    return await prompt.run();
  } finally {
    const lines = [...history, ...prompt.entered].slice(-HISTORY_SIZE);
    await Deno.writeTextFile(historyFile, lines.map((line) => `${line}\n`).join(""), {
      mode: 0o600,
    });
  }
}

type Completer = (error: null, fitting: [string[], string]) => void;

class Prompt {
  readonly #setting: PromptSetting;
  readonly #terminal: readline.Interface;
  readonly entered: string[] = [];
  readonly #queue: string[] = [];
  #text = "";
  #isRunning = false;
  #ended = Promise.withResolvers<number>();

  constructor(setting: PromptSetting, terminal: readline.Interface) {
    this.#setting = setting;
    this.#terminal = terminal;
    setting.output.write = (text) => this.#show(text);
  }

  run(): Promise<number> {
    this.#terminal.on("line", (line) => this.#take(line));
    this.#terminal.on("SIGINT", () => this.#onInterrupt());
    this.#terminal.on("close", () => this.#ended.resolve(ExitCode.ok));
    this.#terminal.prompt();
    return this.#ended.promise;
  }

  /** What fits at the end of a line. */
  async complete(line: string): Promise<[string[], string]> {
    if (this.#isRunning) return [[], line];
    const { open, session } = this.#setting;
    const [hits, replaced] = await completePrompt(this.#text, line, open, session);
    return [[...hits], replaced];
  }

  #take(line: string): void {
    if (line.trim() !== "") this.entered.push(line);
    this.#queue.push(line);
    if (!this.#isRunning) void this.#work();
  }

  async #work(): Promise<void> {
    this.#isRunning = true;
    for (let line = this.#queue.shift(); line !== undefined; line = this.#queue.shift()) {
      await this.#takeIn(line);
    }
    this.#isRunning = false;
    this.#terminal.setPrompt(this.#text === "" ? PROMPT : MORE);
    this.#terminal.prompt();
  }

  async #takeIn(line: string): Promise<void> {
    if (this.#text === "" && line.trim().startsWith(":")) {
      if (await this.#command(line.trim()) === "exit") this.#terminal.close();
      return;
    }
    this.#text += this.#text === "" ? line : `\n${line}`;
    if (isIncomplete(this.#text)) return;
    const text = this.#text;
    this.#text = "";
    if (text.trim() !== "") await this.#evaluate(text);
  }

  async #command(line: string): Promise<"exit" | "done"> {
    const { context, open, session } = this.#setting;
    try {
      return await runPromptCommand(line, {
        open,
        session,
        write: (text) => context.terminal.write(text),
        evaluate: (text) => this.#evaluate(text),
      });
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      context.terminal.write(`${context.terminal.colors.red(`Error: ${message}`)}\n`);
      return "done";
    }
  }

  async #evaluate(text: string): Promise<void> {
    const { context: { terminal }, session, options } = this.#setting;
    try {
      for await (const { outcome } of session.evaluate(text, options)) {
        if (outcome.kind === "value") terminal.write(`${terminal.colors.cyan(outcome.text)}\n`);
        else if (outcome.kind === "declared") {
          const warnings = outcome.warnings.map((each) => `warning: ${each}\n`).join("");
          terminal.write(`${terminal.colors.cyan(outcome.text)}\n${warnings}`);
        } else terminal.write(failureText(outcome, "prompt", terminal.colors));
      }
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      terminal.write(`${terminal.colors.red(`Error: ${message}`)}\n`);
    }
  }

  #onInterrupt(): void {
    if (this.#isRunning) {
      void this.#setting.session.interrupt().catch(() => this.#terminal.close());
      return;
    }
    this.#text = "";
    this.#setting.context.terminal.write("^C\n");
    this.#terminal.setPrompt(PROMPT);
    this.#terminal.write(null, { ctrl: true, name: "e" });
    this.#terminal.write(null, { ctrl: true, name: "u" });
    this.#terminal.prompt();
  }

  /** Output that comes while a line is typed goes above it. */
  #show(text: string): void {
    const { terminal } = this.#setting.context;
    if (this.#isRunning) {
      terminal.write(text);
      return;
    }
    readline.cursorTo(process.stdout, 0);
    readline.clearLine(process.stdout, 0);
    terminal.write(text.endsWith("\n") ? text : `${text}\n`);
    this.#terminal.prompt(true);
  }
}

/**
 * The prompt in a terminal: reads, evaluates, shows; output of actors above the line that is being
 * typed; Ctrl-C for the expression that runs.
 * @module
 */
import { join } from "@std/path";
import * as readline from "node:readline";
import process from "node:process";
import { isIncomplete } from "../../compiler/syntax/incomplete.ts";
import type { OpenWorkspace } from "../../live/open_workspace.ts";
import type { EvaluateOptions, Outcome, Session } from "../../live/session.ts";
import { beamtalkHome } from "../../live/workspace_record.ts";
import { type Context, ExitCode } from "../command.ts";
import { failureText } from "../live_toolchain.ts";
import { runPromptCommand } from "./commands.ts";
import { completePrompt } from "./completion.ts";
import { History } from "./history.ts";
import type { Key } from "./keys.ts";
import { Pages } from "./pages.ts";
import { MARK_NO_PASTES, MARK_PASTES } from "./paste.ts";
import { PromptReader } from "./reader.ts";

/** A session of a workspace. */
export interface PromptSession {
  readonly open: OpenWorkspace;
  readonly session: Session;
}

/** What the prompt works with. */
export interface PromptSetting extends PromptSession {
  readonly context: Context;
  readonly options: EvaluateOptions;
  /** Where the session's output goes; the prompt puts itself in between. */
  readonly output: { write: (text: string) => void };
  /** Another session, where the workspace of this one is gone; undefined where it is not. */
  readonly renewed: () => Promise<PromptSession | undefined>;
}

/** Reads and evaluates until the input ends or `:exit`. */
export async function runPrompt(setting: PromptSetting): Promise<number> {
  const { context, open } = setting;
  const history = await History.open(join(beamtalkHome(), "history"));
  context.terminal.write(
    `Beamtalk on ${open.workspace.node}${open.isNew ? "" : " (already running)"}. ` +
      `:help tells what can be typed, Ctrl-D leaves.\n`,
  );
  const prompt = new Prompt(setting, history);
  const { stdin, stdout } = process;
  const onKey = (text: string | undefined, key: Key) => prompt.reader.press(text, key);
  const onEnd = () => prompt.reader.end();
  const onResize = () => prompt.reader.repaint();
  readline.emitKeypressEvents(stdin);
  stdin.on("keypress", onKey);
  stdin.on("end", onEnd);
  stdout.on("resize", onResize);
  Deno.addSignalListener("SIGCONT", takeTerminal);
  takeTerminal();
  try {
    await prompt.run();
    return ExitCode.ok;
  } finally {
    Deno.removeSignalListener("SIGCONT", takeTerminal);
    stdin.off("keypress", onKey);
    stdin.off("end", onEnd);
    stdout.off("resize", onResize);
    giveTerminalBack();
    stdin.pause();
  }
}

function takeTerminal(): void {
  process.stdin.setRawMode(true);
  process.stdin.resume();
  process.stdout.write(MARK_PASTES);
}

function giveTerminalBack(): void {
  process.stdout.write(MARK_NO_PASTES);
  process.stdin.setRawMode(false);
}

class Prompt {
  readonly reader: PromptReader;
  readonly #setting: PromptSetting;
  readonly #history: History;
  readonly #pages: Pages;
  #here: PromptSession;
  #options: EvaluateOptions;

  constructor(setting: PromptSetting, history: History) {
    const { terminal } = setting.context;
    this.#setting = setting;
    this.#here = setting;
    this.#options = setting.options;
    this.#history = history;
    const output = {
      write: (text: string) => terminal.write(text),
      get columns() {
        return process.stdout.columns || 80;
      },
      get height() {
        return process.stdout.rows || 24;
      },
    };
    this.#pages = new Pages(output);
    this.reader = new PromptReader({
      output,
      colors: terminal.colors,
      history,
      isIncomplete: (text) => !isCommand(text) && isIncomplete(text),
      complete: (text, cursor) => this.#complete(text, cursor),
      onInterrupt: () => void this.#here.session.interrupt().catch(() => {}),
      onSuspend: suspend,
    });
    setting.output.write = (text) => this.reader.show(text);
  }

  async run(): Promise<void> {
    for (;;) {
      const text = await this.reader.read();
      if (text === undefined) return;
      await this.#history.add(text.trimEnd());
      if (text.trim() === "") continue;
      const isOver = isCommand(text)
        ? await this.#command(text.trim())
        : await this.#evaluate(text);
      this.reader.freshLine();
      if (isOver === "exit") return;
    }
  }

  async #complete(text: string, cursor: number) {
    const { open, session } = this.#here;
    return await completePrompt(text, cursor, open, session).catch(() => ({
      start: cursor,
      items: [],
    }));
  }

  async #command(line: string): Promise<"exit" | "done"> {
    try {
      return await runPromptCommand(line, {
        ...this.#here,
        write: (text) => this.#write(text),
        evaluate: (text) => this.#evaluate(text),
        more: () => this.#write(this.#pages.next() ?? "There is nothing more to show.\n"),
        limitMs: this.#options.limitMs,
        setLimit: (limitMs) => {
          this.#options = limitMs === undefined ? {} : { limitMs };
        },
      });
    } catch (error) {
      this.#complain(error);
      return "done";
    }
  }

  async #evaluate(text: string): Promise<void> {
    try {
      for await (const { outcome } of this.#here.session.evaluate(text, this.#options)) {
        this.#show(outcome);
        if (outcome.kind === "refused" && outcome.diagnostics.length === 0) await this.#renew();
      }
    } catch (error) {
      this.#complain(error);
      await this.#renew();
    }
  }

  #show(outcome: Outcome): void {
    const { colors } = this.#setting.context.terminal;
    if (outcome.kind === "value") {
      this.#write(this.#pages.first(outcome.text, colors.cyan));
    } else if (outcome.kind === "declared") {
      const warnings = outcome.warnings.map((each) => `${colors.yellow("warning:")} ${each}\n`);
      this.#write(`${colors.cyan(outcome.text)}\n${warnings.join("")}`);
    } else this.#write(failureText(outcome, "prompt", colors));
  }

  /** Goes on in another session where the workspace of this one is gone. */
  async #renew(): Promise<void> {
    try {
      const renewed = await this.#setting.renewed();
      if (renewed === undefined) return;
      this.#here = renewed;
      this.#write(
        "The workspace had ended; another one runs now. Variables and actors are gone.\n",
      );
    } catch (error) {
      this.#complain(error);
    }
  }

  #complain(error: unknown): void {
    const message = error instanceof Error ? error.message : String(error);
    this.#write(`${this.#setting.context.terminal.colors.red(`Error: ${message}`)}\n`);
  }

  #write(text: string): void {
    this.reader.freshLine();
    this.#setting.context.terminal.write(text);
  }
}

function isCommand(text: string): boolean {
  return text.trimStart().startsWith(":");
}

/** Ctrl-Z: the shell has the terminal until this process goes on. */
function suspend(): void {
  giveTerminalBack();
  Deno.kill(Deno.pid, "SIGTSTP");
}

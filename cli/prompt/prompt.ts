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
import { hintFor, type KnownNames } from "./hints.ts";
import { History } from "./history.ts";
import type { Key } from "./keys.ts";
import { Pages } from "./pages.ts";
import { PromptReader } from "./reader.ts";
import { TerminalModes } from "./terminal_modes.ts";

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
  const history = await History.open(join(beamtalkHome(), "history"));
  const prompt = new Prompt(setting, history);
  const { stdin, stdout } = process;
  const onKey = (text: string | undefined, key: Key) => prompt.reader.press(text, key);
  const onEnd = () => prompt.reader.end();
  const onResize = () => prompt.reader.resized();
  readline.emitKeypressEvents(stdin, ESCAPES);
  stdin.on("keypress", onKey);
  stdin.on("end", onEnd);
  stdout.on("resize", onResize);
  prompt.modes.take();
  try {
    return await Promise.race([prompt.run(), prompt.ended]);
  } finally {
    stdin.off("keypress", onKey);
    stdin.off("end", onEnd);
    stdout.off("resize", onResize);
    prompt.modes.giveBack();
    stdin.pause();
  }
}

/** The escape key is told from the sequences that other keys send by what follows within this time. */
const ESCAPES = { escapeCodeTimeout: 60 } as unknown as readline.Interface;

/** How long a prompt that is asked to end may take to leave its workspace in order. */
const LEAVING_MS = 2000;

class Prompt {
  readonly reader: PromptReader;
  readonly modes: TerminalModes;
  readonly #setting: PromptSetting;
  readonly #history: History;
  readonly #pages: Pages;
  readonly #ended = Promise.withResolvers<number>();
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
      onSuspend: () => this.modes.suspend(),
    });
    this.modes = new TerminalModes({
      onBack: () => this.reader.cameBack(),
      onInterrupt: () => this.reader.press(undefined, { name: "c", ctrl: true }),
      onEnd: (code) => this.#end(code),
    });
    setting.output.write = (text) => this.reader.show(text);
  }

  /** The exit code of a prompt that was asked to end. */
  get ended(): Promise<number> {
    return this.#ended.promise;
  }

  /** Answers the exit code when the person has left. */
  async run(): Promise<number> {
    for (;;) {
      const text = await this.reader.read();
      if (text === undefined) return ExitCode.ok;
      await this.#history.add(text.trimEnd());
      if (text.trim() === "") continue;
      const isOver = isCommand(text)
        ? await this.#command(text.trim())
        : await this.#evaluate(text);
      this.reader.freshLine();
      if (isOver === "exit") return ExitCode.ok;
    }
  }

  #end(code: number): void {
    this.reader.end();
    this.#ended.resolve(code);
    Deno.unrefTimer(setTimeout(() => Deno.exit(code), LEAVING_MS));
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
        show: (outcome) => this.#show(outcome),
        refuse: (message) => this.#write(`${message}\n`),
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
        const hint = await hintFor(outcome, text, () => this.#knownNames());
        if (hint !== undefined) this.#write(`  ${hint}\n`);
        if (outcome.kind === "refused" && outcome.diagnostics.length === 0) await this.#renew();
      }
    } catch (error) {
      this.#complain(error);
      await this.#renew();
    }
  }

  async #knownNames(): Promise<KnownNames> {
    const { open, session } = this.#here;
    const variables = await session.variableClasses();
    return {
      variables: variables.map(({ name }) => name),
      classes: open.program.environment().classNames(),
    };
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

/**
 * Evaluates texts one after the other and prints what comes of them: those of the command line, of a
 * pipe, or lines typed at a terminal on which nothing can be painted.
 * @module
 */
import type { OpenWorkspace } from "../../live/open_workspace.ts";
import { isFailure, type Outcome } from "../../live/outcome.ts";
import type { EvaluateOptions, Session } from "../../live/session.ts";
import { type Context, ExitCode } from "../command.ts";
import { failureText } from "../live_toolchain.ts";
import { type PromptCommandSetting, runPromptCommand } from "./commands.ts";
import { InputTexts } from "./input_texts.ts";
import { MORE, PROMPT } from "./reader.ts";

/** What is evaluated with, and how it is printed. */
export interface PrintingSetting {
  readonly open: OpenWorkspace;
  readonly session: Session;
  readonly context: Context;
  readonly options: EvaluateOptions;
  /** Where the session's output goes. */
  readonly output: { write: (text: string) => void };
  /** Whether each outcome is a line of JSON. */
  readonly json: boolean;
}

/** The exit code of what Ctrl-C ends, as shells give it. */
const INTERRUPTED = 130;

/** Evaluates texts and prints; answers 1 where one of them failed. */
export async function printTexts(
  texts: Iterable<string> | AsyncIterable<string>,
  setting: PrintingSetting,
): Promise<number> {
  const printing = new Printing(setting);
  const isServed = setting.context.services !== undefined;
  await printing.all(texts, () => isServed ? undefined : Deno.exit(INTERRUPTED));
  return printing.hasFailed ? ExitCode.failed : ExitCode.ok;
}

/** The same for lines that a person types: asks for each, and Ctrl-C forgets what is not finished. */
export async function printAnswers(setting: PrintingSetting): Promise<number> {
  const { write } = setting.output;
  const texts = new InputTexts(
    Deno.stdin.readable,
    (isStarted) => write(isStarted ? MORE : PROMPT),
  );
  await new Printing(setting).all(texts, () => {
    write("\n");
    texts.abandon();
  });
  write("\n");
  return ExitCode.ok;
}

class Printing {
  hasFailed = false;
  #isRunning = false;
  #isLineOpen = false;
  #options: EvaluateOptions;
  readonly #setting: PrintingSetting;

  constructor(setting: PrintingSetting) {
    this.#setting = setting;
    this.#options = setting.options;
    const { output } = setting;
    const { write } = output;
    output.write = (text) => {
      this.#isLineOpen = !text.endsWith("\n");
      write(text);
    };
  }

  /** Evaluates all texts, or up to `:exit`. Ctrl-C stops what runs; `onIdle` is for when nothing does. */
  async all(
    texts: Iterable<string> | AsyncIterable<string>,
    onIdle: () => void,
  ): Promise<void> {
    const { context, session } = this.#setting;
    const stop = listening(context, () => {
      if (!this.#isRunning) return onIdle();
      // A terminal shows the key.
      this.#isLineOpen = Deno.stdin.isTerminal();
      void session.interrupt().catch(() => {});
    });
    try {
      for await (const text of texts) {
        this.#isRunning = true;
        if (await this.#take(text) === "exit") return;
        this.#isRunning = false;
      }
    } finally {
      stop();
    }
  }

  async #take(text: string): Promise<"exit" | "done"> {
    if (text.trimStart().startsWith(":")) {
      return await runPromptCommand(text.trim(), this.#commands());
    }
    await this.#evaluate(text);
    return "done";
  }

  async #evaluate(text: string): Promise<void> {
    const { session, output } = this.#setting;
    for await (const { outcome } of session.evaluate(text, { ...this.#options, goOn: true })) {
      if (this.#isLineOpen) output.write("\n");
      this.#print(outcome);
    }
  }

  #commands(): PromptCommandSetting {
    const { open, session, context: { terminal } } = this.#setting;
    return {
      open,
      session,
      write: (text) => terminal.write(text),
      evaluate: (text) => this.#evaluate(text),
      show: (outcome) => this.#print(outcome),
      refuse: (message) => {
        this.hasFailed = true;
        terminal.writeError(`${message}\n`);
      },
      // Nothing is shown in pages here.
      more() {},
      limitMs: this.#options.limitMs,
      setLimit: (limitMs) => {
        this.#options = limitMs === undefined ? {} : { limitMs };
      },
    };
  }

  #print(outcome: Outcome): void {
    const { context: { terminal }, json } = this.#setting;
    if (isFailure(outcome)) this.hasFailed = true;
    if (json) terminal.write(`${JSON.stringify(outcome)}\n`);
    else if (outcome.kind === "value") terminal.write(`${outcome.text}\n`);
    else if (outcome.kind === "declared") {
      terminal.write(`${outcome.text}\n`);
      for (const warning of outcome.warnings) terminal.writeError(`warning: ${warning}\n`);
    } else terminal.writeError(failureText(outcome, "prompt", terminal.errorColors));
  }
}

/** Does something on Ctrl-C, until the function that is answered is called. */
function listening({ services }: Context, onInterrupt: () => void): () => void {
  if (services !== undefined) return services.onInterrupt(onInterrupt);
  Deno.addSignalListener("SIGINT", onInterrupt);
  return () => Deno.removeSignalListener("SIGINT", onInterrupt);
}

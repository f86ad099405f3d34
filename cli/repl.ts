/**
 * `beamtalk repl`: the prompt of the project's workspace.
 * @module
 */
import { isIncomplete } from "../compiler/syntax/incomplete.ts";
import { answerNode } from "../live/node_requests.ts";
import { type OpenWorkspace, openWorkspace } from "../live/open_workspace.ts";
import { isFailure, type Outcome } from "../live/outcome.ts";
import { type EvaluateOptions, Session } from "../live/session.ts";
import { beamtalkHome, findRunning } from "../live/workspace_record.ts";
import { type Arguments, type Command, type Context, ExitCode } from "./command.ts";
import { failureText, withWorkspace } from "./live_toolchain.ts";
import { type PromptCommandSetting, runPromptCommand } from "./prompt/commands.ts";
import { runPrompt } from "./prompt/prompt.ts";

/** The command. */
export const command: Command = {
  usage: ["beamtalk repl", "beamtalk repl -e EXPR", "beamtalk repl < FILE"],
  description:
    "Evaluates expressions in the workspace of the project around the working folder, which is\n" +
    "started if it does not run, and goes on running afterwards. At the prompt, :help lists what\n" +
    "else can be typed. With -e, or when standard input is no terminal, each value is printed\n" +
    "and the exit code is 1 if an expression failed.",
  options: [
    { name: "eval", short: "e", value: "EXPR", multiple: true, summary: "evaluate and end" },
    { name: "timeout", value: "MS", summary: "limit of each expression in milliseconds" },
    { name: "json", summary: "print each outcome as a line of JSON" },
  ],
  examples: [
    { line: "beamtalk repl -e '3 factorial'", does: "print 6" },
    { line: "echo '1 + 2' | beamtalk repl", does: "print 3" },
  ],
  run: (args, context) =>
    withWorkspace(context, async (open) => {
      const output = { write: (text: string) => context.terminal.write(text) };
      const session = await openSession(open, output);
      try {
        return await runSession(args, context, open, session, output);
      } finally {
        await session.close();
      }
    }),
};

/** A session whose output goes to where `output` sends it then. */
export function openSession(
  open: OpenWorkspace,
  output: { write: (text: string) => void },
): Promise<Session> {
  return Session.open(open.workspace, open.program, (text) => output.write(text));
}

/** Evaluates what the arguments give, or reads from the prompt or the pipe. */
export async function runSession(
  args: Arguments,
  context: Context,
  open: OpenWorkspace,
  session: Session,
  output: { write: (text: string) => void },
): Promise<number> {
  const limitMs = args.integer("timeout", 1);
  const options: EvaluateOptions = limitMs === undefined ? {} : { limitMs };
  const json = args.flag("json");
  const expressions = args.texts("eval");
  if (expressions.length === 0 && hasPerson()) {
    const renewed = () => renewedSession(open, output);
    return await runPrompt({ context, open, session, options, output, renewed });
  }
  const texts = expressions.length > 0 ? expressions : inputTexts(Deno.stdin.readable);
  const stop = interruptible(session, context);
  const { write } = output;
  let isLineOpen = false;
  output.write = (text) => {
    isLineOpen = !text.endsWith("\n");
    write(text);
  };
  let failed = false;
  const evaluate = async (text: string) => {
    for await (const { outcome } of session.evaluate(text, { ...options, goOn: true })) {
      if (isLineOpen) output.write("\n");
      print(outcome, context, json);
      if (isFailure(outcome)) failed = true;
    }
  };
  try {
    for await (const text of texts) {
      if (!text.trimStart().startsWith(":")) await evaluate(text);
      else if (
        await runPromptCommand(text.trim(), piped(open, session, context, evaluate)) === "exit"
      ) break;
    }
  } finally {
    stop();
  }
  return failed ? ExitCode.failed : ExitCode.ok;
}

/** What commands after a colon may use where no person types. */
function piped(
  open: OpenWorkspace,
  session: Session,
  { terminal }: Context,
  evaluate: (text: string) => Promise<void>,
): PromptCommandSetting {
  const write = (text: string) => terminal.write(text);
  return { open, session, write, evaluate, more() {}, limitMs: undefined, setLimit() {} };
}

/** Whether a person types, at a terminal that the line can be painted on. */
function hasPerson(): boolean {
  return Deno.stdin.isTerminal() && Deno.stdout.isTerminal() && Deno.env.get("TERM") !== "dumb";
}

/** A session of the project's workspace, started anew where it is gone; undefined where it is not. */
async function renewedSession(
  { root, record, options }: OpenWorkspace,
  output: { write: (text: string) => void },
): Promise<{ open: OpenWorkspace; session: Session } | undefined> {
  // A node that was attached to is not this command's to start again.
  if (record.folder === "") return undefined;
  const running = await findRunning(beamtalkHome(), record.folder);
  if (running?.node.osPid === record.node.osPid) return undefined;
  const open = await openWorkspace(root, options);
  await answerNode(open);
  return { open, session: await openSession(open, output) };
}

/** Ctrl-C ends the expression; while none runs, it does what it always does. */
function interruptible(session: Session, { services }: Context): () => void {
  const onInterrupt = () =>
    void session.interrupt().catch(() => services === undefined && Deno.exit(130));
  if (services !== undefined) return services.onInterrupt(onInterrupt);
  Deno.addSignalListener("SIGINT", onInterrupt);
  return () => Deno.removeSignalListener("SIGINT", onInterrupt);
}

function print(outcome: Outcome, { terminal }: Context, json: boolean): void {
  if (json) {
    terminal.write(`${JSON.stringify(outcome)}\n`);
    return;
  }
  if (outcome.kind === "value") terminal.write(`${outcome.text}\n`);
  else if (outcome.kind === "declared") {
    terminal.write(`${outcome.text}\n`);
    for (const warning of outcome.warnings) terminal.writeError(`warning: ${warning}\n`);
  } else terminal.writeError(failureText(outcome, "prompt", terminal.errorColors));
}

/** How long a finished expression waits for a line that could go on with it. */
const NEXT_LINE_MS = 40;

/**
 * Cuts a stream of text into expressions and declarations: at a line that is not indented, when
 * what came before it is complete. A writer that waits for an answer gets it after a short while.
 */
export async function* inputTexts(input: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const lines = new LineReader(input);
  let text = "";
  for (;;) {
    const patience = text !== "" && !isIncomplete(text.slice(0, -1)) ? NEXT_LINE_MS : undefined;
    const line = await lines.next(patience);
    if (line === "late" || line === undefined) {
      if (text.trim() !== "") yield text;
      text = "";
      if (line === undefined) return;
      continue;
    }
    const isNew = line.trim() !== "" && !/^[\s)\]}]/.test(line);
    if (isNew && text.trim() !== "" && !isIncomplete(`${text}\n\n`)) {
      yield text;
      text = "";
    }
    if (isNew && text.trim() === "" && line.startsWith(":")) yield `${line}\n`;
    else text += `${line}\n`;
  }
}

/** Lines of a stream, with a wait that can be given up without losing any. */
class LineReader {
  readonly #lines: AsyncIterator<string>;
  #pending: Promise<IteratorResult<string>> | undefined;

  constructor(input: ReadableStream<Uint8Array>) {
    this.#lines = linesOf(input);
  }

  async next(patience: number | undefined): Promise<string | "late" | undefined> {
    this.#pending ??= this.#lines.next();
    const result = patience === undefined
      ? await this.#pending
      : await Promise.race([this.#pending, after(patience)]);
    if (result === "late") return "late";
    this.#pending = undefined;
    return result.done === true ? undefined : result.value;
  }
}

function after(milliseconds: number): Promise<"late"> {
  return new Promise((resolve) => setTimeout(() => resolve("late"), milliseconds));
}

async function* linesOf(input: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const bytes of input) {
    const lines = (rest + decoder.decode(bytes, { stream: true })).split(/\r?\n/);
    rest = lines.pop() ?? "";
    yield* lines;
  }
  if (rest !== "") yield rest;
}

/**
 * Texts to evaluate out of a stream of lines: a pipe, or a terminal on which nothing can be painted.
 * @module
 */
import { isIncomplete } from "../../compiler/syntax/incomplete.ts";

/** How long a finished expression waits for a line that could go on with it. */
const NEXT_LINE_MS = 40;

/**
 * Cuts a stream of text into expressions and declarations: at a line that is not indented, when
 * what came before it is complete. A writer that waits for an answer gets it after a short while.
 */
export class InputTexts implements AsyncIterable<string> {
  readonly #lines: LineReader;
  readonly #ask: (isStarted: boolean) => void;
  #text = "";

  /** `ask` is told when a line is waited for, and whether it goes on with others. */
  constructor(input: ReadableStream<Uint8Array>, ask: (isStarted: boolean) => void = () => {}) {
    this.#lines = new LineReader(input);
    this.#ask = ask;
  }

  /** Forgets the lines of a text that is not finished. */
  abandon(): void {
    this.#text = "";
    this.#ask(false);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<string> {
    for (;;) {
      const isWhole = this.#text !== "" && !isIncomplete(this.#text.slice(0, -1));
      if (!isWhole) this.#ask(this.#text !== "");
      const line = await this.#lines.next(isWhole ? NEXT_LINE_MS : undefined);
      if (line === "late" || line === undefined) {
        const text = this.#text;
        this.#text = "";
        if (text.trim() !== "") yield text;
        if (line === undefined) return;
        continue;
      }
      const isNew = line.trim() !== "" && !/^[\s)\]}]/.test(line);
      const before = this.#text;
      if (isNew && before.trim() !== "" && !isIncomplete(`${before}\n\n`)) {
        this.#text = "";
        yield before;
      }
      if (isNew && this.#text.trim() === "" && line.startsWith(":")) yield `${line}\n`;
      else this.#text += `${line}\n`;
    }
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

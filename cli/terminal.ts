/**
 * Where commands print: standard output for answers, standard error for progress and complaints.
 * @module
 */
import picocolors from "picocolors";
import { type OnCut, writerOn } from "./output_streams.ts";

/** The colours of picocolors, all plain where the stream is no terminal or colour is unwanted. */
export type Colors = ReturnType<typeof picocolors.createColors>;

/** Two streams of text and what they can show. */
export interface Terminal {
  /** Writes to standard output. */
  write(text: string): void;
  /** Writes to standard error. */
  writeError(text: string): void;
  /** Colours for standard output. */
  readonly colors: Colors;
  /** Colours for standard error. */
  readonly errorColors: Colors;
  /** Whether a person watches standard error, so that progress may be redrawn. */
  readonly interactive: boolean;
}

/** The process's own streams. Honours `NO_COLOR` and `FORCE_COLOR`. */
export function processTerminal(whenCut: OnCut = "end"): Terminal {
  const forced = Deno.env.get("FORCE_COLOR") !== undefined;
  const refused = (Deno.env.get("NO_COLOR") ?? "") !== "" || Deno.env.get("TERM") === "dumb";
  const colored = (isTerminal: boolean) => !refused && (forced || isTerminal);
  return {
    write: writerOn(Deno.stdout, whenCut),
    writeError: writerOn(Deno.stderr, whenCut),
    colors: picocolors.createColors(colored(Deno.stdout.isTerminal())),
    errorColors: picocolors.createColors(colored(Deno.stderr.isTerminal())),
    interactive: Deno.stderr.isTerminal(),
  };
}

/** No colours. */
export const plainColors: Colors = picocolors.createColors(false);

/** A terminal that keeps what is written, for tests. */
export function recordingTerminal(): Terminal & { output(): string; errors(): string } {
  let output = "";
  let errors = "";
  return {
    write: (text) => void (output += text),
    writeError: (text) => void (errors += text),
    colors: plainColors,
    errorColors: plainColors,
    interactive: false,
    output: () => output,
    errors: () => errors,
  };
}

/**
 * Writing to the process's own streams, which somebody may cease to read.
 * @module
 */

/**
 * What is done when nobody reads the output any more (`beamtalk ... | head`): a command whose work goes on
 * for as long as somebody looks ends at once; what is asked of another is its exit code, so it goes on.
 */
export type OnCut = "end" | "go on";

/** What a command does when its output is cut off. */
export function onCut([command = "", ...args]: readonly string[]): OnCut {
  const isFinite = ["build", "check", "doc", "fmt", "load", "reload", "test"].includes(command);
  return isFinite && !args.includes("--watch") ? "go on" : "end";
}

const encoder = new TextEncoder();

/** Writes all of a text. */
export function writerOn(
  stream: { writeSync(bytes: Uint8Array): number },
  whenCut: OnCut,
): (text: string) => void {
  let isCut = false;
  return (text) => {
    if (isCut) return;
    try {
      writeAll(stream, text);
    } catch (error) {
      if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
      if (whenCut === "end") Deno.exit(0);
      isCut = true;
    }
  };
}

function writeAll(stream: { writeSync(bytes: Uint8Array): number }, text: string): void {
  let bytes = encoder.encode(text);
  while (bytes.length > 0) {
    try {
      bytes = bytes.subarray(stream.writeSync(bytes));
    } catch (error) {
      // A pipe set to non-blocking by its reader may be full for a moment.
      if (!(error instanceof Deno.errors.WouldBlock)) throw error;
    }
  }
}

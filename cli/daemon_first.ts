/**
 * The shortest way to a running daemon: command lines that it can carry out go to it before the
 * tables of commands, options and helps are read, which would take longer than the command.
 * @module
 */
import { runByDaemon } from "./daemon_client.ts";

/** Commands that the daemon carries out whole; `test` and `run` have it compile, see `buildByDaemon`. */
const SERVED = new Set(["build", "check", "load", "reload", "repl"]);

/** Has the daemon carry out a command line; undefined where it cannot, or none runs. */
export async function askDaemonFirst(
  args: readonly string[],
  workingFolder: string,
): Promise<number | undefined> {
  if (!isServed(args)) return undefined;
  const answer = await runByDaemon(args, {
    workingFolder,
    write: (text) => writeAll(Deno.stdout, text),
    writeError: (text) => writeAll(Deno.stderr, text),
    colors: hasColors(Deno.stdout),
    errorColors: hasColors(Deno.stderr),
  }).catch((error: unknown) => {
    const message = error instanceof Error ? error.message : String(error);
    writeAll(Deno.stderr, `error: the daemon has gone: ${message}\n`);
    return { kind: "done", code: 1 } as const;
  });
  if (answer.kind === "other") {
    const { restartDaemon } = await import("./daemon.ts");
    await restartDaemon();
  }
  return answer.kind === "done" ? answer.code : undefined;
}

/** The prompt needs the terminal or the pipe; only its `-e` is for the daemon. */
function isServed([command = "", ...args]: readonly string[]): boolean {
  if (!SERVED.has(command) || args.includes("--help") || args.includes("-h")) return false;
  return command !== "repl" || args.some((arg) => /^(?:-e|--eval\b)/.test(arg));
}

/** As the commands decide it by themselves. */
function hasColors(stream: { isTerminal(): boolean }): boolean {
  const refused = (Deno.env.get("NO_COLOR") ?? "") !== "" || Deno.env.get("TERM") === "dumb";
  return !refused && (Deno.env.get("FORCE_COLOR") !== undefined || stream.isTerminal());
}

function writeAll(stream: { writeSync(bytes: Uint8Array): number }, text: string): void {
  const bytes = new TextEncoder().encode(text);
  try {
    for (let done = 0; done < bytes.length;) done += stream.writeSync(bytes.subarray(done));
  } catch (error) {
    // The reader has gone (`beamtalk ... | head`): there is nobody to tell.
    if (error instanceof Deno.errors.BrokenPipe) Deno.exit(0);
    throw error;
  }
}

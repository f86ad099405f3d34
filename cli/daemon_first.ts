/**
 * The shortest way to a running daemon: command lines that it can carry out go to it before the
 * tables of commands, options and helps are read, which would take longer than the command.
 * @module
 */
import { runByDaemon } from "./daemon_client.ts";
import { onCut, writerOn } from "./output_streams.ts";

/** Commands that the daemon carries out whole; `test` and `run` have it compile, see `buildByDaemon`. */
const SERVED = new Set(["build", "check", "load", "reload", "repl"]);

/** Has the daemon carry out a command line; undefined where it cannot, or none runs. */
export async function askDaemonFirst(
  args: readonly string[],
  workingFolder: string,
): Promise<number | undefined> {
  if (!isServed(args)) return undefined;
  const write = writerOn(Deno.stdout, onCut(args));
  const writeError = writerOn(Deno.stderr, onCut(args));
  const answer = await runByDaemon(args, {
    ...{ workingFolder, write, writeError },
    colors: hasColors(Deno.stdout),
    errorColors: hasColors(Deno.stderr),
  }).catch((error: unknown) => {
    const message = error instanceof Error ? error.message : String(error);
    writeError(`error: the daemon has gone: ${message}\n`);
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

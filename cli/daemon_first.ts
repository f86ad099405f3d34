/**
 * The shortest way to a running daemon: plain command lines go to it before the tables of commands,
 * options and helps are read, which would take longer than the command.
 * @module
 */
import { CommandFailure } from "./command.ts";
import { runByDaemon } from "./daemon_client.ts";

/** Has the daemon do what plain arguments ask; undefined where they need more, or none runs. */
export async function askDaemonFirst(
  [command, ...paths]: readonly string[],
  workingFolder: string,
): Promise<number | undefined> {
  const isPlain = command === "load" && paths.length > 0 &&
    paths.every((path) => path !== "" && !path.startsWith("-"));
  if (!isPlain) return undefined;
  const colored = Deno.stderr.isTerminal() && !Deno.noColor && Deno.env.get("TERM") !== "dumb";
  const terminal = {
    write: (text: string) => writeAll(Deno.stdout, text),
    writeError: (text: string) => writeAll(Deno.stderr, text),
    errorColors: { isColorSupported: colored },
  };
  try {
    const request = { paths, nodes: [], cluster: false, json: false };
    return await runByDaemon("load", request, { terminal, workingFolder });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const hint = error instanceof CommandFailure ? error.hint : undefined;
    const paint = (code: number, text: string) => colored ? `\x1b[${code}m${text}\x1b[39m` : text;
    terminal.writeError(`${paint(31, "error:")} ${message}\n`);
    if (hint !== undefined) terminal.writeError(`${paint(36, "hint:")} ${hint}\n`);
    return 1;
  }
}

function writeAll(stream: { writeSync(bytes: Uint8Array): number }, text: string): void {
  const bytes = new TextEncoder().encode(text);
  for (let done = 0; done < bytes.length;) done += stream.writeSync(bytes.subarray(done));
}

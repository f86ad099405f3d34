/**
 * Runs the toolchain as its users do: a process, its output and its exit code. `BEAMTALK` names the
 * executable to test; without it the source tree's own entry point is run.
 * @module
 */
import { dirname, fromFileUrl, join } from "@std/path";

const root = dirname(dirname(fromFileUrl(import.meta.url)));

/** What became of a command. */
export interface Outcome {
  readonly code: number;
  readonly output: string;
  readonly errors: string;
}

/** How a command is run. */
export interface RunOptions {
  readonly folder?: string;
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly clearEnv?: boolean;
}

/** The command line of the toolchain under test. */
export function toolchain(): readonly string[] {
  const executable = Deno.env.get("BEAMTALK");
  if (executable !== undefined) return [executable];
  return [Deno.execPath(), "run", "-A", "--no-check", join(root, "main.ts")];
}

/** Runs `beamtalk` with the arguments. */
export async function beamtalk(
  args: readonly string[],
  options: RunOptions = {},
): Promise<Outcome> {
  const [program = "", ...first] = toolchain();
  return await runProgram(program, [...first, ...args], options);
}

/** Runs any program. */
export async function runProgram(
  program: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<Outcome> {
  const process = new Deno.Command(program, {
    args: [...args],
    cwd: options.folder ?? root,
    env: { NO_COLOR: "1", ...options.env },
    clearEnv: options.clearEnv ?? false,
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = process.stdin.getWriter();
  await writer.write(new TextEncoder().encode(options.input ?? "")).catch(() => {});
  await writer.close().catch(() => {});
  const { code, stdout, stderr } = await process.output();
  const decoder = new TextDecoder();
  return { code, output: decoder.decode(stdout), errors: decoder.decode(stderr) };
}

/** Makes files in a fresh folder for the time of `work`. */
export async function withFiles<T>(
  files: Readonly<Record<string, string | Uint8Array>>,
  work: (folder: string) => Promise<T>,
): Promise<T> {
  const folder = await Deno.makeTempDir({ prefix: "beamtalk-system-" });
  try {
    for (const [path, content] of Object.entries(files)) {
      await Deno.mkdir(dirname(join(folder, path)), { recursive: true });
      if (typeof content === "string") await Deno.writeTextFile(join(folder, path), content);
      else await Deno.writeFile(join(folder, path), content);
    }
    return await work(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

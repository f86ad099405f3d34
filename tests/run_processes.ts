/**
 * The processes and temporary files of one run of all tests: they can be told from those of others
 * by a word in their environment and by the folder that they are in, and are cleared away whether
 * the run ends or is interrupted.
 * @module
 */
import { join } from "@std/path";

/** The variable by which a process says which run it belongs to. */
const MARK = "BEAMTALK_TEST_RUN";

/** How long processes that end by themselves may take for it. */
const PATIENCE_MS = 15_000;

/** What became of a program. */
export interface Ended {
  readonly success: boolean;
  /** Standard output and standard error. */
  readonly output: string;
}

/** One run. */
export class TestRun {
  readonly #mark: string;
  /** Temporary files of all that the run starts. */
  readonly folder: string;
  #isInterrupted = false;

  private constructor(mark: string, folder: string) {
    this.#mark = mark;
    this.folder = folder;
  }

  /** Begins a run; a signal that asks the program to end clears it away first. */
  static async begin(): Promise<TestRun> {
    // Short, since sockets are made below it.
    const folder = await Deno.makeTempDir({ prefix: "bt-" });
    const run = new TestRun(crypto.randomUUID(), folder);
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
      Deno.addSignalListener(signal, () => void run.#interrupted());
    }
    return run;
  }

  /** Runs a program in `cwd`; what it prints is shown, but for its standard output if `quiet`. */
  async program(
    program: string,
    args: readonly string[],
    options: { readonly cwd: string; readonly quiet?: boolean },
  ): Promise<Ended> {
    const process = new Deno.Command(program, {
      args: [...args],
      cwd: options.cwd,
      env: { NO_COLOR: "1", TMPDIR: this.folder, [MARK]: this.#mark },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const decoder = new TextDecoder();
    let output = "";
    const show = async (stream: ReadableStream<Uint8Array>, isShown: boolean) => {
      for await (const bytes of stream) {
        if (isShown) await Deno.stdout.write(bytes);
        output += decoder.decode(bytes, { stream: true });
      }
    };
    await Promise.all([show(process.stdout, options.quiet !== true), show(process.stderr, true)]);
    const { success } = await process.status;
    // What was killed has no result; the program is about to end.
    if (this.#isInterrupted) await new Promise(() => {});
    return { success, output };
  }

  /** What is still there after the run: processes that do not end by themselves, and files. */
  async leftBehind(): Promise<string[]> {
    const overdue = Date.now() + PATIENCE_MS;
    let running = await this.#running();
    while (running.length > 0 && Date.now() < overdue) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      running = await this.#running();
    }
    const files = [...Deno.readDirSync(this.folder)].map(({ name }) => join(this.folder, name));
    return [...running.map(({ pid, line }) => `process ${pid}: ${line}`), ...files.sort()];
  }

  /** Ends what still runs and removes the run's temporary files. */
  async clear(): Promise<void> {
    for (let round = 0; round < 50; round++) {
      const running = await this.#running();
      if (running.length === 0) break;
      for (const { pid } of running) kill(pid);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    await Deno.remove(this.folder, { recursive: true }).catch(() => {});
  }

  async #interrupted(): Promise<void> {
    if (this.#isInterrupted) return;
    this.#isInterrupted = true;
    console.error("\ninterrupted");
    await this.clear();
    Deno.exit(130);
  }

  /** The processes of this run; none where the system does not tell of them in `/proc`. */
  async #running(): Promise<{ pid: number; line: string }[]> {
    const found: { pid: number; line: string }[] = [];
    const names = await Array.fromAsync(Deno.readDir("/proc"), ({ name }) => name).catch(() => []);
    for (const name of names.filter((each) => /^\d+$/.test(each))) {
      const environment = await readProcess(name, "environ");
      if (!environment.split("\0").includes(`${MARK}=${this.#mark}`)) continue;
      const line = (await readProcess(name, "cmdline")).replaceAll("\0", " ").trim();
      found.push({ pid: Number(name), line });
    }
    return found;
  }
}

/** Empty where the process has ended, or is another user's. */
async function readProcess(pid: string, file: string): Promise<string> {
  try {
    return await Deno.readTextFile(join("/proc", pid, file));
  } catch {
    return "";
  }
}

function kill(pid: number): void {
  try {
    Deno.kill(pid, "SIGKILL");
  } catch {
    // It has ended meanwhile.
  }
}

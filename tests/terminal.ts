/**
 * A terminal for tests: a program in a pseudo-terminal of its own, the keys that are typed there, and
 * the screen as a person sees it.
 * @module
 */
import { assertMatch } from "@std/assert";
import { dirname, join } from "@std/path";
import { beamtalk, runProgram, toolchain } from "./command_line.ts";
import { TestScreen } from "./test_screen.ts";

/** What keys send. */
export const KEY = {
  up: "\x1b[A",
  down: "\x1b[B",
  right: "\x1b[C",
  left: "\x1b[D",
  home: "\x1b[H",
  backTab: "\x1b[Z",
  tab: "\t",
  enter: "\r",
  backspace: "\x7f",
  /** A key held down with Ctrl. */
  ctrl: (letter: string) => String.fromCharCode(letter.toUpperCase().charCodeAt(0) - 0x40),
  paste: (text: string) => `\x1b[200~${text.replaceAll("\n", "\r")}\x1b[201~`,
} as const;

/** How a program is started in a terminal. */
export interface TerminalOptions {
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  readonly columns?: number;
  readonly rows?: number;
  /** Whether the program is started by a shell, which has the terminal before and after it. */
  readonly inShell?: boolean;
}

/** A program in a terminal of its own. */
export class Terminal {
  readonly #process: Deno.ChildProcess;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #isInShell: boolean;
  readonly screen: TestScreen;
  /** All that the program has sent. */
  sent = "";

  constructor(args: readonly string[], options: TerminalOptions) {
    const { folder, env, columns = 80, rows = 24, inShell = false } = options;
    this.screen = new TestScreen(columns, rows);
    this.#isInShell = inShell;
    const line = [...toolchain(), ...args].map((each) => `'${each}'`).join(" ");
    const shell = `stty cols ${columns} rows ${rows}; exec ${inShell ? "sh -i" : line}`;
    this.#process = new Deno.Command("script", {
      args: ["-qfec", shell, "/dev/null"],
      cwd: folder,
      env: { TERM: "xterm-256color", NO_COLOR: "1", ...env },
      stdin: "piped",
      stdout: "piped",
    }).spawn();
    this.#writer = this.#process.stdin.getWriter();
    void this.#read();
    if (inShell) void this.type(`PS1='sh> '; ${line}\r`);
  }

  async #read(): Promise<void> {
    const decoder = new TextDecoder();
    for await (const bytes of this.#process.stdout) {
      const text = decoder.decode(bytes, { stream: true });
      this.sent += text;
      this.screen.write(text);
    }
  }

  /** Sends keys. */
  async type(keys: string): Promise<void> {
    await this.#writer.write(new TextEncoder().encode(keys));
  }

  /** Types a line and waits until it was evaluated; answers the rows since, the prompt left out. */
  async enter(text: string, limit?: number): Promise<string> {
    const before = this.screen.lines().findLastIndex((line) => line.startsWith("bt>"));
    await this.type(`${text}${KEY.enter}`);
    const rows = () => this.screen.lines().slice(before + 1);
    await this.#until(
      () => rows().length > 0 && this.screen.isAtPrompt(),
      limit,
      () => rows().join("\n"),
    );
    return rows().slice(0, -1).join("\n");
  }

  /** Waits until the screen, scrolled back to its start, is as expected. */
  async shows(expected: RegExp, limit?: number): Promise<void> {
    const text = () => this.screen.lines().join("\n");
    await this.#until(() => expected.test(text()), limit, text, expected);
  }

  /** Waits until the program has sent something, control sequences included. */
  async sends(expected: RegExp, limit?: number): Promise<void> {
    await this.#until(() => expected.test(this.sent), limit, () => this.sent, expected);
  }

  async #until(
    isThere: () => boolean,
    limit = 20_000,
    shown: () => string,
    expected = /(?!)/,
  ): Promise<void> {
    const deadline = Date.now() + limit;
    while (!isThere()) {
      if (Date.now() > deadline) assertMatch(shown(), expected);
      await new Promise((resolve) => setTimeout(resolve, 15));
    }
  }

  /** Gives the terminal another size, as one does by dragging a window's corner. */
  async resize(columns: number, rows: number): Promise<void> {
    this.screen.resize(columns, rows);
    const tty = await Deno.readLink(`/proc/${await this.#pid()}/fd/0`);
    await runProgram("stty", ["-F", tty, "cols", String(columns), "rows", String(rows)]);
  }

  /** Sends the program a signal. */
  async signal(signal: Deno.Signal): Promise<void> {
    Deno.kill(await this.#pid(), signal);
  }

  /** The program's process, which `script` started or the shell that it started. */
  async #pid(): Promise<number> {
    const first = await onlyChild(this.#process.pid);
    return this.#isInShell ? await onlyChild(first) : first;
  }

  /** The program's exit code. */
  async ends(): Promise<number> {
    const { code } = await this.#process.status;
    return code;
  }

  /** Closes the terminal, as one does with a window. */
  stop(): void {
    try {
      this.#process.kill("SIGKILL");
    } catch {
      // It has ended.
    }
  }
}

async function onlyChild(pid: number): Promise<number> {
  return Number.parseInt(await Deno.readTextFile(`/proc/${pid}/task/${pid}/children`), 10);
}

/** A prompt in a terminal, in a project of its own. */
export interface TerminalSetting {
  readonly terminal: Terminal;
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  /** Another prompt in another terminal. */
  open(options?: Partial<TerminalOptions>): Promise<Terminal>;
}

/** Whether this system has what opens pseudo-terminals here. */
export const hasTerminals = (await runProgram("sh", ["-c", "command -v script"])).code === 0;

/** Runs a test at a prompt in a project with these files, and stops all that it started. */
export async function withTerminal(
  files: Readonly<Record<string, string>>,
  test: (setting: TerminalSetting) => Promise<void>,
  options: Partial<TerminalOptions> = {},
): Promise<void> {
  const folder = await Deno.realPath(await Deno.makeTempDir({ prefix: "beamtalk-terminal-" }));
  const env = { BEAMTALK_HOME: join(folder, "home") };
  const manifest = '[package]\nname = "sample"\nversion = "0.1.0"\n';
  for (const [path, text] of Object.entries({ "beamtalk.toml": manifest, ...files })) {
    await Deno.mkdir(dirname(join(folder, path)), { recursive: true });
    await Deno.writeTextFile(join(folder, path), text);
  }
  await beamtalk(["workspace", "start", "--idle", "120"], { folder, env });
  const terminals: Terminal[] = [];
  const open = async (own: Partial<TerminalOptions> = {}) => {
    const all = { ...env, ...options.env, ...own.env };
    const terminal = new Terminal(["repl"], { folder, ...options, ...own, env: all });
    terminals.push(terminal);
    await terminal.shows(/bt>$/);
    return terminal;
  };
  try {
    await test({ terminal: await open(), folder, env, open });
  } finally {
    for (const terminal of terminals) terminal.stop();
    await beamtalk(["workspace", "stop"], { folder, env });
    await Deno.remove(folder, { recursive: true });
  }
}

/** Tests at a prompt in a project with these files. */
export function terminalTests(files: Readonly<Record<string, string>>) {
  return (
    name: string,
    test: (setting: TerminalSetting) => Promise<void>,
    options: Partial<TerminalOptions> = {},
  ): void => {
    Deno.test({ name, ignore: !hasTerminals, fn: () => withTerminal(files, test, options) });
  };
}

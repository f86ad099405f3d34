/**
 * A terminal for tests: a program in a pseudo-terminal of its own, the keys that are typed there, and
 * the screen as a person sees it.
 * @module
 */
import { assertMatch } from "@std/assert";
import { graphemes, graphemeWidth } from "../cli/display_width.ts";
import { dirname, join } from "@std/path";
import { beamtalk, runProgram, toolchain } from "./command_line.ts";

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
}

/** A program in a terminal of its own. */
export class Terminal {
  readonly #process: Deno.ChildProcess;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly screen: TestScreen;
  /** All that the program has sent. */
  sent = "";

  constructor(args: readonly string[], options: TerminalOptions) {
    const { folder, env, columns = 80, rows = 24 } = options;
    this.screen = new TestScreen(columns, rows);
    const line = [...toolchain(), ...args].map((each) => `'${each}'`).join(" ");
    const shell = `stty cols ${columns} rows ${rows}; exec ${line}`;
    this.#process = new Deno.Command("script", {
      args: ["-qfec", shell, "/dev/null"],
      cwd: folder,
      env: { TERM: "xterm-256color", NO_COLOR: "1", ...env },
      stdin: "piped",
      stdout: "piped",
    }).spawn();
    this.#writer = this.#process.stdin.getWriter();
    void this.#read();
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

/** What a terminal shows: rows of cells that text and control sequences change. */
export class TestScreen {
  readonly #columns: number;
  readonly #height: number;
  /** All rows, those that have scrolled away included. A wide character is followed by "". */
  readonly #rows: string[][] = [[]];
  #row = 0;
  #column = 0;
  #rest = "";

  constructor(columns: number, height: number) {
    this.#columns = columns;
    this.#height = height;
  }

  /** The rows as text. */
  lines(): string[] {
    const lines = this.#rows.map((row) =>
      Array.from(row, (cell) => cell ?? " ").join("").trimEnd()
    );
    while (lines.length > this.#row + 1 && lines.at(-1) === "") lines.pop();
    return lines;
  }

  /** The row and the column of the cursor, from 0; rows count from the first ever shown. */
  get cursor(): { readonly row: number; readonly column: number } {
    return { row: this.#row, column: this.#column };
  }

  /** Whether the last row is an empty prompt with the cursor behind it. */
  isAtPrompt(): boolean {
    const lines = this.lines();
    return lines.at(-1) === "bt>" && this.#row === lines.length - 1 && this.#column === 4;
  }

  write(text: string): void {
    const all = this.#rest + text;
    this.#rest = "";
    let index = 0;
    while (index < all.length) {
      const rest = all.slice(index);
      // deno-lint-ignore no-control-regex
      const control = /^\x1b\[([0-9;?]*)([A-Za-z])/.exec(rest);
      if (control !== null) {
        this.#control(control[1]!, control[2]!);
        index += control[0].length;
        continue;
      }
      if (rest[0] === "\x1b" && rest.length < 12) {
        this.#rest = rest;
        return;
      }
      // deno-lint-ignore no-control-regex
      const plain = /^[^\x00-\x1f]+/.exec(rest)?.[0];
      if (plain === undefined) this.#special(rest[0]!);
      else for (const each of graphemes(plain)) this.#put(each);
      index += plain?.length ?? 1;
    }
  }

  #special(char: string): void {
    if (char === "\r") this.#column = 0;
    if (char === "\n") this.#down();
    if (char === "\b") this.#column = Math.max(0, this.#column - 1);
  }

  #down(): void {
    this.#row++;
    this.#rows[this.#row] ??= [];
  }

  #put(grapheme: string): void {
    const width = graphemeWidth(grapheme);
    if (this.#column + width > this.#columns) {
      this.#column = 0;
      this.#down();
    }
    const row = this.#rows[this.#row]!;
    row[this.#column] = grapheme;
    if (width === 2) row[this.#column + 1] = "";
    this.#column += width;
  }

  #control(parameters: string, final: string): void {
    const count = Number.parseInt(parameters, 10) || 1;
    const first = Math.max(0, this.#rows.length - this.#height);
    switch (final) {
      case "A":
        this.#row = Math.max(first, this.#row - count);
        return;
      case "B":
        this.#row = Math.min(first + this.#height - 1, this.#row + count);
        this.#rows[this.#row] ??= [];
        return;
      case "C":
        this.#column = Math.min(this.#columns - 1, this.#column + count);
        return;
      case "D":
        this.#column = Math.max(0, this.#column - count);
        return;
      case "H":
        this.#row = first;
        this.#column = 0;
        return;
      case "K":
        this.#rows[this.#row]!.length = Math.min(this.#rows[this.#row]!.length, this.#column);
        return;
      case "J":
        if (parameters === "2") this.#rows.splice(first, Infinity, []);
        else {
          this.#rows.length = this.#row + 1;
          this.#rows[this.#row]!.length = Math.min(this.#rows[this.#row]!.length, this.#column);
        }
        return;
    }
  }
}

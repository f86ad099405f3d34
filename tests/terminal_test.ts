/** The prompt as a person meets it: in a terminal, with keys. */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { beamtalk, runProgram, toolchain } from "./command_line.ts";

const KEY = { up: "\x1b[A", tab: "\t", interrupt: "\x03", end: "\x04", enter: "\r" };

/** A program in a terminal of its own. */
class Terminal {
  readonly #process: Deno.ChildProcess;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  #seen = "";
  #mark = 0;

  constructor(folder: string, args: readonly string[]) {
    const line = [...toolchain(), ...args].map((each) => `'${each}'`).join(" ");
    this.#process = new Deno.Command("script", {
      args: ["-qfec", line, "/dev/null"],
      cwd: folder,
      env: { BEAMTALK_HOME: join(folder, "home"), TERM: "xterm-256color", NO_COLOR: "1" },
      stdin: "piped",
      stdout: "piped",
    }).spawn();
    this.#writer = this.#process.stdin.getWriter();
    void this.#read();
  }

  async #read(): Promise<void> {
    const decoder = new TextDecoder();
    for await (const bytes of this.#process.stdout) {
      this.#seen += decoder.decode(bytes, { stream: true });
    }
  }

  /** Types keys, one by one as a person does. */
  async type(keys: string): Promise<void> {
    await this.#writer.write(new TextEncoder().encode(keys));
  }

  /** Waits until the terminal shows something that it has not shown before. */
  async shows(expected: RegExp, limit = 15_000): Promise<string> {
    const deadline = Date.now() + limit;
    for (;;) {
      const news = plain(this.#seen.slice(this.#mark));
      if (expected.test(news)) {
        this.#mark = this.#seen.length;
        return news;
      }
      if (Date.now() > deadline) assertMatch(news, expected);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  async ends(): Promise<number> {
    const { code } = await this.#process.status;
    return code;
  }

  stop(): void {
    try {
      this.#process.kill("SIGKILL");
    } catch {
      // It has ended.
    }
  }
}

/** Text without the codes that move the cursor. */
function plain(text: string): string {
  // deno-lint-ignore no-control-regex
  return text.replaceAll(/\x1b\[[0-9;?]*[A-Za-z]/g, "").replaceAll("\r", "");
}

const COUNTER = `/// Counts up.
Actor subclass: Counter
  state: value = 0

  increment => self.value += 1

  later: ms => Timer after: ms do: [Transcript show: "from the actor"; cr]
`;

async function withTerminal(test: (terminal: Terminal, folder: string) => Promise<void>) {
  const folder = await Deno.realPath(await Deno.makeTempDir({ prefix: "beamtalk-terminal-" }));
  const env = { BEAMTALK_HOME: join(folder, "home") };
  await Deno.mkdir(join(folder, "src"));
  await Deno.writeTextFile(
    join(folder, "beamtalk.toml"),
    '[package]\nname = "sample"\nversion = "0.1.0"\n',
  );
  await Deno.writeTextFile(join(folder, "src/Counter.bt"), COUNTER);
  await beamtalk(["workspace", "start", "--idle", "120"], { folder, env });
  const terminal = new Terminal(folder, ["repl"]);
  try {
    await terminal.shows(/bt> $/);
    await test(terminal, folder);
  } finally {
    terminal.stop();
    await beamtalk(["workspace", "stop"], { folder, env });
    await Deno.remove(folder, { recursive: true });
  }
}

const hasScript = (await runProgram("sh", ["-c", "command -v script"])).code === 0;

function terminalTest(
  name: string,
  test: (terminal: Terminal, folder: string) => Promise<void>,
): void {
  Deno.test({ name, ignore: !hasScript, fn: () => withTerminal(test) });
}

terminalTest(
  "values, several lines, errors and history at the prompt",
  async (terminal, folder) => {
    await terminal.type(`c := Counter spawn${KEY.enter}`);
    await terminal.shows(/#Actor<Counter,[\d.]+>\nbt> $/);
    await terminal.type(`#(1,${KEY.enter}`);
    await terminal.shows(/\.\.> $/);
    await terminal.type(`2) size${KEY.enter}`);
    await terminal.shows(/\n2\nbt> $/);
    await terminal.type(`c nope${KEY.enter}`);
    assertStringIncludes(await terminal.shows(/Error: [^]*bt> $/), "does not understand");
    await terminal.type(`c increment${KEY.enter}`);
    await terminal.shows(/\n1\nbt> $/);
    await terminal.type(`${KEY.up}${KEY.enter}`);
    await terminal.shows(/\n2\nbt> $/);
    await terminal.type(`1 + )${KEY.enter}`);
    assertMatch(await terminal.shows(/error[^]*bt> $/), /\^/);
    await terminal.type(KEY.end);
    assertEquals(await terminal.ends(), 0);
    assertStringIncludes(await Deno.readTextFile(join(folder, "home", "history")), "c increment");
  },
);

terminalTest("Ctrl-C ends what runs and what is typed, not the session", async (terminal) => {
  await terminal.type(`x := 42${KEY.enter}`);
  await terminal.shows(/\n42\nbt> $/);
  await terminal.type(`[true] whileTrue: []${KEY.enter}`);
  await new Promise((resolve) => setTimeout(resolve, 500));
  await terminal.type(KEY.interrupt);
  await terminal.shows(/Interrupted\nbt> $/);
  await terminal.type(`half a thought ${KEY.interrupt}`);
  await terminal.shows(/\^C\n+(bt> )+$/);
  await terminal.type(`x + 1${KEY.enter}`);
  await terminal.shows(/\n43\nbt> $/);
});

terminalTest("what actors write comes above the line that is typed", async (terminal) => {
  await terminal.type(`c := Counter spawn${KEY.enter}`);
  await terminal.shows(/bt> $/);
  await terminal.type(`c later: 500${KEY.enter}`);
  await terminal.shows(/later: 500\n[^]*\nbt> $/);
  await terminal.type("c incre");
  await terminal.shows(/from the actor\n+bt> c incre$/);
  await terminal.type(`ment${KEY.enter}`);
  await terminal.shows(/\n1\nbt> $/);
});

terminalTest("Tab completes names, selectors and commands", async (terminal) => {
  await terminal.type(`counted := Counter spawn${KEY.enter}`);
  await terminal.shows(/#Actor<Counter[^]*bt> $/);
  await terminal.type(`count${KEY.tab}`);
  await terminal.shows(/counted$/);
  await terminal.type(` incr${KEY.tab}`);
  await terminal.shows(/ increment$/);
  await terminal.type(KEY.enter);
  await terminal.shows(/\n1\nbt> $/);
  await terminal.type(`Count${KEY.tab}`);
  await terminal.shows(/Counter$/);
  await terminal.type(` spawnW${KEY.tab}`);
  await terminal.shows(/ spawnWith:$/);
  await terminal.type(KEY.interrupt);
  await terminal.shows(/bt> $/);
  await terminal.type(`:bind${KEY.tab}`);
  await terminal.shows(/:bindings$/);
  await terminal.type(KEY.enter);
  await terminal.shows(/counted = #Actor<Counter/);
  await terminal.type(`:load sr${KEY.tab}`);
  await terminal.shows(/:load src\/$/);
  await terminal.type(KEY.tab);
  await terminal.shows(/Counter.bt$/);
  await terminal.type(KEY.enter);
  await terminal.shows(/Loaded: Counter \(src\/Counter.bt\)\n#\(Counter\)/);
});

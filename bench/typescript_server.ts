/**
 * TypeScript's own server, as editors run it, and classes for it of the size of the generated
 * Beamtalk ones.
 * @module
 */
import { join } from "@std/path";
import { type ChildProcess, spawn } from "node:child_process";

/** The TypeScript class that does what a generated Beamtalk class does. */
export function typescriptClass(number: number): string {
  return `/** Keeps the amounts of account ${number}. */
export class Ledger${number} {
  owner = "nobody";
  amounts: readonly number[] = [];

  /** One more amount. */
  add(amount: number): Ledger${number} {
    const next = new Ledger${number}();
    next.amounts = [...this.amounts, amount];
    return next;
  }

  total() { return this.amounts.reduce((sum, each) => sum + each, ${number}); }

  biggest() { return this.amounts.reduce((most, each) => each > most ? each : most, 0); }

  above(limit: number) { return this.amounts.filter((each) => each > limit); }

  doubled() { return this.amounts.map((each) => each * 2); }

  count(limit: number) {
    let n = 0;
    for (const each of this.amounts) if (each > limit) n = n + 1;
    return n;
  }

  sumTo(n: number) {
    let sum = 0;
    for (let i = 1; i <= n; i++) sum = sum + i * ${number};
    return sum;
  }

  steps(n: number) {
    let count = 0;
    let rest = n;
    while (rest > 1) {
      rest = rest % 2 === 0 ? rest / 2 : rest * 3 + 1;
      count = count + 1;
    }
    return count;
  }

  describe(event: readonly [string, number]) {
    switch (event[0]) {
      case "deposit": return \`in \${event[1]}\`;
      case "withdraw": return \`out \${event[1]}\`;
      default: return "unknown";
    }
  }

  title() { return \`\${this.owner} has \${this.amounts.length} amounts\`; }

  grade(points: number) {
    if (points > 90) return "best";
    if (points > 50) return "good";
    return "poor";
  }

  average() { return this.amounts.length === 0 ? 0 : this.total() / this.amounts.length; }

  summary() { return { total: this.total(), biggest: this.biggest(), average: this.average() }; }
}
`;
}

interface Message {
  readonly type: string;
  readonly event?: string;
  readonly request_seq?: number;
  readonly body?: unknown;
}

/** One running server. */
export class TsServer {
  readonly #process: ChildProcess;
  readonly #waiting = new Map<number, (body: unknown) => void>();
  #sequence = 0;
  #buffer = "";
  #onEvent: (name: string) => void = () => {};

  /** `repository` is the folder whose node_modules holds TypeScript. */
  constructor(repository: string) {
    const script = join(repository, "node_modules", "typescript", "lib", "tsserver.js");
    this.#process = spawn("node", [script, "--disableAutomaticTypingAcquisition"], {
      stdio: ["pipe", "pipe", "ignore"],
    });
    this.#process.stdout?.setEncoding("utf8");
    this.#process.stdout?.on("data", (text: string) => this.#read(text));
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  #read(text: string): void {
    this.#buffer += text;
    for (;;) {
      const newline = this.#buffer.indexOf("\n");
      if (newline < 0) return;
      const line = this.#buffer.slice(0, newline).trim();
      this.#buffer = this.#buffer.slice(newline + 1);
      if (line.startsWith("{")) this.#hear(JSON.parse(line) as Message);
    }
  }

  #hear(message: Message): void {
    if (message.type === "event" && message.event !== undefined) this.#onEvent(message.event);
    if (message.request_seq === undefined) return;
    this.#waiting.get(message.request_seq)?.(message.body);
    this.#waiting.delete(message.request_seq);
  }

  #send(command: string, args: object): number {
    const seq = ++this.#sequence;
    const text = JSON.stringify({ seq, type: "request", command, arguments: args });
    this.#process.stdin?.write(`${text}\n`);
    return seq;
  }

  /** Asks and answers the body of the response. */
  request(command: string, args: object): Promise<unknown> {
    return new Promise((resolve) => this.#waiting.set(this.#send(command, args), resolve));
  }

  /** Opens a file and waits for its findings. */
  async open(file: string): Promise<void> {
    this.#send("open", { file });
    await this.#findings(file);
  }

  /** Types a text at the start of a line and waits for the findings. */
  async type(file: string, line: number, text: string): Promise<void> {
    const offset = 1;
    this.#send("change", {
      file,
      line,
      offset,
      endLine: line,
      endOffset: offset,
      insertString: text,
    });
    await this.#findings(file);
  }

  #findings(file: string): Promise<void> {
    return new Promise((resolve) => {
      this.#onEvent = (name) => {
        if (name === "semanticDiag") resolve();
      };
      this.#send("geterr", { files: [file], delay: 0 });
    });
  }

  /** Ends the server. */
  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#process.on("exit", () => resolve());
      this.#send("exit", {});
    });
  }
}

/** A project with a daemon of its own, and clients that write what they like. */
import { dirname, join } from "@std/path";
import { beamtalk, type Outcome } from "./command_line.ts";

/** The project's only source. */
export const COUNTER = `Actor subclass: Counter
  state: value = 0

  increment => self.value += 1
`;

/** The project, and how commands are run in it. */
export interface Setting {
  readonly folder: string;
  readonly home: string;
  readonly socket: string;
  run(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<Outcome>;
  write(path: string, text: string): Promise<void>;
}

/** Stops the daemon and the workspace at the end. */
export async function inProject(test: (setting: Setting) => Promise<void>): Promise<void> {
  const top = await Deno.realPath(await Deno.makeTempDir({ prefix: "beamtalk-daemon-" }));
  const folder = join(top, "sample");
  const home = join(top, "home");
  const write = async (path: string, text: string) => {
    await Deno.mkdir(dirname(join(folder, path)), { recursive: true });
    await Deno.writeTextFile(join(folder, path), text);
  };
  await write("beamtalk.toml", '[package]\nname = "sample"\nversion = "0.1.0"\n');
  await write("src/Counter.bt", COUNTER);
  const run = (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
    beamtalk(args, { folder, env: { BEAMTALK_HOME: home, ...env } });
  try {
    await test({ folder, home, socket: join(home, "daemon", "socket"), run, write });
  } finally {
    await run(["daemon", "stop"]);
    await run(["workspace", "stop"]);
    await Deno.remove(top, { recursive: true });
  }
}

/** A client that writes what it likes. */
export class Client {
  readonly #connection: Deno.Conn;
  readonly #lines: ReadableStreamDefaultReader<string>;
  #rest = "";

  private constructor(connection: Deno.Conn) {
    this.#connection = connection;
    this.#lines = connection.readable.pipeThrough(new TextDecoderStream()).getReader();
  }

  static async open(socket: string): Promise<Client> {
    return new Client(await Deno.connect({ transport: "unix", path: socket }));
  }

  async send(text: string): Promise<void> {
    const bytes = new TextEncoder().encode(text);
    for (let done = 0; done < bytes.length;) {
      done += await this.#connection.write(bytes.subarray(done));
    }
  }

  /** The next message; undefined at the end. */
  async next() {
    for (;;) {
      const end = this.#rest.indexOf("\n");
      if (end >= 0) {
        const line = this.#rest.slice(0, end);
        this.#rest = this.#rest.slice(end + 1);
        return JSON.parse(line);
      }
      const { value, done } = await this.#lines.read();
      if (done) return undefined;
      this.#rest += value;
    }
  }

  /** Asks, and answers the message that answers it. */
  async ask(method: string, params: unknown = {}, id: number | string = 1) {
    await this.send(`${JSON.stringify({ jsonrpc: "2.0", id, method, params })}\n`);
    for (;;) {
      const message = await this.next();
      if (message === undefined || message.id === id) return message;
    }
  }

  close(): void {
    this.#connection.close();
  }
}

/** Output without what differs from run to run: times, process numbers. */
export function settled({ code, output, errors }: Outcome): Outcome {
  const plain = (text: string) =>
    text.replaceAll(/\d+ ms/g, "N ms").replaceAll(/(#Actor<\w+),[\d.]+>/g, "$1,N>")
      .replaceAll(/"microseconds":\d+/g, '"microseconds":N');
  return { code, output: plain(output), errors: plain(errors) };
}

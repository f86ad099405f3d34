/**
 * The node that tests run in: started for a test run, told what to load and to run, restarted by
 * its user when a test takes it down. It runs plain Erlang with the runtime on its code path.
 * @module
 */
import { join } from "@std/path";
import { Atom, atom, decode, encode, type Term, TermMap, Tuple, tuple } from "../bridge/mod.ts";
import { coveredLines, type OnCovered } from "./covered_lines.ts";
import { type Installation, nodeWithToolchain } from "./installation.ts";

/** How a test ended. */
export type TestStatus = "passed" | "failed" | "error" | "skipped";

/** What the node tells of one test. */
export interface TestOutcome {
  readonly test: string;
  readonly status: TestStatus;
  readonly message: string;
  /** Line in the test's own file; 0 where none is known. */
  readonly line: number;
  readonly file: string;
  /** Expected and actual value of a failed assertion, where it has them. */
  readonly details: readonly { readonly name: string; readonly value: string }[];
  /** Frames of Beamtalk code, innermost first. */
  readonly trace: readonly string[];
  readonly assertions: number;
  readonly durationMs: number;
}

/** What happens while a class's tests run. */
export type TestEvent =
  | { readonly kind: "started"; readonly test: string }
  | { readonly kind: "ended"; readonly outcome: TestOutcome };

/** How to start a node. */
export interface TestNodeOptions {
  readonly installation: Installation;
  /** Code path beside the runtime and the class library. */
  readonly paths: readonly string[];
  readonly workingFolder: string;
  /** What the node prints, as it comes. */
  readonly onOutput: (bytes: Uint8Array) => void;
  /** How often lines of a module were reached; first all of its lines with zeros. */
  readonly onCovered?: OnCovered | undefined;
}

/** How the tests of a class are run. */
export interface TestRunOptions {
  readonly timeoutMs: number;
  readonly failFast: boolean;
  /** What makes the random values of property tests the same. */
  readonly seed?: number | undefined;
}

/** The node went down; its tests that had not ended are for the next one. */
export class NodeDown extends Error {
  override readonly name = "NodeDown";
}

const STARTUP_LIMIT = 30_000;

/** A running test node. */
export class TestNode {
  readonly #process: Deno.ChildProcess;
  readonly #connection: Deno.Conn;
  readonly #runs = new Map<number, Run>();
  readonly #output: Promise<void>;
  readonly #onCovered: TestNodeOptions["onCovered"];
  #loading: PromiseWithResolvers<ReadonlySet<string>> | undefined;
  #lastRun = 0;
  #writing: Promise<void> = Promise.resolve();
  #down: NodeDown | undefined;

  private constructor(
    process: Deno.ChildProcess,
    connection: Deno.Conn,
    output: Promise<void>,
    onCovered: TestNodeOptions["onCovered"],
  ) {
    this.#process = process;
    this.#connection = connection;
    this.#output = output;
    this.#onCovered = onCovered;
    this.#listen();
  }

  /** Starts a node and waits until it is connected. */
  static async start(options: TestNodeOptions): Promise<TestNode> {
    const folder = await shortTemporaryFolder();
    const path = join(folder, "socket");
    const listener = Deno.listen({ transport: "unix", path });
    try {
      const process = spawnNode(path, options);
      const output = Promise.all([
        copy(process.stdout, options.onOutput),
        copy(process.stderr, options.onOutput),
      ]).then(() => {});
      const connection = await firstConnection(listener, process);
      return new TestNode(process, connection, output, options.onCovered);
    } finally {
      listener.close();
      await Deno.remove(folder, { recursive: true });
    }
  }

  /** Loads modules; answers those of test classes that must not run beside others. */
  load(modules: readonly string[]): Promise<ReadonlySet<string>> {
    if (this.#down !== undefined) return Promise.reject(this.#down);
    this.#loading = Promise.withResolvers();
    this.#send(tuple(atom("load"), modules.map(atom)));
    return this.#loading.promise;
  }

  /** Runs tests of a class, told of as they start and end. Rejected when the node goes down. */
  run(
    module: string,
    tests: readonly string[],
    options: TestRunOptions,
    onEvent: (event: TestEvent) => void,
  ): Promise<void> {
    if (this.#down !== undefined) return Promise.reject(this.#down);
    const id = ++this.#lastRun;
    const done = Promise.withResolvers<void>();
    // Slack beyond the node's own limit for setUpOnce, each test and tearDownOnce.
    const patience = options.timeoutMs + 15_000;
    const run: Run = { onEvent, done, patience, watchdog: undefined };
    this.#runs.set(id, run);
    this.#watch(run);
    this.#send(tuple(
      atom("run"),
      id,
      atom(module),
      tests.map(atom),
      TermMap.from([
        [atom("timeout"), options.timeoutMs],
        [atom("fail_fast"), atom(String(options.failFast))],
        ...(options.seed === undefined ? [] : [[atom("seed"), options.seed] as const]),
      ]),
    ));
    return done.promise;
  }

  /** Ends the node and waits until it is gone and its output is through. */
  async stop(): Promise<void> {
    try {
      this.#connection.close();
    } catch {
      // Closed by the node already.
    }
    const overdue = setTimeout(() => this.#kill(), 2_000);
    await this.#process.status;
    clearTimeout(overdue);
    await this.#output;
  }

  async #listen(): Promise<void> {
    const reader = new FrameReader(this.#connection);
    try {
      for (let frame = await reader.next(); frame !== undefined; frame = await reader.next()) {
        this.#told(decode(frame));
      }
    } catch {
      // The connection broke: the node is down.
    }
    // It closes the connection when it ends by itself: then its own exit code is worth telling.
    const overdue = setTimeout(() => this.#kill(), 1_000);
    const status = await this.#process.status;
    clearTimeout(overdue);
    await this.#output;
    this.#fail(new NodeDown(`the node went down (${exitText(status)})`));
  }

  #told(told: Term): void {
    if (!(told instanceof Tuple)) return;
    const [tag, first, second] = told.elements;
    switch (atomName(tag)) {
      case "loaded":
        this.#loaded(first, second);
        return;
      case "started":
        return this.#event(first, { kind: "started", test: atomName(second) });
      case "ended":
        return this.#event(first, { kind: "ended", outcome: readOutcome(second) });
      case "covered":
        return this.#covered(first);
      case "done":
        return this.#done(first);
    }
  }

  #loaded(result: Term | undefined, serial: Term | undefined): void {
    if (result instanceof Tuple) {
      this.#loading?.reject(new Error(text(result.elements[1])));
    } else {
      const names = Array.isArray(serial) ? serial.map((module: Term) => atomName(module)) : [];
      this.#loading?.resolve(new Set(names));
    }
  }

  #covered(modules: Term | undefined): void {
    for (const { module, lines } of coveredLines(modules)) this.#onCovered?.(module, lines);
  }

  #event(id: Term | undefined, event: TestEvent): void {
    const run = this.#runs.get(id as number);
    if (run === undefined) return;
    this.#watch(run);
    run.onEvent(event);
  }

  #done(id: Term | undefined): void {
    const run = this.#runs.get(id as number);
    if (run === undefined) return;
    clearTimeout(run.watchdog);
    this.#runs.delete(id as number);
    run.done.resolve();
  }

  /** A node whose schedulers are stuck stops no test by itself: it is taken down. */
  #watch(run: Run): void {
    clearTimeout(run.watchdog);
    run.watchdog = setTimeout(() => this.#kill(), run.patience);
  }

  #fail(error: NodeDown): void {
    this.#down = error;
    this.#loading?.reject(error);
    // The promise may have been settled and forgotten long ago.
    this.#loading?.promise.catch(() => {});
    for (const run of this.#runs.values()) {
      clearTimeout(run.watchdog);
      run.done.reject(error);
    }
    this.#runs.clear();
  }

  #send(term: Term): void {
    const body = encode(term);
    const frame = new Uint8Array(4 + body.length);
    new DataView(frame.buffer).setUint32(0, body.length);
    frame.set(body, 4);
    this.#writing = this.#writing.then(() => writeAll(this.#connection, frame)).catch(() => {});
  }

  #kill(): void {
    try {
      this.#process.kill("SIGKILL");
    } catch {
      // Ended already.
    }
  }
}

/** The path of a socket has at most 107 bytes, which a deep temporary folder would pass. */
async function shortTemporaryFolder(): Promise<string> {
  const prefix = "beamtalk-test-";
  const folder = await Deno.makeTempDir({ prefix });
  if (new TextEncoder().encode(folder).length <= 90) return folder;
  await Deno.remove(folder);
  return await Deno.makeTempDir({ prefix, dir: "/tmp" });
}

interface Run {
  readonly onEvent: (event: TestEvent) => void;
  readonly done: PromiseWithResolvers<void>;
  readonly patience: number;
  watchdog: ReturnType<typeof setTimeout> | undefined;
}

function spawnNode(socket: string, options: TestNodeOptions): Deno.ChildProcess {
  const { installation, paths } = options;
  const codePath = [installation.ebin("workspace"), ...installation.runtimePaths, ...paths];
  const { args, env } = nodeWithToolchain();
  return new Deno.Command("erl", {
    args: [
      ...["-noinput", "-boot", "no_dot_erlang", "+Bd", "+fnu", "+sfwi", "100"],
      ...["-kernel", "logger", LOGGER, ...args, "-pa", ...codePath],
      ...["-s", "beamtalk_test_node", "main", "-extra", socket],
    ],
    cwd: options.workingFolder,
    env: { ERL_CRASH_DUMP_SECONDS: "0", ...env },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

/** Log lines go to standard error, so that a program's own output stays clean. */
export const LOGGER = "[{handler, default, logger_std_h, #{config => #{type => standard_error}}}]";

async function firstConnection(
  listener: Deno.Listener,
  process: Deno.ChildProcess,
): Promise<Deno.Conn> {
  const overdue = setTimeout(() => process.kill("SIGKILL"), STARTUP_LIMIT);
  try {
    const ended = process.status.then((status) => {
      throw new NodeDown(`the test node does not start (${exitText(status)})`);
    });
    // When the connection comes first, the later end of the process is no error here.
    ended.catch(() => {});
    return await Promise.race([listener.accept(), ended]);
  } finally {
    clearTimeout(overdue);
  }
}

function exitText(status: Deno.CommandStatus): string {
  return status.signal === null ? `exit code ${status.code}` : `signal ${status.signal}`;
}

async function copy(
  stream: ReadableStream<Uint8Array>,
  onOutput: (bytes: Uint8Array) => void,
): Promise<void> {
  for await (const bytes of stream) onOutput(bytes);
}

async function writeAll(connection: Deno.Conn, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await connection.write(bytes.subarray(at));
}

/** Reads frames with a length of four bytes in front. */
class FrameReader {
  readonly #connection: Deno.Conn;

  constructor(connection: Deno.Conn) {
    this.#connection = connection;
  }

  async next(): Promise<Uint8Array | undefined> {
    const head = await this.#exactly(4);
    if (head === undefined) return undefined;
    return await this.#exactly(new DataView(head.buffer).getUint32(0));
  }

  async #exactly(size: number): Promise<Uint8Array | undefined> {
    const bytes = new Uint8Array(size);
    for (let at = 0; at < size;) {
      const count = await this.#connection.read(bytes.subarray(at));
      if (count === null) return undefined;
      at += count;
    }
    return bytes;
  }
}

function readOutcome(term: Term | undefined): TestOutcome {
  if (!(term instanceof TermMap)) throw new TypeError("an outcome is a map");
  const field = (name: string) => term.get(atom(name));
  return {
    test: atomName(field("test")),
    status: atomName(field("status")) as TestStatus,
    message: text(field("message")),
    line: Number(field("line") ?? 0),
    file: text(field("file")),
    details: termList(field("details")).map((detail) => {
      const [name, value] = detail instanceof Tuple ? detail.elements : [];
      return { name: atomName(name), value: text(value) };
    }),
    trace: termList(field("trace")).map(text),
    assertions: Number(field("assertions") ?? 0),
    durationMs: Number(field("duration") ?? 0) / 1000,
  };
}

function termList(term: Term | undefined): readonly Term[] {
  return Array.isArray(term) ? term : [];
}

function atomName(term: Term | undefined): string {
  return term instanceof Atom ? term.name : "";
}

function text(term: Term | undefined): string {
  return term instanceof Uint8Array ? new TextDecoder().decode(term) : "";
}

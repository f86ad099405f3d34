/**
 * One life of the port program: an operating system process, its pipes and the requests under way.
 *
 * @module
 */

import { type ChildProcess, spawn } from "node:child_process";
import type { Socket } from "node:net";
import type { Writable } from "node:stream";
import { decode } from "./decode.ts";
import { deferred } from "./deferred.ts";
import { PortDiedError, PortStartError, RequestTimeoutError } from "./errors.ts";
import { type Frame, FrameReader, frames, givenUp } from "./frames.ts";
import { isAtom } from "./read.ts";
import { timeLimit } from "./time_limit.ts";
import { atom, type Term, TermMap, Tuple, tuple } from "./term.ts";

/** How the program is started. */
export interface ProcessOptions {
  /** The folder with the port program's `.beam` files. */
  readonly ebin: string;
  /** The Erlang emulator; `erl` of the search path unless said. */
  readonly erl?: string;
  /** Further flags for it. */
  readonly erlFlags?: readonly string[];
  /** Environment variables to add. */
  readonly env?: Readonly<Record<string, string>>;
  /** Where its standard error (and stray standard output) goes; `inherit` unless said. */
  readonly stderr?: "inherit" | "ignore";
  /** How long it may take to be ready; 10,000 ms unless said. */
  readonly startTimeoutMs?: number;
  /** The largest answer that is taken in; 1 GiB unless said. */
  readonly maxSize?: number;
}

/** Who hears what the program says without being asked. */
export interface ProcessListener {
  push(topic: string, term: Term): void;
  /** A connected node asks; the answer goes back with {@link PortProcess.reply}. */
  request(id: number, term: Term): void;
  exit(died: PortDiedError): void;
}

/** What bounds one request. */
export interface RequestOptions {
  readonly signal?: AbortSignal | undefined;
  /** Ends the wait after so many milliseconds; `Infinity`, and nothing, mean no limit. */
  readonly timeoutMs?: number | undefined;
}

/** What the program told of itself when it was ready. */
export interface ReadyFacts {
  readonly node: string;
  readonly osPid: number;
}

interface Waiting {
  resolve(answer: Term): void;
  reject(error: unknown): void;
}

/** A message on its way out. */
interface Sending {
  stopped: boolean;
}

const GIBIBYTE = 1 << 30;
const LAST_ID = 0x3fffffff;

/**
 * The program's descriptors 3 and 4 are the pipes; its standard output goes where its standard
 * error goes, so that whatever prints there disturbs no frame.
 */
const WITH_FRAMES_APART = 'exec "$@" 3<&0 4>&1 0</dev/null 1>&2';

/** The flags with which `erl` becomes the port program. */
function erlFlags(options: ProcessOptions): string[] {
  return [
    // Ctrl-C is for its user; it ends with its standard input.
    ...["-noinput", "+fnu", "+Bi", "-boot", "no_dot_erlang"],
    ...["-hidden", "-nocookie", "-start_epmd", "false"],
    ...["-dist_listen", "false", "-epmd_module", "beamtalk_port_epmd"],
    ...["-proto_dist", "beamtalk_port", "-kernel", "dist_auto_connect", "never"],
    ...["+sbwt", "none", "+sbwtdcpu", "none", "+sbwtdio", "none"],
    ...["-pa", options.ebin, ...(options.erlFlags ?? []), "-user", "beamtalk_port"],
  ];
}

/** Without the flags that the user gives to every `erl`: a node's name among them would be ours. */
function environment(options: ProcessOptions): Record<string, string | undefined> {
  const { ERL_AFLAGS: _a, ERL_FLAGS: _f, ERL_ZFLAGS: _z, ...inherited } = process.env;
  return { ...inherited, ...options.env, ERL_CRASH_DUMP_BYTES: "0", PORT_PROGRAM_FDS: "3,4" };
}

/** A running port program. */
export class PortProcess {
  readonly #child: ChildProcess;
  readonly #stdin: Writable;
  readonly #reader: FrameReader;
  readonly #waiting = new Map<number, Waiting>();
  readonly #ready = deferred<ReadyFacts>();
  readonly #ended = deferred<void>();
  #lastId = 0;
  #died: PortDiedError | undefined;
  #problem: Error | undefined;

  readonly listener: ProcessListener;

  private constructor(options: ProcessOptions, listener: ProcessListener) {
    this.listener = listener;
    const erl = options.erl ?? "erl";
    this.#child = spawn("/bin/sh", ["-c", WITH_FRAMES_APART, "sh", erl, ...erlFlags(options)], {
      stdio: ["pipe", "pipe", options.stderr ?? "inherit"],
      env: environment(options),
    });
    this.#stdin = this.#child.stdin!;
    this.#reader = new FrameReader(
      (bytes) => this.#onMessage(bytes),
      options.maxSize ?? GIBIBYTE,
    );
    this.#listen();
  }

  /** Starts the program and waits until it is ready. */
  static async start(options: ProcessOptions, listener: ProcessListener): Promise<PortProcess> {
    const limit = timeLimit(options.startTimeoutMs ?? 10_000);
    const started = new PortProcess(options, listener);
    const timer = limit === undefined ? undefined : setTimeout(() => {
      started.#fail(new PortStartError(`the port program was not ready within ${limit} ms`));
    }, limit);
    try {
      await started.#ready.promise;
      return started;
    } finally {
      clearTimeout(timer);
    }
  }

  /** What it told of itself. */
  get ready(): Promise<ReadyFacts> {
    return this.#ready.promise;
  }

  /** Resolved when the process has ended. */
  get ended(): Promise<void> {
    return this.#ended.promise;
  }

  /** The operating system's number of the process. */
  get osPid(): number | undefined {
    return this.#child.pid;
  }

  /** Sends a request; the answer as the program gives it: `{ok, Value}` or `{error, ...}`. */
  request(command: Term, options: RequestOptions): Promise<Term> {
    if (this.#died !== undefined) return Promise.reject(this.#died);
    if (options.signal?.aborted) return Promise.reject(options.signal.reason);
    const timeoutMs = timeLimit(options.timeoutMs ?? Infinity);
    const id = this.#newId();
    const { promise, resolve, reject } = deferred<Term>();
    const sending: Sending = { stopped: false };
    const cancel = (reason: unknown) => {
      if (!this.#waiting.delete(id)) return;
      sending.stopped = true;
      this.#reader.forget(id);
      this.#write(tuple(atom("cancel"), id, []));
      reject(reason);
    };
    const onAbort = () => cancel(options.signal?.reason);
    const timer = timeoutMs === undefined
      ? undefined
      : setTimeout(() => cancel(new RequestTimeoutError(timeoutMs)), timeoutMs);
    const settle = () => {
      clearTimeout(timer);
      options.signal?.removeEventListener("abort", onAbort);
    };
    options.signal?.addEventListener("abort", onAbort, { once: true });
    this.#waiting.set(id, { resolve, reject });
    try {
      this.#write(tuple(atom("request"), id, command), id, sending);
    } catch (error) {
      this.#waiting.delete(id);
      reject(error);
    }
    return promise.finally(settle);
  }

  /** Answers a request of a node. */
  reply(id: number, answer: Term): void {
    if (this.#died === undefined) this.#write(tuple(atom("reply"), id, answer), id);
  }

  /** Closes the program's input, upon which it ends; kills it when it does not. */
  async close(): Promise<void> {
    this.#stdin.end();
    const timer = setTimeout(() => this.#child.kill("SIGKILL"), 2000);
    await this.#ended.promise;
    clearTimeout(timer);
  }

  /** Lets the program's owner end while this one runs; it ends with its owner. */
  unref(): void {
    this.#child.unref();
    for (const pipe of [this.#child.stdin, this.#child.stdout]) (pipe as Partial<Socket>).unref?.();
  }

  #newId(): number {
    do {
      this.#lastId = this.#lastId >= LAST_ID ? 1 : this.#lastId + 1;
    } while (this.#waiting.has(this.#lastId));
    return this.#lastId;
  }

  #listen(): void {
    this.#child.stdout!.on("data", (chunk: Uint8Array) => this.#onData(chunk));
    this.#child.on("error", (error) => this.#fail(startProblem(error)));
    this.#child.on("close", (code, signal) => this.#onExit(code, signal));
    // A broken pipe is told of by the exit of the process.
    this.#stdin.on("error", () => {});
    this.#ready.promise.catch(() => {});
  }

  #onData(chunk: Uint8Array): void {
    try {
      this.#reader.push(chunk);
    } catch (error) {
      this.#fail(error instanceof Error ? error : new Error(String(error)));
    }
  }

  #onMessage(bytes: Uint8Array): void {
    const message = decode(bytes);
    if (!(message instanceof Tuple)) throw new PortStartError("the port program sent no message");
    const [kind, subject, term] = message.elements;
    if (isAtom(kind, "reply")) return this.#onReply(subject as number, term!);
    if (isAtom(kind, "request")) return this.listener.request(subject as number, term!);
    if (!isAtom(kind, "push") || !isAtom(subject)) return;
    if (subject.name === "ready" && term instanceof TermMap) return this.#onReady(term);
    this.listener.push(subject.name, term!);
  }

  #onReady(facts: TermMap): void {
    const node = facts.get(atom("node"));
    this.#ready.resolve({ node: isAtom(node) ? node.name : "", osPid: this.#child.pid ?? 0 });
  }

  #onReply(id: number, answer: Term): void {
    this.#reader.forget(id);
    const waiting = this.#waiting.get(id);
    if (waiting === undefined) return;
    this.#waiting.delete(id);
    waiting.resolve(answer);
  }

  #onExit(code: number | null, signal: string | null): void {
    const died = new PortDiedError(code, signal);
    this.#died = died;
    const error = this.#problem ?? died;
    this.#ready.reject(new PortStartError(`the port program did not start: ${error.message}`));
    for (const waiting of this.#waiting.values()) waiting.reject(error);
    this.#waiting.clear();
    this.#ended.resolve();
    this.listener.exit(died);
  }

  /** Gives the process up, for a reason that its requests are told. */
  #fail(problem: Error): void {
    this.#problem = problem;
    this.#ready.reject(problem);
    if (this.#child.pid === undefined) return this.#onExit(null, null);
    this.#child.kill("SIGKILL");
  }

  #write(message: Term, id = 0, sending?: Sending): void {
    const begun: number[] = [];
    const source = frames(message, id, begun);
    const first = source.next();
    if (first.done) return;
    const free = this.#writeFrame(first.value);
    if (begun.length > 0) this.#writeRest(source, begun, free, sending);
  }

  /** Writes the other frames of a large message, no faster than the program reads them. */
  async #writeRest(
    source: Generator<Frame>,
    begun: readonly number[],
    free: boolean,
    sending: Sending | undefined,
  ): Promise<void> {
    if (!free) await this.#drained();
    for (const frame of source) {
      if (this.#died !== undefined) return;
      if (sending?.stopped) return this.#giveUp(begun);
      if (!this.#writeFrame(frame)) await this.#drained();
    }
  }

  /** Whether there is room for more. */
  #writeFrame(frame: Frame): boolean {
    let free = true;
    for (const piece of frame) free = this.#stdin.write(piece);
    return free;
  }

  #giveUp(begun: readonly number[]): void {
    for (const stream of begun) this.#stdin.write(givenUp(stream));
  }

  #drained(): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        this.#stdin.off("drain", done);
        this.#stdin.off("close", done);
        resolve();
      };
      this.#stdin.on("drain", done);
      this.#stdin.on("close", done);
    });
  }
}

function startProblem(error: Error): PortStartError {
  return new PortStartError(`the port program could not be started: ${error.message}`);
}

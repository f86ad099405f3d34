/**
 * The port program as its user sees it: requests, pushes, and a new life after a crash.
 *
 * @module
 */

import {
  ErlangError,
  type ErlangErrorClass,
  NodeError,
  type NodeErrorKind,
  PortClosedError,
  type PortDiedError,
  PortRequestError,
} from "./errors.ts";
import { PortProcess, type ProcessOptions, type RequestOptions } from "./port_process.ts";
import { isAtom } from "./read.ts";
import { atom, binary, type Term, Tuple, tuple } from "./term.ts";

export type { ProcessOptions, RequestOptions } from "./port_process.ts";

/** How the program is started and kept alive. */
export interface PortProgramOptions extends ProcessOptions {
  /** How often it is started again within ten seconds after crashes; 3 unless said. */
  readonly restarts?: number;
}

/** Hears the pushes of a topic. */
export type PushHandler = (term: Term) => void;

/** Answers what Erlang code on a connected node asks. */
export type RequestHandler = (term: Term) => Term | Promise<Term>;

const RESTART_WINDOW_MS = 10_000;

const NODE_ERRORS: ReadonlySet<string> = new Set<NodeErrorKind>([
  ...["cookie_mismatch", "version_mismatch", "dead_host", "unknown_host"] as const,
  ...["epmd_unreachable", "not_registered", "wrong_name", "not_allowed"] as const,
  ...["handshake_failed", "connect_timeout", "distribution_failed"] as const,
  ...["noconnection", "timeout"] as const,
]);

/** A port program: an Erlang node of one's own, over a pipe. */
export class PortProgram {
  readonly #options: PortProgramOptions;
  readonly #pushes = new Map<string, Set<PushHandler>>();
  readonly #exits = new Set<(died: PortDiedError) => void>();
  readonly #restarts = new Set<() => void>();
  #onRequest: RequestHandler | undefined;
  #current: Promise<PortProcess>;
  #running: PortProcess | undefined;
  #node = "";
  #starts: number[] = [];
  #hasRun = false;
  #isReferenced = true;
  #closed = false;
  #givenUp = false;

  private constructor(options: PortProgramOptions) {
    this.#options = options;
    this.#current = this.#startProcess();
  }

  /** Starts the program and waits until it is ready, its distribution included. */
  static async start(options: PortProgramOptions): Promise<PortProgram> {
    const program = new PortProgram(options);
    await program.#current;
    return program;
  }

  /** The name of its own node. */
  get node(): string {
    return this.#node;
  }

  /** The operating system's number of its process. */
  get osPid(): number | undefined {
    return this.#running?.osPid;
  }

  /** Whether it serves no more: it is closed, or was given up after crashes. */
  get isOver(): boolean {
    return this.#closed || this.#givenUp;
  }

  /**
   * Carries out a command and answers its value.
   *
   * Fails with {@link ErlangError} for what called code raised, {@link NodeError} for an
   * unreachable node, `PortDiedError` when the program ends meanwhile, `RequestTimeoutError`, or
   * the reason of the signal.
   */
  async request(command: Term, options: RequestOptions = {}): Promise<Term> {
    if (this.#closed) throw new PortClosedError();
    const running = this.#running ?? await this.#current;
    return answered(await running.request(command, options));
  }

  /** Hears the pushes of a topic, until the function that is answered is called. */
  onPush(topic: string, handler: PushHandler): () => void {
    const handlers = this.#pushes.get(topic) ?? new Set();
    this.#pushes.set(topic, handlers.add(handler));
    return () => void handlers.delete(handler);
  }

  /** Who answers the requests of connected nodes; there is one at a time. */
  onRequest(handler: RequestHandler): void {
    this.#onRequest = handler;
  }

  /** Told when the program has ended without being closed. */
  onExit(handler: (died: PortDiedError) => void): () => void {
    this.#exits.add(handler);
    return () => void this.#exits.delete(handler);
  }

  /** Told when the program runs again after a crash; its connections are gone. */
  onRestart(handler: () => void): () => void {
    this.#restarts.add(handler);
    return () => void this.#restarts.delete(handler);
  }

  /** Ends the program and waits for its end. */
  async close(): Promise<void> {
    this.#closed = true;
    const running = this.#running ?? await this.#current.catch(() => undefined);
    await running?.close();
  }

  /** Lets the owner's process end while the program runs; the program then ends as well. */
  unref(): void {
    this.#isReferenced = false;
    this.#running?.unref();
  }

  /** Closes at the end of an `await using` block. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #startProcess(): Promise<PortProcess> {
    this.#starts.push(Date.now());
    const starting = PortProcess.start(this.#options, {
      push: (topic, term) => this.#onPush(topic, term),
      request: (id, term) => void this.#answer(id, term),
      exit: (died) => this.#onProcessExit(died),
    }).then(async (started) => {
      this.#node = (await started.ready).node;
      this.#running = started;
      this.#hasRun = true;
      if (!this.#isReferenced) started.unref();
      return started;
    });
    starting.catch(() => {});
    return starting;
  }

  #onProcessExit(died: PortDiedError): void {
    const wasRunning = this.#running !== undefined;
    this.#running = undefined;
    if (this.#closed || !this.#hasRun) return;
    const mayRestart = this.#mayRestart(wasRunning);
    this.#givenUp = !mayRestart;
    if (wasRunning) { for (const handler of this.#exits) guarded(() => handler(died)); }
    if (!mayRestart) {
      this.#current = Promise.reject(died);
      this.#current.catch(() => {});
      return;
    }
    this.#current = this.#startProcess();
    this.#current.then(() => {
      for (const handler of this.#restarts) guarded(handler);
    }, () => {});
  }

  /** What does not even start again is not better for having taken its time. */
  #mayRestart(wasRunning: boolean): boolean {
    const since = Date.now() - RESTART_WINDOW_MS;
    if (wasRunning) this.#starts = this.#starts.filter((at) => at > since);
    return this.#starts.length <= (this.#options.restarts ?? 3);
  }

  #onPush(topic: string, term: Term): void {
    for (const handler of this.#pushes.get(topic) ?? []) guarded(() => handler(term));
  }

  async #answer(id: number, term: Term): Promise<void> {
    const running = this.#running;
    const answer = await this.#handled(term);
    try {
      running?.reply(id, answer);
    } catch (error) {
      running?.reply(id, failure(error));
    }
  }

  async #handled(term: Term): Promise<Term> {
    if (this.#onRequest === undefined) return failure(new Error("nobody answers requests"));
    try {
      return tuple(atom("ok"), await this.#onRequest(term));
    } catch (error) {
      return failure(error);
    }
  }
}

/** What a handler throws is its owner's uncaught error, and none of the port program's. */
function guarded(work: () => void): void {
  try {
    work();
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}

function failure(error: unknown): Term {
  return tuple(atom("error"), binary(error instanceof Error ? error.message : String(error)));
}

/** The value of an answer, or the error that it tells of, thrown. */
function answered(answer: Term): Term {
  const parts = answer instanceof Tuple ? answer.elements : [];
  if (isAtom(parts[0], "ok") && parts.length === 2) return parts[1]!;
  const [, errorClass, reason, stack] = parts;
  if (!isAtom(errorClass) || reason === undefined) throw new PortRequestError(answer);
  if (errorClass.name === "bridge") throw bridgeError(reason);
  throw new ErlangError(errorClass.name as ErlangErrorClass, reason, stack ?? []);
}

function bridgeError(reason: Term): Error {
  const parts = reason instanceof Tuple ? reason.elements : [];
  const [kind, node, detail] = parts;
  if (!isAtom(kind) || !NODE_ERRORS.has(kind.name)) return new PortRequestError(reason);
  if (kind.name === "distribution_failed") return new NodeError(kind.name, "", node ?? []);
  const name = isAtom(node) ? node.name : node instanceof Uint8Array ? textOf(node) : "";
  return new NodeError(kind.name as NodeErrorKind, name, detail ?? []);
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

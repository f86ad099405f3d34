/**
 * Other Erlang nodes, reached through the port program as a hidden peer.
 *
 * @module
 */

import { setTimeout } from "node:timers";
import { deferred } from "./deferred.ts";
import {
  NodeError,
  type NodeErrorKind,
  type PortDiedError,
  RequestTimeoutError,
} from "./errors.ts";
import type { PortProgram, RequestOptions } from "./port_program.ts";
import { isAtom } from "./read.ts";
import {
  type Atom,
  atom,
  binary,
  map,
  type Pid,
  type Reference,
  type Term,
  TermMap,
  Tuple,
  tuple,
} from "./term.ts";
import { equals } from "./compare.ts";
import { text } from "./read.ts";
import { timeLimit } from "./time_limit.ts";

/** How a node is reached. */
export interface ConnectOptions {
  /** The secret that both share. It travels over the pipe, never on a command line. */
  readonly cookie: string;
  /** Where the node's distribution listens; without it, the epmd of its host is asked. */
  readonly port?: number;
  /** The address of that port; 127.0.0.1 unless said. */
  readonly address?: string;
  /** How long connecting may take; 7,000 ms unless said. */
  readonly timeoutMs?: number;
  /** Connect again, with growing pauses, when the connection is lost. */
  readonly reconnect?: boolean;
  readonly signal?: AbortSignal;
}

/** What is known of a connected node. */
export interface NodeFacts {
  readonly node: string;
  /** Its OTP release, as `25`. */
  readonly otpRelease: string;
}

/** Something that happened to a connection. */
export type NodeEvent =
  | { readonly kind: "up"; readonly node: string }
  | { readonly kind: "down"; readonly node: string; readonly reason: Term }
  | { readonly kind: "reconnected"; readonly node: string };

/** Whom a message is sent to or who is monitored. */
export type Destination = Pid | { readonly name: string; readonly node: string };

/** A monitor of a process. */
export interface ProcessMonitor {
  readonly reference: Reference;
  /** Resolved with the reason when the process ends or its node is lost. */
  readonly down: Promise<Term>;
  /** Ends the monitor; `down` is then never resolved. */
  cancel(): Promise<void>;
}

/** The module, function and arguments of a call, and its bounds. */
export interface CallOptions extends RequestOptions {
  /** Ends the wait; 30,000 ms unless said. The call may or may not have been carried out. */
  readonly timeoutMs?: number | undefined;
}

const CONNECT_TIMEOUT_MS = 7000;
const CALL_TIMEOUT_MS = 30_000;
/** A handshake that takes longer than an hour will not end. */
const LONGEST_CONNECT_MS = 3_600_000;
/** What the port program is given to tell of a timeout of its own before the wait here ends. */
const GRACE_MS = 2000;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 10_000;

/** The nodes that a port program is connected to. */
export class Nodes {
  readonly #port: PortProgram;
  readonly #wanted = new Map<string, ConnectOptions>();
  readonly #up = new Set<string>();
  readonly #handlers = new Set<(event: NodeEvent) => void>();
  readonly #monitors: { reference: Reference; resolve(reason: Term): void }[] = [];

  constructor(port: PortProgram) {
    this.#port = port;
    port.onPush("nodeup", (node) => this.#onUp(text(node)));
    port.onPush("nodedown", (fact) => this.#onNodeDown(fact));
    port.onPush("down", (fact) => this.#onDown(fact));
    port.onExit((died) => this.#onExit(died));
  }

  /**
   * Connects to a node; fails with a `NodeError` that says why it could not, or with a `RangeError`
   * where a name, a port or a cookie cannot be one.
   */
  async connect(node: string, options: ConnectOptions): Promise<NodeFacts> {
    check(node, options);
    this.#wanted.set(node, options);
    try {
      return await this.#open(node, options);
    } catch (error) {
      this.#wanted.delete(node);
      throw error;
    }
  }

  /** Ends a connection, and does not connect again. */
  async disconnect(node: string): Promise<void> {
    this.#wanted.delete(node);
    await this.#port.request(tuple(atom("disconnect"), atom(node)));
  }

  /** The nodes that are connected now. */
  get connected(): readonly string[] {
    return [...this.#up];
  }

  /** Hears of connections made and lost, until the function that is answered is called. */
  onEvent(handler: (event: NodeEvent) => void): () => void {
    this.#handlers.add(handler);
    return () => void this.#handlers.delete(handler);
  }

  /**
   * Calls `module:function(...args)` on a node by `erpc`. What the function raises is thrown as an
   * `ErlangError`; a lost connection and a timeout as a `NodeError`.
   */
  async call(
    node: string,
    module: string,
    name: string,
    args: readonly Term[],
    options: CallOptions = {},
  ): Promise<Term> {
    const limit = timeLimit(options.timeoutMs ?? CALL_TIMEOUT_MS);
    const target = [atom(node), atom(module), atom(name)];
    const command = tuple(atom("call"), ...target, args, limit ?? atom("infinity"));
    const bounds = { signal: options.signal, timeoutMs: (limit ?? Infinity) + GRACE_MS };
    return await this.#port.request(command, bounds).catch(timeoutAs("timeout", node));
  }

  /** Sends a message to a process; fails when its node is not connected. */
  async send(to: Destination, message: Term): Promise<void> {
    await this.#port.request(tuple(atom("send"), destination(to), message));
  }

  /** Watches a process. */
  async monitor(what: Destination): Promise<ProcessMonitor> {
    const { promise, resolve } = deferred<Term>();
    const early: [Term, Term][] = [];
    const unhear = this.#port.onPush("down", (fact) => {
      if (fact instanceof Tuple) early.push([fact.elements[0]!, fact.elements[1]!]);
    });
    const answer = await this.#port.request(tuple(atom("monitor"), destination(what)))
      .finally(unhear);
    const reference = answer as Reference;
    const ended = early.find(([other]) => equals(other, reference));
    if (ended === undefined) this.#monitors.push({ reference, resolve });
    else resolve(ended[1]);
    return { reference, down: promise, cancel: () => this.#demonitor(reference) };
  }

  async #open(node: string, options: ConnectOptions): Promise<NodeFacts> {
    const limit = timeLimit(options.timeoutMs ?? CONNECT_TIMEOUT_MS) ?? LONGEST_CONNECT_MS;
    const facts = map([[atom("cookie"), binary(options.cookie)], [atom("timeout"), limit]]);
    if (options.port !== undefined) facts.set(atom("port"), options.port);
    if (options.address !== undefined) facts.set(atom("address"), binary(options.address));
    const answer = await this.#port.request(tuple(atom("connect"), atom(node), facts), {
      signal: options.signal,
      timeoutMs: limit + 2 * GRACE_MS,
    }).catch(timeoutAs("connect_timeout", node));
    this.#up.add(node);
    const release = answer instanceof TermMap ? answer.get(atom("otp")) : undefined;
    return { node, otpRelease: release === undefined ? "" : text(release) };
  }

  async #demonitor(reference: Reference): Promise<void> {
    const at = this.#monitors.findIndex((one) => equals(one.reference, reference));
    if (at >= 0) this.#monitors.splice(at, 1);
    await this.#port.request(tuple(atom("demonitor"), reference));
  }

  #onUp(node: string): void {
    this.#up.add(node);
    this.#emit({ kind: "up", node });
  }

  #onNodeDown(fact: Term): void {
    const [node, reason] = fact instanceof Tuple ? fact.elements : [];
    if (isAtom(node)) this.#lost(node, reason ?? []);
  }

  #lost(node: Atom, reason: Term): void {
    this.#up.delete(node.name);
    this.#emit({ kind: "down", node: node.name, reason });
    const options = this.#wanted.get(node.name);
    if (options?.reconnect) this.#reconnect(node.name, options);
  }

  #onDown(fact: Term): void {
    const [reference, reason] = fact instanceof Tuple ? fact.elements : [];
    const at = this.#monitors.findIndex((one) => equals(one.reference, reference!));
    if (at < 0) return;
    this.#monitors.splice(at, 1)[0]!.resolve(reason ?? []);
  }

  /** With the port program all connections and monitors are gone. */
  #onExit(_: PortDiedError): void {
    for (const monitor of this.#monitors.splice(0)) monitor.resolve(atom("noconnection"));
    for (const node of [...this.#up]) this.#lost(atom(node), atom("port_program_died"));
  }

  async #reconnect(node: string, options: ConnectOptions): Promise<void> {
    for (let pause = FIRST_PAUSE_MS;; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
      // It is the port program that keeps its owner's process going; the pause does not.
      await new Promise<void>((resolve) => setTimeout(resolve, pause).unref());
      if (this.#wanted.get(node) !== options || options.signal?.aborted) return;
      if (this.#port.isOver) return;
      const isBack = await this.#open(node, options).then(() => true, () => false);
      if (isBack) return this.#emit({ kind: "reconnected", node });
    }
  }

  #emit(event: NodeEvent): void {
    for (const handler of this.#handlers) handler(event);
  }
}

/** What Erlang has no words for. */
function check(node: string, { cookie, port }: ConnectOptions): void {
  if (!/^[^@]+@[^@]+$/.test(node)) throw new RangeError(`${node} is no name@host of a node`);
  if (port !== undefined && !(Number.isInteger(port) && port > 0 && port < 65_536)) {
    throw new RangeError(`${port} is no port of a node`);
  }
  if ([...cookie].length > 255) throw new RangeError("a cookie has at most 255 characters");
}

/** What tells of a node that the port program itself did not hear of in time. */
function timeoutAs(kind: NodeErrorKind, node: string): (error: unknown) => never {
  return (error) => {
    throw error instanceof RequestTimeoutError ? new NodeError(kind, node, []) : error;
  };
}

function destination(to: Destination): Term {
  return "name" in to ? tuple(atom(to.name), atom(to.node)) : to;
}

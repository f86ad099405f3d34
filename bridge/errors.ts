/**
 * What can go wrong between a program and Erlang, as types.
 *
 * @module
 */

import type { Term } from "./term.ts";
import { show } from "./read.ts";
import { type ErlangStackFrame, stackFrames } from "./stack_frames.ts";

/** The port program could not be started, or what it wrote was no frame. */
export class PortStartError extends Error {
  override readonly name = "PortStartError";
}

/** The port program ended while the request was under way; whether it was carried out is not known. */
export class PortDiedError extends Error {
  override readonly name = "PortDiedError";

  readonly exitCode: number | null;
  readonly signal: string | null;

  /**
   * @param exitCode of the process, or null where a signal ended it
   * @param signal that ended it
   */
  constructor(exitCode: number | null, signal: string | null) {
    super(`the port program ended (${signal ?? `exit code ${exitCode}`})`);
    this.exitCode = exitCode;
    this.signal = signal;
  }
}

/** The port program was closed by its owner. */
export class PortClosedError extends Error {
  override readonly name = "PortClosedError";

  constructor() {
    super("the port program is closed");
  }
}

/** No answer in time. What was asked may or may not have happened. */
export class RequestTimeoutError extends Error {
  override readonly name = "RequestTimeoutError";

  readonly timeoutMs: number;

  constructor(timeoutMs: number) {
    super(`no answer within ${timeoutMs} ms; the request may or may not have been carried out`);
    this.timeoutMs = timeoutMs;
  }
}

/** The port program could not do what was asked, and nothing more special is known. */
export class PortRequestError extends Error {
  override readonly name = "PortRequestError";

  readonly reason: Term;

  constructor(reason: Term) {
    super(`the port program refused the request: ${show(reason, 300)}`);
    this.reason = reason;
  }
}

/** In what way Erlang code ended. */
export type ErlangErrorClass = "error" | "exit" | "throw";

/** An error, exit or throw of the Erlang code that was called. */
export class ErlangError extends Error {
  override readonly name = "ErlangError";
  /** The frames of its stack, innermost first; empty for exits and throws of remote calls. */
  readonly frames: readonly ErlangStackFrame[];

  readonly errorClass: ErlangErrorClass;
  readonly reason: Term;

  constructor(errorClass: ErlangErrorClass, reason: Term, stack: Term) {
    super(`${errorClass}:${show(reason, 500)}`);
    this.errorClass = errorClass;
    this.reason = reason;
    this.frames = stackFrames(stack);
  }
}

/** Why a node could not be reached. */
export type NodeErrorKind =
  | "cookie_mismatch"
  | "version_mismatch"
  | "dead_host"
  | "unknown_host"
  | "epmd_unreachable"
  | "not_registered"
  | "wrong_name"
  | "not_allowed"
  | "handshake_failed"
  | "connect_timeout"
  | "distribution_failed"
  | "noconnection"
  | "timeout";

/** A node could not be reached, or was lost. */
export class NodeError extends Error {
  override readonly name = "NodeError";

  readonly kind: NodeErrorKind;
  readonly node: string;
  readonly reason: Term;

  constructor(kind: NodeErrorKind, node: string, reason: Term) {
    super(nodeMessage(kind, node, reason));
    this.kind = kind;
    this.node = node;
    this.reason = reason;
  }
}

function nameOf(reason: Term): string {
  return reason instanceof Uint8Array ? new TextDecoder().decode(reason) : show(reason, 200);
}

function nodeMessage(kind: NodeErrorKind, node: string, reason: Term): string {
  switch (kind) {
    case "cookie_mismatch":
      return `${node} refused the connection: the cookies differ`;
    case "version_mismatch":
      return `${node} speaks another version of the distribution protocol: ${show(reason, 200)}`;
    case "dead_host":
      return `nothing answers where ${node} should listen: ${show(reason, 200)}`;
    case "unknown_host":
      return `the host of ${node} has no known address`;
    case "epmd_unreachable":
      return `no epmd answers on the host of ${node}; say the node's port to do without`;
    case "not_registered":
      return `epmd on its host knows no node named ${node}`;
    case "wrong_name":
      return `the node that listens there is not ${node} but ${nameOf(reason)}`;
    case "not_allowed":
      return `${node} does not allow this connection`;
    case "handshake_failed":
      return `the handshake with ${node} failed: ${show(reason, 200)}`;
    case "connect_timeout":
      return `${node} did not finish the handshake in time`;
    case "distribution_failed":
      return `distribution could not be started: ${show(reason, 200)}`;
    case "noconnection":
      return `not connected to ${node}; if the connection was lost during the call, it may or may ` +
        "not have been carried out";
    case "timeout":
      return `${node} did not answer in time; the call may or may not have been carried out`;
  }
}

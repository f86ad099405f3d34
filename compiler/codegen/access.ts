/**
 * Messages that may run a method which is internal to another package. Most selectors are nobody's
 * internal, and their sends cost nothing; where one is, the receiver is looked at before.
 * @module
 */
import { atom, call, type Core, integer, sequence } from "./core.ts";
import type { Generator } from "./generator.ts";

/** Whether some other package has an internal method of that selector. */
export function isForeignInternal(g: Generator, selector: string): boolean {
  return g.source.environment.foreignInternals?.().has(selector) ?? false;
}

/** A send, after the test that its package may make it. The receiver is a variable or a literal. */
export function checkedSend(
  g: Generator,
  receiver: Core,
  selector: string,
  arity: number,
  line: number,
  send: Core,
): Core {
  if (!isForeignInternal(g, selector)) return send;
  const from = atom(g.source.environment.package ?? "");
  const operands = [from, receiver, atom(selector), integer(arity)];
  return sequence(call("beamtalk_access", "check", operands, line), send);
}

/**
 * `Erlang module function: arguments` as a direct call.
 * @module
 */
import type { Send } from "../syntax/ast.ts";
import { call, type Core } from "./core.ts";
import { expressions } from "./expression.ts";
import { isErlangModule } from "./future_positions.ts";
import type { Continuation, Generator } from "./generator.ts";
import type { Environment } from "./locals.ts";
import { bare } from "../analysis/walk.ts";

/** An Erlang function that a send names. */
export interface ErlangFunction {
  readonly module: string;
  readonly name: string;
}

/** Messages that the module object answers itself. */
const OBJECT_MESSAGES = new Set([
  "class",
  "printString",
  "displayString",
  "isNil",
  "notNil",
  "respondsTo:",
  "perform:",
  "perform:withArguments:",
]);

/** The function that `Erlang lists reverse: xs` calls; undefined for other sends. */
export function erlangFunction(node: Send): ErlangFunction | undefined {
  const receiver = bare(node.receiver);
  if (receiver.kind !== "send" || !isErlangModule(receiver)) return undefined;
  if (OBJECT_MESSAGES.has(receiver.selector) || OBJECT_MESSAGES.has(node.selector)) {
    return undefined;
  }
  if (!/^[\p{L}_]/u.test(node.selector)) return undefined;
  const [name] = node.selector.split(":");
  return { module: receiver.selector, name: name ?? node.selector };
}

/** Code for the call; `{ok, V}` and the like become `Result`s. */
export function erlangCall(
  g: Generator,
  target: ErlangFunction,
  node: Send,
  env: Environment,
  k: Continuation,
): Core {
  return expressions(g, node.arguments, env, (values, at) => {
    const line = g.line(node.selectorSpans[0] ?? node.span);
    const args = values.map((value) => value.core);
    return g.bind(
      call("beamtalk_erlang", "result", [call(target.module, target.name, args, line)], line),
      at,
      k,
    );
  });
}

/**
 * `on:do:` and `ensure:` of literal blocks as `try` in place: no funs, and no stack trace unless the
 * handler can ask for it. Blocks with `^`, and handlers that may send `retry` or `return:` to their
 * exception, are left to the runtime.
 * @module
 */
import type { Block, Expression, Send } from "../syntax/ast.ts";
import {
  atom,
  bif,
  bind,
  call,
  caseOf,
  clause,
  type Core,
  mapPattern,
  sequence,
  type Var,
} from "./core.ts";
import { realBlock } from "./blocks.ts";
import { expression, inlineBlock } from "./expression.ts";
import { type Continuation, type Generator, tail } from "./generator.ts";
import { type Environment, plain } from "./locals.ts";
import { bare, childExpressions, expressionsOf, literalBlock } from "../analysis/walk.ts";
import { returnsInside } from "./mentions.ts";

/** Whether the message is compiled as a `try` in place. */
export function isHandling(node: Send): boolean {
  const body = literalBlock(node.receiver);
  if (body === undefined || body.parameters.length > 0) return false;
  if (node.selector === "on:do:") return isPlainHandler(body, literalBlock(node.arguments[1]));
  if (node.selector !== "ensure:") return false;
  const after = literalBlock(node.arguments[0]);
  return after !== undefined && after.parameters.length === 0 && !returnsInside([body, after]);
}

function isPlainHandler(body: Block, handler: Block | undefined): boolean {
  if (handler === undefined || handler.parameters.length > 1) return false;
  if (returnsInside([body, handler])) return false;
  return usesOf(handler) !== "anything";
}

/** What a handler does with its exception. */
type Uses = "nothing but its words" | "its place" | "anything";

/** What needs neither the stack trace nor a way back to the `on:do:`. */
const WORDS: ReadonlySet<string> = new Set([
  "message",
  "kind",
  "class",
  "selector",
  "receiverClass",
  "hint",
  "details",
  "printString",
  "displayString",
]);
/** What needs the stack trace. */
const PLACES: ReadonlySet<string> = new Set(["stackTrace", "signal", "pass", "outer"]);

function usesOf(handler: Block): Uses {
  const name = handler.parameters[0]?.text;
  if (name === undefined) return "nothing but its words";
  const uses = expressionsOf(handler.statements).map((node) => usesIn(node, name));
  if (uses.includes("anything")) return "anything";
  return uses.includes("its place") ? "its place" : "nothing but its words";
}

function usesIn(written: Expression, name: string): Uses {
  const node = bare(written);
  if (node.kind === "variable") return node.name === name ? "anything" : "nothing but its words";
  if (node.kind === "assignment" && node.target.kind === "variable" && node.target.name === name) {
    return "anything";
  }
  const receiver = node.kind === "send" ? bare(node.receiver) : undefined;
  if (node.kind === "send" && receiver?.kind === "variable" && receiver.name === name) {
    if (WORDS.has(node.selector)) return "nothing but its words";
    return PLACES.has(node.selector) ? "its place" : "anything";
  }
  const uses = childExpressions(node).map((child) => usesIn(child, name));
  if (uses.includes("anything")) return "anything";
  return uses.includes("its place") ? "its place" : "nothing but its words";
}

/** Code for such a message. */
export function handling(g: Generator, node: Send, env: Environment, k: Continuation): Core {
  const body = literalBlock(node.receiver);
  const [first, second] = node.arguments;
  const last = literalBlock(second ?? first);
  if (body === undefined || first === undefined || last === undefined) return k(plain(NIL), env);
  if (node.selector === "ensure:") return ensuring(g, body, last, env, k);
  return expression(
    g,
    first,
    env,
    (caught, at) => g.bind(catching(g, body, caught.core, last, at), at, k),
  );
}

const NIL = atom("nil");

/** The block that runs after is a fun: where the process is stopped, another one runs it. */
function ensuring(
  g: Generator,
  body: Block,
  after: Block,
  env: Environment,
  k: Continuation,
): Core {
  return realBlock(g, after, env, (block, at) => {
    const [value, kind, reason, stack] = [g.fresh(), g.fresh(), g.fresh(), g.fresh()];
    const run = call("beamtalk_unwind", "left", [block.core]);
    const guarded = g.inFunction((): Core => ({
      kind: "try",
      arg: inlineBlock(g, body, [], at, tail),
      vars: [value],
      body: sequence(run, value),
      exceptionVars: [kind, reason, stack],
      handler: sequence(run, again(stack, reason)),
    }));
    return g.bind(
      sequence(call("beamtalk_unwind", "entered", [block.core]), guarded),
      at,
      k,
    );
  });
}

function again(stack: Var, reason: Core): Core {
  return { kind: "primop", name: "raise", args: [stack, reason] };
}

function catching(
  g: Generator,
  body: Block,
  caught: Core,
  handler: Block,
  env: Environment,
): Core {
  const [value, kind, reason, stack] = [g.fresh(), g.fresh(), g.fresh(), g.fresh()];
  const exception = g.fresh("exception");
  const needsStack = usesOf(handler) === "its place";
  const trace = g.fresh();
  const withTrace = bind(
    [trace],
    { kind: "primop", name: "build_stacktrace", args: [stack] },
    call("beamtalk_exception_handler", "caught", [kind, reason, trace, caught]),
  );
  const attempt = (handle: () => Core) =>
    g.inFunction((): Core => ({
      kind: "try",
      arg: inlineBlock(g, body, [], env, tail),
      vars: [value],
      body: value,
      exceptionVars: [kind, reason, stack],
      handler: handle(),
    }));
  const handle = () => inlineBlock(g, handler, [plain(exception)], env, tail);
  if (g.source.compact === true) {
    const handled = call("beamtalk_exception_handler", "handled", [kind, reason, trace, caught]);
    return attempt(() =>
      bind(
        [trace],
        { kind: "primop", name: "build_stacktrace", args: [stack] },
        { kind: "let", vars: [exception], arg: handled, body: handle() },
      )
    );
  }
  const tagged = mapPattern(
    ["__class__", "stack_trace"].map((key) => ({ op: "exact", key: atom(key), value: g.fresh() })),
  );
  const isError = bif("=:=", [kind, atom("error")]);
  const decision = needsStack ? withTrace : caseOf(reason, [
    clause(tagged, call("beamtalk_exception_handler", "caught", [reason, caught]), isError),
    clause(g.fresh(), withTrace),
  ]);
  return attempt(() =>
    caseOf(decision, [
      clause(atom("false"), again(stack, reason)),
      clause(exception, handle()),
    ])
  );
}

/**
 * Loops with literal blocks, compiled in place as local functions that call themselves last. The
 * locals that a loop changes are its parameters; what comes after stands where the loop ends.
 * @module
 */
import type { Block, Expression, Send } from "../syntax/ast.ts";
import {
  apply,
  atom,
  bif,
  call,
  type Core,
  fun,
  type FunctionName,
  functionName,
  integer,
  letrec,
  list,
  nil,
  type Var,
} from "./core.ts";
import { type Branching, condition as branchOn } from "./conditions.ts";
import { effect, enterScope, expression, expressions, inlineBlock } from "./expression.ts";
import { type Continuation, type Generator, localCore } from "./generator.ts";
import { integersIn } from "./integers.ts";
import { type Environment, leaveBlock, lookup, plain, type Value } from "./locals.ts";
import { choose } from "./operators.ts";
import { inlinedBlocks } from "./inlining.ts";
import { mayBeFuture } from "./future_positions.ts";
import { literalBlock } from "../analysis/walk.ts";
import { type Mentions, mentions } from "./mentions.ts";

/** Code for an inlined loop. */
export function loop(g: Generator, node: Send, env: Environment, k: Continuation): Core {
  switch (node.selector) {
    case "timesRepeat:":
      return timesRepeat(g, node, env, k);
    case "to:do:":
    case "to:by:do:":
      return counting(g, node, env, k);
    case "repeat":
      return repeat(g, node, env, k);
    default:
      return conditional(g, node, env, k);
  }
}

/** The parameters of a loop: locals that its blocks change, or that may be waited for in it. */
export interface LoopFrame {
  readonly name: FunctionName;
  readonly parameters: readonly Var[];
  readonly ids: readonly number[];
  /** The environment at the head of each turn. */
  readonly head: Environment;
}

/** The frame of a loop over `blocks` that carries so many values of its own. */
export function frame(
  g: Generator,
  blocks: readonly Expression[],
  env: Environment,
  counters: number,
): LoopFrame {
  const { read, assigned, values: assignedValues } = mentions(blocks);
  const futures = futureNames(assignedValues, env);
  const isInteger = integersIn(blocks, {
    integer: (name) => isIntegerLocal(env, name),
    visible: (name) => env.names.has(name),
  });
  const ids: number[] = [];
  const values = new Map(env.values);
  const parameters: Var[] = [];
  for (const [name, id] of env.names) {
    const local = env.values.get(id);
    if (local?.kind !== "value") continue;
    if (!assigned.has(name) && !(local.future && read.has(name))) continue;
    const parameter = g.fresh(name);
    ids.push(id);
    parameters.push(parameter);
    const future = futures.has(name);
    values.set(id, {
      kind: "value",
      core: parameter,
      type: isInteger(variable(name)) ? "Integer" : undefined,
      likely: local.likely,
      future,
    });
  }
  const name = functionName(g.label("loop"), ids.length + counters);
  return { name, parameters, ids, head: { ...env, values } };
}

function variable(name: string): Expression {
  return { kind: "variable", name, span: { start: 0, end: 0 } };
}

/** Whether the local surely holds an integer now. */
function isIntegerLocal(env: Environment, name: string): boolean {
  const local = lookup(env, name);
  return local?.kind === "value" && local.type === "Integer" && !local.future;
}

/** Names that may hold a future at the head of some turn. */
function futureNames(assigned: Mentions["values"], env: Environment): ReadonlySet<string> {
  const names = new Set<string>();
  for (const [name, id] of env.names) if (env.values.get(id)?.future === true) names.add(name);
  for (const { name, value } of assigned) if (mayBeFuture(value)) names.add(name);
  let before = -1;
  while (before !== names.size) {
    before = names.size;
    for (const { name, value } of assigned) {
      if (value.kind === "variable" && names.has(value.name)) names.add(name);
    }
  }
  return names;
}

/**
 * Goes on with the next turn. Counters come last, as they are counted last: values in the order in
 * which they are made need not be exchanged between registers.
 */
export function again(frame: LoopFrame, counters: readonly Core[], env: Environment): Core {
  return apply(frame.name, [...frame.ids.map((id) => localCore(env.values.get(id))), ...counters]);
}

/** The loop's function, and the code that starts it. */
export function define(frame: LoopFrame, counters: readonly Var[], body: Core, start: Core): Core {
  return letrec([{ name: frame.name, fun: fun([...frame.parameters, ...counters], body) }], start);
}

/** `[cond] whileTrue: [body]` and its kin. */
function conditional(g: Generator, node: Send, env: Environment, k: Continuation): Core {
  const condition = literalBlock(node.receiver);
  const body = literalBlock(node.arguments[0]);
  if (condition === undefined) return k(plain(nil), env);
  const onTrue = node.selector.startsWith("whileTrue");
  const test = condition;
  const turn = frame(g, inlinedBlocks(node), env, 0);
  const code = g.inFunction(() =>
    decide(g, test, turn.parameters, turn.head, (branching, at) => {
      const next = body === undefined ? again(turn, [], at) : inlineBlock(
        g,
        body,
        [],
        leaveBlock(turn.head, at),
        (_value, after) => again(turn, [], after),
      );
      const ends = k(plain(nil), leaveBlock(env, at));
      const other = (value: Core) => notUnderstood(g, node, value, []);
      return onTrue ? branching(next, ends, other) : branching(ends, next, other);
    })
  );
  return define(turn, [], code, again(turn, [], env));
}

/** Evaluates a condition block in place and branches on its last statement. */
function decide(
  g: Generator,
  block: Block,
  parameters: readonly Var[],
  env: Environment,
  build: (branching: Branching, env: Environment) => Core,
): Core {
  const last = block.statements[block.statements.length - 1];
  if (last === undefined) {
    return expression(
      g,
      { kind: "nil", span: block.span },
      env,
      (value, at) => build((_true, _false, other) => other(value.core), at),
    );
  }
  const step = (index: number, at: Environment): Core => {
    const each = block.statements[index];
    if (each === undefined || each === last) {
      return branchOn(g, last.expression, at, build, parameters);
    }
    return effect(g, each.expression, at, (after) => step(index + 1, after));
  };
  return step(0, enterScope(env, block));
}

function notUnderstood(g: Generator, node: Send, receiver: Core, args: readonly Core[]): Core {
  const operands = [receiver, atom(node.selector), list(args)];
  return call(
    "beamtalk_exception",
    "dnu",
    operands,
    g.line(node.selectorSpans[0] ?? node.span),
  );
}

function repeat(g: Generator, node: Send, env: Environment, k: Continuation): Core {
  const body = literalBlock(node.receiver);
  if (body === undefined) return k(plain(nil), env);
  const turn = frame(g, [body], env, 0);
  const code = g.inFunction(() =>
    inlineBlock(g, body, [], turn.head, (_value, after) => again(turn, [], after))
  );
  return define(turn, [], code, again(turn, [], env));
}

/** `n timesRepeat: [body]`. */
function timesRepeat(g: Generator, node: Send, env: Environment, k: Continuation): Core {
  const body = literalBlock(node.arguments[0]);
  if (body === undefined) return k(plain(nil), env);
  return expression(g, node.receiver, env, (count, at) => {
    const turn = frame(g, [body], at, 1);
    const left = g.fresh("left");
    const code = g.inFunction(() => {
      const next = inlineBlock(
        g,
        body,
        [],
        turn.head,
        (_value, after) =>
          bound(g, bif("-", [left, integer(1)]), (less) => again(turn, [less], after)),
      );
      return choose(
        [[bif(">", [left, integer(0)]), next]],
        k(plain(nil), leaveBlock(at, turn.head)),
      );
    });
    const start = checked(g, node, count, [], [count], again(turn, [count.core], at));
    return define(turn, [left], code, start);
  });
}

/** Binds a value to a variable. */
export function bound(g: Generator, node: Core, use: (variable: Var) => Core): Core {
  const variable = g.fresh();
  return { kind: "let", vars: [variable], arg: node, body: use(variable) };
}

/**
 * Starts a counting loop where its bounds are numbers, and a count is an integer; else the message is
 * sent for its error.
 */
function checked(
  g: Generator,
  node: Send,
  receiver: Value,
  args: readonly Value[],
  numbers: readonly Value[],
  start: Core,
): Core {
  const isCount = node.selector === "timesRepeat:";
  const tests = numbers.filter((value) => value.type !== "Integer")
    .map((value) => bif(isCount ? "is_integer" : "is_number", [value.core]));
  const [first, ...rest] = tests;
  if (first === undefined) return start;
  const test = rest.reduce((all, each) => bif("and", [all, each]), first);
  const block = fun(isCount ? [] : [g.fresh()], nil);
  const operands = [...args.map((value) => value.core), block];
  const send = call(
    "beamtalk_send",
    "send",
    [receiver.core, atom(node.selector), list(operands)],
    g.line(node.selectorSpans[0] ?? node.span),
  );
  return choose([[test, start]], send);
}

/** `a to: b do: [:i | body]` and `a to: b by: c do: [:i | body]`. */
function counting(g: Generator, node: Send, env: Environment, k: Continuation): Core {
  const block = literalBlock(node.arguments[node.arguments.length - 1]);
  if (block === undefined) return k(plain(nil), env);
  const bounds = [node.receiver, ...node.arguments.slice(0, -1)];
  return expressions(g, bounds, env, (values, at) => {
    const [from, to, by] = values;
    if (from === undefined || to === undefined) return k(plain(nil), at);
    return countingLoop(g, node, block, from, to, by, at, k);
  });
}

function countingLoop(
  g: Generator,
  node: Send,
  block: Block,
  from: Value,
  to: Value,
  by: Value | undefined,
  env: Environment,
  k: Continuation,
): Core {
  const step = by?.core ?? integer(1);
  const turn = frame(g, [block], env, 1);
  const index = g.fresh("index");
  const isIntegral = from.type === "Integer" && (by === undefined || by.type === "Integer");
  const code = g.inFunction(() => {
    const next = inlineBlock(
      g,
      block,
      [plain(index, isIntegral ? "Integer" : undefined)],
      turn.head,
      (_value, after) => bound(g, bif("+", [index, step]), (more) => again(turn, [more], after)),
    );
    return choose(
      [[withinBounds(index, to.core, by), next]],
      k(plain(nil), leaveBlock(env, turn.head)),
    );
  });
  const numbers = by === undefined ? [from, to] : [from, to, by];
  const args = by === undefined ? [to] : [to, by];
  const start = checked(g, node, from, args, numbers, again(turn, [from.core], env));
  const nonZero = by === undefined ? start : refuseZeroStep(g, node, from, args, by, start);
  return define(turn, [index], code, nonZero);
}

/** Up to the bound with a positive step, down to it with a negative one. */
function withinBounds(index: Core, to: Core, by: Value | undefined): Core {
  const up = bif("=<", [index, to]);
  if (by === undefined) return up;
  const down = bif(">=", [index, to]);
  if (by.core.kind === "literal" && by.core.value.kind === "integer") {
    return by.core.value.value > 0n ? up : down;
  }
  const rising = bif("and", [bif(">", [by.core, integer(0)]), up]);
  const falling = bif("and", [bif("<", [by.core, integer(0)]), down]);
  return bif("or", [rising, falling]);
}

/** A step of zero would never end: the message is sent for its error. */
function refuseZeroStep(
  g: Generator,
  node: Send,
  from: Value,
  args: readonly Value[],
  by: Value,
  start: Core,
): Core {
  if (
    by.core.kind === "literal" && by.core.value.kind === "integer" && by.core.value.value !== 0n
  ) {
    return start;
  }
  const operands = [...args.map((value) => value.core), fun([g.fresh()], nil)];
  const send = call(
    "beamtalk_send",
    "send",
    [from.core, atom(node.selector), list(operands)],
    g.line(node.selectorSpans[0] ?? node.span),
  );
  return choose([[bif("=:=", [by.core, integer(0)]), send]], start);
}

/**
 * Messages of collections whose blocks change locals around them, or return from the method: over
 * a list they become a loop in place, for other receivers a fun is sent and the changed locals are
 * cells as long as the send lasts. Blocks that do neither are sent as funs and need none of this.
 * @module
 */
import type { Block, Send } from "../syntax/ast.ts";
import { realBlock } from "./blocks.ts";
import {
  atom,
  bif,
  bind,
  call,
  caseOf,
  clause,
  type Core,
  emptyList,
  integer,
  list,
  nil,
  no,
  sequence,
  string,
  tuple,
  type Var,
  yes,
} from "./core.ts";
import { expressions, inlineBlock } from "./expression.ts";
import { loopBlocks } from "./inlining.ts";
import type { Continuation, Generator } from "./generator.ts";
import {
  type Environment,
  leaveBlock,
  type Local,
  lookup,
  plain,
  update,
  type Value,
} from "./locals.ts";
import { again, bound, define, frame } from "./loops.ts";
import { choose } from "./operators.ts";
import { literalBlock } from "../analysis/walk.ts";
import { mentions, returnsInside } from "./mentions.ts";

/** Code for such a message. */
export function collectionLoop(g: Generator, node: Send, env: Environment, k: Continuation): Core {
  const blocks = loopBlocks(node);
  const others = node.arguments.filter((argument) => literalBlock(argument) === undefined);
  return expressions(g, [node.receiver, ...others], env, (values, at) => {
    const [receiver, ...args] = values;
    if (receiver === undefined) return k(plain(nil), at);
    const isOther = receiver.type !== undefined && receiver.type !== "List";
    return g.join(at, k, (next) => {
      const sent = (): Core => closureSend(g, node, blocks, receiver, args, at, next);
      if (g.closuresOnly > 0 || isOther || isSentCompactly(g, blocks)) return sent();
      const inPlace = listLoop(g, node, blocks, receiver, args, at, next);
      return receiver.type === "List"
        ? inPlace
        : choose([[bif("is_list", [receiver.core]), inPlace]], sent());
    });
  });
}

/** In compact code a loop in place is only for blocks whose locals would become cells. */
function isSentCompactly(g: Generator, blocks: readonly Block[]): boolean {
  return g.source.compact === true && mentions(blocks).assigned.size === 0 &&
    !returnsInside(blocks);
}

/** One turn's end: the accumulator of the next turn, or the loop's result. */
interface Turn {
  /** What the loop carries beside the rest of the list. */
  readonly start: readonly Core[];
  /** Values of the block's parameters. */
  readonly parameters: (element: Var, carried: readonly Var[]) => readonly Core[];
  /** Goes on after the block has answered. */
  readonly step: (
    answer: Value,
    element: Var,
    carried: readonly Var[],
    goOn: (carried: readonly Core[]) => Core,
    stop: (value: Core) => Core,
  ) => Core;
}

function turnOf(g: Generator, node: Send, args: readonly Value[]): Turn {
  const element = (each: Var) => [each];
  switch (node.selector) {
    case "inject:into:":
      return {
        start: [args[0]?.core ?? nil],
        parameters: (each, [all]) => [all ?? nil, each],
        step: (answer, _each, _all, goOn) => goOn([answer.core]),
      };
    case "detect:":
    case "detect:ifNone:":
      return {
        start: [],
        parameters: element,
        step: (answer, each, _all, goOn, stop) =>
          decide(g, node, answer.core, stop(each), goOn([])),
      };
    case "doWithIndex:":
    case "eachWithIndex:":
      return {
        start: [integer(1)],
        parameters: (each, [index]) => [each, index ?? nil],
        step: (_answer, _each, [index], goOn) =>
          bound(g, bif("+", [index ?? nil, integer(1)]), (more) => goOn([more])),
      };
    default:
      return { start: [], parameters: element, step: (_a, _e, _c, goOn) => goOn([]) };
  }
}

/** A block that is to decide must answer a boolean. */
function decide(g: Generator, node: Send, answer: Core, whenTrue: Core, whenFalse: Core): Core {
  const other = g.fresh();
  const expected = call("beamtalk_exception", "type_error", [
    atom("List"),
    atom(node.selector),
    string("a block that answers a Boolean"),
    other,
  ], g.line(node.selectorSpans[0] ?? node.span));
  return caseOf(answer, [clause(yes, whenTrue), clause(no, whenFalse), clause(other, expected)]);
}

function listLoop(
  g: Generator,
  node: Send,
  blocks: readonly Block[],
  receiver: Value,
  args: readonly Value[],
  env: Environment,
  k: Continuation,
): Core {
  const [block, whenNone] = blocks;
  if (block === undefined) return k(plain(nil), env);
  const turn = turnOf(g, node, args);
  const loop = frame(g, [block], env, 1 + turn.start.length);
  const [rest, element, tail] = [g.fresh("list"), g.fresh("each"), g.fresh("rest")];
  const carried = turn.start.map(() => g.fresh());
  const body = g.inFunction(() => {
    const values = turn.parameters(element, carried).map((core) => plain(core));
    const next = inlineBlock(g, block, values, loop.head, (answer, after) =>
      turn.step(
        answer,
        element,
        carried,
        (more) => again(loop, [tail, ...more], after),
        (value) => k(plain(value), leaveBlock(env, after)),
      ));
    const end = leaveBlock(env, loop.head);
    return caseOf(rest, [
      clause({ kind: "cons", head: element, tail }, next),
      clause(emptyList, finish(g, node, whenNone, carried, end, k)),
      clause(g.fresh(), bif("error", [atom("badarg")])),
    ]);
  });
  const start = again(loop, [receiver.core, ...turn.start], env);
  return define(loop, [rest, ...carried], body, start);
}

/** What the loop answers at the end of the list. */
function finish(
  g: Generator,
  node: Send,
  whenNone: Block | undefined,
  [all]: readonly Var[],
  env: Environment,
  k: Continuation,
): Core {
  switch (node.selector) {
    case "inject:into:":
      return k(plain(all ?? nil), env);
    case "detect:":
      return g.bind(
        call("beamtalk_list", "nothing_found", [], g.line(node.selectorSpans[0] ?? node.span)),
        env,
        k,
      );
    case "detect:ifNone:":
      return whenNone === undefined ? k(plain(nil), env) : inlineBlock(g, whenNone, [], env, k);
    default:
      return k(plain(nil), env);
  }
}

/** Sends the message with funs; locals that they change are cells until it is answered. */
function closureSend(
  g: Generator,
  node: Send,
  blocks: readonly Block[],
  receiver: Value,
  args: readonly Value[],
  env: Environment,
  k: Continuation,
): Core {
  const names = changedNames(blocks, env);
  const keys = names.map((name) => g.fresh(name));
  const local = returnsInside(blocks) && env.scope.token === undefined;
  const token = local ? g.fresh("token") : undefined;
  let inside = token === undefined ? env : { ...env, scope: { ...env.scope, token } };
  names.forEach((name, index) => {
    const before = lookup(env, name);
    const key = keys[index];
    if (before === undefined || key === undefined) return;
    inside = update(inside, name, {
      kind: "cell",
      key,
      snapshot: undefined,
      future: before.future,
    });
  });
  g.closuresOnly++;
  const send = makeFuns(g, blocks, inside, (funs) => {
    const operands = orderedArguments(node, args, funs);
    const line = g.line(node.selectorSpans[0] ?? node.span);
    return call(
      "beamtalk_send",
      "send",
      [receiver.core, atom(node.selector), list(operands)],
      line,
    );
  });
  g.closuresOnly--;
  const result = g.fresh();
  const rest = readBack(g, names, keys, env, (at) => k(plain(result), at));
  const code = token === undefined
    ? { kind: "let", vars: [result], arg: send, body: rest } as const
    : withReturn(g, token, send, result, rest);
  return keys.reduceRight(
    (inner, key, index) => {
      const before = lookup(env, names[index] ?? "");
      const initial = before?.kind === "value" ? before.core : nil;
      return bind([key], call("beamtalk_cell", "new", [initial]), inner);
    },
    code,
  );
}

function changedNames(blocks: readonly Block[], env: Environment): string[] {
  const { assigned } = mentions(blocks);
  return [...assigned].filter((name) => lookup(env, name)?.kind === "value");
}

function makeFuns(
  g: Generator,
  blocks: readonly Block[],
  env: Environment,
  use: (funs: Core[]) => Core,
): Core {
  const [first, ...others] = blocks;
  if (first === undefined) return use([]);
  return realBlock(
    g,
    first,
    env,
    (made) => makeFuns(g, others, env, (funs) => use([made.core, ...funs])),
  );
}

function orderedArguments(node: Send, args: readonly Value[], funs: readonly Core[]): Core[] {
  let nextFun = 0;
  let nextValue = 0;
  return node.arguments.map((argument) =>
    (literalBlock(argument) === undefined ? args[nextValue++]?.core : funs[nextFun++]) ?? nil
  );
}

function readBack(
  g: Generator,
  names: readonly string[],
  keys: readonly Var[],
  env: Environment,
  k: (env: Environment) => Core,
): Core {
  if (names.length === 0) return k(env);
  let after = env;
  const variables = names.map((name) => g.fresh(name));
  names.forEach((name, index) => {
    const variable = variables[index];
    if (variable === undefined) return;
    const future = lookup(env, name)?.future === true;
    const local: Local = { kind: "value", core: variable, type: undefined, future };
    after = update(after, name, local);
  });
  const free = call("beamtalk_cell", "free", [list([...keys])]);
  const rest = sequence(free, k(after));
  return variables.reduceRight<Core>(
    (inner, variable, index) => ({
      kind: "let",
      vars: [variable],
      arg: call("beamtalk_cell", "get", [keys[index] ?? nil]),
      body: inner,
    }),
    rest,
  );
}

/** Runs the send so that `^` of its blocks ends the function that this code is in. */
function withReturn(g: Generator, token: Var, send: Core, result: Var, rest: Core): Core {
  g.returns++;
  const leave = call("beamtalk_block", "leave", [token]);
  const [answered, value, returned, thrown] = [g.fresh(), g.fresh(), g.fresh(), g.fresh()];
  const [kind, reason, stack] = [g.fresh(), g.fresh(), g.fresh()];
  const caught: Core = {
    kind: "try",
    arg: send,
    vars: [answered],
    body: sequence(leave, tuple([yes, answered])),
    exceptionVars: [kind, reason, stack],
    handler: sequence(
      leave,
      caseOf({ kind: "values", elements: [kind, reason] }, [
        {
          patterns: [atom("throw"), tuple([atom("$bt_return"), thrown, value])],
          guard: bif("=:=", [thrown, token]),
          body: tuple([no, value]),
        },
        {
          patterns: [g.fresh(), g.fresh()],
          guard: undefined,
          body: { kind: "primop", name: "raise", args: [stack, reason] },
        },
      ]),
    ),
  };
  return bind(
    [token],
    call("beamtalk_block", "enter", []),
    caseOf(caught, [
      clause(tuple([yes, result]), rest),
      clause(tuple([no, returned]), returned),
    ]),
  );
}

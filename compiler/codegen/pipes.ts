/**
 * `source |>> target message |>> ...`.
 * @module
 */
import type { Pipe } from "../syntax/ast.ts";
import { atom, call, type Core, list, tuple } from "./core.ts";
import { expression, expressions } from "./expression.ts";
import { mayBeFuture } from "./future_positions.ts";
import { forceValue, lazily, type Position } from "./futures.ts";
import type { Continuation, Generator } from "./generator.ts";
import type { Environment, Value } from "./locals.ts";
import { plain } from "./locals.ts";
import { readVariable } from "./variables.ts";
import { bare } from "../analysis/walk.ts";

/** Code for a pipe: all targets and arguments are evaluated, then the stages run one by one. */
export function pipe(
  g: Generator,
  node: Pipe,
  env: Environment,
  k: Continuation,
  position: Position,
): Core {
  return pipeSource(g, node, env, (source, at) =>
    stages(g, node, at, (cores, after) => {
      const code = call(
        "beamtalk_pipe",
        "run",
        [source.core, list(cores), g.site(node.span)],
        g.line(node.span),
      );
      const value: Value = { ...plain(code), future: true };
      return g.bindValue(value, after, (future, now) =>
        position === "value" ? forceValue(g, node, future, now, k) : k(future, now));
    }));
}

/** The first value may be a future itself. */
function pipeSource(g: Generator, node: Pipe, env: Environment, k: Continuation): Core {
  const source = bare(node.source);
  if (source.kind === "variable") return readVariable(g, source, env, k);
  if (mayBeFuture(source)) return lazily(g, source, env, "future", k);
  return expression(g, source, env, k);
}

function stages(
  g: Generator,
  node: Pipe,
  env: Environment,
  k: (cores: Core[], env: Environment) => Core,
): Core {
  const cores: Core[] = [];
  const step = (index: number, at: Environment): Core => {
    const stage = node.stages[index];
    if (stage === undefined) return k(cores, at);
    return expressions(g, [stage.receiver, ...stage.message.arguments], at, (values, after) => {
      const [receiver, ...args] = values.map((value) => value.core);
      cores.push(tuple([receiver ?? atom("nil"), atom(stage.message.selector), list(args)]));
      return step(index + 1, after);
    });
  };
  return step(0, env);
}

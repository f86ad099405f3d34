/**
 * Counting which lines are reached: a call before each statement, and a list of the lines.
 * @module
 */
import type { Expression } from "../syntax/ast.ts";
import {
  atom,
  call,
  type Constant,
  constant,
  type Core,
  type Definition,
  fun,
  functionName,
  integer,
  literal,
  sequence,
} from "./core.ts";
import type { Generator } from "./generator.ts";

/** The code of a statement, behind the count of its line where lines are counted. */
export function counted(g: Generator, node: Expression, make: () => Core): Core {
  const { module, coverage } = g.source;
  if (coverage !== true) return make();
  const line = g.line(node.span);
  g.counted.add(line);
  return sequence(call("beamtalk_coverage", "hit", [atom(module), integer(line)]), make());
}

/** `'$coverage'()`: the lines that the module counts, where it counts any. */
export function coverageFunction({ source, counted }: Generator): Definition[] {
  if (source.coverage !== true) return [];
  const lines: Constant[] = [...counted].sort((a, b) => a - b).map(constant.integer);
  return [{ name: functionName("$coverage", 0), fun: fun([], literal(constant.list(lines))) }];
}

/**
 * Blocks that a method of the class library is given: checked where the method begins, so that an
 * argument of another class is an error of that method, and a symbol stands for its message.
 * @module
 */
import type { Parameter, TypeExpression } from "../syntax/ast.ts";
import { atom, bif, bind, call, caseOf, clause, type Core, integer, type Var } from "./core.ts";
import type { Generator } from "./generator.ts";

/** Goes on with the parameters of a method, those that are to be blocks checked. */
export function checkingBlocks(
  g: Generator,
  self: Core,
  parameters: readonly Parameter[],
  variables: readonly Var[],
  body: (variables: readonly Var[]) => Core,
): Core {
  if (g.context.owner?.package !== "stdlib" || !g.context.inOwnModule) return body(variables);
  const checked = variables.map((given, index) => {
    const count = argumentCount(parameters[index]?.type);
    return count === undefined ? undefined : { given, count, block: g.fresh() };
  });
  const all = variables.map((given, index) => checked[index]?.block ?? given);
  return checked.reduceRight<Core>((inner, each) => {
    if (each === undefined) return inner;
    return bind([each.block], checkedBlock(g, self, each.given, each.count), inner);
  }, body(all));
}

/** How many arguments the block takes that the type asks for; undefined where it asks for none. */
function argumentCount(type: TypeExpression | undefined): number | undefined {
  if (type?.kind !== "typeName" || type.name !== "Block") return undefined;
  return Math.max(type.arguments.length - 1, 0);
}

function checkedBlock(g: Generator, self: Core, given: Var, count: number): Core {
  const [block, other] = [g.fresh(), g.fresh()];
  const check = call("beamtalk_check", "block_argument", [
    other,
    integer(count),
    self,
    atom(g.context.selector),
  ]);
  return caseOf(given, [
    clause(block, block, bif("is_function", [block])),
    clause(other, check),
  ]);
}

/**
 * What is known of a method's locals when code is made for it.
 * @module
 */
import type { Block, MatchArm, Statement } from "../syntax/ast.ts";

/** A node that has locals of its own: a block, an arm, or the root of a method. */
export type ScopeNode = Block | MatchArm | readonly Statement[];

/** One local. */
export interface VariableFacts {
  readonly name: string;
  /** Lives in a cell. */
  cell: boolean;
  /** Its first value is a block that mentions it. */
  recursive: boolean;
  /** Some assignment of it may hold a future. */
  future: boolean;
  /** The request needs no process of its own: this function alone collects it, and surely. */
  light: boolean;
}

/** Facts of one method, block parameters included. */
export interface ScopeFacts {
  /** The local that a scope declares under a name. */
  variable(scope: ScopeNode, name: string): VariableFacts | undefined;
  /** Locals of a scope that a block before their first assignment reads: until then they are nil. */
  late(scope: ScopeNode): readonly string[];
  /** Locals of a scope whose cells are of no use once the scope has ended. */
  freeable(scope: ScopeNode): readonly string[];
  /** Names that a block which is a fun reads or assigns. */
  namesIn(block: Block): ReadonlySet<string>;
  /** Whether a block that is a fun holds a `^`. */
  readonly returnsFromBlock: boolean;
  /** Names of locals that get a future's own messages: they hold it even when it was waited for. */
  readonly asked: ReadonlySet<string>;
}

/** The facts of several clauses of one method as one. */
export function mergeScopes(all: readonly ScopeFacts[]): ScopeFacts {
  const [first] = all;
  if (first !== undefined && all.length === 1) return first;
  return {
    variable: (scope, name) => {
      for (const each of all) {
        const found = each.variable(scope, name);
        if (found !== undefined) return found;
      }
      return undefined;
    },
    late: (scope) => all.flatMap((each) => each.late(scope)),
    freeable: (scope) => all.flatMap((each) => each.freeable(scope)),
    namesIn: (block) => first?.namesIn(block) ?? new Set(),
    returnsFromBlock: all.some((each) => each.returnsFromBlock),
    asked: new Set(all.flatMap((each) => [...each.asked])),
  };
}

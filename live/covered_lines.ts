/**
 * How often lines were reached, as a node tells it: `[{Module, [{Line, Count}]}]`.
 * @module
 */
import { Atom, type Term, Tuple } from "../bridge/mod.ts";

/** Told of the lines of a module with how often each was reached. */
export type OnCovered = (module: string, lines: readonly (readonly [number, number])[]) => void;

/** The counts of some modules. */
export interface CoveredLines {
  readonly module: string;
  readonly lines: readonly (readonly [number, number])[];
}

/** Reads what a node told. */
export function coveredLines(told: Term | undefined): CoveredLines[] {
  return list(told).flatMap((each) => {
    const [module, lines] = each instanceof Tuple ? each.elements : [];
    if (!(module instanceof Atom)) return [];
    const counts = list(lines).map((pair): readonly [number, number] => {
      const [line, count] = pair instanceof Tuple ? pair.elements : [];
      return [Number(line), Number(count)];
    });
    return [{ module: module.name, lines: counts }];
  });
}

function list(term: Term | undefined): readonly Term[] {
  return Array.isArray(term) ? term : [];
}

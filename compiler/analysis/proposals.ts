/**
 * "Did you mean": the nearest of some known names.
 * @module
 */
import { distance } from "fastest-levenshtein";

/**
 * The candidate that a reader would take `name` to be a slip of; undefined where none is near.
 * A selector is only proposed where it takes as many arguments.
 */
export function nearestName(name: string, candidates: Iterable<string>): string | undefined {
  const limit = name.length <= 2 ? 0.5 : name.length <= 4 ? 1 : name.length <= 7 ? 2 : 3;
  let best: string | undefined;
  let bestDistance = limit + 0.5;
  for (const candidate of candidates) {
    if (candidate === name || Math.abs(candidate.length - name.length) >= bestDistance) continue;
    const found = foldedDistance(name, candidate);
    if (found < bestDistance) {
      best = candidate;
      bestDistance = found;
    }
  }
  return best;
}

/** Difference in case alone counts as half a slip. */
function foldedDistance(a: string, b: string): number {
  if (a.toLowerCase() === b.toLowerCase()) return 0.5;
  return distance(a, b);
}

/**
 * The nearest of the selectors that take as many arguments as `selector`; where none is near, one
 * that has all of its keywords and more, as a constructor of which a part was left out.
 */
export function nearestSelector(
  selector: string,
  candidates: Iterable<string>,
): string | undefined {
  const arity = argumentCount(selector);
  const all = [...candidates];
  const fitting = all.filter((candidate) => argumentCount(candidate) === arity);
  return nearestName(selector, fitting) ??
    all.find((candidate) => extendsKeywords(candidate, selector));
}

function extendsKeywords(candidate: string, selector: string): boolean {
  if (!selector.endsWith(":") || candidate.length <= selector.length) return false;
  const parts = candidate.split(/(?<=:)/);
  return selector.split(/(?<=:)/).every((part) => parts.includes(part));
}

/** How many arguments a selector takes. */
export function argumentCount(selector: string): number {
  if (!/^[\p{L}_]/u.test(selector)) return 1;
  return selector.split(":").length - 1;
}

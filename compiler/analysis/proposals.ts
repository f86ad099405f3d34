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
  return isSwapped(a, b) ? 1 : distance(a, b);
}

/** Whether two letters that stand side by side have changed places. */
function isSwapped(a: string, b: string): boolean {
  if (a.length !== b.length) return false;
  const first = [...a].findIndex((letter, index) => letter !== b[index]);
  return first >= 0 && a[first] === b[first + 1] && a[first + 1] === b[first] &&
    a.slice(first + 2) === b.slice(first + 2);
}

/** What other languages call the messages of this one. */
const FOREIGN_NAMES: ReadonlyMap<string, string> = new Map([
  ["each:", "do:"],
  ["forEach:", "do:"],
  ["map:", "collect:"],
  ["filter:", "select:"],
  ["find:", "detect:"],
  ["push:", "add:"],
  ["append:", "add:"],
  ["contains:", "includes:"],
  ["count", "size"],
  ["toString", "asString"],
  ["upcase", "uppercase"],
  ["downcase", "lowercase"],
  ["print:", "show:"],
  ["println:", "showCr:"],
  ["+", "++"],
  ["&&", "&"],
  ["||", "|"],
]);

/**
 * The selector that a reader would take `selector` to be a slip of: what another language calls so;
 * else the nearest of those that take as many arguments; else the same words with more or fewer
 * arguments.
 */
export function nearestSelector(
  selector: string,
  candidates: Iterable<string>,
): string | undefined {
  const arity = argumentCount(selector);
  const all = [...candidates];
  const fitting = all.filter((candidate) => argumentCount(candidate) === arity);
  const meant = FOREIGN_NAMES.get(selector);
  return all.find((candidate) => candidate === meant) ?? nearestName(selector, fitting) ??
    all.find((candidate) => extendsKeywords(candidate, selector)) ??
    sameWords(selector, all);
}

function extendsKeywords(candidate: string, selector: string): boolean {
  if (!selector.endsWith(":") || candidate.length <= selector.length) return false;
  const parts = candidate.split(/(?<=:)/);
  return selector.split(/(?<=:)/).every((part) => parts.includes(part));
}

/** A selector with the same first word that takes one argument more or less. */
function sameWords(selector: string, candidates: readonly string[]): string | undefined {
  const arity = argumentCount(selector);
  const distanceTo = (candidate: string) => Math.abs(argumentCount(candidate) - arity);
  return candidates.find((candidate) =>
    firstWord(candidate) === firstWord(selector) && distanceTo(candidate) === 1
  );
}

function firstWord(selector: string): string {
  return selector.split(":")[0] ?? selector;
}

/** How many arguments a selector takes. */
export function argumentCount(selector: string): number {
  if (!/^[\p{L}_]/u.test(selector)) return 1;
  return selector.split(":").length - 1;
}

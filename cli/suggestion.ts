/**
 * The nearest known word to a mistyped one.
 * @module
 */
import { closest, distance } from "fastest-levenshtein";

/** The candidate that was probably meant, or undefined if none is near enough. */
export function didYouMean(word: string, candidates: Iterable<string>): string | undefined {
  const known = [...candidates];
  if (word === "" || known.length === 0) return undefined;
  const near = closest(word, known);
  // Two letters changed places count as two edits; a right first letter makes up for one of them.
  const limit = Math.max(near[0] === word[0] ? 2 : 1, Math.floor(word.length / 3));
  return distance(word, near) <= limit || near.startsWith(word) ? near : undefined;
}

/**
 * Where a space stands between two tokens on one line.
 * @module
 */
import { closerOf, K } from "./token.ts";

const noneAfter = new Set<string>([K.colon, K.ellipsis, K.stringOpen, K.stringMiddle]);
const noneBefore = new Set<string>([
  K.comma,
  K.semicolon,
  K.dot,
  K.bang,
  K.stringMiddle,
  K.stringEnd,
  K.parenClose,
  K.bracketClose,
  K.braceClose,
  K.binaryClose,
]);

/** What stands around the two tokens. */
export interface Surroundings {
  /** Kind of the innermost open bracket; empty outside brackets. */
  readonly opener: string;
  /** Whether the second token is the operator `,`. */
  readonly isComma: boolean;
  /** Whether the tokens touch in the source. */
  readonly touching: boolean;
}

/** Whether a space stands between a token of kind `left` and one of kind `right`. */
export function isSpaced(left: string, right: string, around: Surroundings): boolean {
  if (closerOf(left) !== undefined || noneAfter.has(left)) return false;
  if (noneBefore.has(right) || around.isComma) return false;
  if (around.opener === K.binaryOpen) return left === K.comma;
  if (right === K.parenOpen && left === K.className) return !around.touching;
  return true;
}

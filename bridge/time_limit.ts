/**
 * Time limits, as timers can keep them.
 *
 * @module
 */

/** What a timer can wait: 24.8 days. A longer one would end at once. */
const LONGEST_MS = 2 ** 31 - 1;

/**
 * The limit in whole milliseconds; undefined for none, which `Infinity` and all that is longer than
 * timers can wait mean. Throws a `RangeError` for what is no span of time.
 */
export function timeLimit(milliseconds: number): number | undefined {
  if (!(milliseconds >= 0)) {
    throw new RangeError(`a time limit is 0 ms or more, not ${milliseconds}`);
  }
  return milliseconds > LONGEST_MS ? undefined : Math.ceil(milliseconds);
}

/**
 * What is told of times that were measured many times over.
 * @module
 */

/** The value that `part` of the values do not exceed: the median for 0.5; 0 where there are none. */
export function percentile(values: readonly number[], part: number): number {
  return values.toSorted((a, b) => a - b)[Math.floor(part * (values.length - 1))] ?? 0;
}

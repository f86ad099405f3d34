/**
 * Semantic tokens as they were last sent, so that only what changed is sent again.
 * @module
 */

interface Sent {
  readonly id: string;
  readonly data: readonly number[];
}

const sent = new Map<string, Sent>();
const KEPT = 64;
let count = 0;

function keep(path: string, data: readonly number[]): string {
  const id = String(++count);
  sent.delete(path);
  sent.set(path, { id, data });
  const [oldest] = sent.keys();
  if (sent.size > KEPT && oldest !== undefined) sent.delete(oldest);
  return id;
}

/** All tokens of a file. */
export function tokensFull(path: string, data: readonly number[]) {
  return { resultId: keep(path, data), data };
}

/** The one stretch that differs from what was sent under the id; all where that is forgotten. */
export function tokensDelta(path: string, previousId: string, data: readonly number[]) {
  const before = sent.get(path);
  if (before?.id !== previousId) return tokensFull(path, data);
  const resultId = keep(path, data);
  const edit = difference(before.data, data);
  return { resultId, edits: edit === undefined ? [] : [edit] };
}

/** The middle that differs, at the border of tokens. */
export function difference(before: readonly number[], after: readonly number[]) {
  const shared = Math.min(before.length, after.length);
  let start = 0;
  while (start < shared && before[start] === after[start]) start++;
  if (start === before.length && start === after.length) return undefined;
  start -= start % 5;
  let end = 0;
  while (
    end < shared - start && before[before.length - 1 - end] === after[after.length - 1 - end]
  ) end++;
  end -= end % 5;
  return {
    start,
    deleteCount: before.length - start - end,
    data: after.slice(start, after.length - end),
  };
}

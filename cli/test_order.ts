/**
 * A random order that a seed repeats.
 * @module
 */

/** The items in the order that the seed gives. */
export function shuffled<T>(items: readonly T[], seed: number): T[] {
  const random = generator(seed);
  const order = [...items];
  for (let last = order.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    [order[last], order[other]] = [order[other] as T, order[last] as T];
  }
  return order;
}

/** Numbers from 0 to below 1: xorshift with 32 bits of state, enough to mix an order. */
function generator(seed: number): () => number {
  let state = (seed ^ 0x9e3779b9) | 0 || 1;
  const next = () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 0x1_0000_0000;
  };
  for (let round = 0; round < 8; round++) next();
  return next;
}

/**
 * Answers about classes that are worked out once for each environment.
 * @module
 */
import type { ClassEnvironment, ClassFacts } from "./class_facts.ts";

/** What an environment, which never changes, says of a class is worked out once. */
export class Remembered<V> {
  readonly #known = new WeakMap<ClassEnvironment, Map<ClassFacts, V>>();

  /** The value of a class, computed at the first question. */
  get(environment: ClassEnvironment, of: ClassFacts, compute: () => V): V {
    let values = this.#known.get(environment);
    if (values === undefined) {
      values = new Map();
      this.#known.set(environment, values);
    }
    const known = values.get(of);
    if (known !== undefined) return known;
    const value = compute();
    values.set(of, value);
    return value;
  }
}

/**
 * What is known of variables and fields at one point of a body.
 * @module
 */
import type { Binding } from "../names.ts";
import { type Type, union } from "./type.ts";

/** A variable, or a field by its name. */
export type Place = Binding | string;

/** Knowledge at one point; branches copy it and joins merge the copies. */
export class Flow {
  readonly #known: Map<Place, Type>;
  /** Whether control cannot come here. */
  ended: boolean;

  constructor(known: Iterable<readonly [Place, Type]> = [], ended = false) {
    this.#known = new Map(known);
    this.ended = ended;
  }

  /** The type of a place; undefined where nothing is known beyond its declaration. */
  get(place: Place): Type | undefined {
    return this.#known.get(place);
  }

  set(place: Place, type: Type): void {
    this.#known.set(place, type);
  }

  /** Goes back to what the declaration says. */
  forget(place: Place): void {
    this.#known.delete(place);
  }

  /** Forgets all fields: another method may have assigned them. */
  forgetFields(): void {
    for (const place of [...this.#known.keys()]) {
      if (typeof place === "string") this.#known.delete(place);
    }
  }

  copy(): Flow {
    return new Flow(this.#known, this.ended);
  }

  /** Becomes what holds after either of the branches; `declared` is what is known of any place. */
  join(branches: readonly Flow[], declared: (place: Place) => Type): void {
    const alive = branches.filter((branch) => !branch.ended);
    this.#known.clear();
    this.ended = alive.length === 0;
    const [first] = alive;
    if (first === undefined) return;
    for (const place of first.#known.keys()) {
      const types = alive.map((branch) => branch.#known.get(place) ?? declared(place));
      this.#known.set(place, union(types));
    }
  }
}

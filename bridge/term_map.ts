/**
 * Maps with keys compared by structure.
 *
 * A decoded map is two flat arrays in the order of the wire; the index for look-ups is made when the
 * first one is asked of a map that is too large to be searched along.
 *
 * @module
 */

import { Atom, Float, type Term } from "./term.ts";
import { equals, normalInteger } from "./compare.ts";
import { encode } from "./encode.ts";

/** Up to this size a search along the keys is faster than an index. */
const INDEX_FROM = 9;

/** What an index holds for a key: the key itself where identity is equality, else a string of its bytes. */
type IndexKey = number | bigint | Atom | string;

/** An Erlang map. */
export class TermMap {
  #keys: Term[];
  #values: Term[];
  #index: Map<IndexKey, number> | undefined;
  /** True while the entries are in the order in which a node sent them. */
  #ordered: boolean;

  private constructor(keys: Term[], values: Term[], ordered: boolean) {
    this.#keys = keys;
    this.#values = values;
    this.#ordered = ordered;
  }

  /** A map of these entries; later ones win. */
  static from(entries: Iterable<readonly [Term, Term]>): TermMap {
    const made = new TermMap([], [], false);
    for (const [key, value] of entries) made.set(key, value);
    return made;
  }

  /** @internal A map over arrays that the decoder made; undefined where two keys are equal. */
  static decoded(keys: Term[], values: Term[]): TermMap | undefined {
    const made = new TermMap(keys, values, true);
    return made.#hasTwins() ? undefined : made;
  }

  /** The number of entries. */
  get size(): number {
    return this.#keys.length;
  }

  /** The value of an equal key, or undefined. */
  get(key: Term): Term | undefined {
    const at = this.#find(key);
    return at < 0 ? undefined : this.#values[at];
  }

  /** Whether there is an equal key. */
  has(key: Term): boolean {
    return this.#find(key) >= 0;
  }

  /** Adds an entry or replaces the value of an equal key. */
  set(key: Term, value: Term): this {
    const at = this.#find(key);
    if (at >= 0) {
      this.#values[at] = value;
      return this;
    }
    this.#index?.set(indexKey(key), this.#keys.length);
    this.#keys.push(key);
    this.#values.push(value);
    this.#ordered = false;
    return this;
  }

  /** The keys, in the order of the entries. */
  keys(): readonly Term[] {
    return this.#keys;
  }

  /** The values, in the order of the entries. */
  values(): readonly Term[] {
    return this.#values;
  }

  /** Key and value of each entry. */
  *entries(): IterableIterator<[Term, Term]> {
    for (let i = 0; i < this.#keys.length; i++) yield [this.#keys[i]!, this.#values[i]!];
  }

  /** Key and value of each entry. */
  [Symbol.iterator](): IterableIterator<[Term, Term]> {
    return this.entries();
  }

  /** @internal Whether the entries are as a node sent them. */
  get ordered(): boolean {
    return this.#ordered;
  }

  #find(key: Term): number {
    const keys = this.#keys;
    if (keys.length >= INDEX_FROM) return this.#indexed().get(indexKey(key)) ?? -1;
    if (key instanceof Atom) return keys.indexOf(key);
    for (let i = 0; i < keys.length; i++) if (equals(keys[i]!, key)) return i;
    return -1;
  }

  #indexed(): Map<IndexKey, number> {
    if (this.#index !== undefined) return this.#index;
    const index = new Map<IndexKey, number>();
    for (let i = 0; i < this.#keys.length; i++) index.set(indexKey(this.#keys[i]!), i);
    this.#index = index;
    return index;
  }

  #hasTwins(): boolean {
    const keys = this.#keys;
    if (keys.length >= INDEX_FROM) return this.#indexed().size < keys.length;
    for (let i = 1; i < keys.length; i++) {
      const key = keys[i]!;
      const plain = typeof key === "number" || key instanceof Atom;
      for (let j = 0; j < i; j++) {
        if (plain ? keys[j] === key : equals(keys[j]!, key)) return true;
      }
    }
    return false;
  }
}

function indexKey(key: Term): IndexKey {
  if (typeof key === "bigint") return normalInteger(key);
  if (typeof key !== "object" || key instanceof Atom) return key;
  if (key instanceof Uint8Array) return "b" + latin1(key);
  if (key instanceof Float) return "f" + (Object.is(key.value, -0) ? "-0" : key.value);
  return "t" + latin1(encode(key, { deterministic: true }));
}

function latin1(bytes: Uint8Array): string {
  let text = "";
  for (let i = 0; i < bytes.length; i += 8192) {
    text += String.fromCharCode(...bytes.subarray(i, i + 8192));
  }
  return text;
}

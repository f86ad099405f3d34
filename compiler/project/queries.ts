/**
 * Memoised queries over revisions.
 *
 * Inputs are set from outside and start a new revision when they change. A query is a pure function
 * of its key, of inputs and of other queries; what it read is noted while it runs. When it is asked
 * again in a later revision it is re-run only if something that it read has changed, and when its
 * new value equals the old one those who read it see no change.
 *
 * @module
 */

/** A point in the history of the inputs. */
type Revision = number;

/** Something that a query can have read. */
interface Readable {
  /** The last revision in which the value for the key changed, brought up to date first. */
  changedAt(key: string): Revision;
}

interface Memo<V> {
  value: V;
  changedAt: Revision;
  verifiedAt: Revision;
  reads: readonly Read[];
}

interface Read {
  readonly source: Readable;
  readonly key: string;
}

/** Thrown when a query needs its own answer. */
export class QueryCycle extends Error {
  override readonly name = "QueryCycle";
}

/** Holds the revision and, while queries run, what each of them has read. */
export class Database {
  /** The current revision; grows when an input changes. */
  revision: Revision = 1;
  readonly #running: Map<string, Read>[] = [];

  /** A named set of inputs, one for each key. */
  input<V>(equal: (a: V, b: V) => boolean = Object.is): Input<V> {
    return new Input(this, equal);
  }

  /** A query: `compute` is run for a key at most once in a revision. */
  query<V>(
    name: string,
    compute: (key: string) => V,
    equal: (a: V, b: V) => boolean = Object.is,
  ): Query<V> {
    return new Query(this, name, compute, equal);
  }

  /** Notes that the running query has read `key` of `source`. */
  noteRead(id: string, source: Readable, key: string): void {
    this.#running.at(-1)?.set(id, { source, key });
  }

  /** Runs `compute` and answers its value with what it has read. */
  track<V>(compute: () => V): { value: V; reads: readonly Read[] } {
    const reads = new Map<string, Read>();
    this.#running.push(reads);
    try {
      return { value: compute(), reads: [...reads.values()] };
    } finally {
      this.#running.pop();
    }
  }
}

let sources = 0;

/** Values from outside. A key that was never set, or was removed, answers undefined. */
export class Input<V> implements Readable {
  readonly #id = `input ${++sources} `;
  readonly #values = new Map<string, { value: V | undefined; changedAt: Revision }>();

  constructor(readonly database: Database, readonly equal: (a: V, b: V) => boolean) {}

  /** The value; noted as read by the running query. */
  get(key: string): V | undefined {
    this.database.noteRead(this.#id + key, this, key);
    return this.#values.get(key)?.value;
  }

  /** Sets the value; a new revision starts if it differs. */
  set(key: string, value: V): void {
    const old = this.#values.get(key)?.value;
    if (old !== undefined && this.equal(old, value)) return;
    this.#values.set(key, { value, changedAt: ++this.database.revision });
  }

  /** Removes the value. */
  remove(key: string): void {
    if (this.#values.get(key)?.value === undefined) return;
    this.#values.set(key, { value: undefined, changedAt: ++this.database.revision });
  }

  changedAt(key: string): Revision {
    return this.#values.get(key)?.changedAt ?? 0;
  }
}

/** A memoised function of its key. */
export class Query<V> implements Readable {
  readonly #id: string;
  readonly #memos = new Map<string, Memo<V>>();
  readonly #active = new Set<string>();

  constructor(
    readonly database: Database,
    readonly name: string,
    readonly compute: (key: string) => V,
    readonly equal: (a: V, b: V) => boolean,
  ) {
    this.#id = `query ${++sources} `;
  }

  /** The value for the key, from memory where nothing that it read has changed. */
  get(key: string): V {
    this.database.noteRead(this.#id + key, this, key);
    return this.#upToDate(key).value;
  }

  changedAt(key: string): Revision {
    return this.#upToDate(key).changedAt;
  }

  /** Drops what is remembered for a key, for example of a file that is gone. */
  forget(key: string): void {
    this.#memos.delete(key);
  }

  #upToDate(key: string): Memo<V> {
    const memo = this.#memos.get(key);
    const now = this.database.revision;
    if (memo?.verifiedAt === now) return memo;
    if (this.#active.has(key)) throw new QueryCycle(`${this.name} of ${key} needs its own answer`);
    this.#active.add(key);
    try {
      if (memo !== undefined && this.#stillHolds(memo)) {
        memo.verifiedAt = now;
        return memo;
      }
      return this.#recompute(key, memo, now);
    } finally {
      this.#active.delete(key);
    }
  }

  #stillHolds(memo: Memo<V>): boolean {
    return memo.reads.every(({ source, key }) => source.changedAt(key) <= memo.verifiedAt);
  }

  #recompute(key: string, old: Memo<V> | undefined, now: Revision): Memo<V> {
    const { value, reads } = this.database.track(() => this.compute(key));
    const unchanged = old !== undefined && this.equal(old.value, value);
    const memo = unchanged
      ? { value: old.value, changedAt: old.changedAt, verifiedAt: now, reads }
      : { value, changedAt: now, verifiedAt: now, reads };
    this.#memos.set(key, memo);
    return memo;
  }
}

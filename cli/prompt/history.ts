/**
 * What was entered at prompts, kept in a file that all prompts of a user share: a line an entry, put
 * in at once, under a lock.
 * @module
 */
import { dirname } from "@std/path";
import { readTextIfThere, whileLocked } from "../../live/build_files.ts";

/** How many entries are kept. */
const SIZE = 5000;

/**
 * The entries of the file, oldest first. Where the file cannot be read or written (a full disk, a
 * folder of another owner), there are those of this prompt alone.
 */
export class History {
  readonly #file: string;
  readonly #size: number;
  #entries: readonly string[] = [];

  private constructor(file: string, size: number) {
    this.#file = file;
    this.#size = size;
  }

  /** Reads the file; one that has grown long loses its oldest entries. */
  static async open(file: string, size = SIZE): Promise<History> {
    const history = new History(file, size);
    await history.refresh();
    if (history.#entries.length > 2 * size) await history.#shorten().catch(() => {});
    return history;
  }

  get entries(): readonly string[] {
    return this.#entries;
  }

  /** Takes in what other prompts have added. */
  async refresh(): Promise<void> {
    const text = await readTextIfThere(this.#file).catch(() => undefined);
    if (text === undefined) return;
    this.#entries = text.split("\n").filter((line) => line !== "").map(decoded);
  }

  /** Adds an entry, unless it is the last one again. */
  async add(entry: string): Promise<void> {
    if (entry.trim() === "" || entry === this.#entries.at(-1)) return;
    this.#entries = [...this.#entries, entry];
    await this.#locked(() =>
      Deno.writeTextFile(this.#file, `${encoded(entry)}\n`, { append: true, mode: 0o600 })
    ).catch(() => {});
  }

  #locked(work: () => Promise<void>): Promise<void> {
    return whileLocked(dirname(this.#file), work);
  }

  async #shorten(): Promise<void> {
    await this.#locked(async () => {
      await this.refresh();
      this.#entries = this.#entries.slice(-this.#size);
      const temporary = `${this.#file}.${crypto.randomUUID()}.tmp`;
      const lines = this.#entries.map((entry) => `${encoded(entry)}\n`).join("");
      await Deno.writeTextFile(temporary, lines, { mode: 0o600 });
      await Deno.rename(temporary, this.#file);
    });
  }
}

function encoded(entry: string): string {
  return entry.replaceAll("\\", "\\\\").replaceAll("\r", "").replaceAll("\n", "\\n");
}

function decoded(line: string): string {
  return line.replaceAll(/\\([\\n])/g, (_, char) => char === "n" ? "\n" : "\\");
}

/** Going through the entries with the keys up and down; what was typed before is kept. */
export interface Walk {
  readonly entries: readonly string[];
  /** The number of the entry shown; the number of entries where what was typed is. */
  readonly at: number;
  readonly typed: string;
}

/** The entry before the one shown, or after it; undefined where there is none. */
export function step(walk: Walk, direction: -1 | 1): Walk | undefined {
  const at = walk.at + direction;
  return at < 0 || at > walk.entries.length ? undefined : { ...walk, at };
}

/** The text that a walk shows. */
export function shownAt({ entries, at, typed }: Walk): string {
  return entries[at] ?? typed;
}

/** Looking for an entry by what is in it. */
export interface Search {
  readonly query: string;
  /** The number of the entry found last. */
  readonly at: number;
  readonly isFound: boolean;
}

/**
 * The entry nearest to `from`, itself included, that holds the query; letters in lower case stand
 * for both cases.
 */
export function search(
  entries: readonly string[],
  query: string,
  from: number,
  direction: -1 | 1 = -1,
): Search {
  const ignoresCase = query === query.toLowerCase();
  for (let at = from; at >= 0 && at < entries.length; at += direction) {
    const entry = entries[at] ?? "";
    if ((ignoresCase ? entry.toLowerCase() : entry).includes(query)) {
      return { query, at, isFound: true };
    }
  }
  return { query, at: Math.max(0, Math.min(from - direction, entries.length - 1)), isFound: false };
}

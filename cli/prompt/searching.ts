/**
 * Looking for an entry of the history while keys come, each of which changes what is looked for or
 * goes on to the next entry that has it.
 * @module
 */
import { type Search, search } from "./history.ts";
import { EMPTY, type Line } from "./line.ts";

/** What is looked for, and what is found. */
export interface Searching {
  readonly found: Search;
  /** What is shown: the entry that was found last. */
  readonly line: Line;
  /** What had been typed before. */
  readonly before: Line;
}

/** Nothing looked for yet. */
export function startSearching(entries: readonly string[], before: Line): Searching {
  return { found: { query: "", at: entries.length, isFound: true }, line: before, before };
}

/** What a key does; undefined where it ends the search and is still to be done. */
export function searchByKey(
  searching: Searching,
  entries: readonly string[],
  text: string | undefined,
  name: string,
): Searching | "given up" | undefined {
  const { query, at } = searching.found;
  switch (name) {
    case "C-r":
      return searched(searching, entries, query, at - 1, -1);
    case "C-s":
      return searched(searching, entries, query, at + 1, 1);
    case "backspace":
      return searched(searching, entries, query.slice(0, -1), entries.length - 1, -1);
    case "C-g":
    case "C-c":
    case "escape":
      return "given up";
    default:
      return text === name ? searched(searching, entries, query + text, at, -1) : undefined;
  }
}

function searched(
  searching: Searching,
  entries: readonly string[],
  query: string,
  from: number,
  direction: -1 | 1,
): Searching {
  const found = search(entries, query, Math.min(from, entries.length - 1), direction);
  if (!found.isFound) return { ...searching, found };
  const text = entries[found.at] ?? EMPTY.text;
  const at = text.toLowerCase().indexOf(query.toLowerCase());
  return { ...searching, found, line: { text, cursor: at < 0 ? text.length : at } };
}

/** The row that tells what is looked for. */
export function searchRow({ found: { query, isFound } }: Searching): string {
  return `search: ${query}${isFound ? "" : "  (no entry has this)"}`;
}

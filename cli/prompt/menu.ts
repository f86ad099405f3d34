/**
 * What can be put in at the cursor, as rows below the line, one of them chosen.
 * @module
 */
import { displayWidth, fitted } from "../display_width.ts";
import type { Colors } from "../terminal.ts";

/** Something that fits at the cursor. */
export interface Offer {
  readonly label: string;
  /** What is put in. */
  readonly insert: string;
  /** Places in `insert` that are left to be filled, the first one where the cursor goes. */
  readonly holes: readonly number[];
  /** What it is: a signature, a class. */
  readonly detail: string;
  /** The first line of its documentation. */
  readonly doc: string;
}

/** What fits, and where what it takes the place of begins. */
export interface Offers {
  readonly start: number;
  readonly items: readonly Offer[];
}

/** An open menu. */
export interface Menu extends Offers {
  /** The number of the chosen offer; -1 while none is. */
  readonly chosen: number;
}

const ROWS = 8;

/** Another offer chosen, around the ends. */
export function choose(menu: Menu, direction: -1 | 1): Menu {
  const { chosen, items } = menu;
  const next = chosen < 0 && direction < 0 ? items.length - 1 : chosen + direction;
  return { ...menu, chosen: (next + items.length) % items.length };
}

/** The longest text that all offers begin with. */
export function commonStart(items: readonly Offer[]): string {
  let common = items[0]?.label ?? "";
  for (const { label } of items) {
    let length = 0;
    while (length < common.length && label[length] === common[length]) length++;
    common = common.slice(0, length);
  }
  return common;
}

/** The rows of a menu: a window of the offers, what the chosen one is for, how many there are. */
export function menuRows(menu: Menu, columns: number, colors: Colors): string[] {
  const { items, chosen } = menu;
  const first = Math.max(0, Math.min(chosen - Math.floor(ROWS / 2), items.length - ROWS));
  const seen = items.slice(first, first + ROWS);
  const width = Math.min(
    Math.max(...seen.map(({ label }) => displayWidth(label))),
    Math.max(10, Math.floor(columns / 2)),
  );
  const rows = seen.map((item, index) =>
    row(item, first + index === chosen, width, columns - 1, colors)
  );
  const doc = items[chosen]?.doc ?? "";
  if (doc !== "") rows.push(colors.dim(fitted(`  ${doc}`, columns - 1)));
  const left = items.length - seen.length;
  if (left > 0) rows.push(colors.dim(fitted(`  ${left} more`, columns - 1)));
  return rows;
}

function row(
  { label, detail }: Offer,
  isChosen: boolean,
  width: number,
  columns: number,
  colors: Colors,
): string {
  const shown = fitted(label, width);
  const padded = shown + " ".repeat(Math.max(0, width - displayWidth(shown)));
  const name = isChosen ? colors.inverse(padded) : padded;
  const room = columns - width - 4;
  const mark = isChosen ? ">" : " ";
  return room < 4 ? `${mark} ${name}` : `${mark} ${name}  ${colors.dim(fitted(detail, room))}`;
}

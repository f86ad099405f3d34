/**
 * Long results a page at a time.
 * @module
 */
import { fitted } from "../display_width.ts";
import type { Paint, ScreenOutput } from "./screen.ts";

/** Rows of a result that are shown at once, where the terminal is no higher. */
const LEAST_ROWS = 40;

/** What of the last result is not shown yet. */
export class Pages {
  readonly #output: Pick<ScreenOutput, "columns" | "height">;
  #rest = "";
  #paint: Paint = (text) => text;

  constructor(output: Pick<ScreenOutput, "columns" | "height">) {
    this.#output = output;
  }

  /** The first page of a result. */
  first(text: string, paint: Paint): string {
    this.#rest = text;
    this.#paint = paint;
    return this.next() ?? "\n";
  }

  /** The next page; undefined where all is shown. */
  next(): string | undefined {
    if (this.#rest === "") return undefined;
    const columns = Math.max(2, this.#output.columns);
    const rows = Math.max(LEAST_ROWS, this.#output.height) - 2;
    const end = pageEnd(this.#rest, rows, columns);
    const page = this.#rest.slice(0, end);
    this.#rest = this.#rest.slice(end);
    const shown = `${this.#paint(page.replace(/\n$/, ""))}\n`;
    if (this.#rest === "") return shown;
    const left = `... ${this.#rest.length} characters more; :more shows the next page`;
    return `${shown}${fitted(left, columns)}\n`;
  }
}

/** Where a text has filled the rows. A character is taken for two columns where it may be. */
function pageEnd(text: string, rows: number, columns: number): number {
  let left = rows;
  let column = 0;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    const width = code >= 0x1100 ? 2 : 1;
    if (code === 0x0a || column + width > columns) {
      left--;
      column = 0;
      // Not between the halves of a character.
      if (left <= 0) return code === 0x0a ? index + 1 : index - (isSecondHalf(code) ? 1 : 0);
    }
    if (code !== 0x0a) column += width;
  }
  return text.length;
}

function isSecondHalf(code: number): boolean {
  return code >= 0xdc00 && code < 0xe000;
}

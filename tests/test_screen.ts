/**
 * The screen of a terminal for tests: rows of cells that text, control sequences and changes of its
 * size change, with what has scrolled away.
 * @module
 */
import { graphemes, graphemeWidth } from "../cli/display_width.ts";

/** What a terminal shows: rows of cells that text and control sequences change. */
export class TestScreen {
  #columns: number;
  #height: number;
  /** All rows, those that have scrolled away included. A wide character is followed by "". */
  #rows: string[][] = [[]];
  /** Rows that text went on from to the next one; until they are erased they are wrapped anew. */
  #wrapped = new WeakSet<string[]>();
  #row = 0;
  #column = 0;
  #rest = "";

  constructor(columns: number, height: number) {
    this.#columns = columns;
    this.#height = height;
  }

  /** Another size: rows that do not fit are wrapped, those that were wrapped are joined before. */
  resize(columns: number, height: number): void {
    const rows: string[][] = [];
    let line: string[] = [];
    let cursor: number | undefined;
    for (const [index, row] of this.#rows.entries()) {
      if (index === this.#row) cursor = line.length + this.#column;
      line.push(...Array.from(row, (cell) => cell ?? " "));
      if (this.#wrapped.has(row) && index < this.#rows.length - 1) continue;
      const begun = rows.length;
      const parts = chunks(line, columns);
      for (const part of parts.slice(0, -1)) this.#wrapped.add(part);
      rows.push(...parts);
      if (cursor !== undefined) {
        let at = 0;
        while (at < parts.length - 1 && cursor >= parts[at]!.length) cursor -= parts[at++]!.length;
        this.#row = begun + at;
        this.#column = Math.min(cursor, columns - 1);
      }
      line = [];
      cursor = undefined;
    }
    this.#rows = rows;
    this.#columns = columns;
    this.#height = height;
  }

  /** The rows as text. */
  lines(): string[] {
    const lines = this.#rows.map((row) =>
      Array.from(row, (cell) => cell ?? " ").join("").trimEnd()
    );
    while (lines.length > this.#row + 1 && lines.at(-1) === "") lines.pop();
    return lines;
  }

  /** The row and the column of the cursor, from 0; rows count from the first ever shown. */
  get cursor(): { readonly row: number; readonly column: number } {
    return { row: this.#row, column: this.#column };
  }

  /** Whether the last row is an empty prompt with the cursor behind it. */
  isAtPrompt(): boolean {
    const lines = this.lines();
    return lines.at(-1) === "bt>" && this.#row === lines.length - 1 && this.#column === 4;
  }

  write(text: string): void {
    const all = this.#rest + text;
    this.#rest = "";
    let index = 0;
    while (index < all.length) {
      const rest = all.slice(index);
      // deno-lint-ignore no-control-regex
      const control = /^\x1b\[([0-9;?]*)([A-Za-z])/.exec(rest);
      if (control !== null) {
        this.#control(control[1]!, control[2]!);
        index += control[0].length;
        continue;
      }
      if (rest[0] === "\x1b" && rest.length < 12) {
        this.#rest = rest;
        return;
      }
      // deno-lint-ignore no-control-regex
      const plain = /^[^\x00-\x1f]+/.exec(rest)?.[0];
      if (plain === undefined) this.#special(rest[0]!);
      else for (const each of graphemes(plain)) this.#put(each);
      index += plain?.length ?? 1;
    }
  }

  #special(char: string): void {
    if (char === "\r") this.#column = 0;
    if (char === "\n") this.#down();
    if (char === "\b") this.#column = Math.max(0, this.#column - 1);
  }

  #down(): void {
    this.#row++;
    this.#rows[this.#row] ??= [];
  }

  #put(grapheme: string): void {
    const width = graphemeWidth(grapheme);
    if (this.#column + width > this.#columns) {
      this.#wrapped.add(this.#rows[this.#row]!);
      this.#column = 0;
      this.#down();
    }
    const row = this.#rows[this.#row]!;
    row[this.#column] = grapheme;
    if (width === 2) row[this.#column + 1] = "";
    this.#column += width;
  }

  #control(parameters: string, final: string): void {
    const count = Number.parseInt(parameters, 10) || 1;
    const first = Math.max(0, this.#rows.length - this.#height);
    switch (final) {
      case "A":
        this.#row = Math.max(first, this.#row - count);
        return;
      case "B":
        this.#row = Math.min(first + this.#height - 1, this.#row + count);
        this.#rows[this.#row] ??= [];
        return;
      case "C":
        this.#column = Math.min(this.#columns - 1, this.#column + count);
        return;
      case "D":
        this.#column = Math.max(0, this.#column - count);
        return;
      case "H":
        this.#row = first;
        this.#column = 0;
        return;
      case "K":
        this.#rows[this.#row]!.length = Math.min(this.#rows[this.#row]!.length, this.#column);
        return;
      case "J":
        if (parameters === "2") this.#rows.splice(first, Infinity, []);
        else {
          if (this.#column === 0) this.#wrapped.delete(this.#rows[this.#row]!);
          this.#rows.length = this.#row + 1;
          this.#rows[this.#row]!.length = Math.min(this.#rows[this.#row]!.length, this.#column);
        }
        return;
    }
  }
}

/** Cells in rows of so many columns; a wide character stays whole. */
function chunks(cells: readonly string[], columns: number): string[][] {
  const rows: string[][] = [[]];
  for (const [index, cell] of cells.entries()) {
    const row = rows.at(-1)!;
    const isFull = row.length >= columns;
    const isTooWide = row.length === columns - 1 && cells[index + 1] === "";
    if (cell !== "" && (isFull || isTooWide)) rows.push([cell]);
    else row.push(cell);
  }
  return rows;
}

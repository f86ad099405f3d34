/**
 * How a text that is being typed lies on a terminal: rows, wrapped where the columns end, with the
 * cursor's place; and repainting it over what was painted last.
 * @module
 */
import { graphemes, graphemeWidth } from "../display_width.ts";

/** Paints a piece of a row. */
export type Paint = (text: string) => string;

/** A stretch of a text in a colour of its own. */
export interface ColorSpan {
  readonly start: number;
  readonly end: number;
  readonly paint: Paint;
}

/** What is laid out. */
export interface Sheet {
  /** What stands before the first row of the text. */
  readonly prompt: string;
  /** What stands before the text's other lines. */
  readonly more: string;
  readonly text: string;
  readonly cursor: number;
  /** In order, none over another. */
  readonly spans: readonly ColorSpan[];
  /** Whole rows above the prompt that may be painted again. */
  readonly above: readonly string[];
  /** Whole rows below the text, cut to fit by who made them. */
  readonly below: readonly string[];
}

/** Rows ready to be painted. */
export interface Layout {
  readonly rows: readonly string[];
  /** The rows above the cursor's without colours. */
  readonly plainAbove: readonly string[];
  readonly cursorRow: number;
  readonly cursorColumn: number;
}

/** Lays a text out. The last column stays free: terminals differ in what follows from filling it. */
export function layOut(sheet: Sheet, columns: number, height: number): Layout {
  const rows = new Rows(Math.max(2, columns - 1), sheet.spans);
  for (const [index, line] of sheet.above.entries()) {
    if (index > 0) rows.begin("");
    rows.addPlain(line);
  }
  if (sheet.above.length > 0) rows.begin(sheet.prompt);
  else rows.addPlain(sheet.prompt);
  let offset = 0;
  let cursor: { row: number; column: number } | undefined;
  for (const each of graphemes(sheet.text)) {
    if (cursor === undefined && offset >= sheet.cursor) cursor = rows.place();
    if (each === "\n" || each === "\r\n") rows.begin(sheet.more);
    else rows.add(each, offset);
    offset += each.length;
  }
  cursor ??= rows.place();
  const written = rows.ended();
  const below = sheet.below.slice(
    0,
    Math.max(0, height - 1 - Math.min(written.length, height - 1)),
  );
  const all = [...written, ...below.map((text) => ({ text, plain: text }))];
  const first = windowStart(all.length, cursor.row, Math.max(1, height - 1));
  const seen = all.slice(first, first + Math.max(1, height - 1));
  return {
    rows: seen.map(({ text }) => text),
    plainAbove: seen.slice(0, cursor.row - first).map(({ plain }) => plain),
    cursorRow: cursor.row - first,
    cursorColumn: cursor.column,
  };
}

/** The first row that is shown where there are more than fit: the cursor's row is among them. */
function windowStart(rows: number, cursorRow: number, height: number): number {
  if (rows <= height) return 0;
  return Math.max(0, Math.min(cursorRow - Math.floor(height / 2), rows - height));
}

interface Row {
  readonly text: string;
  readonly plain: string;
}

/** Rows as they are filled. */
class Rows {
  readonly #done: Row[] = [];
  readonly #columns: number;
  readonly #spans: readonly ColorSpan[];
  #span = 0;
  #text = "";
  #plain = "";
  #piece = "";
  #paint: Paint | undefined;
  #width = 0;

  constructor(columns: number, spans: readonly ColorSpan[]) {
    this.#columns = columns;
    this.#spans = spans;
  }

  /** Where the next character goes, unless it is too wide for the row. */
  place(): { row: number; column: number } {
    if (this.#width >= this.#columns) this.begin("");
    return { row: this.#done.length, column: this.#width };
  }

  begin(prompt: string): void {
    this.#endRow();
    this.addPlain(prompt);
  }

  addPlain(text: string): void {
    this.#take(undefined);
    for (const each of graphemes(text)) this.#put(each);
  }

  add(grapheme: string, offset: number): void {
    while ((this.#spans[this.#span]?.end ?? Infinity) <= offset) this.#span++;
    const span = this.#spans[this.#span];
    this.#take(span !== undefined && span.start <= offset ? span.paint : undefined);
    this.#put(grapheme);
  }

  ended(): readonly Row[] {
    this.#endPiece();
    return [...this.#done, { text: this.#text, plain: this.#plain }];
  }

  #put(grapheme: string): void {
    const shown = visible(grapheme);
    const width = shown === grapheme ? graphemeWidth(grapheme) : shown.length;
    if (this.#width + width > this.#columns) {
      this.#endRow();
    }
    this.#piece += shown;
    this.#width += width;
  }

  #endRow(): void {
    this.#endPiece();
    this.#done.push({ text: this.#text, plain: this.#plain });
    this.#text = "";
    this.#plain = "";
    this.#width = 0;
  }

  #take(paint: Paint | undefined): void {
    if (paint === this.#paint) return;
    this.#endPiece();
    this.#paint = paint;
  }

  #endPiece(): void {
    if (this.#piece === "") return;
    this.#text += this.#paint === undefined ? this.#piece : this.#paint(this.#piece);
    this.#plain += this.#piece;
    this.#piece = "";
  }
}

/** A control character would do something to the terminal; it is shown by its name instead. */
function visible(grapheme: string): string {
  const code = grapheme.codePointAt(0) ?? 0;
  if (grapheme === "\t") return "    ";
  if (code < 0x20) return `^${String.fromCharCode(code + 0x40)}`;
  return code >= 0x7f && code < 0xa0 ? "?" : grapheme;
}

/** A terminal that can be written to. */
export interface ScreenOutput {
  write(text: string): void;
  readonly columns: number;
  readonly height: number;
}

/** What is painted at the bottom of a terminal, below all that it has shown for good. */
export class Screen {
  readonly #output: ScreenOutput;
  #painted: Layout | undefined;

  constructor(output: ScreenOutput) {
    this.#output = output;
  }

  /** Paints a sheet over the last one. */
  paint(sheet: Sheet): void {
    const layout = layOut(sheet, this.#output.columns, this.#output.height);
    const rows = layout.rows.map((row) => `${row}\x1b[K`).join("\r\n");
    const below = layout.rows.length - 1 - layout.cursorRow;
    this.#output.write(
      `${this.#toTop()}${rows}\x1b[J${up(below)}\r${right(layout.cursorColumn)}`,
    );
    this.#painted = layout;
  }

  /** Takes the sheet off the terminal. */
  erase(): void {
    this.#output.write(`${this.#toTop()}\x1b[J`);
    this.#painted = undefined;
  }

  /** Leaves the sheet where it is for good, and goes on below it. */
  leave(): void {
    const layout = this.#painted;
    this.#painted = undefined;
    if (layout === undefined) return;
    const below = layout.rows.length - 1 - layout.cursorRow;
    this.#output.write(`${below > 0 ? `\x1b[${below}B` : ""}\r\n`);
  }

  /** Starts on a new row: what was painted is no longer where it was. */
  forget(): void {
    this.#painted = undefined;
    this.#output.write("\r");
  }

  /** An empty terminal. */
  clear(): void {
    this.#painted = undefined;
    this.#output.write("\x1b[H\x1b[2J");
  }

  /** Goes to the first row of what is painted; where the terminal has become narrower, rows wrapped. */
  #toTop(): string {
    const layout = this.#painted;
    if (layout === undefined) return "\r";
    const { columns } = this.#output;
    let rows = Math.floor(layout.cursorColumn / columns);
    for (const row of layout.plainAbove) rows += rowsOf(row, columns);
    return `\r${up(rows)}`;
  }
}

/** How many rows a terminal makes of one that was painted when it was wider. */
function rowsOf(text: string, columns: number): number {
  let rows = 1;
  let column = 0;
  for (const each of graphemes(text)) {
    const width = graphemeWidth(each);
    if (column + width > columns) {
      rows++;
      column = 0;
    }
    column += width;
  }
  return rows;
}

function up(rows: number): string {
  return rows > 0 ? `\x1b[${rows}A` : "";
}

function right(columns: number): string {
  return columns > 0 ? `\x1b[${columns}C` : "";
}

/**
 * Reads texts from a terminal: edits the line with its colours, goes through the history, completes,
 * searches. Keys come in by `press`; what is written meanwhile by others goes above the line.
 * @module
 */
import { fitted } from "../display_width.ts";
import type { Colors } from "../terminal.ts";
import { type History, shownAt, step, type Walk } from "./history.ts";
import { type Key, KEY_EDITS, nameOf } from "./keys.ts";
import { EMPTY, insert, type Line, lineDown, lineOf, lineUp } from "./line.ts";
import { choose, commonStart, type Menu, menuRows, type Offer, type Offers } from "./menu.ts";
import { Paste } from "./paste.ts";
import { Screen, type ScreenOutput } from "./screen.ts";
import { searchByKey, type Searching, searchRow, startSearching } from "./searching.ts";
import { colorSpans } from "./syntax_colors.ts";

/** What a reader works with. */
export interface ReaderSetting {
  readonly output: ScreenOutput;
  readonly colors: Colors;
  readonly history: History;
  /** Whether a text needs more lines. */
  isIncomplete(text: string): boolean;
  /** What fits at a place of a text. */
  complete(text: string, cursor: number): Promise<Offers>;
  /** Ctrl-C while nothing is read. */
  onInterrupt(): void;
  /** Ctrl-Z. */
  onSuspend(): void;
}

/** What stands before the first line of a text, and before its others. */
export const PROMPT = "bt> ";
export const MORE = "..> ";
/** How many offers a menu holds; to see the others one types on. */
const MOST_OFFERS = 200;

/** Reads texts, one after the other. */
export class PromptReader {
  readonly #setting: ReaderSetting;
  readonly #screen: Screen;
  readonly #keys: { readonly text: string | undefined; readonly key: Key }[] = [];
  readonly #paste = new Paste();
  #isPumping = false;
  #isOver = false;
  /** Whether another program has the terminal. */
  #isAway = false;
  #reading: PromiseWithResolvers<string | undefined> | undefined;
  #line: Line = EMPTY;
  #undo: Line[] = [];
  #killed = "";
  #walk: Walk | undefined;
  #searching: Searching | undefined;
  #menu: Menu | undefined;
  /** Places to fill, counted from the end of the text, nearest to its start first. */
  #holes: readonly number[] = [];
  /** Output that has not ended its line. */
  #partial = "";

  constructor(setting: ReaderSetting) {
    this.#setting = setting;
    this.#screen = new Screen(setting.output);
  }

  /** Reads a text; undefined where the input has ended. */
  read(): Promise<string | undefined> {
    if (this.#isOver) return Promise.resolve(undefined);
    const reading = Promise.withResolvers<string | undefined>();
    this.#reading = reading;
    this.#paint();
    // Keys that were pressed before may end the reading at once.
    void this.#pump();
    return reading.promise;
  }

  /** A key was pressed. */
  press(text: string | undefined, key: Key): void {
    const name = this.#reading === undefined ? nameOf(text, key) : "";
    if (name === "C-z") return this.#setting.onSuspend();
    if (name === "C-c") {
      this.#keys.splice(0);
      this.#setting.onInterrupt();
      return;
    }
    this.#keys.push({ text, key });
    void this.#pump();
  }

  /** The input has ended. */
  end(): void {
    this.#isOver = true;
    this.#finish(undefined);
  }

  /** Shows a text for good: above the line while one is typed. */
  show(text: string): void {
    const all = this.#partial + text;
    const end = all.lastIndexOf("\n") + 1;
    this.#partial = all.slice(end);
    if (this.#reading === undefined) {
      this.#setting.output.write(text);
      return;
    }
    this.#screen.erase();
    this.#setting.output.write(all.slice(0, end));
    this.#paint();
  }

  /** Begins a new line, unless output stands at the start of one. */
  freshLine(): void {
    if (this.#partial !== "") this.show("\n");
  }

  /** Paints what is typed again, after the terminal has changed its size. */
  resized(): void {
    if (this.#reading === undefined || this.#isAway) return;
    // Terminals keep which rows they wrapped until those are erased, painted over or not.
    this.#screen.erase();
    this.#paint();
  }

  /** Paints what is typed on a new line, after other programs have written. */
  cameBack(): void {
    this.#isAway = false;
    this.#screen.forget();
    if (this.#reading !== undefined) this.#paint();
  }

  async #pump(): Promise<void> {
    if (this.#isPumping) return;
    this.#isPumping = true;
    try {
      let next;
      while (this.#reading !== undefined && (next = this.#keys.shift()) !== undefined) {
        await this.#take(next.text, next.key);
        if (this.#keys.length === 0 && this.#reading !== undefined) this.#paint();
      }
    } finally {
      this.#isPumping = false;
    }
  }

  async #take(text: string | undefined, key: Key): Promise<void> {
    const pasted = this.#paste.take(text, key);
    if (pasted === "pasting") return;
    if (pasted !== undefined) return this.#edit(insert(this.#line, pasted));
    const name = nameOf(text, key);
    if (this.#searching !== undefined && this.#takeSearching(text, name)) return;
    if (this.#menu !== undefined && await this.#takeChoosing(text, name)) return;
    const command = this.#commands[name];
    if (command !== undefined) return await command();
    const edit = KEY_EDITS.get(name);
    if (edit !== undefined) return this.#editByKey(edit(this.#line));
    if (text === name) this.#edit(insert(this.#line, text));
  }

  readonly #commands: Readonly<Record<string, () => Promise<void> | void>> = {
    "return": () => this.#enter(),
    "enter": () => this.#enter(),
    "M-return": () => this.#edit(insert(this.#line, "\n")),
    "up": () => this.#goUp(),
    "C-p": () => this.#goUp(),
    "down": () => this.#goDown(),
    "C-n": () => this.#goDown(),
    "tab": () => this.#complete(),
    "C-r": () => this.#startSearch(),
    "C-y": () => this.#edit(insert(this.#line, this.#killed)),
    "C-_": () => this.#undoLast(),
    "C-c": () => this.#abandon(),
    "C-d": () => {
      if (this.#line.text === "") this.#finish(undefined);
      else this.#editByKey(KEY_EDITS.get("delete")!(this.#line));
    },
    "C-l": () => this.#screen.clear(),
    "C-z": () => {
      this.#screen.leave();
      this.#isAway = true;
      this.#setting.onSuspend();
    },
  };

  #editByKey(change: Line | { readonly line: Line; readonly killed: string }): void {
    if (!("line" in change)) return this.#edit(change);
    if (change.killed !== "") this.#killed = change.killed;
    this.#edit(change.line);
  }

  #edit(line: Line): void {
    if (line.text !== this.#line.text) {
      this.#undo.push(this.#line);
      this.#walk = undefined;
    }
    this.#holes = this.#holes.filter((fromEnd) => line.text.length - fromEnd > line.cursor);
    this.#line = line;
  }

  #undoLast(): void {
    this.#line = this.#undo.pop() ?? this.#line;
  }

  #enter(): void {
    const { text } = this.#line;
    if (this.#setting.isIncomplete(text)) this.#edit(insert(lineOf(text), "\n"));
    else this.#finish(text);
  }

  #abandon(): void {
    this.#line = lineOf(this.#line.text);
    this.#paint();
    this.#setting.output.write("^C");
    this.#screen.leave();
    this.#reset();
    this.#paint();
  }

  #finish(text: string | undefined): void {
    const reading = this.#reading;
    if (reading === undefined) return;
    this.#menu = undefined;
    this.#line = lineOf(this.#line.text);
    this.#paint();
    this.#screen.leave();
    this.#partial = "";
    this.#reset();
    this.#reading = undefined;
    reading.resolve(text);
  }

  #reset(): void {
    this.#line = EMPTY;
    this.#undo = [];
    this.#holes = [];
    this.#walk = undefined;
    this.#menu = undefined;
    this.#searching = undefined;
  }

  #goUp(): void {
    const up = lineUp(this.#line);
    if (up !== undefined) this.#line = up;
    else this.#walkBy(-1);
  }

  #goDown(): void {
    const down = lineDown(this.#line);
    if (down !== undefined) this.#line = down;
    else this.#walkBy(1);
  }

  #walkBy(direction: -1 | 1): void {
    const { entries } = this.#setting.history;
    const walk = this.#walk ?? { entries, at: entries.length, typed: this.#line.text };
    const next = step(walk, direction);
    if (next === undefined) return;
    this.#walk = next;
    this.#line = lineOf(shownAt(next));
  }

  async #startSearch(): Promise<void> {
    const { history } = this.#setting;
    await history.refresh();
    this.#searching = startSearching(history.entries, this.#line);
  }

  /** A key while the history is searched; whether it is done with. */
  #takeSearching(text: string | undefined, name: string): boolean {
    const searching = this.#searching!;
    const next = searchByKey(searching, this.#setting.history.entries, text, name);
    const isOver = next === undefined || next === "given up";
    this.#searching = isOver ? undefined : next;
    if (next === "given up") this.#line = searching.before;
    else if (next !== undefined) this.#line = next.line;
    return next !== undefined;
  }

  async #complete(): Promise<void> {
    const { text, cursor } = this.#line;
    const offers = await this.#setting.complete(text, cursor);
    const written = text.slice(offers.start, cursor);
    const isWritten = offers.items.length === 1 && offers.items[0]?.insert === written;
    if (this.#holes.length > 0 && (written === "" || offers.items.length === 0 || isWritten)) {
      this.#nextHole();
      return;
    }
    const [only] = offers.items;
    if (only === undefined) return;
    if (offers.items.length === 1) {
      this.#put(only, offers.start);
      return;
    }
    const common = commonStart(offers.items);
    if (common.length > written.length && common.startsWith(written)) {
      this.#edit({
        text: text.slice(0, offers.start) + common + text.slice(cursor),
        cursor: offers.start + common.length,
      });
    }
    this.#open(offers);
  }

  #open({ start, items }: Offers): void {
    this.#menu = items.length === 0
      ? undefined
      : { start, items: items.slice(0, MOST_OFFERS), chosen: -1 };
  }

  /** A key while the menu is open; whether it is done with. */
  async #takeChoosing(text: string | undefined, name: string): Promise<boolean> {
    const menu = this.#menu!;
    const [first] = menu.items;
    switch (name) {
      case "tab":
      case "down":
        if (menu.items.length === 1 && first !== undefined && name === "tab") {
          this.#menu = undefined;
          this.#put(first, menu.start);
          return true;
        }
        this.#menu = choose(menu, 1);
        return true;
      case "S-tab":
      case "up":
        this.#menu = choose(menu, -1);
        return true;
      case "escape":
      case "C-g":
        this.#menu = undefined;
        return true;
      case "return": {
        this.#menu = undefined;
        const chosen = menu.items[menu.chosen];
        if (chosen === undefined) return false;
        this.#put(chosen, menu.start);
        return true;
      }
    }
    this.#menu = undefined;
    if (name !== "backspace" && !(text === name && /[\p{L}\p{N}_:]/u.test(text))) return false;
    const edit = KEY_EDITS.get(name);
    this.#editByKey(edit === undefined ? insert(this.#line, text ?? "") : edit(this.#line));
    this.#open(await this.#setting.complete(this.#line.text, this.#line.cursor));
    return true;
  }

  /** Puts an offer in, with the cursor where it is to be filled. */
  #put({ insert: added, holes }: Offer, start: number): void {
    const { text, cursor } = this.#line;
    const after = text.slice(cursor);
    const next = text.slice(0, start) + added + after;
    const [first = added.length, ...others] = holes;
    this.#edit({ text: next, cursor: start + first });
    this.#holes = [
      ...others.map((hole) => next.length - start - hole),
      ...this.#holes,
    ];
  }

  #nextHole(): void {
    const [next, ...others] = this.#holes;
    if (next === undefined) return;
    this.#line = { ...this.#line, cursor: this.#line.text.length - next };
    this.#holes = others;
  }

  #paint(): void {
    if (this.#isAway) return;
    const { colors, output } = this.#setting;
    const { text, cursor } = this.#line;
    this.#screen.paint({
      prompt: PROMPT,
      more: MORE,
      text,
      cursor,
      spans: colorSpans(text, colors),
      above: this.#partial === "" ? [] : [this.#partial],
      below: this.#rowsBelow(output.columns),
    });
  }

  #rowsBelow(columns: number): string[] {
    const { colors } = this.#setting;
    if (this.#searching !== undefined) {
      return [colors.dim(fitted(searchRow(this.#searching), columns - 1))];
    }
    return this.#menu === undefined ? [] : menuRows(this.#menu, columns, colors);
  }
}

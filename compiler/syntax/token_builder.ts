/**
 * The token table of a unit while it is being filled: tokens, open brackets, diagnostics.
 * @module
 */
import { diagnostic } from "./codes.ts";
import type { Span } from "./ast.ts";
import type { Diagnostic, TextEdit } from "./diagnostic.ts";
import { closerOf, K, type TokenTable } from "./token.ts";

/** An open bracket; the outermost level is the unit itself. */
export interface Level {
  readonly opener: string;
  /** Index of the opening token; -1 for the unit. */
  readonly index: number;
  /** Whether newlines separate statements inside. */
  readonly statements: boolean;
  /** Whether `,` separates elements inside. */
  readonly commas: boolean;
  /** Indentation of the line on which the current statement begins. */
  indent: number;
  /** Column of the current statement's first token. */
  column: number;
  /** Whether the next token begins a statement. */
  pending: boolean;
  /** Whether the parameters of a block are being read. */
  inParameters: boolean;
}

/** Tokens with offsets of the file are put in; the table has offsets of the unit. */
export class TokenBuilder {
  readonly diagnostics: Diagnostic[] = [];
  /** Kinds of the last two tokens. */
  last = "";
  beforeLast = "";
  /** Whether all tokens so far are `@expect category`. */
  onlyExpectations = true;
  /** Index of the first `=>` outside brackets. */
  arrow = -1;
  readonly #text: string;
  readonly #offset: number;
  #kinds = "";
  readonly #starts: number[] = [];
  readonly #ends: number[] = [];
  readonly #partners: number[] = [];
  readonly #levels: Level[] = [newLevel("", -1, true, false)];

  constructor(text: string, offset: number) {
    this.#text = text;
    this.#offset = offset;
  }

  /** The innermost level. */
  get top(): Level {
    return this.#levels[this.#levels.length - 1] as Level;
  }

  /** How many levels are open, the unit included. */
  get depth(): number {
    return this.#levels.length;
  }

  /** The level at a depth, from 0 for the unit. */
  levelAt(depth: number): Level {
    return this.#levels[depth] as Level;
  }

  /** Offset of the file where the last token ends. */
  get end(): number {
    return (this.#ends[this.#ends.length - 1] ?? 0) + this.#offset;
  }

  push(kind: string, start: number, end: number): void {
    this.#kinds += kind;
    this.beforeLast = this.last;
    this.last = kind;
    if (kind !== K.pragma && this.beforeLast !== K.pragma) this.onlyExpectations = false;
    this.#starts.push(start - this.#offset);
    this.#ends.push(end - this.#offset);
    this.#partners.push(-1);
  }

  /** Puts in the end of a statement. */
  newline(): void {
    this.push(K.newline, this.end, this.end);
    this.top.pending = true;
  }

  /** Notes that the token last put in is the arrow of the unit. */
  markArrow(): void {
    this.arrow = this.#kinds.length - 1;
  }

  /** Opens a level at the bracket last put in. */
  open(kind: string, statements: boolean): Level {
    const index = this.#kinds.length - 1;
    const isTypeList = kind === K.parenOpen && this.beforeLast === K.className &&
      this.#ends[index - 1] === this.#starts[index];
    const commas = kind !== K.parenOpen && kind !== K.bracketOpen && kind !== K.stringOpen;
    const opened = newLevel(kind, index, statements, commas || isTypeList);
    opened.indent = this.top.indent;
    opened.column = this.top.column;
    this.#levels.push(opened);
    return opened;
  }

  /** Closes the innermost level by the token last put in. */
  pop(): void {
    const closed = this.#levels.pop();
    if (closed !== undefined) this.#partners[closed.index] = this.#kinds.length - 1;
  }

  /** Supplies the missing brackets of all levels from `depth` up, as tokens at `start`. */
  closeDownTo(depth: number, start = this.end, end = start): void {
    while (this.depth > depth) {
      const { opener, index } = this.top;
      const from = (this.#starts[index] ?? 0) + this.#offset;
      const to = (this.#ends[index] ?? 0) + this.#offset;
      const closer = closerOf(opener) ?? "";
      const expected = closer === K.stringEnd ? '}"' : closer === K.binaryClose ? ">>" : closer;
      const found = this.#text.slice(from, to);
      const place = { start: this.end, end: this.end };
      const newText = start === end ? expected : "}";
      const isBrace = closer === K.stringEnd && index === this.#kinds.length - 1;
      const edit = isBrace
        ? { span: { start: to - 1, end: to }, newText: "\\{" }
        : { span: place, newText };
      const title = isBrace ? "Write `\\{` for a brace" : `Insert \`${newText}\``;
      this.report("BT1002", from, to, { found, expected }, title, edit);
      this.push(closer, start, end);
      this.pop();
    }
  }

  /** Hints that the `.` last put in is not needed. */
  hintDot(): void {
    if (this.last !== K.dot) return;
    const span = { start: this.end - 1, end: this.end };
    this.report("BT1005", span.start, span.end, {}, "Remove the full stop", { span, newText: "" });
  }

  /** Reports a diagnostic, with a fix of one edit where there is one; all in offsets of the file. */
  report(
    code: string,
    start: number,
    end: number,
    values: Readonly<Record<string, string>>,
    title = "",
    edit?: TextEdit,
  ): void {
    const span = this.#inUnit({ start, end });
    const fixes = edit === undefined
      ? []
      : [{ title, edits: [{ span: this.#inUnit(edit.span), newText: edit.newText }] }];
    this.diagnostics.push(diagnostic(code, span, values, fixes));
  }

  #inUnit({ start, end }: Span): Span {
    return { start: start - this.#offset, end: end - this.#offset };
  }

  /** The table of a unit that ends at `end`. */
  table(end: number): TokenTable {
    return {
      text: this.#text.slice(this.#offset, end),
      kinds: this.#kinds,
      starts: this.#starts,
      ends: this.#ends,
      partners: this.#partners,
      arrow: this.arrow,
    };
  }
}

function newLevel(opener: string, index: number, statements: boolean, commas: boolean): Level {
  return {
    opener,
    index,
    statements,
    commas,
    indent: 0,
    column: 0,
    pending: true,
    inParameters: false,
  };
}

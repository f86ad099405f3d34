/**
 * What lines and their indentation mean to the unit that is being read: whether it ends, whether a
 * statement ends, and which open brackets must have been forgotten.
 * @module
 */
import type { Lexer } from "./lexer.ts";
import { closerOf, isBinaryKind, isCloser, isKeywordKind, K } from "./token.ts";
import type { TokenBuilder } from "./token_builder.ts";
import { beginsDeclaration, beginsMember, headLine, type Opening } from "./unit_heads.ts";

/** Lines at the unit's own indentation that an open bracket may hold before it counts as forgotten. */
const MAX_OUTDENTED_LINES = 200;

/** How brackets that do not match are taken: not at all, or by the indentation of the lines. */
export type Mode = "trusting" | "byIndentation";

/** Where a unit stands and how it begins. */
export interface UnitPlace {
  /** Column of the unit's first token. */
  readonly base: number;
  readonly isMember: boolean;
  /** Undefined for members. */
  readonly opening: Opening | undefined;
}

/** The layout of one unit, asked at each token that the lexer has come to. */
export class LineLayout {
  readonly #lexer: Lexer;
  readonly #table: TokenBuilder;
  readonly #mode: Mode;
  readonly #kind: "file" | "script";
  readonly #place: UnitPlace;
  /** Indentation of the line that is being read. */
  indent: number;
  #outdented = 0;

  constructor(
    lexer: Lexer,
    table: TokenBuilder,
    mode: Mode,
    kind: "file" | "script",
    place: UnitPlace,
  ) {
    this.#lexer = lexer;
    this.#table = table;
    this.#mode = mode;
    this.#kind = kind;
    this.#place = place;
    this.indent = place.base;
  }

  /** Looks at the token that the lexer has come to: is the unit over, or the statement? */
  endsHere(): boolean {
    const lexer = this.#lexer;
    const top = this.#table.top;
    if (!lexer.startsLine) return this.#endsOnLine();
    const column = lexer.start - lexer.lineStart;
    const outdented = column <= this.#place.base;
    const closing = this.#isClosingCharacter();
    if (this.#table.depth > 1) {
      if (outdented && !closing && this.#isForgotten(column)) return true;
      if (this.#isHeaderLeftOpen()) return true;
      if (this.#mode === "byIndentation" && !closing) this.#closeByIndentation(column);
      if (this.#table.depth === 1) return this.#endsOutside(column, outdented);
    } else if (!closing || !outdented) return this.#endsOutside(column, outdented);
    this.indent = column;
    if (this.#table.top === top && top.statements) this.#newlineInside(column, closing);
    return false;
  }

  /** A unit that ends on the same line: a statement of a script after a `.`. */
  #endsOnLine(): boolean {
    return this.#table.last === K.dot && this.#table.depth === 1 && this.isStatement();
  }

  isStatement(): boolean {
    return !this.#place.isMember && this.#place.opening?.isHeader !== true &&
      this.#table.arrow < 0 &&
      this.#kind === "script" && this.#place.opening?.isBlockDeclaration !== true;
  }

  #endsOutside(column: number, outdented: boolean): boolean {
    const inExpectation = this.#table.onlyExpectations && this.#table.last === K.identifier;
    if (this.#place.opening?.isHeader === true && !inExpectation) {
      return !this.#needsMore() || this.#beginsMember();
    }
    if (outdented && !inExpectation) {
      const mustGoOn = this.#needsMore() && this.#table.last !== K.fatArrow;
      if (mustGoOn && column === this.#place.base && !this.#looksLikeHead()) {
        this.indent = column;
        return false;
      }
      return true;
    }
    this.indent = column;
    if (inExpectation || this.#needsMore()) return false;
    if (this.#continues(column)) return false;
    if (this.isStatement()) return true;
    if (this.#table.last === K.dot) this.#table.hintDot();
    else this.#table.newline();
    return false;
  }

  #newlineInside(column: number, closing: boolean): void {
    if (closing || this.#needsMore() || this.#table.top.inParameters) return;
    if (this.#table.last === K.dot) return this.#table.hintDot();
    if (this.#table.beforeLast === K.pragma && this.#table.last === K.identifier) return;
    if (!this.#continues(column)) this.#table.newline();
  }

  /** Whether the line ends where something must follow. */
  #needsMore(): boolean {
    const last = this.#table.last;
    if (last === K.bar) return true;
    return isBinaryKind(last) || isKeywordKind(last) || closerOf(last) !== undefined ||
      last === K.assign || last === K.compound || last === K.semicolon || last === K.pipe ||
      last === K.fatArrow || last === K.doubleColon || last === K.caret || last === K.comma ||
      last === K.equals || last === K.colon || last === K.newline || last === K.stringMiddle;
  }

  /** Whether the next line, by its place and first token, goes on with the statement. */
  #continues(column: number): boolean {
    const top = this.#table.top;
    if (column <= top.indent || column === top.column || this.#place.opening?.isProtocol === true) {
      return false;
    }
    const { text, start } = this.#lexer;
    const code = text.charCodeAt(start);
    if (code === 45 && isDigitAt(text, start + 1)) return column > top.column;
    if ("-+*/%<>=~&\\?;|,".includes(text[start] ?? "")) {
      return !(code === 60 && text.charCodeAt(start + 1) === 60);
    }
    if (code === 58) return text.charCodeAt(start + 1) === 61 || text.charCodeAt(start + 1) === 58;
    if (code < 65) return false;
    keywordPart.lastIndex = start;
    const found = keywordPart.test(text);
    this.#lexer.reach = Math.max(this.#lexer.reach, keywordPart.lastIndex + 1, start + 80);
    return found;
  }

  #isClosingCharacter(): boolean {
    const { text, start } = this.#lexer;
    const code = text.charCodeAt(start);
    if (code === 41 || code === 93 || code === 125) return true;
    return code === 62 && text.charCodeAt(start + 1) === 62 &&
      this.#table.top.opener === K.binaryOpen;
  }

  /** Whether an open bracket must have been forgotten, since this line begins a new unit. */
  #isForgotten(column: number): boolean {
    if (this.#mode === "byIndentation") return !this.#needsMore() || this.#looksLikeHead();
    if (++this.#outdented > MAX_OUTDENTED_LINES) return true;
    return (column === this.#place.base || column === 0) && this.#looksLikeHead();
  }

  /** Whether a bracket of a class header is still open where the first member stands. */
  #isHeaderLeftOpen(): boolean {
    return this.#place.opening?.isHeader === true && this.#mode === "byIndentation" &&
      this.#beginsMember();
  }

  #beginsMember(): boolean {
    const line = headLine(this.#lexer.text, this.#lexer.start);
    this.#lexer.reach = Math.max(this.#lexer.reach, this.#lexer.start + line.length + 1);
    return beginsMember(line, false);
  }

  #looksLikeHead(): boolean {
    return this.headAt(this.#lexer.start, this.#lexer.lineStart);
  }

  headAt(start: number, lineStart: number): boolean {
    const lexer = this.#lexer;
    const line = headLine(lexer.text, start);
    lexer.reach = Math.max(lexer.reach, start + line.length + 1);
    if (start === lineStart) return beginsDeclaration(line);
    return this.#place.isMember && beginsMember(line, this.#table.top.opener === K.dictionaryOpen);
  }

  #closeByIndentation(column: number): void {
    let depth = this.#table.depth;
    while (depth > 1) {
      const opened = this.#table.levelAt(depth - 1);
      const outer = this.#table.levelAt(depth - 2);
      if (column > outer.indent) break;
      if (!opened.statements && this.#needsMore()) break;
      depth--;
    }
    if (depth < this.#table.depth) this.#table.closeDownTo(depth);
    this.indent = column;
    const top = this.#table.top;
    if (top.statements && this.#table.depth > 1 && isCloser(this.#table.last)) {
      this.#newlineInside(column, false);
    }
  }
}

function isDigitAt(text: string, i: number): boolean {
  const code = text.charCodeAt(i);
  return code >= 48 && code <= 57;
}

const keywordPart = /[\p{Ll}_][\p{L}\p{N}_]*:(?![:=])/uy;

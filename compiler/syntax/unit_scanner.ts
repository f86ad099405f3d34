/**
 * Cuts a file into units and lays out their tokens: decides where a unit ends, where a newline ends
 * a statement, and which brackets belong together. What it decides is written into the token table
 * as tokens without width (`K.newline`, missing closing brackets), so that the grammar needs no
 * knowledge of lines.
 * @module
 */
import type { Diagnostic } from "./diagnostic.ts";
import type { Lexer } from "./lexer.ts";
import { LineLayout, type Mode, type UnitPlace } from "./line_layout.ts";
import { closerOf, endsOperand, isCloser, K } from "./token.ts";
import type { TokenTable } from "./token.ts";
import { afterExpectations, nextOutdented, restOfLine } from "./unit_ends.ts";
import { type Level, TokenBuilder } from "./token_builder.ts";
import { reportFaults } from "./token_faults.ts";
import { readOpening } from "./unit_heads.ts";

/** Brackets nested deeper than this are refused, so that no reader of the tree runs out of stack. */
const MAX_DEPTH = 200;

/** What decides how the text from a unit's first character on is read. */
export interface UnitContext {
  readonly kind: "file" | "script";
  /** Whether a class header stands above, so that indented text is its members. */
  readonly inClass: boolean;
}

/** One unit's tokens and extent in the file. */
export interface ScannedUnit {
  readonly tokens: TokenTable;
  readonly offset: number;
  readonly end: number;
  /** Whether the first token is indented below a class header. */
  readonly isMember: boolean;
  readonly isHeader: boolean;
  readonly tooDeep: boolean;
  /** Offsets of the unit. */
  readonly diagnostics: readonly Diagnostic[];
  /** One past the furthest character whose change could change this unit. */
  readonly reach: number;
}

const modes: readonly Mode[] = ["trusting", "byIndentation"];

/** Scans one unit from `lexer.end` on; undefined where only trivia is left. */
export function scanUnit(lexer: Lexer, context: UnitContext): ScannedUnit | undefined {
  const offset = lexer.end;
  const lineStart = lexer.lineStart;
  let reach = offset;
  for (const mode of modes) {
    lexer.seek(offset, lineStart);
    const scan = new UnitScan(lexer, context, mode, offset);
    const unit = scan.run();
    reach = Math.max(reach, lexer.reach);
    if (unit === "unbalanced") continue;
    if (unit === undefined) return undefined;
    return { ...unit, reach: Math.max(unit.reach, reach) };
  }
  return undefined;
}

class UnitScan {
  readonly #lexer: Lexer;
  readonly #context: UnitContext;
  readonly #mode: Mode;
  readonly #offset: number;
  readonly #table: TokenBuilder;
  #place: UnitPlace = { base: 0, isMember: false, opening: undefined };
  #layout: LineLayout;
  #tooDeep = false;
  #commentFault = -1;

  constructor(lexer: Lexer, context: UnitContext, mode: Mode, offset: number) {
    this.#lexer = lexer;
    this.#context = context;
    this.#mode = mode;
    this.#offset = offset;
    this.#table = new TokenBuilder(lexer.text, offset);
    this.#layout = this.#newLayout();
  }

  #newLayout(): LineLayout {
    return new LineLayout(this.#lexer, this.#table, this.#mode, this.#context.kind, this.#place);
  }

  run(): ScannedUnit | undefined | "unbalanced" {
    const lexer = this.#lexer;
    if (!lexer.skipTrivia()) {
      if (lexer.faultStart < 0) return undefined;
      this.#commentFault = lexer.faultStart;
      return this.#finish(lexer.text.length);
    }
    this.#commentFault = lexer.faultStart;
    this.#begin();
    let end = lexer.end;
    for (;;) {
      if (this.#table.top.pending && !this.#startsExpectation()) this.#startStatement();
      if (!this.#take()) return "unbalanced";
      reportFaults(this.#table, lexer);
      end = lexer.end;
      if (this.#tooDeep) {
        end = this.#skipTooDeep();
        break;
      }
      const more = lexer.skipTrivia();
      if (this.#commentFault < 0) this.#commentFault = lexer.faultStart;
      if (!more) break;
      if (this.#layout.endsHere()) break;
    }
    if (this.#table.depth > 1 && !this.#tooDeep) {
      if (this.#mode === "trusting") return "unbalanced";
      this.#table.closeDownTo(1);
    }
    const unitEnd = this.#unitEnd(end);
    if (unitEnd > end || end === lexer.text.length) this.#table.hintDot();
    return this.#finish(unitEnd);
  }

  #begin(): void {
    const lexer = this.#lexer;
    const base = lexer.start - lexer.lineStart;
    const isMember = this.#context.inClass && base > 0;
    const opening = isMember ? undefined : readOpening(lexer.text, lexer.start);
    if (opening !== undefined) lexer.reach = Math.max(lexer.reach, opening.reach);
    this.#place = { base, isMember, opening };
    this.#layout = this.#newLayout();
  }

  #startsExpectation(): boolean {
    return this.#lexer.text.startsWith("@expect", this.#lexer.start);
  }

  #startStatement(): void {
    const top = this.#table.top;
    const lexer = this.#lexer;
    if (this.#table.last === K.pragma) return;
    top.pending = false;
    top.column = lexer.start - lexer.lineStart;
    top.indent = this.#layout.indent;
    top.inParameters = false;
  }

  /** Reads the token at the lexer's start into the table; false where brackets do not match. */
  #take(): boolean {
    const lexer = this.#lexer;
    const top = this.#table.top;
    const { text, start } = lexer;
    if (top.opener === K.stringOpen && text.charCodeAt(start) === 125) {
      lexer.readStringRest();
      this.#table.push(lexer.kind, start, lexer.end);
      if (lexer.kind === K.stringEnd) this.#table.pop();
      return true;
    }
    lexer.read(endsOperand(this.#table.last), top.opener === K.binaryOpen);
    if (lexer.kind === K.string || lexer.kind === K.stringOpen) {
      if (this.#mode === "trusting" && lexer.fault === "unterminatedString") return false;
      if (top.opener === K.stringOpen && this.#isOuterQuote()) return this.#closeString();
      if (this.#mode === "byIndentation") this.#endLostString();
    }
    const kind = lexer.kind;
    if (isCloser(kind)) return this.#takeCloser(kind);
    this.#table.push(this.#refine(kind, top), start, lexer.end);
    if (closerOf(kind) !== undefined) this.#open(kind);
    else if (kind === K.bar && top.inParameters) {
      top.pending = true;
      top.inParameters = false;
    } else if (kind === K.fatArrow && this.#table.depth === 1 && this.#table.arrow < 0) {
      this.#table.markArrow();
      top.pending = true;
    } else if (kind === K.dot || kind === K.semicolon) top.pending = top.statements;
    return true;
  }

  /** Whether a `"` inside an interpolation must end the string around it, whose `}` is missing. */
  #isOuterQuote(): boolean {
    const { text, start, end, kind } = this.#lexer;
    if (this.#mode === "trusting" || text.charCodeAt(start) !== 34) return false;
    if (kind !== K.string && kind !== K.stringOpen) return false;
    return this.#lexer.fault !== undefined || text.slice(start, end).includes("\n");
  }

  #closeString(): boolean {
    const lexer = this.#lexer;
    lexer.fault = undefined;
    lexer.end = lexer.start + 1;
    this.#table.closeDownTo(this.#table.depth - 1, lexer.start, lexer.end);
    return true;
  }

  /** A string over several lines that holds code must lack its quote: it ends with its line. */
  #endLostString(): void {
    const lexer = this.#lexer;
    const { text, start, end } = lexer;
    const newline = text.indexOf("\n", start);
    if (newline < 0 || newline >= end || lexer.fault !== undefined) return;
    const runsOn = lexer.kind === K.string && /[\p{L}\p{N}$#({]/u.test(text[end] ?? "");
    if (!runsOn && !this.#holdsHead(newline, end)) return;
    lexer.endAtLine(newline);
  }

  #holdsHead(from: number, to: number): boolean {
    const { text } = this.#lexer;
    for (let line = from; line >= 0 && line < to; line = text.indexOf("\n", line + 1)) {
      let i = line + 1;
      while (text.charCodeAt(i) === 32 || text.charCodeAt(i) === 9) i++;
      if (i - line - 1 <= this.#place.base && this.#layout.headAt(i, line + 1)) return true;
    }
    return false;
  }

  #refine(kind: string, top: Level): string {
    if (kind === K.comma && !top.commas) return K.operator;
    // A bar ends the parameters of a block or parts a list from its tail; elsewhere it is sent.
    if (kind === K.bar && !top.inParameters && top.opener !== K.listOpen) return K.operator;
    return kind;
  }

  #open(kind: string): void {
    const isPatch = kind === K.braceOpen && this.#place.opening?.isPatch === true;
    const opened = this.#table.open(kind, kind === K.bracketOpen || isPatch);
    opened.inParameters = kind === K.bracketOpen && this.#nextIsColon();
    if (opened.inParameters) opened.pending = false;
    if (this.#table.depth <= MAX_DEPTH) return;
    this.#tooDeep = true;
    this.#table.report("BT1004", this.#lexer.start, this.#lexer.end, {});
  }

  #nextIsColon(): boolean {
    const { text, end } = this.#lexer;
    let i = end;
    while (text.charCodeAt(i) <= 32) i++;
    this.#lexer.reach = Math.max(this.#lexer.reach, i + 2);
    return text.charCodeAt(i) === 58 && text.charCodeAt(i + 1) !== 58;
  }

  #takeCloser(kind: string): boolean {
    const lexer = this.#lexer;
    let depth = this.#table.depth - 1;
    if (closerOf(this.#table.top.opener) !== kind) {
      if (this.#mode === "trusting") return false;
      while (depth > 0 && closerOf(this.#table.levelAt(depth).opener) !== kind) depth--;
      if (depth === 0) {
        this.#table.report("BT1003", lexer.start, lexer.end, {
          found: lexer.text.slice(lexer.start, lexer.end),
        });
        this.#table.push(K.error, lexer.start, lexer.end);
        return true;
      }
      this.#table.closeDownTo(depth + 1);
    }
    this.#table.push(kind, lexer.start, lexer.end);
    this.#table.pop();
    return true;
  }

  #skipTooDeep(): number {
    const lexer = this.#lexer;
    const { newline, reach } = nextOutdented(lexer.text, lexer.end, this.#place.base);
    lexer.reach = Math.max(lexer.reach, reach);
    return newline;
  }

  /** The unit takes the rest of its last line, and the expectations under a script statement. */
  #unitEnd(from: number): number {
    const { text } = this.#lexer;
    const end = restOfLine(text, from);
    const endsLine = end > from && text.charCodeAt(end - 1) === 10;
    return endsLine && this.#layout.isStatement() ? afterExpectations(text, end) : end;
  }

  #lineStartAt(end: number): number {
    const { text, lineStart } = this.#lexer;
    if (end === 0 || text.charCodeAt(end - 1) === 10) return end;
    return lineStart <= end ? lineStart : text.lastIndexOf("\n", end - 1) + 1;
  }

  #finish(end: number): ScannedUnit {
    const lexer = this.#lexer;
    const reach = Math.max(lexer.reach, end + 1);
    if (this.#commentFault >= 0 && this.#commentFault < end) {
      this.#table.report("BT1007", this.#commentFault, this.#commentFault + 2, {});
    }
    lexer.seek(end, this.#lineStartAt(end));
    lexer.reach = reach;
    const tokens = this.#table.table(end);
    return {
      tokens: this.#tooDeep ? { ...tokens, kinds: "" } : tokens,
      offset: this.#offset,
      end,
      isMember: this.#place.isMember,
      isHeader: this.#place.opening?.isHeader === true,
      tooDeep: this.#tooDeep,
      diagnostics: this.#table.diagnostics,
      reach,
    };
  }
}

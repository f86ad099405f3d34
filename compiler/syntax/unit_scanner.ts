/**
 * Cuts a file into units and lays out their tokens: decides where a unit ends, where a newline ends
 * a statement, and which brackets belong together. What it decides is written into the token table
 * as tokens without width (`K.newline`, missing closing brackets), so that the grammar needs no
 * knowledge of lines.
 * @module
 */
import type { Diagnostic } from "./diagnostic.ts";
import { Lexer, type TokenFault } from "./lexer.ts";
import { closerOf, endsOperand, isBinaryKind, isCloser, isKeywordKind, K } from "./token.ts";
import type { TokenTable } from "./token.ts";
import { afterExpectations, nextOutdented, restOfLine } from "./unit_ends.ts";
import { type Level, TokenBuilder } from "./token_builder.ts";
import {
  beginsDeclaration,
  beginsMember,
  headLine,
  type Opening,
  readOpening,
} from "./unit_heads.ts";

/** Brackets nested deeper than this are refused, so that no reader of the tree runs out of stack. */
export const MAX_DEPTH = 200;
/** Lines at the unit's own indentation that an open bracket may hold before it counts as forgotten. */
const MAX_OUTDENTED_LINES = 200;

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

const modes = ["trusting", "byIndentation"] as const;
type Mode = typeof modes[number];

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
  #opening: Opening | undefined;
  /** Column of the unit's first token. */
  #base = 0;
  /** Indentation of the line that is being read. */
  #indent = 0;
  #outdented = 0;
  #isMember = false;
  #tooDeep = false;
  #commentFault = -1;

  constructor(lexer: Lexer, context: UnitContext, mode: Mode, offset: number) {
    this.#lexer = lexer;
    this.#context = context;
    this.#mode = mode;
    this.#offset = offset;
    this.#table = new TokenBuilder(lexer.text, offset);
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
      if (lexer.fault !== undefined) this.#fault(lexer.fault, lexer.start, lexer.end);
      end = lexer.end;
      if (this.#tooDeep) {
        end = this.#skipTooDeep();
        break;
      }
      const more = lexer.skipTrivia();
      if (this.#commentFault < 0) this.#commentFault = lexer.faultStart;
      if (!more) break;
      if (this.#endsHere()) break;
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
    this.#base = lexer.start - lexer.lineStart;
    this.#indent = this.#base;
    this.#isMember = this.#context.inClass && this.#base > 0;
    if (this.#isMember) return;
    this.#opening = readOpening(lexer.text, lexer.start);
    lexer.reach = Math.max(lexer.reach, this.#opening.reach);
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
    top.indent = this.#indent;
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
      if (i - line - 1 <= this.#base && this.#headAt(i, line + 1)) return true;
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
    const isPatch = kind === K.braceOpen && this.#opening?.isPatch === true;
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

  /** Looks at the token that the lexer has come to: is the unit over, or the statement? */
  #endsHere(): boolean {
    const lexer = this.#lexer;
    const top = this.#table.top;
    if (!lexer.startsLine) return this.#endsOnLine();
    const column = lexer.start - lexer.lineStart;
    const outdented = column <= this.#base;
    const closing = this.#isClosingCharacter();
    if (this.#table.depth > 1) {
      if (outdented && !closing && this.#isForgotten(column)) return true;
      if (this.#isHeaderLeftOpen()) return true;
      if (this.#mode === "byIndentation" && !closing) this.#closeByIndentation(column);
      if (this.#table.depth === 1) return this.#endsOutside(column, outdented);
    } else if (!closing || !outdented) return this.#endsOutside(column, outdented);
    this.#indent = column;
    if (this.#table.top === top && top.statements) this.#newlineInside(column, closing);
    return false;
  }

  /** A unit that ends on the same line: a statement of a script after a `.`. */
  #endsOnLine(): boolean {
    return this.#table.last === K.dot && this.#table.depth === 1 && this.#isStatement();
  }

  #isStatement(): boolean {
    return !this.#isMember && this.#opening?.isHeader !== true && this.#table.arrow < 0 &&
      this.#context.kind === "script" && this.#opening?.isBlockDeclaration !== true;
  }

  #endsOutside(column: number, outdented: boolean): boolean {
    const inExpectation = this.#table.onlyExpectations && this.#table.last === K.identifier;
    if (this.#opening?.isHeader === true && !inExpectation) {
      return !this.#needsMore() || this.#beginsMember();
    }
    if (outdented && !inExpectation) {
      const mustGoOn = this.#needsMore() && this.#table.last !== K.fatArrow;
      if (mustGoOn && column === this.#base && !this.#looksLikeHead()) {
        this.#indent = column;
        return false;
      }
      return true;
    }
    this.#indent = column;
    if (inExpectation || this.#needsMore()) return false;
    if (this.#continues(column)) return false;
    if (this.#isStatement()) return true;
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
    if (column <= top.indent || column === top.column || this.#opening?.isProtocol === true) {
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
    return (column === this.#base || column === 0) && this.#looksLikeHead();
  }

  /** Whether a bracket of a class header is still open where the first member stands. */
  #isHeaderLeftOpen(): boolean {
    return this.#opening?.isHeader === true && this.#mode === "byIndentation" &&
      this.#beginsMember();
  }

  #beginsMember(): boolean {
    const line = headLine(this.#lexer.text, this.#lexer.start);
    this.#lexer.reach = Math.max(this.#lexer.reach, this.#lexer.start + line.length + 1);
    return beginsMember(line, false);
  }

  #looksLikeHead(): boolean {
    return this.#headAt(this.#lexer.start, this.#lexer.lineStart);
  }

  #headAt(start: number, lineStart: number): boolean {
    const lexer = this.#lexer;
    const line = headLine(lexer.text, start);
    lexer.reach = Math.max(lexer.reach, start + line.length + 1);
    if (start === lineStart) return beginsDeclaration(line);
    return this.#isMember && beginsMember(line, this.#table.top.opener === K.dictionaryOpen);
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
    this.#indent = column;
    const top = this.#table.top;
    if (top.statements && this.#table.depth > 1 && isCloser(this.#table.last)) {
      this.#newlineInside(column, false);
    }
  }

  #skipTooDeep(): number {
    const lexer = this.#lexer;
    const { newline, reach } = nextOutdented(lexer.text, lexer.end, this.#base);
    lexer.reach = Math.max(lexer.reach, reach);
    return newline;
  }

  #fault(fault: TokenFault, start: number, end: number): void {
    const { text } = this.#lexer;
    const found = text.slice(start, Math.min(end, start + 20));
    const newText = replacement(fault, text.slice(start, end));
    const edit = newText === undefined ? undefined : { span: { start, end }, newText };
    const to = Math.min(end, start + 1000);
    this.#table.report(faultCodes[fault], start, to, { found }, `Write \`${newText}\``, edit);
  }

  /** The unit takes the rest of its last line, and the expectations under a script statement. */
  #unitEnd(from: number): number {
    const { text } = this.#lexer;
    const end = restOfLine(text, from);
    const endsLine = end > from && text.charCodeAt(end - 1) === 10;
    return endsLine && this.#isStatement() ? afterExpectations(text, end) : end;
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
      isMember: this.#isMember,
      isHeader: this.#opening?.isHeader === true,
      tooDeep: this.#tooDeep,
      diagnostics: this.#table.diagnostics,
      reach,
    };
  }
}

function isDigitAt(text: string, i: number): boolean {
  const code = text.charCodeAt(i);
  return code >= 48 && code <= 57;
}

const keywordPart = /[\p{Ll}_][\p{L}\p{N}_]*:(?![:=])/uy;
/** What to write instead of a faulty token, where that is clear. */
function replacement(fault: TokenFault, text: string): string | undefined {
  if (fault === "notEquals") return "=/=";
  return fault === "singleQuotes" ? `"${text.slice(1, -1)}"` : undefined;
}

const faultCodes: Readonly<Record<TokenFault, string>> = {
  unterminatedString: "BT1006",
  unterminatedComment: "BT1007",
  unterminatedSymbol: "BT1008",
  singleQuotes: "BT1009",
  badCharacter: "BT1011",
  unexpectedCharacter: "BT1001",
  notEquals: "BT1027",
};

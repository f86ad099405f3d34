/**
 * Cuts a file into units and lays out their tokens: decides where a unit ends, where a newline ends
 * a statement, and which brackets belong together. What it decides is written into the token table
 * as tokens without width (`K.newline`, missing closing brackets), so that the grammar needs no
 * knowledge of lines.
 * @module
 */
import type { Diagnostic } from "./diagnostic.ts";
import { diagnostic } from "./codes.ts";
import { commentEnd, Lexer, type TokenFault } from "./lexer.ts";
import { closerOf, endsOperand, isBinaryKind, isCloser, isKeywordKind, K } from "./token.ts";
import type { TokenTable } from "./token.ts";

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

interface Level {
  readonly opener: string;
  readonly index: number;
  /** Whether newlines separate statements inside. */
  readonly statements: boolean;
  readonly commas: boolean;
  indent: number;
  column: number;
  pending: boolean;
  inParameters: boolean;
}

const modes = ["trusting", "byIndentation"] as const;
type Mode = typeof modes[number];

const classHeader = /^(?:[a-z]+ +)*(?:nil|[A-Za-z][\w@]*)(?:\([^\n]*\))? +subclass: *\p{Lu}/u;
const topHead =
  /(?:(?:[a-z]+ +)*[A-Z][A-Za-z0-9_@]*(?:\([^\n]*\))? +subclass: *[A-Z]|[A-Z]\w*(?: +class)? +>> +[^\n]*=>|type +[A-Z]\w*[^\n]*=|Protocol +define:)/y;
const expectationPrefix = /(?:@expect\s+[a-z_]+\s*)+/y;
const dataHead = /(?:state|field|classState): *[a-z_]\w* *(?:=[^>=:]|::|\r?\n|$)/y;
const methodHead =
  /(?:(?:class|sealed|internal) +)*(?:[a-z_]\w* *(?:->[^\n]*?)?|(?:[a-z_]\w*: *[^\n:]+?(?::: *[^\n:=]+?)?)+(?:->[^\n]*?)?|[-+*\/%<>=~&,]+ +[a-z_]\w*[^\n=]*)=>/y;

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
  #kinds = "";
  #last = "";
  #beforeLast = "";
  /** Whether all tokens so far are `@expect category`. */
  #onlyExpectations = true;
  #isBlockDeclaration = false;
  #isProtocol = false;
  readonly #starts: number[] = [];
  readonly #ends: number[] = [];
  readonly #partners: number[] = [];
  readonly #levels: Level[] = [];
  readonly #diagnostics: Diagnostic[] = [];
  #arrow = -1;
  #base = 0;
  #indent = 0;
  #outdented = 0;
  #isMember = false;
  #isHeader = false;
  #isPatch = false;
  #tooDeep = false;
  #commentFault = -1;

  constructor(lexer: Lexer, context: UnitContext, mode: Mode, offset: number) {
    this.#lexer = lexer;
    this.#context = context;
    this.#mode = mode;
    this.#offset = offset;
    this.#levels.push(level("", -1, true, false));
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
      if (this.#top().pending && !this.#startsExpectation()) this.#startStatement();
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
    if (this.#levels.length > 1 && !this.#tooDeep) {
      if (this.#mode === "trusting") return "unbalanced";
      this.#closeDownTo(1, end);
    }
    const unitEnd = this.#unitEnd(end);
    if (unitEnd > end || end === lexer.text.length) this.#hintDot();
    return this.#finish(unitEnd);
  }

  #begin(): void {
    const lexer = this.#lexer;
    this.#base = lexer.start - lexer.lineStart;
    this.#indent = this.#base;
    this.#isMember = this.#context.inClass && this.#base > 0;
    if (!this.#isMember) this.#classify();
  }

  /** Decides from the first line, after expectations, which declaration the unit is. */
  #classify(): void {
    const lexer = this.#lexer;
    const { text } = lexer;
    expectationPrefix.lastIndex = lexer.start;
    const start = expectationPrefix.test(text) ? expectationPrefix.lastIndex : lexer.start;
    const newline = text.indexOf("\n", start);
    const line = text.slice(start, newline < 0 ? text.length : newline);
    this.#isHeader = line.includes("subclass:") && classHeader.test(line);
    this.#isPatch = /^patch\s+[A-Z]/.test(line);
    this.#isProtocol = /^Protocol\s+define:\s*[A-Z]/.test(line);
    this.#isBlockDeclaration = this.#isPatch || this.#isProtocol || /^type\s+[A-Z]/.test(line);
    lexer.reach = Math.max(lexer.reach, start + line.length + 1);
  }

  #top(): Level {
    return this.#levels[this.#levels.length - 1] as Level;
  }

  #startsExpectation(): boolean {
    return this.#lexer.text.startsWith("@expect", this.#lexer.start);
  }

  #startStatement(): void {
    const top = this.#top();
    const lexer = this.#lexer;
    if (this.#last === K.pragma) return;
    top.pending = false;
    top.column = lexer.start - lexer.lineStart;
    top.indent = this.#indent;
    top.inParameters = false;
  }

  /** Reads the token at the lexer's start into the table; false where brackets do not match. */
  #take(): boolean {
    const lexer = this.#lexer;
    const top = this.#top();
    const { text, start } = lexer;
    if (top.opener === K.stringOpen && text.charCodeAt(start) === 125) {
      lexer.readStringRest();
      this.#push(lexer.kind, start, lexer.end);
      if (lexer.kind === K.stringEnd) this.#pop();
      return true;
    }
    lexer.read(endsOperand(this.#last), top.opener === K.binaryOpen);
    if (lexer.kind === K.string || lexer.kind === K.stringOpen) {
      if (this.#mode === "trusting" && lexer.fault === "unterminatedString") return false;
      if (top.opener === K.stringOpen && this.#isOuterQuote()) return this.#closeString();
      if (this.#mode === "byIndentation") this.#endLostString();
    }
    const kind = lexer.kind;
    if (isCloser(kind)) return this.#takeCloser(kind);
    this.#push(this.#refine(kind, top), start, lexer.end);
    if (closerOf(kind) !== undefined) this.#open(kind);
    else if (kind === K.bar && top.inParameters) {
      top.pending = true;
      top.inParameters = false;
    } else if (kind === K.fatArrow && this.#levels.length === 1 && this.#arrow < 0) {
      this.#arrow = this.#kinds.length - 1;
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
    this.#closeDownTo(this.#levels.length - 1, lexer.start, lexer.end);
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
    return kind;
  }

  #push(kind: string, start: number, end: number): void {
    this.#kinds += kind;
    this.#beforeLast = this.#last;
    this.#last = kind;
    if (kind !== K.pragma && this.#beforeLast !== K.pragma) this.#onlyExpectations = false;
    this.#starts.push(start - this.#offset);
    this.#ends.push(end - this.#offset);
    this.#partners.push(-1);
  }

  #open(kind: string): void {
    const index = this.#kinds.length - 1;
    const before = this.#beforeLast;
    const statements = kind === K.bracketOpen || (kind === K.braceOpen && this.#isPatch);
    const isTypeList = kind === K.parenOpen && before === K.className &&
      this.#ends[index - 1] === this.#starts[index];
    const commas = kind !== K.parenOpen && kind !== K.bracketOpen && kind !== K.stringOpen;
    const opened = level(kind, index, statements, commas || isTypeList);
    opened.indent = this.#top().indent;
    opened.column = this.#top().column;
    opened.inParameters = kind === K.bracketOpen && this.#nextIsColon();
    if (opened.inParameters) opened.pending = false;
    this.#levels.push(opened);
    if (this.#levels.length > MAX_DEPTH) {
      this.#tooDeep = true;
      this.#report("BT1004", this.#lexer.start, this.#lexer.end, {});
    }
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
    let depth = this.#levels.length - 1;
    if (closerOf(this.#top().opener) !== kind) {
      if (this.#mode === "trusting") return false;
      while (depth > 0 && closerOf(this.#levels[depth]?.opener ?? "") !== kind) depth--;
      if (depth === 0) {
        this.#report("BT1003", lexer.start, lexer.end, {
          found: lexer.text.slice(lexer.start, lexer.end),
        });
        this.#push(K.error, lexer.start, lexer.end);
        return true;
      }
      this.#closeDownTo(depth + 1, lexer.start);
    }
    this.#push(kind, lexer.start, lexer.end);
    this.#pop();
    return true;
  }

  #pop(): void {
    const closed = this.#levels.pop();
    if (closed !== undefined) this.#partners[closed.index] = this.#kinds.length - 1;
  }

  /** Supplies the missing closing brackets of all levels from `depth` up. */
  #closeDownTo(depth: number, at: number, quote = 0): void {
    const place = Math.max((this.#ends[this.#ends.length - 1] ?? 0) + this.#offset, this.#offset);
    while (this.#levels.length > depth) {
      const top = this.#top();
      const start = (this.#starts[top.index] ?? 0) + this.#offset;
      const end = (this.#ends[top.index] ?? 0) + this.#offset;
      const closer = closerOf(top.opener) ?? "";
      this.#report("BT1002", start, end, {
        found: this.#lexer.text.slice(start, end),
        expected: closer === K.stringEnd ? '}"' : closer === K.binaryClose ? ">>" : closer,
      });
      if (quote > 0) this.#push(closer, at, quote);
      else this.#push(closer, Math.min(place, at), Math.min(place, at));
      this.#pop();
    }
  }

  /** Looks at the token that the lexer has come to: is the unit over, or the statement? */
  #endsHere(): boolean {
    const lexer = this.#lexer;
    const top = this.#top();
    if (!lexer.startsLine) return this.#endsOnLine();
    const column = lexer.start - lexer.lineStart;
    const outdented = column <= this.#base;
    const closing = this.#isClosingCharacter();
    if (this.#levels.length > 1) {
      if (outdented && !closing && this.#isForgotten(column)) return true;
      if (this.#mode === "byIndentation" && !closing) this.#closeByIndentation(column);
      if (this.#levels.length === 1) return this.#endsOutside(column, outdented);
    } else if (!closing || !outdented) return this.#endsOutside(column, outdented);
    this.#indent = column;
    if (this.#top() === top && top.statements) this.#newlineInside(column, closing);
    return false;
  }

  /** A unit that ends on the same line: a statement of a script after a `.`. */
  #endsOnLine(): boolean {
    return this.#last === K.dot && this.#levels.length === 1 && this.#isStatement();
  }

  #isStatement(): boolean {
    return !this.#isMember && !this.#isHeader && this.#arrow < 0 &&
      this.#context.kind === "script" && !this.#isBlockDeclaration;
  }

  #endsOutside(column: number, outdented: boolean): boolean {
    const inExpectation = this.#onlyExpectations && this.#last === K.identifier;
    if (this.#isHeader && !inExpectation) return !this.#needsMore();
    if (outdented && !inExpectation) {
      const mustGoOn = this.#needsMore() && this.#last !== K.fatArrow;
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
    if (this.#last === K.dot) this.#hintDot();
    else this.#newline();
    return false;
  }

  #newlineInside(column: number, closing: boolean): void {
    if (closing || this.#needsMore() || this.#top().inParameters) return;
    if (this.#last === K.dot) return this.#hintDot();
    if (this.#beforeLast === K.pragma && this.#last === K.identifier) return;
    if (!this.#continues(column)) this.#newline();
  }

  #newline(): void {
    const end = (this.#ends[this.#ends.length - 1] ?? 0) + this.#offset;
    this.#push(K.newline, end, end);
    this.#top().pending = true;
  }

  /** Whether the line ends where something must follow. */
  #needsMore(): boolean {
    const last = this.#last;
    if (last === K.bar) return true;
    return isBinaryKind(last) || isKeywordKind(last) || closerOf(last) !== undefined ||
      last === K.assign || last === K.compound || last === K.semicolon || last === K.pipe ||
      last === K.fatArrow || last === K.doubleColon || last === K.caret || last === K.comma ||
      last === K.equals || last === K.colon || last === K.newline || last === K.stringMiddle;
  }

  /** Whether the next line, by its place and first token, goes on with the statement. */
  #continues(column: number): boolean {
    const top = this.#top();
    if (column <= top.indent || column === top.column || this.#isProtocol) return false;
    const { text, start } = this.#lexer;
    const code = text.charCodeAt(start);
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
    return code === 62 && text.charCodeAt(start + 1) === 62 && this.#top().opener === K.binaryOpen;
  }

  /** Whether an open bracket must have been forgotten, since this line begins a new unit. */
  #isForgotten(column: number): boolean {
    if (this.#mode === "byIndentation") return !this.#needsMore() || this.#looksLikeHead();
    if (++this.#outdented > MAX_OUTDENTED_LINES) return true;
    return (column === this.#base || column === 0) && this.#looksLikeHead();
  }

  #looksLikeHead(): boolean {
    return this.#headAt(this.#lexer.start, this.#lexer.lineStart);
  }

  #headAt(start: number, lineStart: number): boolean {
    const lexer = this.#lexer;
    const { text } = lexer;
    const newline = text.indexOf("\n", start);
    lexer.reach = Math.max(lexer.reach, newline < 0 ? text.length + 1 : newline + 1);
    topHead.lastIndex = start;
    if (start === lineStart && topHead.test(text)) return true;
    if (!this.#isMember || start === lineStart) return false;
    dataHead.lastIndex = start;
    if (dataHead.test(text)) return true;
    methodHead.lastIndex = start;
    if (!methodHead.test(text)) return false;
    const bare = /^[a-z_]\w* *=>/.test(text.slice(start, methodHead.lastIndex));
    return !(bare && this.#top().opener === K.dictionaryOpen);
  }

  #closeByIndentation(column: number): void {
    let depth = this.#levels.length;
    while (depth > 1) {
      const opened = this.#levels[depth - 1] as Level;
      const outer = this.#levels[depth - 2] as Level;
      if (column > outer.indent) break;
      if (!opened.statements && this.#needsMore()) break;
      depth--;
    }
    if (depth < this.#levels.length) this.#closeDownTo(depth, this.#lexer.start);
    this.#indent = column;
    const top = this.#top();
    if (top.statements && this.#levels.length > 1 && isCloser(this.#last)) {
      this.#newlineInside(column, false);
    }
  }

  #skipTooDeep(): number {
    const { text } = this.#lexer;
    const lexer = this.#lexer;
    let i = text.indexOf("\n", lexer.end);
    while (i >= 0) {
      let j = i + 1;
      while (text.charCodeAt(j) === 32 || text.charCodeAt(j) === 9) j++;
      if (j < text.length && text.charCodeAt(j) !== 10 && j - i - 1 <= this.#base) {
        lexer.reach = Math.max(lexer.reach, j + 2);
        return i;
      }
      i = text.indexOf("\n", i + 1);
    }
    lexer.reach = text.length + 2;
    return text.length;
  }

  #hintDot(): void {
    if (this.#last !== K.dot) return;
    const end = (this.#ends[this.#ends.length - 1] ?? 0) + this.#offset;
    this.#diagnostics.push({
      ...diagnostic("BT1005", { start: end - 1 - this.#offset, end: end - this.#offset }, {}),
    });
  }

  #fault(fault: TokenFault, start: number, end: number): void {
    const found = this.#lexer.text.slice(start, Math.min(end, start + 20));
    this.#report(faultCodes[fault], start, Math.min(end, start + 1000), { found });
  }

  #report(code: string, start: number, end: number, values: Record<string, string>): void {
    const span = { start: start - this.#offset, end: end - this.#offset };
    this.#diagnostics.push(diagnostic(code, span, values));
  }

  /** The unit takes the rest of its last line, and the expectations under a script statement. */
  #unitEnd(from: number): number {
    const { text } = this.#lexer;
    let end = restOfLine(text, from);
    if (!this.#isStatement() || end === from || text.charCodeAt(end - 1) !== 10) return end;
    for (;;) {
      let i = end;
      while (text.charCodeAt(i) === 32 || text.charCodeAt(i) === 9) i++;
      if (!/^\/\/\s*=>/.test(text.slice(i, i + 20))) return end;
      const newline = text.indexOf("\n", i);
      end = newline < 0 ? text.length : newline + 1;
    }
  }

  #lineStartAt(end: number): number {
    const { text, lineStart } = this.#lexer;
    if (end === 0 || text.charCodeAt(end - 1) === 10) return end;
    return lineStart <= end ? lineStart : text.lastIndexOf("\n", end - 1) + 1;
  }

  #finish(end: number): ScannedUnit {
    const lexer = this.#lexer;
    const { text } = lexer;
    const reach = Math.max(lexer.reach, end + 1);
    if (this.#commentFault >= 0 && this.#commentFault < end) {
      this.#report("BT1007", this.#commentFault, this.#commentFault + 2, {});
    }
    lexer.seek(end, this.#lineStartAt(end));
    lexer.reach = reach;
    const tokens: TokenTable = {
      text: text.slice(this.#offset, end),
      kinds: this.#tooDeep ? "" : this.#kinds,
      starts: this.#starts,
      ends: this.#ends,
      partners: this.#partners,
      arrow: this.#arrow,
    };
    return {
      tokens,
      offset: this.#offset,
      end,
      isMember: this.#isMember,
      isHeader: this.#isHeader,
      tooDeep: this.#tooDeep,
      diagnostics: this.#diagnostics,
      reach,
    };
  }
}

const keywordPart = /[\p{Ll}_][\p{L}\p{N}_]*:(?![:=])/uy;
const faultCodes: Readonly<Record<TokenFault, string>> = {
  unterminatedString: "BT1006",
  unterminatedComment: "BT1007",
  unterminatedSymbol: "BT1008",
  singleQuotes: "BT1009",
  badCharacter: "BT1011",
  unexpectedCharacter: "BT1001",
  notEquals: "BT1027",
};

function level(opener: string, index: number, statements: boolean, commas: boolean): Level {
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

/** The offset after the newline that ends the line, if only trivia stands before it; else `from`. */
function restOfLine(text: string, from: number): number {
  let i = from;
  for (;;) {
    const code = text.charCodeAt(i);
    if (code === 10) return i + 1;
    if (i >= text.length) return i;
    if (code === 32 || code === 9 || code === 13) i++;
    else if (code === 47 && text.charCodeAt(i + 1) === 47) {
      const newline = text.indexOf("\n", i);
      return newline < 0 ? text.length : newline + 1;
    } else if (code === 47 && text.charCodeAt(i + 1) === 42) {
      const end = commentEnd(text, i);
      if (end < 0) {
        const newline = text.indexOf("\n", i);
        return newline < 0 ? text.length : newline + 1;
      }
      if (text.slice(i, end).includes("\n")) return from;
      i = end;
    } else return from;
  }
}

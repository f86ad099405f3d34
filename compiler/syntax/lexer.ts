/**
 * Reads one token at a time: one sticky regular expression for most, code for strings, characters
 * and comments, which nest or hold expressions.
 * @module
 */
import { K } from "./token.ts";

/** What is wrong with one token; reported by whoever puts the token in a table. */
export type TokenFault =
  | "unterminatedString"
  | "unterminatedComment"
  | "unterminatedSymbol"
  | "singleQuotes"
  | "badCharacter"
  | "notEquals"
  | "unexpectedCharacter";

const pattern = new RegExp(
  [
    /(?:[A-Za-z_][A-Za-z0-9_]*(?:@[A-Z][A-Za-z0-9_]*|:(?![:=]))?)/,
    /(?:0[xbo][0-9A-Za-z_]*|\d[\d_]*r[0-9A-Za-z]+|\d[\d_]*(?:\.\d[\d_]*)?(?:[eE][+-]?\d+)?)/,
    /(?:#(?:[A-Za-z_][A-Za-z0-9_]*(?::(?![:=])(?:[A-Za-z_][A-Za-z0-9_]*:(?![:=]))*)?|[([{]|=:=|=\/=|\|>>|,|[-+*/%<>=~&\\?|!]+))/,
    /(?:=:=|=\/=|[-+*/%<>=~&\\?]+)/,
    /(?::=|::|:|!=|\|>>|\||\.\.\.|@[a-z]+|[()[\]{}^;!,.])/,
  ].map((part) => part.source).join("|"),
  "y",
);
const unicodeWord = /[\p{L}_][\p{L}\p{N}_]*(?:@\p{Lu}[\p{L}\p{N}_]*|:(?![:=]))?/uy;

const reserved: Readonly<Record<string, string>> = {
  self: K.self,
  super: K.super,
  nil: K.nil,
  true: K.boolean,
  false: K.boolean,
  "match:": K.match,
  "matchExhaustive:": K.match,
  "when:": K.when,
  "whenResolved:": K.futureKeyword,
  "whenRejected:": K.futureKeyword,
};
const operators: Readonly<Record<string, string>> = {
  "**": K.power,
  "*": K.multiplicative,
  "/": K.multiplicative,
  "%": K.multiplicative,
  "+": K.additive,
  "-": K.additive,
  "++": K.additive,
  "<": K.comparison,
  ">": K.comparison,
  "<=": K.comparison,
  ">=": K.comparison,
  "=:=": K.equality,
  "==": K.equality,
  "=/=": K.equality,
  "~=": K.equality,
  "/=": K.slashEquals,
  "+=": K.compound,
  "-=": K.compound,
  "*=": K.compound,
  "++=": K.compound,
  "=": K.equals,
  "=>": K.fatArrow,
  "->": K.arrow,
  ">>": K.shift,
  "!=": K.equality,
};
const punctuation: Readonly<Record<string, string>> = {
  ":=": K.assign,
  "::": K.doubleColon,
  ":": K.colon,
  "|>>": K.pipe,
  "|": K.bar,
  "...": K.ellipsis,
};
const collectionOpeners: Readonly<Record<string, string>> = {
  "(": K.listOpen,
  "[": K.arrayOpen,
  "{": K.dictionaryOpen,
};

/** A position in a text and the token last read. */
export class Lexer {
  readonly text: string;
  /** The token last read. */
  kind = "";
  start = 0;
  end = 0;
  fault: TokenFault | undefined;
  /** Where the first unterminated comment before `start` begins; -1 where there is none. */
  faultStart = -1;
  /** Whether a line began between the token before and this one. */
  startsLine = true;
  /** Offset of the line that holds `start`. */
  lineStart = 0;
  /** One past the furthest character that was looked at. */
  reach = 0;

  /** No comment that begins at or after this offset is closed. */
  #unclosedFrom = Infinity;

  constructor(text: string) {
    this.text = text;
  }

  /** Goes to `position`, which begins a line at `lineStart`. */
  seek(position: number, lineStart: number): void {
    this.end = position;
    this.lineStart = lineStart;
    this.startsLine = position === lineStart;
    this.reach = position;
  }

  /** Skips white space and comments; answers false at the end of the text. */
  skipTrivia(): boolean {
    const { text } = this;
    let i = this.end;
    this.startsLine = i === this.lineStart;
    this.fault = undefined;
    this.faultStart = -1;
    for (;;) {
      const code = text.charCodeAt(i);
      if (code === 10) {
        this.lineStart = ++i;
        this.startsLine = true;
      } else if (code === 32 || code === 9 || code === 13 || code === 12 || code === 0xfeff) i++;
      else if (code === 47 && text.charCodeAt(i + 1) === 47) {
        const newline = text.indexOf("\n", i);
        i = newline < 0 ? text.length : newline;
      } else if (code === 47 && text.charCodeAt(i + 1) === 42) {
        i = this.#skipComment(i);
      } else break;
    }
    this.start = i;
    if (i + 2 > this.reach) this.reach = i + 2;
    return i < text.length;
  }

  /** An unterminated comment ends with its line, so that the text below it is still read. */
  #skipComment(start: number): number {
    const { text } = this;
    const end = start < this.#unclosedFrom ? commentEnd(text, start) : -1;
    if (end < 0) {
      if (start < this.#unclosedFrom && !text.includes("*/", start)) this.#unclosedFrom = start;
      this.fault ??= "unterminatedComment";
      if (this.faultStart < 0) this.faultStart = start;
      this.reach = text.length + 2;
      const newline = text.indexOf("\n", start);
      return newline < 0 ? text.length : newline;
    }
    const newline = text.slice(start, end).lastIndexOf("\n");
    if (newline >= 0) {
      this.lineStart = start + newline + 1;
      this.startsLine = true;
    }
    return end;
  }

  /**
   * Reads the token at `start`. `afterOperand` says that an operand stands before it, which makes
   * `-7` a subtraction and `<<` an operator; `inBinary` that `>>` closes a binary literal.
   */
  read(afterOperand: boolean, inBinary: boolean): void {
    const { text, start } = this;
    this.fault = undefined;
    const code = text.charCodeAt(start);
    if (code === 34) return this.#readString(start + 1, K.string, K.stringOpen);
    if (code === 36) return this.#readCharacter();
    if (code === 35 && text.charCodeAt(start + 1) === 39) return this.#readQuotedSymbol();
    if (code === 45 && !afterOperand && isDigit(text.charCodeAt(start + 1))) {
      pattern.lastIndex = start + 1;
      pattern.test(text);
      return this.#finish(numberKind(text, start + 1, pattern.lastIndex), pattern.lastIndex);
    }
    if (code === 60 && !afterOperand && text.charCodeAt(start + 1) === 60) {
      return this.#finish(K.binaryOpen, start + 2);
    }
    if (code === 62 && inBinary && text.charCodeAt(start + 1) === 62) {
      return this.#finish(K.binaryClose, start + 2);
    }
    if (code > 127) return this.#readUnicode();
    pattern.lastIndex = start;
    if (!pattern.test(text)) return this.#readUnexpected(code);
    let end = pattern.lastIndex;
    if (text.charCodeAt(end) > 127 && isWordStart(code)) return this.#readUnicode();
    if (isWordStart(code)) {
      if (end - start === 4 && code === 115 && text.startsWith("self.", start)) {
        const next = text.charCodeAt(end + 1);
        if ((next >= 97 && next <= 122) || next === 95) {
          pattern.lastIndex = end + 1;
          pattern.test(text);
          end = pattern.lastIndex;
          if (text.charCodeAt(end - 1) === 58) end--;
          return this.#finish(K.field, end);
        }
      }
      return this.#finish(wordKind(text.slice(start, end)), end);
    }
    if (isDigit(code)) return this.#finish(numberKind(text, start, end), end);
    if (code === 35) {
      const opener = end === start + 2 ? collectionOpeners[text[start + 1] ?? ""] : undefined;
      return this.#finish(opener ?? K.symbol, end);
    }
    this.#readOperator(end, inBinary);
  }

  /** Reads on inside a string, from the `}` that ends an interpolated expression. */
  readStringRest(): void {
    this.fault = undefined;
    this.#readString(this.start + 1, K.stringEnd, K.stringMiddle);
  }

  /** Ends the string last read at `newline`, as one that lacks its quote. */
  endAtLine(newline: number): void {
    this.lineStart = this.text.lastIndexOf("\n", this.start - 1) + 1;
    this.fault = "unterminatedString";
    this.#finish(K.string, newline);
  }

  #finish(kind: string, end: number): void {
    this.kind = kind;
    this.end = end;
    if (end + 2 > this.reach) this.reach = end + 2;
  }

  #readOperator(end: number, inBinary: boolean): void {
    const { text, start } = this;
    let run = text.slice(start, end);
    const mark = punctuation[run];
    if (mark !== undefined) return this.#finish(mark, end);
    if (run === "!=") this.fault = "notEquals";
    if (run.charCodeAt(0) === 64) return this.#finish(K.pragma, end);
    if (run.length > 1) {
      run = trimOperator(run, text.charCodeAt(end), inBinary);
      end = start + run.length;
    }
    const known = operators[run];
    if (known !== undefined) return this.#finish(known, end);
    if (run.length === 1 && "()[]{}^;!,.".includes(run)) return this.#finish(run, end);
    this.#finish(K.operator, end);
  }

  #readString(from: number, closed: string, open: string): void {
    const { text } = this;
    let i = from;
    for (;;) {
      const code = text.charCodeAt(i);
      if (code === 34) {
        if (text.charCodeAt(i + 1) !== 34) {
          this.#noteLines(from, i);
          return this.#finish(closed, i + 1);
        }
        i += 2;
      } else if (code === 123) {
        this.#noteLines(from, i);
        return this.#finish(open, i + 1);
      } else if (code === 92) i = afterEscape(text, i);
      else if (i >= text.length) break;
      else i++;
    }
    this.fault = "unterminatedString";
    this.reach = text.length + 2;
    const newline = text.indexOf("\n", from);
    this.#finish(closed, newline < 0 ? text.length : newline);
  }

  #noteLines(from: number, to: number): void {
    const newline = this.text.slice(from, to).lastIndexOf("\n");
    if (newline >= 0) this.lineStart = from + newline + 1;
  }

  #readCharacter(): void {
    const { text, start } = this;
    const code = text.codePointAt(start + 1);
    if (code === undefined || code === 10 || code === 13) {
      this.fault = "badCharacter";
      return this.#finish(K.character, start + 1);
    }
    if (code !== 92) return this.#finish(K.character, start + (code > 0xffff ? 3 : 2));
    const escape = text[start + 2] ?? "";
    if (escape === "u" && text[start + 3] === "{") {
      this.reach = Math.max(this.reach, start + 14);
      const close = text.indexOf("}", start);
      if (close > 0 && close - start < 12) return this.#finish(K.character, close + 1);
    }
    this.#finish(K.character, start + (escape !== "" && 'ntr\\{}e0"'.includes(escape) ? 3 : 2));
  }

  #readQuotedSymbol(): void {
    const { text, start } = this;
    let i = start + 2;
    for (;;) {
      const code = text.charCodeAt(i);
      if (code === 39) {
        if (text.charCodeAt(i + 1) !== 39) return this.#finish(K.symbol, i + 1);
        i += 2;
      } else if (code === 10 || i >= text.length) break;
      else i++;
    }
    this.fault = "unterminatedSymbol";
    this.#finish(K.symbol, Math.min(i, text.length));
  }

  #readUnicode(): void {
    unicodeWord.lastIndex = this.start;
    if (unicodeWord.test(this.text)) {
      const end = unicodeWord.lastIndex;
      return this.#finish(wordKind(this.text.slice(this.start, end)), end);
    }
    this.#readUnexpected(this.text.charCodeAt(this.start));
  }

  #readUnexpected(code: number): void {
    const { text, start } = this;
    if (code === 39) {
      const newline = text.indexOf("\n", start);
      const close = text.indexOf("'", start + 1);
      if (close > 0 && (newline < 0 || close < newline)) {
        this.fault = "singleQuotes";
        return this.#finish(K.string, close + 1);
      }
    }
    this.fault = "unexpectedCharacter";
    this.#finish(K.error, start + ((text.codePointAt(start) ?? 0) > 0xffff ? 2 : 1));
  }
}

/** The offset after the backslash at `i` and what it escapes. */
function afterEscape(text: string, i: number): number {
  const next = text.charCodeAt(i + 1);
  if (next === 34) return i + 1;
  if (next !== 117 || text.charCodeAt(i + 2) !== 123) return i + 2;
  codePointEscape.lastIndex = i;
  return codePointEscape.test(text) ? codePointEscape.lastIndex : i + 2;
}

const codePointEscape = /\\u\{[0-9A-Fa-f]{1,6}\}/y;

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

function isWordStart(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || code === 95;
}

function wordKind(word: string): string {
  if (Object.hasOwn(reserved, word)) return reserved[word] ?? K.identifier;
  if (word.charCodeAt(word.length - 1) === 58) return K.keyword;
  const first = word[0] ?? "";
  const isClass = first !== first.toLowerCase() || word.includes("@");
  return isClass ? K.className : K.identifier;
}

function numberKind(text: string, start: number, end: number): string {
  const second = text.charCodeAt(start + 1);
  if (second === 120 || second === 98 || second === 111) return K.integer;
  for (let i = start; i < end; i++) {
    const code = text.charCodeAt(i);
    if (code === 114) return K.integer;
    if (code === 46 || code === 101 || code === 69) return K.float;
  }
  return K.integer;
}

/** Cuts a run of operator characters where a comment, a `>>` or a negative number begins. */
function trimOperator(run: string, next: number, inBinary: boolean): string {
  const line = run.indexOf("//", 1);
  const block = run.indexOf("/*", 1);
  let end = run.length;
  if (line > 0) end = line;
  if (block > 0 && block < end) end = block;
  if (inBinary) {
    const close = run.indexOf(">>", 1);
    if (close > 0 && close < end) end = close;
  }
  if (end === run.length && run.endsWith("-") && isDigit(next)) end--;
  return run.slice(0, end);
}

/** The offset after the block comment that begins at `start`, nested ones included; -1 if none. */
export function commentEnd(text: string, start: number): number {
  let depth = 1;
  let i = start + 2;
  for (;;) {
    const close = text.indexOf("*/", i);
    if (close < 0) return -1;
    const open = text.indexOf("/*", i);
    if (open >= 0 && open < close) {
      depth++;
      i = open + 2;
      continue;
    }
    i = close + 2;
    if (--depth === 0) return i;
  }
}

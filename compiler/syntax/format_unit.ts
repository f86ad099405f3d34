/**
 * Lays out one unit.
 * @module
 */
import type { SourceUnit } from "./source_file.ts";
import { isSpaced } from "./spacing.ts";
import { closerOf, isCloser, K, tokenText } from "./token.ts";
import type { TokenTable } from "./token.ts";
import { type Comment, readTrivia } from "./trivia.ts";

const STEP = 2;

/** A unit's text, with its newline, and whether the source has a blank line above it. */
export interface FormattedUnit {
  readonly text: string;
  readonly blankAbove: boolean;
  /** Whether the unit without the comments above it takes several lines. */
  readonly isLong: boolean;
  readonly isDocumented: boolean;
}

interface Context {
  readonly opener: string;
  /** Indentation of the line that holds the opener. */
  readonly openerIndent: number;
  /** Indentation of lines that begin a statement or element. */
  indent: number;
  /** Indentation of the line on which the current statement or element begins. */
  statementIndent: number;
  /** Whether the next token begins a statement or element. */
  starts: boolean;
  inParameters: boolean;
  readonly statements: boolean;
  readonly arms: boolean;
}

/** Where a unit stands. */
export interface UnitPlace {
  /** Whether a class body stands above. */
  readonly afterClass: boolean;
  /** Whether it is the last unit of its file. */
  readonly endsFile: boolean;
}

/** Lays out a unit. */
export function formatUnit(unit: SourceUnit, place: UnitPlace): FormattedUnit {
  return new UnitLayout(unit, place).run();
}

class UnitLayout {
  readonly #unit: SourceUnit;
  readonly #tokens: TokenTable;
  readonly #afterClass: boolean;
  readonly #endsFile: boolean;
  readonly #base: number;
  readonly #contexts: Context[];
  #out = "";
  #lineIndent: number;
  #last = "";
  #lastEnd = 0;

  constructor(unit: SourceUnit, place: UnitPlace) {
    this.#unit = unit;
    this.#tokens = unit.tokens;
    this.#afterClass = place.afterClass;
    this.#endsFile = place.endsFile;
    this.#base = unit.isMember ? STEP : 0;
    this.#lineIndent = this.#base;
    this.#contexts = [context("", this.#base, true, false)];
    this.#top.indent = this.#base;
  }

  run(): FormattedUnit {
    const { kinds, starts, text } = this.#tokens;
    const blankAbove = this.#leading(text.slice(0, starts[0] ?? text.length));
    const isDocumented = this.#out.includes("\n");
    const codeStart = this.#out.length;
    for (let i = 0; i < kinds.length; i++) {
      const kind = kinds[i] ?? "";
      if (kind === K.newline) this.#top.starts = true;
      else if (!this.#isNeedlessDot(i)) this.#token(i, kind);
      else {
        this.#lastEnd = this.#tokens.ends[i] ?? 0;
        this.#top.starts = true;
      }
    }
    this.#trailing(text.slice(this.#lastEnd));
    const isLong = this.#out.slice(codeStart).trimEnd().includes("\n");
    return { text: this.#out, blankAbove, isLong, isDocumented };
  }

  get #top(): Context {
    return this.#contexts[this.#contexts.length - 1] as Context;
  }

  #leading(trivia: string): boolean {
    const { comments, newlines } = readTrivia(trivia);
    const blankAbove = (comments[0]?.newlines ?? newlines) > 0;
    comments.forEach((comment, i) => {
      const isInner = !this.#unit.isMember && this.#afterClass && comment.column > 0;
      if (i > 0 && comment.newlines > 1) this.#out += "\n";
      this.#out += `${" ".repeat(isInner ? STEP : this.#base)}${comment.text}\n`;
    });
    if (comments.length > 0 && newlines > 1) this.#out += "\n";
    this.#out += " ".repeat(this.#base);
    return blankAbove;
  }

  /** Whether token `i` is a full stop that the newline after it makes needless. */
  #isNeedlessDot(i: number): boolean {
    const { kinds, starts, ends, text } = this.#tokens;
    if (kinds[i] !== K.dot) return false;
    const next = starts[i + 1];
    const after = text.slice(ends[i], next ?? text.length);
    if (next === undefined) return this.#endsFile || after.includes("\n");
    return readTrivia(after).newlines > 0 || after.includes("\n");
  }

  #token(i: number, kind: string): void {
    const { starts, ends, text } = this.#tokens;
    const start = starts[i] ?? 0;
    if (this.#last !== "") this.#between(text.slice(this.#lastEnd, start), i, kind);
    if (isCloser(kind) || kind === K.stringEnd) this.#close();
    const top = this.#top;
    if (top.starts && !isCloser(kind)) {
      top.starts = false;
      top.statementIndent = this.#lineIndent;
    }
    this.#out += tokenText(this.#tokens, i);
    this.#last = kind;
    this.#lastEnd = ends[i] ?? start;
    this.#after(i, kind);
  }

  #after(i: number, kind: string): void {
    const top = this.#top;
    if (closerOf(kind) !== undefined) this.#open(i, kind);
    else if (kind === K.bar && top.inParameters) {
      top.inParameters = false;
      top.starts = true;
    } else if (kind === K.dot || (kind === K.comma && !top.statements)) top.starts = true;
    else if (kind === K.semicolon && top.arms) top.starts = true;
    else if (i === this.#tokens.arrow) {
      top.indent = this.#base + STEP;
      top.starts = true;
    }
    if (this.#unit.node.kind === "protocol" && this.#contexts.length === 1 && i > 1) {
      top.indent = STEP;
    }
  }

  #open(i: number, kind: string): void {
    const { kinds } = this.#tokens;
    const isPatch = kind === K.braceOpen && this.#unit.node.kind === "patch";
    const statements = kind === K.bracketOpen || isPatch;
    const arms = kind === K.bracketOpen && kinds[i - 1] === K.match && kinds[i + 1] !== K.colon;
    const opened = context(kind, this.#lineIndent, statements, arms);
    opened.inParameters = kind === K.bracketOpen && kinds[i + 1] === K.colon;
    if (opened.inParameters) opened.starts = false;
    this.#contexts.push(opened);
  }

  #close(): void {
    if (this.#contexts.length > 1) this.#contexts.pop();
  }

  /** Writes what stands between the last token and token `i`. */
  #between(trivia: string, i: number, kind: string): void {
    const { comments, newlines } = readTrivia(trivia);
    const closes = isCloser(kind);
    const top = this.#top;
    const indent = closes ? top.openerIndent : this.#indentOfLine();
    const inner = closes ? top.indent : indent;
    const isFirst = closerOf(this.#last) !== undefined || this.#last === K.fatArrow;
    for (const [index, comment] of comments.entries()) {
      this.#comment(comment, inner, isFirst && index === 0);
    }
    if (newlines > 0) {
      if (newlines > 1 && !closes && !(isFirst && comments.length === 0)) this.#out += "\n";
      this.#startLine(indent);
      return;
    }
    if (comments.length > 0) {
      this.#out += " ";
      return;
    }
    const around = {
      opener: top.opener,
      isComma: kind === K.operator && tokenText(this.#tokens, i) === "," && !this.#isSelector(i),
      touching: trivia === "",
    };
    if (isSpaced(this.#last, kind, around)) this.#out += " ";
  }

  /** Whether token `i` is the selector in a method's head. */
  #isSelector(i: number): boolean {
    const { node } = this.#unit;
    const method = node.kind === "extension" ? node.method : node;
    return method.kind === "method" && method.selectorSpans[0]?.start === this.#tokens.starts[i];
  }

  #indentOfLine(): number {
    const top = this.#top;
    return top.starts ? top.indent : top.statementIndent + STEP;
  }

  #comment(comment: Comment, indent: number, isFirst: boolean): void {
    if (comment.newlines === 0) {
      this.#out += ` ${comment.text}`;
      return;
    }
    if (comment.newlines > 1 && !isFirst) this.#out += "\n";
    this.#out += `\n${" ".repeat(indent)}${comment.text}`;
  }

  #startLine(indent: number): void {
    this.#out += `\n${" ".repeat(indent)}`;
    this.#lineIndent = indent;
  }

  /** Comments after the last token, and the newline that ends the unit where the source has one. */
  #trailing(trivia: string): void {
    const { comments, newlines } = readTrivia(trivia);
    for (const comment of comments) this.#comment(comment, this.#base, true);
    if (newlines > 0 || this.#last !== K.dot) this.#out += "\n";
  }
}

function context(opener: string, indent: number, statements: boolean, arms: boolean): Context {
  return {
    opener,
    openerIndent: indent,
    indent: indent + STEP,
    statementIndent: indent,
    starts: true,
    inParameters: false,
    statements,
    arms,
  };
}

/**
 * Token kinds and the token table. Every significant token has a kind of one character; the kinds of
 * a unit's tokens form the string over which the grammar runs. Places are kept beside it.
 * @module
 */

/** One character for each kind of token. */
export const K = {
  identifier: "i",
  className: "C",
  keyword: "k",
  match: "m",
  when: "h",
  futureKeyword: "w",
  self: "s",
  super: "u",
  nil: "n",
  boolean: "b",
  field: "F",
  integer: "1",
  float: "2",
  string: "S",
  stringOpen: "x",
  stringMiddle: "y",
  stringEnd: "z",
  character: "$",
  symbol: "#",
  listOpen: "l",
  arrayOpen: "a",
  dictionaryOpen: "d",
  parenOpen: "(",
  parenClose: ")",
  bracketOpen: "[",
  bracketClose: "]",
  braceOpen: "{",
  braceClose: "}",
  binaryOpen: "<",
  binaryClose: ">",
  assign: "A",
  compound: "c",
  /** `/=`: a comparison, or `x := x / e` at the start of a statement. */
  slashEquals: "q",
  colon: ":",
  doubleColon: "t",
  caret: "^",
  semicolon: ";",
  bang: "!",
  bar: "|",
  pipe: "p",
  comma: ",",
  dot: ".",
  ellipsis: "e",
  equals: "=",
  fatArrow: "f",
  arrow: "r",
  shift: "g",
  power: "P",
  multiplicative: "M",
  additive: "D",
  comparison: "L",
  equality: "E",
  operator: "O",
  pragma: "@",
  newline: "N",
  error: "?",
} as const;

/** The tokens of one unit; places are relative to the unit's first character. */
export interface TokenTable {
  /** The unit's text, trivia included. */
  readonly text: string;
  /** One character a token, see `K`. */
  readonly kinds: string;
  readonly starts: readonly number[];
  readonly ends: readonly number[];
  /** For an opening bracket, the index of its closing one; else -1. */
  readonly partners: readonly number[];
  /** Index of the first `=>` outside brackets; -1 where there is none. */
  readonly arrow: number;
}

/** The text of token `i`. */
export function tokenText(tokens: TokenTable, i: number): string {
  return tokens.text.slice(tokens.starts[i], tokens.ends[i]);
}

const operandEnds = new Set<string>([
  K.identifier,
  K.className,
  K.self,
  K.super,
  K.nil,
  K.boolean,
  K.field,
  K.integer,
  K.float,
  K.string,
  K.stringEnd,
  K.character,
  K.symbol,
  K.parenClose,
  K.bracketClose,
  K.braceClose,
  K.binaryClose,
]);

/** Whether a token of this kind can end an operand. */
export function endsOperand(kind: string): boolean {
  return operandEnds.has(kind);
}

const closers: Readonly<Record<string, string>> = {
  [K.parenOpen]: K.parenClose,
  [K.listOpen]: K.parenClose,
  [K.bracketOpen]: K.bracketClose,
  [K.arrayOpen]: K.bracketClose,
  [K.braceOpen]: K.braceClose,
  [K.dictionaryOpen]: K.braceClose,
  [K.binaryOpen]: K.binaryClose,
  [K.stringOpen]: K.stringEnd,
};

/** The closing kind of an opening one; undefined for others. */
export function closerOf(kind: string): string | undefined {
  return closers[kind];
}

/** Whether this kind closes a bracket. */
export function isCloser(kind: string): boolean {
  return kind === K.parenClose || kind === K.bracketClose || kind === K.braceClose ||
    kind === K.binaryClose;
}

/** Whether this kind is a keyword part such as `at:`. */
export function isKeywordKind(kind: string): boolean {
  return kind === K.keyword || kind === K.match || kind === K.when || kind === K.futureKeyword;
}

const binaryKinds = new Set<string>([
  K.power,
  K.multiplicative,
  K.additive,
  K.comparison,
  K.equality,
  K.slashEquals,
  K.operator,
  K.arrow,
  K.shift,
]);

/** Whether this kind is a binary operator in an expression. */
export function isBinaryKind(kind: string): boolean {
  return binaryKinds.has(kind);
}

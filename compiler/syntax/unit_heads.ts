/**
 * How units begin: what a first line declares, and whether a line looks like the head of a unit even
 * though a bracket or string above it is open.
 * @module
 */

/** No head is looked for beyond this many characters of a line. */
const LONGEST_HEAD = 500;

/** What the first line of a top-level unit announces. */
export interface Opening {
  readonly isHeader: boolean;
  readonly isPatch: boolean;
  readonly isProtocol: boolean;
  /** Whether the unit takes the indented lines below it, whatever they hold. */
  readonly isBlockDeclaration: boolean;
  /** One past the last character that was looked at. */
  readonly reach: number;
}

const classHeader = /^(?:[a-z]+ +)*(?:nil|[A-Za-z][\w@]*)(?:\([^\n]*\))? +subclass: *\p{Lu}/u;
const expectationPrefix = /(?:@expect\s+[a-z_]+\s*)+/y;

/** Reads the first line of a top-level unit at `offset`, after `@expect` lines. */
export function readOpening(text: string, offset: number): Opening {
  expectationPrefix.lastIndex = offset;
  const start = expectationPrefix.test(text) ? expectationPrefix.lastIndex : offset;
  const line = headLine(text, start);
  const isExact = line.includes("subclass:") && classHeader.test(line);
  const isMisspelt = !isExact && misspeltHeader.test(line);
  const below = isMisspelt ? lineBelow(text, start + line.length) : undefined;
  const isPatch = /^patch\s+[A-Z]/.test(line);
  const isProtocol = /^Protocol\s+define:\s*[A-Z]/.test(line);
  return {
    isHeader: isExact || (below !== undefined && beginsMember(below.text, false)),
    isPatch,
    isProtocol,
    isBlockDeclaration: isPatch || isProtocol || /^type\s+[A-Z]/.test(line),
    reach: Math.max(start + line.length, below?.end ?? 0) + 1,
  };
}

/**
 * A class header with a slip in it: a word that is almost `subclass:`, or a name in lower case. It
 * is taken for one where a member stands below it.
 */
const misspeltHeader =
  /^(?:[a-z]+ +)*(?:nil|[A-Za-z][\w@]*)(?:\([^\n]*\))? +(?:[Ss]ub[A-Za-z]*|extends):? *[A-Za-z]\w*[^=>]*$/;

/** The next line that is neither empty nor a comment, where it is indented. */
function lineBelow(text: string, from: number): { text: string; end: number } | undefined {
  let at = from + 1;
  for (let count = 0; count < LONGEST_HEAD && at < text.length; count++) {
    const line = headLine(text, at);
    const inner = line.trimStart();
    if (inner !== "" && !inner.startsWith("//")) {
      return inner.length === line.length ? undefined : { text: inner, end: at + line.length };
    }
    at += line.length + 1;
  }
  return undefined;
}

/** The line from `start` on, cut where no head can be that long. */
export function headLine(text: string, start: number): string {
  const line = text.slice(start, start + LONGEST_HEAD);
  const newline = line.indexOf("\n");
  return newline < 0 ? line : line.slice(0, newline);
}

const topHead =
  /^(?:(?:[a-z]+ +)*[A-Z][\w@]*(?:\(.*\))? +subclass: *[A-Z]|[A-Z]\w*(?: +class)? +>> .*=>|type +[A-Z]\w*.*=|Protocol +define:)/;

/** Whether a line without indentation begins a declaration. */
export function beginsDeclaration(line: string): boolean {
  return topHead.test(line);
}

const dataHead = /^(?:state|field|classState): *[a-z_]\w* *(?:=[^>=:]|::|\r?$)/;
const modifiers = /^(?:(?:class|sealed|internal) +)*(?=[^ ])/;
const unaryHead = /^[a-z_]\w* *(?:=>|->.*=>)/;
const binaryHead = /^[-+*/%<>=~&,]+ +[a-z_]\w*[^=]*=>/;
const bareHead = /^[a-z_]\w* *=>/;

/** Whether an indented line begins a member; in a dictionary, `name =>` may be a key. */
export function beginsMember(line: string, inDictionary: boolean): boolean {
  if (dataHead.test(line)) return true;
  if (!line.includes("=>")) return false;
  const head = line.replace(modifiers, "");
  if (inDictionary && bareHead.test(head)) return false;
  return unaryHead.test(head) || isKeywordHead(head) || binaryHead.test(head);
}

/** `at: i put: v =>`: up to the arrow there is nothing but keyword parts with parameters. */
function isKeywordHead(line: string): boolean {
  if (!/^[a-z_]\w*:[^:=]/.test(line)) return false;
  const head = line.slice(0, line.indexOf("=>"));
  return !head.includes("#{") && !head.includes(":=");
}

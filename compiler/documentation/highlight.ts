/**
 * Colours Beamtalk code in HTML. Works on any text, whole files and broken fragments alike.
 * @module
 */
import { escaped } from "./html.ts";

/** The pieces of a text that get a colour, longest forms first; strings are found apart. */
const TOKEN = new RegExp(
  [
    String.raw`(?<doc>\/\/\/[^\n]*)`,
    String.raw`(?<comment>\/\/[^\n]*)`,
    String.raw`(?<block>\/\*)`,
    String.raw`(?<string>")`,
    String
      .raw`(?<symbol>#'(?:[^']|'')*'|#[\p{L}_][\p{L}\p{N}_:]*|#[-+*/\\<>=~%&?,|@!]+(?=[\s)\].,}]|$))`,
    String.raw`(?<character>\$(?:\\.|[^\n]))`,
    String
      .raw`(?<number>\b\d+r[0-9A-Za-z]+|\b0[xbo][0-9A-Fa-f_]+|\b\d[\d_]*(?:\.\d+)?(?:e[-+]?\d+)?)`,
    String.raw`(?<pragma>@[a-z]+)`,
    String.raw`(?<word>\b(?:self|super|nil|true|false)\b(?!:))`,
    String.raw`(?<modifier>^[ \t]*(?:(?:abstract|sealed|typed|internal|class)[ \t]+)+(?=\S))`,
    String.raw`(?<data>^[ \t]*(?:state|field|classState):)`,
    String.raw`(?<keyword>[\p{L}_][\p{L}\p{N}_]*:(?![:=]))`,
    String.raw`(?<class>\b\p{Lu}[\p{L}\p{N}_]*)`,
    String.raw`(?<name>[\p{L}_][\p{L}\p{N}_]*)`,
    String.raw`(?<operator>:=|=>|->|::|\|>>|>>|\^)`,
  ].join("|"),
  "gmu",
);

/** The CSS class of each piece; names and the rest stay plain. */
const CLASSES: Readonly<Record<string, string>> = {
  doc: "d",
  comment: "c",
  block: "c",
  string: "s",
  symbol: "y",
  character: "s",
  number: "n",
  pragma: "p",
  word: "w",
  modifier: "w",
  data: "w",
  keyword: "k",
  class: "t",
  operator: "o",
};

/** Code as HTML. `linkTo` answers where a class's name leads. */
export function highlighted(
  code: string,
  linkTo: (className: string) => string | undefined = () => undefined,
): string {
  let html = "";
  let at = 0;
  const pattern = new RegExp(TOKEN);
  for (let match = pattern.exec(code); match !== null; match = pattern.exec(code)) {
    const kind = kindOf(match);
    const end = kind === "string"
      ? stringEnd(code, match.index)
      : kind === "block"
      ? commentEnd(code, match.index)
      : match.index + match[0].length;
    html += escaped(code.slice(at, match.index)) +
      piece(kind, code.slice(match.index, end), linkTo);
    at = end;
    pattern.lastIndex = end;
  }
  return html + escaped(code.slice(at));
}

function kindOf({ groups = {} }: RegExpExecArray): string {
  return Object.keys(groups).find((name) => groups[name] !== undefined) ?? "name";
}

function piece(
  kind: string,
  text: string,
  linkTo: (className: string) => string | undefined,
): string {
  const name = CLASSES[kind];
  if (name === undefined) return escaped(text);
  const target = kind === "class" ? linkTo(text) : undefined;
  const inner = target === undefined
    ? escaped(text)
    : `<a href="${escaped(target)}">${escaped(text)}</a>`;
  // A piece over several lines is closed at each end of line, so that lines can stand alone.
  return inner.split("\n").map((line) => line === "" ? "" : `<i class="${name}">${line}</i>`)
    .join("\n");
}

/** The end of a string, past interpolations with strings inside. */
function stringEnd(code: string, start: number): number {
  let depth = 0;
  let inString = true;
  const outer: boolean[] = [];
  for (let at = start + 1; at < code.length; at++) {
    const character = code[at];
    if (inString) {
      if (character === "\\") at++;
      else if (character === "{") {
        depth++;
        outer.push(true);
        inString = false;
      } else if (character === '"') {
        if (code[at + 1] === '"') at++;
        else if (depth === 0) return at + 1;
        else inString = false;
      }
    } else if (character === '"') {
      inString = true;
    } else if (character === "{") {
      depth++;
      outer.push(false);
    } else if (character === "}") {
      depth--;
      inString = outer.pop() ?? true;
    }
  }
  return code.length;
}

/** The end of a comment; comments nest. */
function commentEnd(code: string, start: number): number {
  let depth = 0;
  for (let at = start; at < code.length; at++) {
    if (code.startsWith("/*", at)) {
      depth++;
      at++;
    } else if (code.startsWith("*/", at)) {
      depth--;
      at++;
      if (depth === 0) return at + 1;
    }
  }
  return code.length;
}

/**
 * Whether a text typed at the prompt still needs more lines.
 * @module
 */
import { parse, type SourceUnit } from "./source_file.ts";
import { closerOf, isBinaryKind, isKeywordKind, K } from "./token.ts";

const unclosed = new Set(["BT1002", "BT1006", "BT1007"]);
const unfinished = new Set<string>([
  K.assign,
  K.compound,
  K.semicolon,
  K.pipe,
  K.fatArrow,
  K.doubleColon,
  K.caret,
  K.comma,
  K.equals,
]);

/**
 * Whether more must follow: a bracket, string or comment is open, the line ends where something
 * must follow, or a declaration's body is being written and no empty line has ended it.
 */
export function isIncomplete(text: string): boolean {
  if (text.trim() === "") return false;
  const file = parse(text, { kind: "script" });
  if (file.diagnostics.some((it) => unclosed.has(it.code))) return true;
  if (/^\s*\/\/\//m.test(file.trailing)) return true;
  const last = file.units[file.units.length - 1];
  if (last === undefined) return false;
  const ended = /\n[ \t]*\n?[ \t]*$/.test(text);
  if (last.isMember || hasOpenBody(last)) return !ended;
  return endsEarly(last) && !ended;
}

function hasOpenBody(unit: SourceUnit): boolean {
  const { node, tokens } = unit;
  if (node.kind === "classHeader" || node.kind === "protocol") return true;
  if (node.kind !== "extension" && node.kind !== "errorDeclaration") return false;
  const arrow = tokens.arrow;
  if (arrow < 0) return false;
  return tokens.text.slice(tokens.ends[arrow], tokens.starts[arrow + 1]).includes("\n");
}

function endsEarly(unit: SourceUnit): boolean {
  const { kinds } = unit.tokens;
  const last = kinds[kinds.length - 1] ?? "";
  const beforeLast = kinds[kinds.length - 2];
  if (last === K.identifier && beforeLast === K.pragma) return true;
  return unfinished.has(last) || isBinaryKind(last) || isKeywordKind(last) ||
    closerOf(last) !== undefined;
}

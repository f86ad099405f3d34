/**
 * The formatter: spaces, indentation and blank lines; line breaks stay where their author put them,
 * since they carry meaning. A text with syntax errors is answered as it is.
 * @module
 */
import type { UnitNode } from "./ast.ts";
import { type FormattedUnit, formatUnit } from "./format_unit.ts";
import { outline } from "./outline.ts";
import { opensClass, parse, type SourceFile, type SourceUnit } from "./source_file.ts";
import { readTrivia } from "./trivia.ts";

/** The text of a file in the documented style. Formatting twice changes nothing more. */
export function format(file: SourceFile): string {
  if (file.diagnostics.some((it) => it.severity === "error")) return file.text;
  const formatted = layOut(file);
  const again = parse(formatted, { kind: file.kind });
  return outline(again) === outline(file) ? formatted : file.text;
}

function layOut(file: SourceFile): string {
  const pieces: string[] = [];
  let previous: SourceUnit | undefined;
  let before: FormattedUnit | undefined;
  for (const unit of file.units) {
    const lines = formatUnit(unit, {
      afterClass: opensClass(previous),
      endsFile: unit === file.units[file.units.length - 1],
    });
    if (previous !== undefined && before !== undefined) {
      if (!before.text.endsWith("\n")) pieces.push(" ");
      else if (isSetApart(previous, before, unit, lines)) pieces.push("\n");
    }
    pieces.push(lines.text);
    previous = unit;
    before = lines;
  }
  if (before !== undefined && !before.text.endsWith("\n")) pieces.push("\n");
  pieces.push(...trailingComments(file.trailing, previous));
  return pieces.join("");
}

/** Whether a blank line stands between two units. */
function isSetApart(
  previous: SourceUnit,
  before: FormattedUnit,
  unit: SourceUnit,
  lines: FormattedUnit,
): boolean {
  if (lines.blankAbove) return true;
  if (unit.isMember && !previous.isMember) return false;
  if (unit.node.kind === "statement" && previous.node.kind === "statement") return false;
  if (isNextClause(previous.node, unit.node)) return false;
  if (unit.isHeader || unit.node.kind === "protocol" || lines.isDocumented) return true;
  return unit.isMember !== previous.isMember || before.isLong || lines.isLong;
}

/** Whether two methods are clauses of one selector. */
function isNextClause(first: UnitNode, second: UnitNode): boolean {
  return first.kind === "method" && second.kind === "method" &&
    first.selector === second.selector &&
    first.modifiers.includes("class") === second.modifiers.includes("class");
}

function trailingComments(trailing: string, previous: SourceUnit | undefined): string[] {
  const inClass = opensClass(previous);
  return readTrivia(trailing).comments.map((comment, i) => {
    const isSetApart = comment.newlines > (i === 0 ? 0 : 1) && (i > 0 || previous !== undefined);
    const indent = inClass && comment.column > 0 ? "  " : "";
    return `${isSetApart ? "\n" : ""}${indent}${comment.text}\n`;
  });
}

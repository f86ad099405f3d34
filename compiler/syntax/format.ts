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
  let out = "";
  let previous: SourceUnit | undefined;
  let before: FormattedUnit | undefined;
  for (const unit of file.units) {
    const lines: FormattedUnit = formatUnit(unit, {
      afterClass: opensClass(previous),
      endsFile: unit === file.units[file.units.length - 1],
    });
    const sameLine = out !== "" && !out.endsWith("\n");
    if (sameLine) out += " ";
    else if (previous !== undefined && before !== undefined) {
      if (isSetApart(previous, before, unit, lines)) out += "\n";
    }
    out += lines.text;
    previous = unit;
    before = lines;
  }
  return finish(out, file.trailing, opensClass(previous));
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

function finish(text: string, trailing: string, inClass: boolean): string {
  let out = text;
  if (out !== "" && !out.endsWith("\n")) out += "\n";
  for (const comment of readTrivia(trailing).comments) {
    if (comment.newlines > (out === text ? 0 : 1) && out !== "") out += "\n";
    out += `${inClass && comment.column > 0 ? "  " : ""}${comment.text}\n`;
  }
  return out;
}

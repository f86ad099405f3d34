/**
 * Variables of scripts: they live from the statement that first assigns them to the end of the file,
 * while each statement is a unit of its own.
 * @module
 */
import type { Expression, PlacedUnit, Span } from "../compiler/syntax/ast.ts";
import type { SourceFile } from "../compiler/syntax/source_file.ts";
import { placedSpan } from "../compiler/syntax/placed_span.ts";
import { type FileView, type KnownBody, knownBodyAt } from "./file_view.ts";
import { type Occurrence, occurrencesIn } from "./occurrences.ts";

/** One variable of a script. */
export interface ScriptVariable {
  readonly name: string;
  /** Every place of the name, in the order of the file; the first is where it begins. */
  readonly places: readonly { readonly span: Span; readonly unit: PlacedUnit }[];
  /** Where the places begin. */
  readonly starts: ReadonlySet<number>;
}

const remembered = new WeakMap<SourceFile, ReadonlyMap<string, ScriptVariable>>();

/** The variables of a script; none of other files. */
export function scriptVariables(view: FileView): ReadonlyMap<string, ScriptVariable> {
  const known = remembered.get(view.source);
  if (known !== undefined) return known;
  const found = view.mode === "script" ? collected(view) : new Map<string, ScriptVariable>();
  remembered.set(view.source, found);
  return found;
}

function collected({ source }: FileView): ReadonlyMap<string, ScriptVariable> {
  const places = new Map<string, ScriptVariable["places"][number][]>();
  for (const unit of source.units) {
    const inUnit = occurrencesIn(unit.node).flatMap((each) => {
      const name = nameOf(unit, each);
      return name === undefined ? [] : [{ name, each }];
    }).sort((a, b) => a.each.span.start - b.each.span.start);
    for (const { name, each } of inUnit) {
      const isBegun = places.has(name);
      if (!isBegun && !(each.kind === "local" && each.role === "definition")) continue;
      if (!isBegun) places.set(name, []);
      places.get(name)?.push({ span: placedSpan(unit, each.span), unit });
    }
  }
  return new Map([...places].map(([name, all]) => {
    const starts = new Set(all.map(({ span }) => span.start));
    return [name, { name, places: all, starts }];
  }));
}

/** The name, if the occurrence is one that outlives its statement, or may come from one before. */
function nameOf({ node }: PlacedUnit, each: Occurrence): string | undefined {
  if (node.kind !== "statement") return undefined;
  if (each.kind === "unresolved") return each.name;
  if (each.kind !== "local" || each.binding.block !== undefined) return undefined;
  const isAssigned = each.binding.kind === "local" ||
    (each.binding.kind === "pattern" && node.statement.expression.kind === "destructuring");
  return isAssigned ? each.name : undefined;
}

/** The variable that is meant at a place of a name. */
export function scriptVariableAt(
  view: FileView,
  name: string,
  { start }: Span,
): ScriptVariable | undefined {
  const found = scriptVariables(view).get(name);
  return found?.starts.has(start) === true ? found : undefined;
}

/** The statement before an offset that gave a variable its value last. */
export function assignmentBefore(
  view: FileView,
  name: string,
  offset: number,
): { readonly body: KnownBody; readonly value: Expression } | undefined {
  for (const { node, offset: start } of view.source.units.toReversed()) {
    if (start >= offset || node.kind !== "statement") continue;
    const { expression } = node.statement;
    const isIt = expression.kind === "assignment" && expression.target.kind === "variable" &&
      expression.target.name === name && expression.operator === undefined;
    if (!isIt) continue;
    const body = knownBodyAt(view, start + expression.span.start);
    if (body !== undefined) return { body, value: expression.value };
  }
  return undefined;
}

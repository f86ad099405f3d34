/**
 * Where the values of a running workspace are shown in a file: at the data of classes, and at names
 * that only the workspace binds. Pure.
 * @module
 */
import type { Side } from "../compiler/analysis/hierarchy.ts";
import type { Span } from "../compiler/syntax/ast.ts";
import { placedSpan } from "../compiler/syntax/placed_span.ts";
import type { FileView } from "./file_view.ts";
import type { InlayHint } from "./inlay_hints.ts";
import type { LiveValues } from "./live_answers.ts";
import { occurrencesIn } from "./occurrences.ts";
import { scriptVariableAt } from "./script_variables.ts";

/** What is known of a class's values. */
export type KnownValues = ReadonlyMap<string, LiveValues>;

/** What a datum holds now: of each actor, each value once; undefined where nothing is known. */
export function fieldValue(
  { classState, actors }: LiveValues,
  side: Side,
  name: string,
): string | undefined {
  if (side === "class") return classState.get(name);
  const texts = new Set(actors.flatMap((each) => each.get(name) ?? []));
  return texts.size === 0 ? undefined : [...texts].join(" | ");
}

/** The names that must be asked for before hints can be given. */
export function namesToAsk(view: FileView, within: Span) {
  const classes = view.source.declarations.flatMap((each) =>
    each.kind === "class" && each.members.some(({ node }) => node.kind === "data")
      ? [each.header.node.name.text]
      : []
  );
  return { classes, hasUnresolved: unresolvedNames(view, within).length > 0 };
}

/** Values behind the data of classes, and behind names that the workspace binds. */
export function valueHints(
  view: FileView,
  within: Span,
  values: KnownValues,
  bindings: ReadonlyMap<string, string>,
): readonly InlayHint[] {
  const hints: InlayHint[] = [];
  const add = (offset: number, text: string | undefined) => {
    if (text === undefined || offset < within.start || offset > within.end) return;
    hints.push({ offset, text: ` now ${shortened(text)}`, kind: "value", tier: "runtime" });
  };
  for (const declaration of view.source.declarations) {
    if (declaration.kind !== "class") continue;
    const known = values.get(declaration.header.node.name.text);
    if (known === undefined) continue;
    for (const { node, offset } of declaration.members) {
      if (node.kind !== "data") continue;
      const side = node.word === "classState" ? "class" : "instance";
      add(offset + node.span.end, fieldValue(known, side, node.name.text));
    }
  }
  for (const { name, end } of unresolvedNames(view, within)) add(end, bindings.get(name));
  return hints;
}

function unresolvedNames(view: FileView, within: Span): { name: string; end: number }[] {
  return view.source.units.flatMap((unit) => {
    const { start, end } = placedSpan(unit, unit.node.span);
    if (end < within.start || start > within.end) return [];
    return occurrencesIn(unit.node).flatMap((each) => {
      if (each.kind !== "unresolved") return [];
      const span = placedSpan(unit, each.span);
      const isOwn = scriptVariableAt(view, each.name, span) !== undefined;
      return isOwn ? [] : [{ name: each.name, end: span.end }];
    });
  });
}

const LONGEST = 60;

/** One line, not a long one. */
function shortened(text: string): string {
  const line = text.replace(/\s+/g, " ");
  return line.length <= LONGEST ? line : `${line.slice(0, LONGEST - 3)}...`;
}

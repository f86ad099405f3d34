/**
 * What a renaming may mean as well and cannot know: symbols of a method's name, names of a class in
 * the code of documentation comments. Changed only where the client lets the user look first.
 * @module
 */
import { symbolText } from "../compiler/analysis/symbol_text.ts";
import type { Span } from "../compiler/syntax/ast.ts";
import { placedSpan } from "../compiler/syntax/placed_span.ts";
import type { FileView, ProjectView } from "./file_view.ts";
import { occurrencesIn } from "./occurrences.ts";
import type { RenameEdit } from "./rename.ts";
import type { Target } from "./target.ts";

/** The changes that only a preview can offer; a step a file. */
export function* mentionEdits(
  project: ProjectView,
  target: Target,
  newName: string,
): Generator<void, readonly RenameEdit[]> {
  const old = target.kind === "class"
    ? target.name
    : target.kind === "send" || target.kind === "method"
    ? target.selector
    : undefined;
  if (old === undefined) return [];
  const found: RenameEdit[] = [];
  for (const path of project.filesMentioning(old)) {
    const view = project.isEditable(path) ? project.view(path) : undefined;
    yield;
    if (view === undefined) continue;
    const isClass = target.kind === "class";
    const spans = isClass ? documentedNames(view, old) : symbols(view, old);
    const newText = isClass ? newName : symbolText(newName);
    const doubt = isClass ? "a name in a comment" : "a symbol that may mean the method";
    for (const span of spans) found.push({ path, span, newText, doubt, isMention: true });
  }
  return found;
}

function symbols(view: FileView, value: string): Span[] {
  return view.source.units.flatMap((unit) =>
    occurrencesIn(unit.node).flatMap((each) =>
      each.kind === "symbol" && each.value === value ? [placedSpan(unit, each.span)] : []
    )
  );
}

/** The name between backquotes, or in an example, of documentation comments. */
function documentedNames(view: FileView, name: string): Span[] {
  const { text } = view.source;
  const spans: Span[] = [];
  let isExample = false;
  for (const { 0: line, 1: doc = "", index } of text.matchAll(/^[ \t]*\/\/\/(.*)$/gm)) {
    if (doc.trim().startsWith("```")) isExample = !isExample;
    const from = index + line.length - doc.length;
    for (const { 0: code, index: at } of doc.matchAll(isExample ? /.+/g : /`[^`]+`/g)) {
      for (const each of code.matchAll(/[\p{L}_][\p{L}\p{N}_]*/gu)) {
        const start = from + at + each.index;
        if (each[0] === name) spans.push({ start, end: start + name.length });
      }
    }
  }
  return spans;
}

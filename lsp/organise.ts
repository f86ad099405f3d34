/**
 * Puts the members of a class in the usual order: data, class methods, methods.
 * @module
 */
import type { Member, PlacedUnit } from "../compiler/syntax/ast.ts";
import type { SourceUnit } from "../compiler/syntax/source_file.ts";
import type { Refactoring } from "./code_actions.ts";
import type { FileView } from "./file_view.ts";

/** One action for the whole file, where some class is in another order. */
export const organise: Refactoring = (view) => {
  const edits = view.source.declarations.flatMap((declaration) => {
    if (declaration.kind !== "class") return [];
    const edit = ordered(view, declaration.members);
    return edit === undefined ? [] : [edit];
  });
  if (edits.length === 0) return [];
  return [{ title: "Organise the members", kind: "source.organizeImports", edits }];
};

function ordered(view: FileView, members: readonly PlacedUnit<Member>[]) {
  const sorted = members.map((member, index) => ({ member, index }))
    .sort((a, b) => rank(a.member) - rank(b.member) || a.index - b.index)
    .map(({ member }) => member);
  if (sorted.every((member, index) => member === members[index])) return undefined;
  if (members.some(({ node }) => node.kind === "errorMember")) return undefined;
  const first = members[0];
  const last = members[members.length - 1];
  if (first === undefined || last === undefined) return undefined;
  const texts = new Map(view.source.units.map((unit) => [unit.offset, wholeText(unit)]));
  const start = first.offset;
  const end = last.offset + (texts.get(last.offset)?.length ?? 0);
  const pieces = sorted.map(({ offset }) => texts.get(offset) ?? "");
  if (pieces.some((piece) => !piece.endsWith("\n"))) return undefined;
  return { path: view.path, span: { start, end }, newText: pieces.join("") };
}

/** A unit with the comments before it and its line end. */
function wholeText({ tokens }: SourceUnit): string {
  return tokens.text;
}

function rank({ node }: PlacedUnit<Member>): number {
  if (node.kind === "data") return node.word === "classState" ? 1 : 0;
  return node.kind === "method" && node.modifiers.includes("class") ? 2 : 3;
}

/**
 * The symbols of a file as an outline, and those of all files by a query.
 * @module
 */
import type { Declaration, Member, PlacedUnit, Span } from "../compiler/syntax/ast.ts";
import type { FileView, Place, ProjectView } from "./file_view.ts";
import { typeText } from "../compiler/analysis/signature_text.ts";
import { placedSpan } from "../compiler/syntax/placed_span.ts";

/** What a symbol is. */
export type SymbolKind =
  | "class"
  | "method"
  | "classMethod"
  | "field"
  | "classState"
  | "extension"
  | "alias"
  | "protocol"
  | "patch";

/** A symbol with those inside it. */
export interface FileSymbol {
  readonly name: string;
  readonly detail: string;
  readonly kind: SymbolKind;
  /** All of it. */
  readonly span: Span;
  /** Its name. */
  readonly nameSpan: Span;
  readonly children: readonly FileSymbol[];
}

/** The outline of a file. */
export function fileSymbols(view: FileView): readonly FileSymbol[] {
  return view.source.declarations.flatMap(declarationSymbols);
}

function declarationSymbols(declaration: Declaration): FileSymbol[] {
  switch (declaration.kind) {
    case "class": {
      const { header, members } = declaration;
      const children = members.flatMap(memberSymbols);
      const last = members[members.length - 1] ?? header;
      const span = {
        start: placedSpan(header, header.node.span).start,
        end: placedSpan(last, last.node.span).end,
      };
      const { name, superclass } = header.node;
      const nameSpan = placedSpan(header, name.span);
      if (name.text === "") return children;
      return [{
        name: name.text,
        detail: superclass.name,
        kind: "class",
        span,
        nameSpan,
        children,
      }];
    }
    case "extension": {
      const { node } = declaration.unit;
      const side = node.classSide ? " class" : "";
      const name = `${node.target.name}${side} >> ${node.method.selector}`;
      const spans = node.method.selectorSpans;
      return leaf(declaration.unit, name, "", "extension", joined(spans, node.span));
    }
    case "typeAlias": {
      const { name, type, span } = declaration.unit.node;
      if (name.text === "") return [];
      return leaf(declaration.unit, name.text, typeText(type), "alias", nonEmpty(name.span, span));
    }
    case "protocol": {
      const { name, span } = declaration.unit.node;
      if (name.text === "") return [];
      return leaf(declaration.unit, name.text, "", "protocol", nonEmpty(name.span, span));
    }
    case "patch": {
      const { target } = declaration.unit.node;
      return leaf(declaration.unit, `patch ${target.name}`, "", "patch", target.span);
    }
    case "statement":
    case "error":
      return [];
    default:
      return declaration satisfies never;
  }
}

function memberSymbols(member: PlacedUnit<Member>): FileSymbol[] {
  const { node } = member;
  if (node.kind === "data") {
    if (node.name.text === "") return [];
    const kind = node.word === "classState" ? "classState" : "field";
    const detail = node.type === undefined ? "" : typeText(node.type);
    return leaf(member, node.name.text, detail, kind, node.name.span);
  }
  if (node.kind !== "method" || node.selector === "") return [];
  const kind = node.modifiers.includes("class") ? "classMethod" : "method";
  const detail = node.returnType === undefined ? "" : typeText(node.returnType);
  return leaf(member, node.selector, detail, kind, joined(node.selectorSpans, node.span));
}

function leaf(
  unit: PlacedUnit,
  name: string,
  detail: string,
  kind: SymbolKind,
  nameSpan: Span,
): FileSymbol[] {
  const span = placedSpan(unit, unit.node.span);
  return [{ name, detail, kind, span, nameSpan: placedSpan(unit, nameSpan), children: [] }];
}

function joined(spans: readonly Span[], whole: Span): Span {
  const first = spans[0];
  return first === undefined ? whole : { start: first.start, end: spans.at(-1)?.end ?? first.end };
}

function nonEmpty(span: Span, whole: Span): Span {
  return span.end > span.start ? span : whole;
}

/** A symbol of some file. */
export interface FoundSymbol {
  readonly name: string;
  readonly container: string;
  readonly kind: SymbolKind;
  readonly place: Place;
}

const MOST = 500;

/** Symbols whose names have the query's letters in its order, best matches first. */
export function workspaceSymbols(project: ProjectView, query: string): readonly FoundSymbol[] {
  const found: { readonly symbol: FoundSymbol; readonly rank: number }[] = [];
  for (const path of project.paths()) {
    const isOwn = project.isEditable(path);
    for (const symbol of declaredIn(project, path)) {
      const rank = rankOf(symbol.name, query);
      if (rank !== undefined) found.push({ symbol, rank: rank + (isOwn ? 0 : 4) });
    }
  }
  found.sort((a, b) => a.rank - b.rank || (a.symbol.name < b.symbol.name ? -1 : 1));
  return found.slice(0, MOST).map(({ symbol }) => symbol);
}

function* declaredIn(project: ProjectView, path: string): Iterable<FoundSymbol> {
  const facts = project.factsOf(path);
  for (const of of facts?.classes ?? []) {
    const at = (span: Span): Place => ({ path, span });
    yield { name: of.name, container: of.package, kind: "class", place: at(of.span) };
    for (const { selector, span } of of.methods) {
      yield { name: selector, container: of.name, kind: "method", place: at(span) };
    }
    for (const { selector, span } of of.classMethods) {
      yield { name: selector, container: `${of.name} class`, kind: "classMethod", place: at(span) };
    }
    for (const { name, span } of of.fields) {
      yield { name, container: of.name, kind: "field", place: at(span) };
    }
  }
  for (const { target, classSide, method } of facts?.extensions ?? []) {
    const container = `${target}${classSide ? " class" : ""}`;
    const place = { path, span: method.span };
    yield { name: method.selector, container, kind: "extension", place };
  }
  for (const { name, span } of facts?.protocols ?? []) {
    yield { name, container: "", kind: "protocol", place: { path, span } };
  }
  for (const { name, span } of facts?.aliases ?? []) {
    yield { name, container: "", kind: "alias", place: { path, span } };
  }
}

/** Smaller is better; undefined where the letters are not there in this order. */
function rankOf(name: string, query: string): number | undefined {
  if (query === "") return 3;
  const folded = name.toLowerCase();
  const wanted = query.toLowerCase();
  if (folded === wanted) return 0;
  if (folded.startsWith(wanted)) return 1;
  if (folded.includes(wanted)) return 2;
  let from = 0;
  for (const letter of wanted) {
    from = folded.indexOf(letter, from) + 1;
    if (from === 0) return undefined;
  }
  return 3;
}

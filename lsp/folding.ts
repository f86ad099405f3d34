/**
 * What an editor can fold: classes, methods, blocks and literals over several lines, comments.
 * @module
 */
import type { Span } from "../compiler/syntax/ast.ts";
import type { FileView } from "./file_view.ts";
import { type FileSymbol, fileSymbols } from "./symbols.ts";
import type { SourceUnit } from "../compiler/syntax/source_file.ts";

/** A stretch that can be folded to its first line. */
export interface FoldingRange {
  readonly span: Span;
  readonly kind: "region" | "comment";
}

/** All foldable stretches, each over two lines at least. */
export function foldingRanges(view: FileView): readonly FoldingRange[] {
  const { text } = view.source;
  const ranges: FoldingRange[] = [];
  const add = (span: Span, kind: FoldingRange["kind"] = "region") => {
    const newline = text.indexOf("\n", span.start);
    if (newline >= 0 && newline < span.end) ranges.push({ span, kind });
  };
  for (const symbol of allSymbols(fileSymbols(view))) {
    add({ start: symbol.nameSpan.start, end: symbol.span.end });
  }
  for (const unit of view.source.units) {
    for (const span of brackets(unit)) add(span);
  }
  for (const span of comments(text, view)) add(span, "comment");
  return ranges;
}

function allSymbols(symbols: readonly FileSymbol[]): readonly FileSymbol[] {
  return symbols.flatMap((symbol) => [symbol, ...allSymbols(symbol.children)]);
}

function brackets({ tokens, offset }: SourceUnit): Span[] {
  const found: Span[] = [];
  tokens.partners.forEach((partner, index) => {
    const start = tokens.starts[index];
    const end = tokens.ends[partner];
    if (partner < 0 || start === undefined || end === undefined) return;
    found.push({ start: offset + start, end: offset + end });
  });
  return found;
}

/** Runs of whole-line comments. */
function comments(text: string, view: FileView): Span[] {
  const found: Span[] = [];
  for (const { start, end } of gaps(view)) {
    const run = /(?:[ \t]*\/\/[^\n]*(?:\n|$)){2,}|\/\*[\s\S]*?\*\//g;
    for (const match of text.slice(start, end).matchAll(run)) {
      const from = start + match.index + (/^[ \t]*/.exec(match[0])?.[0].length ?? 0);
      found.push({ start: from, end: start + match.index + match[0].trimEnd().length });
    }
  }
  return found;
}

/** The stretches between tokens. */
function gaps(view: FileView): Span[] {
  const found: Span[] = [];
  let from = 0;
  for (const { tokens, offset } of view.source.units) {
    tokens.starts.forEach((start, index) => {
      if (offset + start > from + 3) found.push({ start: from, end: offset + start });
      from = offset + (tokens.ends[index] ?? start);
    });
  }
  found.push({ start: from, end: view.source.text.length });
  return found;
}

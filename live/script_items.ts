/**
 * The steps that the text of a script is made of: statements, declarations and `@load`.
 * @module
 */
import type { Declaration } from "../compiler/syntax/ast.ts";
import type { Diagnostic } from "../compiler/syntax/diagnostic.ts";
import { parse, type SourceFile } from "../compiler/syntax/source_file.ts";
import { belongsTo } from "./prompt_declarations.ts";

/** A declaration or statement with the part of the text that is its own. */
export interface Piece {
  readonly kind: "piece";
  readonly declaration: Declaration;
  readonly start: number;
  readonly end: number;
  readonly expected: string | undefined;
  readonly errors: readonly Diagnostic[];
}

/** `// @load PATH` or `// @load-error PATH => text`. */
export interface Directive {
  readonly kind: "load";
  readonly start: number;
  readonly end: number;
  readonly path: string;
  /** What the load's error must hold; undefined where it must succeed. */
  readonly error: string | undefined;
}

/** A step of a script. */
export type Item = Piece | Directive;

/** The steps of a script in the order of their places. */
export function scriptItems(text: string): Item[] {
  return [...piecesOf(text), ...directivesOf(text)].sort((a, b) => a.start - b.start);
}

/**
 * A piece a declaration; the clauses of one method are one piece. A statement that goes wrong, as
 * with a bracket that is never closed, ends with its expectation: what follows is read anew.
 */
function piecesOf(text: string): Piece[] {
  const pieces = piecesOfTree(parse(text, { kind: "script" }));
  for (const [index, piece] of pieces.entries()) {
    if (piece.errors.length === 0 || piece.declaration.kind !== "statement") continue;
    const found = EXPECTATION.exec(text.slice(piece.start, piece.end));
    const end = piece.start + (found === null ? 0 : found.index + found[0].length);
    if (found === null || text.slice(end, piece.end).trim() === "") continue;
    const broken = { ...piece, end, expected: expectedText(found[0]) };
    const blank = text.slice(0, end).replaceAll(/[^\r\n]/g, " ");
    return [...pieces.slice(0, index), broken, ...piecesOf(blank + text.slice(end))];
  }
  return pieces;
}

function piecesOfTree(tree: SourceFile): Piece[] {
  const { declarations } = tree;
  const firsts = declarations.flatMap((each, i) => belongsTo(each, declarations[i - 1]) ? [] : [i]);
  return firsts.map((first, index) => {
    const next = firsts[index + 1] ?? declarations.length;
    const declaration = declarations[first]!;
    const start = startOf(declaration);
    const following = declarations[next];
    const end = following === undefined ? tree.text.length : startOf(following);
    const errors = tree.diagnostics.filter(({ severity, span }) =>
      severity === "error" && span.start >= start && span.start < Math.max(end, start + 1)
    );
    const expected = declaration.kind === "statement"
      ? declaration.unit.node.expected
      : expectationAfter(tree.text, start, endOf(declarations[next - 1] ?? declaration), end);
    return { kind: "piece", declaration, start, end, expected, errors };
  });
}

function startOf(declaration: Declaration): number {
  const unit = declaration.kind === "class" ? declaration.header : declaration.unit;
  return unit.offset + unit.node.span.start;
}

function endOf(declaration: Declaration): number {
  const unit = declaration.kind === "class"
    ? declaration.members.at(-1) ?? declaration.header
    : declaration.unit;
  return unit.offset + unit.node.span.end;
}

/**
 * The first expectation behind a declaration: unindented lines that follow one another. One that is
 * a single line may have it at its end; at the ends of other lines, comments are of their methods.
 */
function expectationAfter(
  text: string,
  start: number,
  declared: number,
  end: number,
): string | undefined {
  const behind = text.slice(declared, end);
  const isLine = !text.slice(start, declared).trimEnd().includes("\n");
  const found = (isLine ? /^[ \t]*\/\/ ?=> ?.*(?:\r?\n\/\/ ?=> ?.*)*/.exec(behind) : null) ??
    /^\/\/ ?=> ?.*(?:\r?\n\/\/ ?=> ?.*)*/m.exec(behind);
  return found === null ? undefined : expectedText(found[0]);
}

/** An expectation that ends a line or follows it, and the lines that go on with it. */
const EXPECTATION = /(?<!\/)\/\/ ?=> ?.*(?:\r?\n[ \t]*\/\/ ?=> ?.*)*/;

function expectedText(comments: string): string {
  return comments.replaceAll(/^[ \t]*\/\/ ?=> ?/gm, "").replaceAll("\r", "").trim();
}

function directivesOf(text: string): Directive[] {
  const pattern = /^[ \t]*\/\/ @load(-error)?[ \t]+(.+?)(?:[ \t]+=>[ \t]*(.*))?$/gm;
  return [...text.matchAll(pattern)].map((match) => ({
    kind: "load",
    start: match.index,
    end: match.index + match[0].length,
    path: (match[2] ?? "").trim(),
    error: match[1] === undefined ? undefined : (match[3] ?? "").replace(/^ERROR:\s*/, "").trim(),
  }));
}

/** Statements without syntax errors that follow one another; everything else alone. */
export function batches(items: readonly Item[]): Item[][] {
  const found: Item[][] = [];
  let open = false;
  for (const item of items) {
    const joins = item.kind === "piece" && item.declaration.kind === "statement" &&
      item.errors.length === 0;
    if (joins && open) found.at(-1)?.push(item);
    else found.push([item]);
    open = joins;
  }
  return found;
}

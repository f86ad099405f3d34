/**
 * Edits of one method or one class in the text of a file, everything else byte for byte the same.
 * Texts of methods and classes are compared and handed out with plain newlines; a file keeps the
 * newlines that it has.
 * @module
 */
import type {
  ClassDeclaration,
  ExtensionDeclaration,
  MethodDefinition,
  PlacedUnit,
} from "../compiler/syntax/ast.ts";
import { parse, type SourceFile } from "../compiler/syntax/source_file.ts";

/**
 * Names a method, or with an undefined selector a whole class. The method stands in its class, or in
 * a file that extends the class (`Class >> selector => body`, which is its text then).
 */
export interface Place {
  readonly className: string;
  readonly classSide: boolean;
  readonly selector: string | undefined;
}

/**
 * The text that stands at a place, its documentation apart: of all clauses of a method, or of a
 * class; undefined if none.
 */
export function textAt(text: string, place: Place): string | undefined {
  return textOfUnits(text, place, unitStart);
}

/** As {@link textAt}, with the documentation in front. */
export function documentedTextAt(text: string, place: Place): string | undefined {
  return textOfUnits(text, place, startWithComment);
}

function textOfUnits(
  text: string,
  place: Place,
  startOf: (unit: PlacedUnit) => number,
): string | undefined {
  const tree = parse(text);
  const known = classIn(tree, place.className);
  if (place.selector === undefined) {
    if (known === undefined) return undefined;
    return withPlainNewlines(text.slice(startOf(known.header), classRange(known).end));
  }
  const clauses = clausesIn(tree, known, place);
  if (clauses.length === 0) return undefined;
  return clauses.map((unit) => withPlainNewlines(text.slice(startOf(unit), unitRange(unit)[1])))
    .join(clauses[0]?.node.kind === "extension" ? "\n" : `\n${marginOf(text, known)}`);
}

/** The white space before the members of a class; two spaces where it has none. */
export function marginIn(text: string, className: string): string {
  return marginOf(text, classIn(parse(text), className));
}

function marginOf(text: string, known: ClassDeclaration | undefined): string {
  for (const member of known?.members ?? []) {
    const [start] = unitRange(member);
    const before = text.slice(text.lastIndexOf("\n", start - 1) + 1, start);
    if (/^[ \t]+$/.test(before)) return before;
  }
  return "  ";
}

/** Whether the text of a method or a class begins with its documentation. */
export function isDocumented(written: string): boolean {
  return /^(?:\/\/\/|@expect\b)/.test(written);
}

/** Whether a place has a text, compared with its documentation where the text has one. */
export function standsAt(text: string, place: Place, expected: string | undefined): boolean {
  const found = expected !== undefined && isDocumented(expected)
    ? documentedTextAt(text, place)
    : textAt(text, place);
  return found === expected ||
    (found !== undefined && expected !== undefined && found.trimEnd() === expected.trimEnd());
}

/** Whether the method stands in the text as an extension of its class. */
export function isExtension(text: string, place: Place): boolean {
  const tree = parse(text);
  const [first] = clausesIn(tree, classIn(tree, place.className), place);
  return first?.node.kind === "extension";
}

/** Whether the text declares the class. */
export function declaresClass(text: string, className: string): boolean {
  return classIn(parse(text), className) !== undefined;
}

/**
 * The text with something else at a place: replaced, added at the end of its class or file, or
 * taken out (`written` undefined). Documentation stays unless what is written has its own. Undefined
 * where there is neither the method nor a class to add it to.
 */
export function withTextAt(
  text: string,
  place: Place,
  written: string | undefined,
): string | undefined {
  if (standsAt(text, place, written)) return text;
  const tree = parse(text);
  const newline = text.includes("\r\n") ? "\r\n" : "\n";
  const fitted = written?.trimEnd().replaceAll("\n", newline);
  const known = classIn(tree, place.className);
  if (place.selector === undefined) return withClass(text, known, fitted, newline);
  const clauses = clausesIn(tree, known, place);
  const [first, ...others] = clauses;
  if (first === undefined) {
    if (known === undefined) return undefined;
    return fitted === undefined ? text : withAdded(text, known, fitted, newline);
  }
  if (fitted === undefined) return without(text, clauses);
  // Later clauses go first, so that the earlier places stay right.
  const shorter = without(text, others);
  const [start, end] = unitRange(first);
  const from = isDocumented(fitted) ? startWithComment(first) : start;
  return shorter.slice(0, from) + fitted + shorter.slice(end);
}

function withClass(
  text: string,
  known: ClassDeclaration | undefined,
  written: string | undefined,
  newline: string,
): string {
  if (known === undefined) {
    if (written === undefined) return text;
    const head = text === "" || text.endsWith("\n") ? text : text + newline;
    return `${head}${head === "" ? "" : newline}${written}${newline}`;
  }
  const { start, end } = classRange(known);
  const from = startWithComment(known.header);
  if (written !== undefined) {
    return text.slice(0, isDocumented(written) ? from : start) + written + text.slice(end);
  }
  return text.slice(0, from).trimEnd() + (from === 0 ? "" : newline) +
    text.slice(lineEnd(text, end));
}

function withAdded(text: string, known: ClassDeclaration, written: string, newline: string) {
  const last = known.members.at(-1) ?? known.header;
  const end = endOfComments(text, lineEnd(text, unitRange(last)[1]));
  const before = text.slice(0, end);
  const gap = before.endsWith("\n") ? newline : newline + newline;
  return `${before}${gap}${marginOf(text, known)}${written}${newline}${text.slice(end)}`;
}

/** Takes methods out with their comments and the empty line before them. */
function without(text: string, clauses: readonly PlacedUnit[]): string {
  let rest = text;
  for (const unit of [...clauses].reverse()) {
    const start = rest.lastIndexOf("\n", startWithComment(unit) - 1) + 1;
    const end = lineEnd(rest, unitRange(unit)[1]);
    const before = rest.slice(0, start);
    const after = rest.slice(end);
    const isParted = /\n\r?\n$/.test(before) && (after === "" || /^\r?\n|^\S/.test(after));
    rest = (isParted ? before.replace(/\r?\n$/, "") : before) + after;
  }
  return rest;
}

/** The offset after the indented comment lines that begin at an offset. */
function endOfComments(text: string, offset: number): number {
  const comments = /(?:[ \t]+\/\/[^\n]*(?:\n|$))*/y;
  comments.lastIndex = offset;
  return offset + (comments.exec(text)?.[0].length ?? 0);
}

/** The offset after the newline that ends the line of `offset`; the end of the text on the last line. */
function lineEnd(text: string, offset: number): number {
  const newline = text.indexOf("\n", offset);
  return newline < 0 ? text.length : newline + 1;
}

function unitStart({ offset, node }: PlacedUnit): number {
  return offset + node.span.start;
}

function unitRange({ offset, node }: PlacedUnit): [number, number] {
  return [offset + node.span.start, offset + node.span.end];
}

/** Where the documentation of a declaration begins, or itself. */
export function startWithComment({ offset, node: whole }: PlacedUnit): number {
  const node = whole.kind === "extension" ? { ...whole.method, span: whole.span } : whole;
  const doc = "doc" in node ? node.doc : undefined;
  const [first] = "expectations" in node ? node.expectations : [];
  return offset + Math.min(
    node.span.start,
    doc?.span.start ?? node.span.start,
    first?.span.start ?? node.span.start,
  );
}

/** The clauses of a method in its class, or of the extension of that class. */
function clausesIn(
  tree: SourceFile,
  known: ClassDeclaration | undefined,
  place: Place,
): readonly PlacedUnit<MethodDefinition | ExtensionDeclaration>[] {
  const own = known === undefined ? [] : clausesOf(known, place);
  return own.length > 0 ? own : extensionsOf(tree, place);
}

function extensionsOf(
  tree: SourceFile,
  { className, selector, classSide }: Place,
): PlacedUnit<ExtensionDeclaration>[] {
  return tree.declarations.flatMap((each) => {
    if (each.kind !== "extension") return [];
    const { target, classSide: isClassSide, method } = each.unit.node;
    const isMeant = target.name === className && isClassSide === classSide &&
      method.selector === selector;
    return isMeant ? [each.unit] : [];
  });
}

function clausesOf(
  declaration: ClassDeclaration,
  { selector, classSide }: Place,
): PlacedUnit<MethodDefinition>[] {
  return declaration.members.filter((unit): unit is PlacedUnit<MethodDefinition> =>
    unit.node.kind === "method" && unit.node.selector === selector &&
    unit.node.modifiers.includes("class") === classSide
  );
}

function classIn(tree: SourceFile, name: string): ClassDeclaration | undefined {
  for (const declaration of tree.declarations) {
    if (declaration.kind === "class" && declaration.header.node.name.text === name) {
      return declaration;
    }
  }
  return undefined;
}

/** From the first word of the class to the last of its members. */
export function classRange(
  declaration: ClassDeclaration,
): { readonly start: number; readonly end: number } {
  const last = declaration.members.at(-1) ?? declaration.header;
  return { start: unitRange(declaration.header)[0], end: unitRange(last)[1] };
}

/** The names of the classes that a text declares. */
export function classNames(text: string): readonly string[] {
  return parse(text).declarations.flatMap((each) =>
    each.kind === "class" ? [each.header.node.name.text] : []
  );
}

/** A text as texts are compared. */
function withPlainNewlines(text: string): string {
  return text.replaceAll("\r\n", "\n");
}

/**
 * A file as units: parsing it whole, and again after an edit.
 * @module
 */
import type {
  ClassDeclaration,
  ClassHeader,
  Declaration,
  Member,
  PlacedUnit,
  UnitNode,
} from "./ast.ts";
import { parseUnit } from "./declarations.ts";
import type { Diagnostic } from "./diagnostic.ts";
import { placedFixes, placedSpan } from "./placed_span.ts";
import { Lexer } from "./lexer.ts";
import type { TokenTable } from "./token.ts";
import { type ScannedUnit, scanUnit } from "./unit_scanner.ts";

/** Whether a text holds declarations only, or statements too. */
export type SourceKind = "file" | "script";

/** A unit with its tokens; what `PlacedUnit` is in a `SourceFile`. */
export interface SourceUnit extends PlacedUnit {
  readonly tokens: TokenTable;
  /** Offsets of the unit. */
  readonly diagnostics: readonly Diagnostic[];
  /** Whether the unit was read as a member of the class above. */
  readonly isMember: boolean;
  /** Whether the unit is a class header, readable or not. */
  readonly isHeader: boolean;
  /** How many characters from the unit's first on decided how it was read. */
  readonly reach: number;
}

/** A parsed text. */
export interface SourceFile {
  readonly text: string;
  readonly kind: SourceKind;
  /** All units in order; together with `trailing` they are the text. */
  readonly units: readonly SourceUnit[];
  /** White space and comments after the last unit. */
  readonly trailing: string;
  readonly declarations: readonly Declaration[];
  /** Syntax diagnostics, in offsets of the file. */
  readonly diagnostics: readonly Diagnostic[];
}

/** Parses a text. Never throws: what cannot be read becomes error nodes and diagnostics. */
export function parse(text: string, options: { readonly kind?: SourceKind } = {}): SourceFile {
  const kind = options.kind ?? "file";
  const units: SourceUnit[] = [];
  const lexer = new Lexer(text);
  let line = 0;
  let inClass = false;
  for (;;) {
    const scanned = scanUnit(lexer, { kind, inClass });
    if (scanned === undefined) break;
    units.push(makeUnit(scanned, kind, line));
    line += countLines(scanned.tokens.text);
    inClass = opensClass(units[units.length - 1]);
  }
  return assemble(text, kind, units);
}

/** Whether indented text below this unit is members of a class. */
export function opensClass(unit: SourceUnit | undefined): boolean {
  return unit !== undefined && (unit.isMember || unit.isHeader);
}

/** Reads a scanned unit. */
export function makeUnit(scanned: ScannedUnit, kind: SourceKind, line: number): SourceUnit {
  const { node, diagnostics } = parseUnit(scanned, kind);
  return {
    node,
    offset: scanned.offset,
    line,
    tokens: scanned.tokens,
    diagnostics,
    isMember: scanned.isMember,
    isHeader: scanned.isHeader,
    reach: scanned.reach - scanned.offset,
  };
}

/** How many newlines a text has. */
export function countLines(text: string): number {
  let count = 0;
  for (let i = text.indexOf("\n"); i >= 0; i = text.indexOf("\n", i + 1)) count++;
  return count;
}

/** The line, from 1, of an offset of a text. */
export function lineOf(text: string, offset: number): number {
  return countLines(text.slice(0, offset)) + 1;
}

/** Puts units together to a file. */
export function assemble(text: string, kind: SourceKind, units: readonly SourceUnit[]): SourceFile {
  const last = units[units.length - 1];
  const end = last === undefined ? 0 : last.offset + last.tokens.text.length;
  return {
    text,
    kind,
    units,
    trailing: text.slice(end),
    declarations: declarationsOf(units),
    diagnostics: diagnosticsOf(units),
  };
}

/** Statements in a file of declarations: one diagnostic for each run of them. */
const STRAY = "BT1017";

function diagnosticsOf(units: readonly SourceUnit[]): Diagnostic[] {
  const found: Diagnostic[] = [];
  let strayBefore = false;
  for (const unit of units) {
    const isStray = unit.diagnostics.some((it) => it.code === STRAY);
    for (const diagnostic of unit.diagnostics) {
      if (!(strayBefore && diagnostic.code === STRAY)) found.push(placed(diagnostic, unit));
    }
    strayBefore = isStray;
  }
  return found;
}

function placed(diagnostic: Diagnostic, unit: SourceUnit): Diagnostic {
  const at = { ...diagnostic, span: placedSpan(unit, diagnostic.span) };
  const { fixes } = diagnostic;
  return fixes === undefined ? at : { ...at, fixes: placedFixes(unit, fixes) };
}

function hasNode<N extends UnitNode>(unit: PlacedUnit, kind: N["kind"]): unit is PlacedUnit<N> {
  return unit.node.kind === kind;
}

function isMemberUnit(unit: SourceUnit): unit is SourceUnit & PlacedUnit<Member> {
  return unit.isMember;
}

function declarationsOf(units: readonly SourceUnit[]): Declaration[] {
  const found: Declaration[] = [];
  let members: PlacedUnit<Member>[] = [];
  for (const unit of units) {
    if (isMemberUnit(unit)) {
      members.push(unit);
      continue;
    }
    if (hasNode<ClassHeader>(unit, "classHeader")) {
      members = [];
      const declared: ClassDeclaration = { kind: "class", header: unit, members };
      found.push(declared);
      continue;
    }
    const declaration = declarationOf(unit);
    if (declaration !== undefined) found.push(declaration);
  }
  return found;
}

function declarationOf(unit: PlacedUnit): Declaration | undefined {
  const { node } = unit;
  switch (node.kind) {
    case "extension":
      return { kind: "extension", unit: { ...unit, node } };
    case "typeAlias":
      return { kind: "typeAlias", unit: { ...unit, node } };
    case "protocol":
      return { kind: "protocol", unit: { ...unit, node } };
    case "patch":
      return { kind: "patch", unit: { ...unit, node } };
    case "statement":
      return { kind: "statement", unit: { ...unit, node } };
    case "errorDeclaration":
      return { kind: "error", unit: { ...unit, node } };
    default:
      return undefined;
  }
}

/** The text of a file, put together from what the tree holds: tokens and the trivia between them. */
export function print(file: SourceFile): string {
  const pieces: string[] = [];
  for (const { tokens } of file.units) {
    let at = 0;
    for (let i = 0; i < tokens.starts.length; i++) {
      const start = tokens.starts[i] ?? at;
      const end = tokens.ends[i] ?? start;
      pieces.push(tokens.text.slice(at, start), tokens.text.slice(start, end));
      at = end;
    }
    pieces.push(tokens.text.slice(at));
  }
  pieces.push(file.trailing);
  return pieces.join("");
}

/**
 * Declarations typed at the prompt or standing in a script. A class that a file declares, and its
 * methods, are changed in the program's text of that file, not on disk; what no file declares gets
 * a text of its own.
 * @module
 */
import { looseNaming } from "../compiler/analysis/module_naming.ts";
import { LOOSE_PACKAGE } from "../compiler/analysis/module_naming.ts";
import type { SourceFile as ProjectFile } from "../compiler/project/sources.ts";
import type {
  ClassDeclaration,
  Declaration,
  ExtensionDeclaration,
} from "../compiler/syntax/ast.ts";
import { parse, type SourceFile } from "../compiler/syntax/source_file.ts";
import { type LiveProgram, SourceError, type TextChange } from "./live_program.ts";
import type { LoadReport, Workspace } from "./workspace.ts";

/** What the prompt shows of a declaration that is loaded. */
export interface Declared {
  readonly shown: string;
  readonly warnings: readonly string[];
}

/** Compiles and loads declarations. */
export async function declare(
  workspace: Workspace,
  program: LiveProgram,
  declarations: readonly Declaration[],
  tree: SourceFile,
): Promise<Declared> {
  const changes = new Map<string, TextChange>();
  const shown: string[] = [];
  for (const clauses of methodsOf(declarations)) {
    const change = changeFor(program, clauses, tree);
    changes.set(change.source.path, change);
    shown.push(change.shown);
  }
  const report = await loadChanges(workspace, program, [...changes.values()]);
  return { shown: shown.join("\n"), warnings: report.warnings };
}

/** Compiles changed texts and loads them; where the node refuses, the program is as before. */
export async function loadChanges(
  workspace: Workspace,
  program: LiveProgram,
  changes: readonly TextChange[],
): Promise<LoadReport> {
  const before = changes.map(({ source }) => ({ source, text: program.textOf(source.path) }));
  const { modules } = await program.compile(changes);
  try {
    return await workspace.load(modules);
  } catch (error) {
    await putBack(program, before);
    throw error;
  }
}

/** Gives files the texts that they had. */
export async function putBack(
  program: LiveProgram,
  before: readonly { readonly source: ProjectFile; readonly text: string | undefined }[],
): Promise<void> {
  for (const { source, text } of before) if (text === undefined) program.remove(source.path);
  const known = before.flatMap(({ source, text }) => text === undefined ? [] : [{ source, text }]);
  if (known.length > 0) await program.compile(known);
}

interface Change extends TextChange {
  readonly shown: string;
}

/** The change that a declaration, given as text, makes. */
export function changeByText(program: LiveProgram, text: string): TextChange {
  const tree = parse(text, { kind: "script" });
  const error = tree.diagnostics.find(({ severity }) => severity === "error");
  const [declaration, ...more] = tree.declarations;
  if (error !== undefined || declaration === undefined || more.length > 0) {
    throw new SourceError(error?.message ?? "expected one method");
  }
  return changeFor(program, [declaration], tree);
}

/** The change that takes a method out of the class that a known text declares. */
export function changeByRemoval(
  program: LiveProgram,
  className: string,
  classSide: boolean,
  selector: string,
): TextChange {
  const source = program.sourceOf(className);
  const old = source === undefined ? undefined : program.textOf(source.path);
  const tree = old === undefined ? undefined : parse(old);
  const known = tree === undefined ? undefined : classIn(tree, className);
  const found = known?.members.find(({ node }) =>
    node.kind === "method" && node.selector === selector &&
    node.modifiers.includes("class") === classSide
  );
  if (source === undefined || old === undefined || found === undefined) {
    throw new SourceError(`${className} has no source with a method ${selector}`);
  }
  const { offset, node } = found;
  const start = old.lastIndexOf("\n", offset + node.span.start);
  return { source, text: old.slice(0, start) + old.slice(offset + node.span.end) };
}

/** Whether a declaration adds a clause to the method that the one before it begins. */
export function addsClause(next: Declaration, before: Declaration | undefined): boolean {
  if (next.kind !== "extension" || before?.kind !== "extension") return false;
  const [a, b] = [before.unit.node, next.unit.node];
  if (a.target.name !== b.target.name || a.classSide !== b.classSide) return false;
  if (a.method.selector !== b.method.selector) return false;
  const takesAll = a.method.guard === undefined &&
    a.method.parameters.every((each) =>
      each.type === undefined &&
      (each.pattern.kind === "binding" || each.pattern.kind === "wildcard")
    );
  return !takesAll;
}

/** Declarations one by one, but the clauses of one method together. */
function methodsOf(declarations: readonly Declaration[]): Declaration[][] {
  const found: Declaration[][] = [];
  for (const declaration of declarations) {
    const last = found.at(-1);
    if (last !== undefined && addsClause(declaration, last.at(-1))) last.push(declaration);
    else found.push([declaration]);
  }
  return found;
}

function changeFor(
  program: LiveProgram,
  clauses: readonly Declaration[],
  tree: SourceFile,
): Change {
  const [declaration] = clauses;
  if (declaration === undefined) throw new SourceError("expected a declaration");
  const texts = clauses.map((each) => declarationText(each, tree));
  const text = texts.join("");
  if (declaration.kind === "class") return changeOfClass(program, declaration, text);
  if (declaration.kind === "extension") {
    return changeOfMethod(program, declaration.unit.node, texts);
  }
  const name = declaration.kind === "protocol" || declaration.kind === "typeAlias"
    ? declaration.unit.node.name.text
    : "declaration";
  return { source: typedSource(`${declaration.kind}_${name}`), text, shown: name };
}

function changeOfClass(program: LiveProgram, declaration: ClassDeclaration, text: string): Change {
  const name = declaration.header.node.name.text;
  const source = program.sourceOf(name);
  const old = source === undefined ? undefined : program.textOf(source.path);
  if (source === undefined || old === undefined) {
    return { source: typedSource(name), text, shown: name };
  }
  const tree = parse(old);
  const known = classIn(tree, name);
  if (known === undefined) return { source: typedSource(name), text, shown: name };
  const { start, end } = classRange(known, tree);
  const next = old.slice(0, start) + text.trimEnd() + "\n" + old.slice(end);
  return { source, text: next, shown: name };
}

function changeOfMethod(
  program: LiveProgram,
  node: ExtensionDeclaration,
  texts: readonly string[],
): Change {
  const { target, classSide, method } = node;
  const side = classSide ? `${target.name} class` : target.name;
  const shown = `a CompiledMethod (#${method.selector} in ${side})`;
  const source = program.sourceOf(target.name);
  const old = source === undefined ? undefined : program.textOf(source.path);
  const tree = old === undefined ? undefined : parse(old);
  const known = tree === undefined ? undefined : classIn(tree, target.name);
  if (source === undefined || old === undefined || tree === undefined || known === undefined) {
    return { source: typedSource(`${side} ${method.selector}`), text: texts.join(""), shown };
  }
  const written = texts.map((text) => memberText(text, node)).join("\n  ");
  const before = known.members.filter(({ node: member }) =>
    member.kind === "method" && member.selector === method.selector &&
    member.modifiers.includes("class") === classSide
  );
  const [first] = before;
  if (first === undefined) {
    const { end } = classRange(known, tree);
    const head = old.slice(0, end).replace(/\n*$/, "\n");
    return { source, text: `${head}\n  ${written}\n${old.slice(end)}`, shown };
  }
  // All clauses of the old method go; the new one takes the place of the first.
  let text = "";
  let from = 0;
  for (const { offset, node: clause } of before) {
    text += old.slice(from, offset + clause.span.start) + (from === 0 ? written : "");
    from = offset + unitLength(tree, offset);
  }
  return { source, text: `${text}\n${old.slice(from)}`, shown };
}

/** The method as it stands in its class: without the target, indented as members are. */
function memberText(text: string, node: ExtensionDeclaration): string {
  const at = text.indexOf(">>");
  const body = text.slice(at + 2).trim().split("\n").map((line, index) =>
    index === 0 || line === "" ? line : `  ${line}`
  ).join("\n");
  return node.classSide ? `class ${body}` : body;
}

function classIn(tree: SourceFile, name: string): ClassDeclaration | undefined {
  for (const declaration of tree.declarations) {
    if (declaration.kind === "class" && declaration.header.node.name.text === name) {
      return declaration;
    }
  }
  return undefined;
}

function classRange(
  declaration: ClassDeclaration,
  tree: SourceFile,
): { readonly start: number; readonly end: number } {
  const last = declaration.members.at(-1) ?? declaration.header;
  return {
    start: declaration.header.offset + declaration.header.node.span.start,
    end: last.offset + unitLength(tree, last.offset),
  };
}

/** The length of a unit up to the end of its last line of code. */
function unitLength(tree: SourceFile, offset: number): number {
  const unit = tree.units.find((each) => each.offset === offset);
  return unit === undefined ? 0 : unit.node.span.end;
}

function declarationText(declaration: Declaration, tree: SourceFile): string {
  if (declaration.kind === "class") {
    const { start, end } = classRange(declaration, tree);
    return tree.text.slice(start, end) + "\n";
  }
  const { offset, node } = declaration.unit;
  return tree.text.slice(offset + node.span.start, offset + node.span.end) + "\n";
}

/** A text that no file holds. Its name becomes part of a module's name. */
function typedSource(name: string): ProjectFile {
  const stem = name.replaceAll(/[^A-Za-z0-9_]/g, (char) => `_${char.codePointAt(0)}`);
  return {
    path: `typed:${name}`,
    shown: "prompt",
    package: LOOSE_PACKAGE,
    naming: looseNaming(`${stem}.bt`),
    test: false,
  };
}

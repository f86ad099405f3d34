/**
 * Declarations typed at the prompt or standing in a script, and methods given by code. A class that
 * a file declares, and its methods, are changed in the program's text of that file, not on disk;
 * what no file declares gets a text of its own.
 * @module
 */
import type {
  ClassDeclaration,
  Declaration,
  ExtensionDeclaration,
} from "../compiler/syntax/ast.ts";
import type { SourceFile as ProgramFile } from "../compiler/project/sources.ts";
import { memberText } from "./member_text.ts";
import { countLines, lineOf, parse, type SourceFile } from "../compiler/syntax/source_file.ts";
import { methodOfClass } from "../compiler/analysis/lookup.ts";
import { atom } from "../bridge/mod.ts";
import { type Author, type Change, isTyped } from "./changes.ts";
import type { Workspace } from "./workspace.ts";
import { type LiveProgram, SourceError } from "./live_program.ts";
import { type Edit, loadEdit, typedSource, type Workspaces } from "./program_change.ts";
import {
  classRange,
  documentedTextAt,
  isDocumented,
  isExtension,
  marginIn,
  type Place,
  startWithComment,
  textAt,
  withTextAt,
} from "./source_edit.ts";

/** What the prompt shows of a declaration that is loaded. */
export interface Declared {
  readonly shown: string;
  readonly warnings: readonly string[];
}

/** How long a change is meant to last, whose it is, and where its text stands. */
export interface Intent {
  readonly intent: Change["intent"];
  readonly author: Author;
  /** The script that holds the text, as stack traces show it; `prompt` unless given. */
  readonly file?: string | undefined;
}

/** Compiles and loads what belongs together: see {@link belongsTo}. */
export async function declare(
  workspaces: Workspaces,
  program: LiveProgram,
  declarations: readonly Declaration[],
  tree: SourceFile,
  author: Author,
  file?: string,
): Promise<Declared> {
  const intent: Intent = { intent: "durable", author, file };
  for (const each of declarations) await mustHaveClass(workspaces[0], program, each);
  const edit = () => editFor(program, declarations, tree, intent);
  const { warnings } = await loadEdit(workspaces, program, edit);
  const isPatch = ({ kind }: Declaration) => kind === "patch";
  // A migration has run now, and is not to run again when its class is loaded the next time.
  if (declarations.some(isPatch)) program.remove(patchSource().path);
  const shown = declarations.find((each) => !isPatch(each)) ?? declarations[0];
  const hidden = declarations.flatMap((each) => hiddenText(program, each) ?? []);
  return { shown: shownOf(shown), warnings: [...new Set(hidden), ...warnings] };
}

/** A method that is typed for a class that there is not is a mistake; in a file it may come later. */
async function mustHaveClass(
  workspace: Workspace,
  program: LiveProgram,
  declaration: Declaration,
): Promise<void> {
  if (declaration.kind !== "extension") return;
  const { target } = declaration.unit.node;
  if (program.environment().classNamed(target.name, target.package) !== undefined) return;
  const known = await workspace.call("beamtalk_registry", "lookup", [atom(target.name)]);
  if (known === atom("error")) throw new SourceError(`Class '${target.name}' not found`);
}

/** An extension of a class of the library never runs where the class has the method itself. */
function hiddenText(program: LiveProgram, declaration: Declaration): string | undefined {
  if (declaration.kind !== "extension") return undefined;
  const { target, classSide, method: { selector } } = declaration.unit.node;
  const environment = program.environment();
  const facts = environment.classNamed(target.name, target.package);
  if (facts === undefined || program.sourceOf(facts.name) !== undefined) return undefined;
  const found = methodOfClass(facts, selector, classSide ? "class" : "instance", environment);
  if (found === undefined || found.origin === "extension") return undefined;
  const owner = `${target.name}${classSide ? " class" : ""}`;
  return `${owner} has #${selector} itself, which wins over the extension`;
}

/** The edit that a method makes whose text and selector are given. */
export function editByText(
  program: LiveProgram,
  text: string,
  selector: string,
  intent: Intent,
): Edit {
  const tree = parse(text, { kind: "script" });
  const error = tree.diagnostics.find(({ severity }) => severity === "error");
  const [declaration, ...more] = tree.declarations;
  if (error !== undefined || declaration === undefined || more.length > 0) {
    throw new SourceError(error?.message ?? "expected one method");
  }
  if (declaration.kind !== "extension") throw new SourceError("expected one method");
  const defined = declaration.unit.node.method.selector;
  if (defined !== selector) {
    throw new SourceError(`the source defines #${defined}, not #${selector}`);
  }
  return editFor(program, [declaration], tree, intent);
}

/** The edit that gives a place another text, or takes it out; the place must have a text. */
export function editOfPlace(
  program: LiveProgram,
  place: Place,
  written: string | undefined,
  kind: Change["kind"],
  intent: Intent,
  writtenLines: readonly number[] = [],
): Edit {
  const { source, text } = textOfPlace(program, place);
  const next = source === undefined || text === undefined
    ? undefined
    : withTextAt(text, place, written);
  if (source === undefined || text === undefined || next === undefined) {
    throw new SourceError(`${place.className} has no source that could be changed`);
  }
  const hasDoc = written !== undefined && isDocumented(written);
  const before = hasDoc ? documentedTextAt(text, place) : textAt(text, place);
  if (before === undefined && written === undefined) {
    throw new SourceError(`${place.className} has no source with a method ${place.selector}`);
  }
  const known = program.linesOf(source.path);
  const lines = known === undefined ? undefined : movedLines(text, known, next, writtenLines);
  return {
    texts: [{ source, text: next, lines }],
    changes: [{ ...place, ...meant(intent), kind, before, after: written, ...filed(source) }],
  };
}

function textOfClass(program: LiveProgram, className: string) {
  const source = program.sourceOf(className);
  return { source, text: source === undefined ? undefined : program.textOf(source.path) };
}

/** The text in which a method or a class stands, or that of the class where there is no such method. */
function textOfPlace(program: LiveProgram, place: Place) {
  const own = textOfClass(program, place.className);
  if (own.text !== undefined && textAt(own.text, place) !== undefined) return own;
  const extending = extensionSource(program, place);
  if (extending === undefined) return own;
  return { source: extending, text: program.textOf(extending.path) };
}

function extensionSource(program: LiveProgram, { className, classSide, selector }: Place) {
  if (selector === undefined) return undefined;
  return program.extensionSource(className, classSide, selector);
}

function filed({ path, shown }: { readonly path: string; readonly shown: string }) {
  return { path, file: isTyped(path) ? undefined : shown };
}

/**
 * Whether a declaration is loaded together with the one before it: a further clause of its method,
 * or a migration and the class that it leads to, whichever comes first.
 */
export function belongsTo(next: Declaration, before: Declaration | undefined): boolean {
  if (before === undefined || addsClause(next, before)) return before !== undefined;
  const [patch, other] = next.kind === "patch" ? [next, before] : [before, next];
  return patch.kind === "patch" && other.kind === "class" &&
    patch.unit.node.target.name === other.header.node.name.text;
}

function addsClause(next: Declaration, before: Declaration | undefined): boolean {
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

function editFor(
  program: LiveProgram,
  clauses: readonly Declaration[],
  tree: SourceFile,
  intent: Intent,
): Edit {
  const [declaration] = clauses;
  if (declaration === undefined) throw new SourceError("expected a declaration");
  const patch = clauses.find(({ kind }) => kind === "patch");
  if (patch !== undefined) {
    const others = clauses.filter((each) => each !== patch);
    const edit = others.length === 0
      ? { texts: [], changes: [] }
      : editFor(program, others, tree, intent);
    const text = { source: patchSource(intent.file), ...joined([patch], tree) };
    return { ...edit, texts: [...edit.texts, text] };
  }
  if (declaration.kind === "class") {
    return editOfClass(program, declaration, joined(clauses, tree), intent);
  }
  if (declaration.kind === "extension") {
    return editOfMethod(program, declaration.unit.node, clauses, tree, intent);
  }
  const name = `${declaration.kind}_${shownOf(declaration)}`;
  const place = { className: shownOf(declaration) };
  return editOfTyped(program, name, joined(clauses, tree), place, intent);
}

/** A text with the lines that its own have in the prompt's entry or the script. */
interface Written {
  readonly text: string;
  readonly lines: readonly number[];
}

function joined(clauses: readonly Declaration[], tree: SourceFile): Written {
  return {
    text: clauses.map((each) => declarationText(each, tree)).join(""),
    lines: clauses.flatMap((each) => declarationLines(each, tree)),
  };
}

/**
 * The lines of a text in which something was replaced: what stands before and after keeps its own,
 * what is between has those of the new text.
 */
function movedLines(
  before: string,
  lines: readonly number[],
  after: string,
  written: readonly number[],
): number[] {
  const [old, made] = [before.split("\n"), after.split("\n")];
  const shorter = Math.min(old.length, made.length);
  let head = 0;
  while (head < shorter && old[head] === made[head]) head++;
  let tail = 0;
  while (tail < shorter - head && old.at(-1 - tail) === made.at(-1 - tail)) tail++;
  const middle = made.length - head - tail;
  // Lines that the new text shares with the old one are not in the middle.
  const skipped = Math.max(0, written.length - middle);
  const last = lines[head - 1] ?? 1;
  return [
    ...lines.slice(0, head),
    ...Array.from({ length: middle }, (_, i) => written[skipped + i] ?? written.at(-1) ?? last),
    ...lines.slice(old.length - tail),
  ];
}

/** What the log keeps of an intent. */
function meant({ intent, author }: Intent) {
  return { intent, author };
}

/** Where a migration that is typed stands until it has run. */
function patchSource(file?: string) {
  return typedSource("patch", file);
}

/** What the prompt answers: the name of a class, the printed form of a method. */
function shownOf(declaration: Declaration | undefined): string {
  switch (declaration?.kind) {
    case "class":
      return declaration.header.node.name.text;
    case "extension": {
      const { target, classSide, method } = declaration.unit.node;
      return `a CompiledMethod (#${method.selector} in ${target.name}${classSide ? " class" : ""})`;
    }
    case "protocol":
    case "typeAlias":
      return declaration.unit.node.name.text;
    case "patch":
      return declaration.unit.node.target.name;
    default:
      return "declaration";
  }
}

function editOfClass(
  program: LiveProgram,
  declaration: ClassDeclaration,
  written: Written,
  intent: Intent,
): Edit {
  const className = declaration.header.node.name.text;
  const place: Place = { className, classSide: false, selector: undefined };
  const { source, text } = textOfClass(program, className);
  if (source !== undefined && text !== undefined && textAt(text, place) !== undefined) {
    const { text: whole, lines } = written;
    return editOfPlace(program, place, whole.trimEnd(), "classDefinition", intent, lines);
  }
  return editOfTyped(program, className, written, place, intent, "newClass");
}

/** The text that no file holds becomes another. */
function editOfTyped(
  program: LiveProgram,
  name: string,
  { text: written, lines }: Written,
  place: Partial<Place> & { readonly className: string },
  intent: Intent,
  kind: Change["kind"] = "declaration",
): Edit {
  const source = typedSource(name, intent.file);
  const before = program.textOf(source.path);
  const whole = { classSide: false, selector: undefined, ...place };
  return {
    texts: [{ source, text: written, lines }],
    changes: [{ ...whole, ...meant(intent), kind, before, after: written, ...filed(source) }],
  };
}

function editOfMethod(
  program: LiveProgram,
  node: ExtensionDeclaration,
  clauses: readonly Declaration[],
  tree: SourceFile,
  intent: Intent,
): Edit {
  const place: Place = {
    className: node.target.name,
    classSide: node.classSide,
    selector: node.method.selector,
  };
  const { text } = textOfPlace(program, place);
  const all = joined(clauses, tree);
  // What code gives as a text stands nowhere.
  const lines = intent.file === undefined ? [] : all.lines;
  if (text !== undefined && isExtension(text, place)) {
    return editOfPlace(program, place, all.text.trimEnd(), "method", intent, lines);
  }
  if (text === undefined || textAt(text, { ...place, selector: undefined }) === undefined) {
    return editOfTyped(program, extensionName(place), all, place, intent, "method");
  }
  const margin = marginIn(text, place.className);
  const written = clauses.map((each) =>
    memberText(declarationText(each, tree), node.classSide, margin)
  );
  return editOfPlace(program, place, written.join(`\n${margin}`), "method", intent, lines);
}

/** The text of a method that was typed for a class that no file declares. */
export function typedExtensionSource(place: Place): ProgramFile {
  return typedSource(extensionName(place));
}

function extensionName({ className, classSide, selector }: Place): string {
  return `${className}${classSide ? " class" : ""} ${selector}`;
}

function declarationText(declaration: Declaration, tree: SourceFile): string {
  const { start, end } = declarationRange(declaration);
  return tree.text.slice(start, end) + "\n";
}

/** A line for each of the declaration's text. */
function declarationLines(declaration: Declaration, { text }: SourceFile): number[] {
  const { start, end } = declarationRange(declaration);
  const first = lineOf(text, start);
  const more = countLines(text.slice(start, end));
  return Array.from({ length: 1 + more }, (_, index) => first + index);
}

function declarationRange(declaration: Declaration): { start: number; end: number } {
  if (declaration.kind === "class") {
    return { start: startWithComment(declaration.header), end: classRange(declaration).end };
  }
  const { offset, node } = declaration.unit;
  return { start: startWithComment(declaration.unit), end: offset + node.span.end };
}

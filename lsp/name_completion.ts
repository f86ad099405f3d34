/**
 * Names: locals, fields, classes, types, symbols, words of the language.
 * @module
 */
import type { ClassFacts } from "../compiler/analysis/class_facts.ts";
import {
  allClassState,
  allFields,
  type Side,
  superclassChain,
} from "../compiler/analysis/hierarchy.ts";
import type { Binding } from "../compiler/analysis/names.ts";
import { classText, fieldText, typeText } from "../compiler/analysis/signature_text.ts";
import { printType } from "../compiler/analysis/types/print.ts";
import type { Writing } from "./completion_context.ts";
import { type Completion, escaped, plain, snippet } from "./completion_item.ts";
import type { FileView, KnownBody, ProjectView } from "./file_view.ts";
import { likelyType } from "./likely_type.ts";
import { classesOf } from "./places.ts";
import { assignmentBefore } from "./script_variables.ts";
import { tierOf } from "./tier.ts";

/** What a name could be where an expression begins. */
export function nameItems(
  project: ProjectView,
  view: FileView,
  writing: Extract<Writing, { kind: "name" }>,
): readonly Completion[] {
  const types = writing.body === undefined ? undefined : typesByPlace(writing.body);
  const locals = writing.locals.map((binding) =>
    plain(binding.name, "local", localText(binding, types), 0)
  );
  const own = writing.owner === undefined ? [] : ["self", "super"];
  const words = [...own, "true", "false", "nil"].map((word) => plain(word, "word", "", 20));
  const script = writing.scriptNames.map((name) =>
    plain(name, "local", scriptText(project, view, name), 1)
  );
  return [...locals, ...script, ...words, ...facadeItems(35), ...classItems(view, 30)];
}

/** What the statement makes of a variable that gave it its value last. */
function scriptText(project: ProjectView, view: FileView, name: string): string {
  const found = assignmentBefore(view, name, view.source.text.length);
  if (found === undefined) return "";
  const type = likelyType({ project, view, body: found.body }, found.value);
  return type.kind === "dynamic" ? "" : printType(type);
}

/** Types of variables, printed, by where they begin. */
function typesByPlace({ types }: KnownBody): ReadonlyMap<number, string> {
  const found = new Map<number, string>();
  for (const [node, type] of types.types) {
    const isTold = node.kind === "variable" && type.kind !== "dynamic" && type.kind !== "never";
    if (isTold) found.set(node.span.start, printType(type));
  }
  return found;
}

/** The type of a local, from wherever it is known. */
function localText(binding: Binding, types: ReadonlyMap<number, string> | undefined): string {
  if (binding.type !== undefined) return typeText(binding.type);
  const places = [...binding.reads, ...binding.writes].map(({ start }) => start).reverse();
  for (const start of [...places, binding.span.start]) {
    const text = types?.get(start);
    if (text !== undefined) return text;
  }
  return "";
}

/** Objects with the names of classes that every program can use. */
const FACADES = ["Transcript", "Workspace", "Beamtalk"];

/** The facades, where an expression is written. */
export function facadeItems(rank: number): Completion[] {
  return FACADES.map((name) => plain(name, "class", "facade of the workspace", rank));
}

/** The classes of the library that programs name most. */
const COMMON = new Set(
  "Integer Float String Symbol Boolean List Dictionary Array Set Object Block Result Error".split(
    " ",
  ),
);

/** All classes: the project's own, then those of every day. */
export function classItems(view: FileView, from = 0): Completion[] {
  const distance = (of: ClassFacts) =>
    of.package === view.package ? 0 : COMMON.has(of.name) ? 8 : 10;
  return [...classesOf(view.environment)].map((of) => ({
    ...plain(of.name, "class", classText(of), from + distance(of)),
    tier: tierOf(view, of.file),
    documented: { kind: "class", name: of.name },
  }));
}

/** What is a type and no class. */
export function typeItems(project: ProjectView, view: FileView): Completion[] {
  const items = ["Self", "Dynamic", "Never"].map((name) => plain(name, "type", "type", 5));
  items.push(plain("nil", "word", "type", 5));
  for (const path of project.paths()) {
    const facts = project.factsOf(path);
    for (const { name } of facts?.aliases ?? []) {
      if (view.environment.aliasNamed(name) !== undefined) {
        items.push(ofFile(plain(name, "type", "alias", 3), path, view));
      }
    }
    for (const { name } of facts?.protocols ?? []) {
      const isKnown = view.environment.protocolNamed(name) !== undefined;
      if (isKnown) items.push(ofFile(plain(name, "type", "protocol", 3), path, view));
    }
  }
  return items;
}

function ofFile(item: Completion, path: string, view: FileView): Completion {
  return { ...item, tier: tierOf(view, path) };
}

/** The data of an object or of a class. */
export function fieldItems(view: FileView, owner: ClassFacts, side: Side): Completion[] {
  const isClass = side === "class";
  const fields = isClass
    ? allClassState(owner, view.environment)
    : allFields(owner, view.environment);
  const distance = superclassChain(owner, view.environment);
  return fields.map((field) => {
    const detail = `${field.owner.name} ${fieldText(isClass ? "classState" : "field", field)}`;
    const rank = Math.max(0, distance.indexOf(field.owner));
    return ofFile(plain(field.name, "field", detail, rank), field.owner.file, view);
  });
}

/** The data that an object of a class can be made with, but for what is written already. */
export function fieldKeyItems(view: FileView, of: ClassFacts, written: string): Completion[] {
  const names = new Set(written.match(/[\p{L}_][\p{L}\p{N}_]*(?=\s*=>)/gu));
  return allFields(of, view.environment).filter(({ name }) => !names.has(name)).map((field) => {
    const detail = `${field.owner.name} ${fieldText("field", field)}`;
    const item = snippet(
      `#${field.name}`,
      `#${field.name} => \${1:${escaped(field.name)}}`,
      detail,
      0,
    );
    return ofFile({ ...item, kind: "field" }, field.owner.file, view);
  });
}

/** Symbols of the file, names of fields and methods of the project. */
export function symbolItems(project: ProjectView, view: FileView): Completion[] {
  const found = new Map<string, Completion>();
  const { text } = view.source;
  for (const match of text.matchAll(/#([\p{L}_][\p{L}\p{N}_]*(?::[\p{L}\p{N}_:]*)?)/gu)) {
    const name = match[1] ?? "";
    found.set(name, plain(name, "symbol", "", 0));
  }
  for (const path of project.paths()) {
    if (!project.isEditable(path)) continue;
    const add = (name: string, detail: string, rank: number) => {
      if (found.has(name)) return;
      found.set(name, ofFile(plain(name, "symbol", detail, rank), path, view));
    };
    for (const of of project.factsOf(path)?.classes ?? []) {
      for (const { name } of of.fields) add(name, `field of ${of.name}`, 5);
      for (const { selector } of of.methods) add(selector, `method of ${of.name}`, 10);
    }
  }
  return [...found.values()];
}

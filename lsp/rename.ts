/**
 * Renaming: locals, fields with their accessors, methods with all that override or send them,
 * classes with their file.
 * @module
 */
import { basename, dirname, join } from "@std/path";
import { constructorSelector, setterSelector } from "../compiler/analysis/generated_methods.ts";
import { allFields, classKind } from "../compiler/analysis/hierarchy.ts";
import type { ClassFacts } from "../compiler/analysis/class_facts.ts";
import type { Span } from "../compiler/syntax/ast.ts";
import { type FileView, knownBodyAt, type Place, type ProjectView } from "./file_view.ts";
import { occurrencesIn } from "./occurrences.ts";
import { implementorsOf, isRelated } from "./places.ts";
import { type Reference, referencesTo } from "./references.ts";
import { mentionEdits } from "./rename_mentions.ts";
import { scriptVariables } from "./script_variables.ts";
import { selectorParts } from "../compiler/analysis/signature_text.ts";
import { placedSpan } from "../compiler/syntax/placed_span.ts";
import { type Target, targetAt } from "./target.ts";

/** One change; `doubt` says why it should be looked at first. */
export interface RenameEdit extends Place {
  readonly newText: string;
  readonly doubt: string | undefined;
  /** Whether it is changed only where the user can look at it first. */
  readonly isMention: boolean;
}

/** The changes of a renaming, or why there can be none. */
export type Renaming =
  | {
    readonly kind: "edits";
    readonly edits: readonly RenameEdit[];
    readonly file: { readonly from: string; readonly to: string } | undefined;
  }
  | { readonly kind: "refused"; readonly reason: string };

/** What would be renamed at an offset: its place and present name; or why nothing can be. */
export function renamableAt(
  project: ProjectView,
  view: FileView,
  offset: number,
): { readonly span: Span; readonly name: string } | { readonly reason: string } {
  const target = targetAt(view, offset);
  if (target === undefined) return { reason: "there is no name here" };
  const reason = whyNot(project, view, target);
  if (reason !== undefined) return { reason };
  if (target.kind === "send" || target.kind === "method") {
    return { span: target.span, name: target.selector };
  }
  return { span: target.span, name: view.source.text.slice(target.span.start, target.span.end) };
}

function whyNot(project: ProjectView, view: FileView, target: Target): string | undefined {
  const foreign = (path: string | undefined) =>
    path !== undefined && !project.isEditable(path)
      ? "it belongs to the class library or to a dependency"
      : undefined;
  switch (target.kind) {
    case "local":
    case "scriptVariable":
      return undefined;
    case "field":
      return target.field === undefined
        ? "no such field is declared"
        : foreign(target.field.owner.file);
    case "class": {
      const { environment } = view;
      const known = target.class ?? environment.aliasNamed(target.name) ??
        environment.protocolNamed(target.name);
      return known === undefined ? "no such class is known" : foreign(known.file);
    }
    case "send":
    case "method": {
      const family = familyOf(view, target);
      if (family.length === 0) return "no class has a method of this name";
      return family.map(({ place }) => foreign(place.path)).find((each) => each !== undefined);
    }
    case "unresolved":
    case "symbol":
    case "typeParameter":
      return "only locals, fields, methods and classes can be renamed";
    default:
      return target satisfies never;
  }
}

type MethodTarget = Extract<Target, { kind: "send" | "method" }>;

/** The methods that are renamed together: those of related classes. */
function familyOf({ environment }: FileView, target: MethodTarget) {
  const owner = target.kind === "method" ? target.class : target.found?.owner;
  const all = implementorsOf(target.selector, environment);
  if (owner === undefined) return all;
  return all.filter((each) => isRelated(each.class, owner, environment));
}

/** The changes that give what is at an offset another name; a step a file. */
export function* renameAt(
  project: ProjectView,
  view: FileView,
  offset: number,
  newName: string,
): Generator<void, Renaming> {
  const target = targetAt(view, offset);
  if (target === undefined) return refused("there is no name here");
  const reason = whyNot(project, view, target) ?? invalid(view, target, newName);
  if (reason !== undefined) return refused(reason);
  const references = yield* referencesTo(project, view, target);
  const own = references.filter(({ path }) => project.isEditable(path));
  switch (target.kind) {
    case "send":
    case "method":
      return edits([
        ...methodEdits(view, target, own, newName),
        ...yield* mentionEdits(project, target, newName),
      ]);
    case "field":
      return edits([
        ...own.map((each) => edit(each, each.span, newName)),
        ...yield* accessorEdits(project, view, target, newName),
      ]);
    case "class":
      return edits([
        ...own.map((each) => edit(each, each.span, newName)),
        ...yield* mentionEdits(project, target, newName),
      ], fileMove(target, newName));
    default:
      return edits(own.map((each) => edit(each, each.span, newName)));
  }
}

function refused(reason: string): Renaming {
  return { kind: "refused", reason };
}

function edits(
  list: readonly RenameEdit[],
  file?: { readonly from: string; readonly to: string },
): Renaming {
  const seen = new Map(list.map((each) => [`${each.path} ${each.span.start}`, each]));
  return { kind: "edits", edits: [...seen.values()], file };
}

function edit({ path }: Place, span: Span, newText: string, doubt?: string): RenameEdit {
  return { path, span, newText, doubt, isMention: false };
}

const RESERVED = new Set(["self", "super", "nil", "true", "false"]);

function invalid(view: FileView, target: Target, newName: string): string | undefined {
  if (target.kind === "send" || target.kind === "method") {
    return invalidSelector(target.selector, newName);
  }
  if (target.kind === "class") return invalidClass(view, newName);
  if (!/^[\p{Ll}_][\p{L}\p{N}_]*$/u.test(newName) || RESERVED.has(newName)) {
    return `${newName} is no name for a ${target.kind === "field" ? "field" : "local"}`;
  }
  if (target.kind === "field") {
    const of = target.field?.owner;
    const taken = of !== undefined &&
      allFields(of, view.environment).some(({ name }) => name === newName);
    return taken ? `${of.name} has a field ${newName} already` : undefined;
  }
  if (target.kind === "scriptVariable") {
    return scriptVariables(view).has(newName) ? `${newName} is used here already` : undefined;
  }
  if (target.kind !== "local") return undefined;
  const names = knownBodyAt(view, target.span.start)?.names;
  const taken = names?.bindings.some(({ name }) => name === newName) === true ||
    names?.unresolved.some(({ name }) => name === newName) === true;
  return taken ? `${newName} is used here already` : undefined;
}

function invalidClass({ environment }: FileView, newName: string): string | undefined {
  if (!/^\p{Lu}[\p{L}\p{N}_]*$/u.test(newName)) return `${newName} is no name for a class`;
  const known = environment.classNamed(newName) ?? environment.aliasNamed(newName) ??
    environment.protocolNamed(newName);
  return known === undefined ? undefined : `there is a ${newName} already`;
}

function invalidSelector(selector: string, newName: string): string | undefined {
  const isKeyword = selector.includes(":") && /^[\p{L}_]/u.test(selector);
  const count = isKeyword ? selectorParts(selector).length : 0;
  if (!isKeyword && !/^[\p{L}_]/u.test(selector)) {
    return /^[-+*/~<>=@%&?,\\]+$/.test(newName) ? undefined : "a binary selector stays binary";
  }
  if (!isKeyword) {
    return /^[\p{Ll}_][\p{L}\p{N}_]*$/u.test(newName) && !RESERVED.has(newName)
      ? undefined
      : `${newName} is no selector without arguments`;
  }
  const fits = /^(?:[\p{L}_][\p{L}\p{N}_]*:)+$/u.test(newName) &&
    selectorParts(newName).length === count;
  return fits ? undefined : `the new selector needs ${count} keywords, each with a colon`;
}

/** Where a receiver is not known, a change is in doubt if other classes have such a method too. */
function methodEdits(
  view: FileView,
  target: MethodTarget,
  references: readonly Reference[],
  newName: string,
): RenameEdit[] {
  const parts = selectorParts(newName);
  const isOnly = familyOf(view, target).length ===
    implementorsOf(target.selector, view.environment).length;
  return references.flatMap((each) => {
    const doubt = each.isCertain || isOnly ? undefined : "the receiver's class is not known";
    return each.spans.map((span, index) => edit(each, span, parts[index] ?? newName, doubt));
  });
}

/** Getters, setters, constructor keywords and `new:` keys of a renamed field. */
function* accessorEdits(
  project: ProjectView,
  view: FileView,
  target: Extract<Target, { kind: "field" }>,
  newName: string,
): Generator<void, readonly RenameEdit[]> {
  const owner = target.field?.owner;
  if (owner === undefined || target.owner.side === "class") return [];
  const old = target.name;
  const found: RenameEdit[] = [];
  const names = [old, setterSelector(old), ...constructors(view, owner), "new:", "spawnWith:"];
  for (const path of new Set(names.flatMap((name) => project.filesMentioning(name)))) {
    const each = project.isEditable(path) ? project.view(path) : undefined;
    if (each !== undefined) addAccessorEdits(each, owner, old, newName, found);
    yield;
  }
  return found;
}

function constructors(view: FileView, owner: ClassFacts): string[] {
  const selector = constructorSelector(allFields(owner, view.environment));
  return classKind(owner, view.environment) === "value" && selector !== undefined ? [selector] : [];
}

function addAccessorEdits(
  view: FileView,
  owner: ClassFacts,
  old: string,
  newName: string,
  found: RenameEdit[],
): void {
  for (const unit of view.source.units) {
    for (const each of occurrencesIn(unit.node)) {
      if (each.kind !== "send") continue;
      const sent = knownBodyAt(view, unit.offset + each.span.start)?.types.sends.get(each.key);
      if (sent?.found === undefined) continue;
      const change = (span: Span, newText: string) =>
        found.push(
          edit({ path: view.path, span: placedSpan(unit, span) }, placedSpan(unit, span), newText),
        );
      if (
        sent.found.origin === "generated" && isRelated(sent.found.owner, owner, view.environment)
      ) {
        renameGenerated(each.selector, each.spans, old, newName, change);
      }
      const isMaker = each.selector === "new:" || each.selector === "spawnWith:";
      if (isMaker && sent.receiver.kind === "classObject") {
        if (!isRelated(sent.receiver.class, owner, view.environment)) continue;
        for (const span of keySpans(each.key, old)) {
          const isBare = view.source.text[unit.offset + span.start] !== "#";
          change(span, isBare ? newName : `#${newName}`);
        }
      }
    }
  }
}

function renameGenerated(
  selector: string,
  spans: readonly Span[],
  old: string,
  newName: string,
  change: (span: Span, newText: string) => void,
): void {
  if (selector === setterSelector(old)) {
    const [only] = spans;
    if (only !== undefined) change(only, setterSelector(newName));
    return;
  }
  selectorParts(selector).forEach((part, index) => {
    const span = spans[index];
    if (span === undefined) return;
    if (part === `${old}:`) change(span, `${newName}:`);
    else if (part === old) change(span, newName);
  });
}

/** The symbol keys of that name in the dictionary that a maker is given. */
function keySpans(key: object, name: string): Span[] {
  if (!("arguments" in key) || !Array.isArray(key.arguments)) return [];
  const [dictionary] = key.arguments;
  if (dictionary?.kind !== "dictionary") return [];
  const entries: readonly { key: { kind: string; value?: unknown; span: Span } }[] =
    dictionary.entries;
  return entries.filter((entry) => entry.key.kind === "symbol" && entry.key.value === name)
    .map((entry) => entry.key.span);
}

function fileMove(target: Extract<Target, { kind: "class" }>, newName: string) {
  const from = target.class?.file;
  if (from === undefined || basename(from) !== `${target.name}.bt`) return undefined;
  return { from, to: join(dirname(from), `${newName}.bt`) };
}

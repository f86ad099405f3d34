/**
 * What the name under the cursor means.
 * @module
 */
import type { ClassFacts } from "../compiler/analysis/class_facts.ts";
import { splitClassName } from "../compiler/syntax/class_name.ts";
import {
  allClassState,
  allFields,
  type OwnedField,
  type Side,
} from "../compiler/analysis/hierarchy.ts";
import { type FoundMethod, methodOfClass } from "../compiler/analysis/lookup.ts";
import type { Binding } from "../compiler/analysis/names.ts";
import type { Owner } from "../compiler/analysis/rule.ts";
import type { Type } from "../compiler/analysis/types/type.ts";
import type { PlacedUnit, Span, UnitNode } from "../compiler/syntax/ast.ts";
import { placedSpan } from "../compiler/syntax/placed_span.ts";
import { type FileView, holds, knownBodyAt } from "./file_view.ts";
import { type Occurrence, occurrencesIn } from "./occurrences.ts";
import { type ScriptVariable, scriptVariableAt } from "./script_variables.ts";

/** A meaning; `span` is the name itself, in offsets of the file. */
export type Target =
  | {
    readonly kind: "local";
    readonly binding: Binding;
    readonly unit: PlacedUnit;
    readonly span: Span;
  }
  | {
    readonly kind: "field";
    readonly name: string;
    readonly field: OwnedField | undefined;
    readonly owner: Owner;
    readonly span: Span;
  }
  | {
    readonly kind: "class";
    readonly name: string;
    readonly package: string | undefined;
    readonly class: ClassFacts | undefined;
    readonly isDefinition: boolean;
    readonly span: Span;
  }
  | {
    /** A message: what is sent, to what, and the method that it runs if that is known. */
    readonly kind: "send";
    readonly selector: string;
    readonly spans: readonly Span[];
    readonly receiver: Type | undefined;
    readonly found: FoundMethod | undefined;
    readonly span: Span;
  }
  | {
    readonly kind: "method";
    readonly selector: string;
    readonly spans: readonly Span[];
    readonly class: ClassFacts | undefined;
    readonly side: Side;
    readonly found: FoundMethod | undefined;
    readonly span: Span;
  }
  | { readonly kind: "unresolved"; readonly name: string; readonly span: Span }
  | {
    readonly kind: "scriptVariable";
    readonly name: string;
    readonly variable: ScriptVariable;
    readonly span: Span;
  }
  | { readonly kind: "symbol"; readonly value: string; readonly span: Span }
  | { readonly kind: "typeParameter"; readonly name: string; readonly span: Span };

/** The unit that holds an offset; at a border the one before it if its text is there. */
export function unitAt(view: FileView, offset: number): PlacedUnit | undefined {
  const { units } = view.source;
  let low = 0;
  let high = units.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const unit = units[middle];
    if (unit === undefined) return undefined;
    const { start, end } = placedSpan(unit, unit.node.span);
    if (offset < start) high = middle - 1;
    else if (offset > end) low = middle + 1;
    else return unit;
  }
  return undefined;
}

/** The name at an offset of a file with its unit; undefined between names. */
export function occurrenceAt(
  view: FileView,
  offset: number,
): { readonly unit: PlacedUnit; readonly occurrence: Occurrence } | undefined {
  const unit = unitAt(view, offset);
  if (unit === undefined) return undefined;
  const at = offset - unit.offset;
  let best: Occurrence | undefined;
  for (const each of occurrencesIn(unit.node)) {
    const spans = each.kind === "send" || each.kind === "method" ? each.spans : [each.span];
    if (!spans.some((span) => holds(span, at))) continue;
    if (best === undefined || isBetter(each, best, at)) best = each;
  }
  return best && { unit, occurrence: best };
}

/** At a border between two names the one that begins there wins; a write wins over its read. */
function isBetter(each: Occurrence, best: Occurrence, at: number): boolean {
  if (each.kind === "field" && best.kind === "field") return each.role === "write";
  const begins = ({ span }: Occurrence) => span.start === at;
  if (begins(each) !== begins(best)) return begins(each);
  return each.span.end - each.span.start < best.span.end - best.span.start;
}

/** What is meant at an offset. */
export function targetAt(view: FileView, offset: number): Target | undefined {
  const found = occurrenceAt(view, offset);
  return found && targetOf(view, found.unit, found.occurrence);
}

/** What an occurrence means. */
export function targetOf(
  view: FileView,
  unit: PlacedUnit<UnitNode>,
  occurrence: Occurrence,
): Target {
  const span = placedSpan(unit, occurrence.span);
  if (occurrence.kind === "local" || occurrence.kind === "unresolved") {
    const { name } = occurrence;
    const variable = scriptVariableAt(view, name, span);
    if (variable !== undefined) return { kind: "scriptVariable", name, variable, span };
  }
  switch (occurrence.kind) {
    case "local":
      return { kind: "local", binding: occurrence.binding, unit, span };
    case "unresolved":
      return { kind: "unresolved", name: occurrence.name, span };
    case "symbol":
      return { kind: "symbol", value: occurrence.value, span };
    case "typeParameter":
      return { kind: "typeParameter", name: occurrence.name, span };
    case "class":
      return classTarget(view, unit, occurrence, span);
    case "field": {
      const owner = ownerAt(view, unit);
      const field = fieldNamed(owner, occurrence.name, view, unit.node);
      return { kind: "field", name: occurrence.name, field, owner, span };
    }
    case "send": {
      const body = knownBodyAt(view, span.start);
      const send = body?.types.sends.get(occurrence.key);
      return {
        kind: "send",
        selector: occurrence.selector,
        spans: occurrence.spans.map((each) => placedSpan(unit, each)),
        receiver: send?.receiver,
        found: send?.found,
        span,
      };
    }
    case "method":
      return methodTarget(view, unit, occurrence, span);
    default:
      return occurrence satisfies never;
  }
}

function classTarget(
  view: FileView,
  unit: PlacedUnit,
  occurrence: Extract<Occurrence, { kind: "class" }>,
  span: Span,
): Target {
  const { name, role } = occurrence;
  if (role === "type" && isTypeParameter(view, unit, name)) {
    return { kind: "typeParameter", name, span };
  }
  const isDefinition = role === "definition";
  const known = isDefinition
    ? view.facts.classes.find((each) => each.span.start === span.start)
    : view.environment.classNamed(name, occurrence.package);
  return { kind: "class", name, package: occurrence.package, class: known, isDefinition, span };
}

function isTypeParameter(view: FileView, unit: PlacedUnit, name: string): boolean {
  const { node } = unit;
  if (node.kind === "typeAlias" || node.kind === "protocol") {
    return node.typeParameters.some((each) => each.name.text === name);
  }
  return ownerAt(view, unit).class?.typeParameters.some((each) => each.name === name) === true;
}

function methodTarget(
  view: FileView,
  unit: PlacedUnit,
  occurrence: Extract<Occurrence, { kind: "method" }>,
  span: Span,
): Target {
  const { selector, classSide } = occurrence;
  const side: Side = classSide ? "class" : "instance";
  const owner = unit.node.kind === "protocol" ? undefined : ownerAt(view, unit).class;
  const found = owner && methodOfClass(owner, selector, side, view.environment);
  const spans = occurrence.spans.map((each) => placedSpan(unit, each));
  return { kind: "method", selector, spans, class: owner, side, found, span };
}

/** The class around a unit and the side of its body. */
export function ownerAt(view: FileView, unit: PlacedUnit): Owner {
  const { node } = unit;
  if (node.kind === "extension" || node.kind === "patch") {
    const known = view.environment.classNamed(node.target.name, node.target.package);
    const isClass = node.kind === "extension" && node.classSide;
    return { class: known, kind: undefined, side: isClass ? "class" : "instance" };
  }
  const isClassSide = (node.kind === "method" && node.modifiers.includes("class")) ||
    (node.kind === "data" && node.word === "classState");
  return {
    class: classAround(view, unit.offset),
    kind: undefined,
    side: isClassSide ? "class" : "instance",
  };
}

/** The class whose declaration holds an offset. */
export function classAround(view: FileView, offset: number): ClassFacts | undefined {
  const classes = view.facts.classes.values();
  for (const declaration of view.source.declarations) {
    if (declaration.kind !== "class") continue;
    const known = classes.next().value;
    const last = declaration.members[declaration.members.length - 1] ?? declaration.header;
    const end = last.offset + last.node.span.end;
    if (offset >= declaration.header.offset && offset <= end) return known;
  }
  return undefined;
}

function fieldNamed(
  { class: owner, side }: Owner,
  name: string,
  view: FileView,
  node: UnitNode,
): OwnedField | undefined {
  if (owner === undefined) return undefined;
  const own = node.kind === "data" && node.word === "classState" ? owner.classState : owner.fields;
  if (node.kind === "data" && node.name.text === name) {
    const declared = own.find((each) => each.name === name);
    if (declared !== undefined) return { ...declared, owner };
  }
  const all = side === "class"
    ? allClassState(owner, view.environment)
    : allFields(owner, view.environment);
  return all.find((each) => each.name === name);
}

/** Whether a written class name means this class for the file. */
export function meansClass(
  view: FileView,
  name: string,
  packageName: string | undefined,
  wanted: ClassFacts,
): boolean {
  if (splitClassName(name).name !== wanted.name) return false;
  const found = view.environment.classNamed(name, packageName);
  return found === undefined || isSameClass(found, wanted);
}

/** Whether two facts are of one class: facts of different revisions are different objects. */
export function isSameClass(a: ClassFacts, b: ClassFacts): boolean {
  return a === b || (a.name === b.name && a.package === b.package && a.file === b.file);
}

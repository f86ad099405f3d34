/**
 * All places of a name: references across files, highlights in one.
 *
 * What looks across files is a generator with a step for each file, so that the server can answer
 * others in between and stop when it is told to.
 * @module
 */
import type { ClassFacts } from "../compiler/analysis/class_facts.ts";
import type { ProgramEnvironment } from "../compiler/analysis/environment.ts";
import { type Side, superclassChain } from "../compiler/analysis/hierarchy.ts";
import type { PlacedUnit } from "../compiler/syntax/ast.ts";
import { placedSpan } from "../compiler/syntax/placed_span.ts";
import { type FileView, knownBodyAt, type Place, type ProjectView } from "./file_view.ts";
import { type Occurrence, occurrencesIn } from "./occurrences.ts";
import { isRelated } from "./places.ts";
import { isSameClass, meansClass, ownerAt, type Target, targetAt } from "./target.ts";

/** One place of a name. */
export interface Reference extends Place {
  readonly isDefinition: boolean;
  /** Assigned here. */
  readonly isWrite: boolean;
  /** Whether it is sure that this very thing is meant; false where a receiver is not known. */
  readonly isCertain: boolean;
  /** The parts of a keyword selector. */
  readonly spans: readonly Place["span"][];
  readonly unit: PlacedUnit;
}

/** All references to what is at an offset, its definitions among them; a step a file. */
export function* referencesAt(
  project: ProjectView,
  view: FileView,
  offset: number,
): Generator<void, readonly Reference[]> {
  const target = targetAt(view, offset);
  return target === undefined ? [] : yield* referencesTo(project, view, target);
}

/** All references to a target. */
export function* referencesTo(
  project: ProjectView,
  view: FileView,
  target: Target,
): Generator<void, readonly Reference[]> {
  const found: Reference[] = [];
  for (const path of filesFor(project, view, target)) {
    const each = path === view.path ? view : project.view(path);
    if (each !== undefined) addReferences(each, target, found);
    yield;
  }
  return found;
}

/** The places in the same file that mean what is at an offset. */
export function highlightsAt(view: FileView, offset: number): readonly Reference[] {
  const target = targetAt(view, offset);
  const found: Reference[] = [];
  if (target !== undefined) addReferences(view, target, found);
  return found;
}

function filesFor(project: ProjectView, view: FileView, target: Target): readonly string[] {
  switch (target.kind) {
    case "local":
    case "unresolved":
    case "scriptVariable":
    case "typeParameter":
      return [view.path];
    case "field":
    case "class":
      return project.filesMentioning(target.name);
    case "send":
    case "method":
      return project.filesMentioning(target.selector);
    case "symbol":
      return project.filesMentioning(target.value);
    default:
      return target satisfies never;
  }
}

function addReferences(view: FileView, target: Target, found: Reference[]): void {
  const units = target.kind === "local" ? [target.unit] : view.source.units;
  const matches = matcher(view, target);
  for (const unit of units) {
    const written = writtenFields(unit);
    for (const each of occurrencesIn(unit.node)) {
      if (isShadowed(each, written)) continue;
      const match = matches(each, unit);
      if (match !== "no") found.push(reference(view, unit, each, match === "certain"));
    }
  }
}

/** Starts of fields that are assigned: those are listed as read as well. */
function writtenFields(unit: PlacedUnit): ReadonlySet<number> {
  const starts = new Set<number>();
  for (const each of occurrencesIn(unit.node)) {
    if (each.kind === "field" && each.role === "write") starts.add(each.span.start);
  }
  return starts;
}

function isShadowed(each: Occurrence, written: ReadonlySet<number>): boolean {
  return each.kind === "field" && each.role === "read" && written.has(each.span.start);
}

function reference(
  { path }: FileView,
  unit: PlacedUnit,
  each: Occurrence,
  isCertain: boolean,
): Reference {
  const spans = each.kind === "send" || each.kind === "method" ? each.spans : [each.span];
  return {
    path,
    span: placedSpan(unit, each.span),
    isDefinition: each.kind === "method" || ("role" in each && each.role === "definition"),
    isWrite: "role" in each && (each.role === "write" || each.role === "definition"),
    isCertain,
    spans: spans.map((span) => placedSpan(unit, span)),
    unit,
  };
}

type Match = "certain" | "possible" | "no";
type Matcher = (each: Occurrence, unit: PlacedUnit) => Match;

function matcher(view: FileView, target: Target): Matcher {
  switch (target.kind) {
    case "local":
      return (each) => certainIf(each.kind === "local" && isSameBinding(each, target));
    case "unresolved":
      return (each) => certainIf(each.kind === "unresolved" && each.name === target.name);
    case "scriptVariable": {
      const { starts } = target.variable;
      return (each, unit) =>
        certainIf(isName(each) && starts.has(placedSpan(unit, each.span).start));
    }
    case "typeParameter":
      return (each) => certainIf(isTypeParameter(each, target.name));
    case "symbol":
      return (each) => certainIf(each.kind === "symbol" && each.value === target.value);
    case "class":
      return (each) => certainIf(each.kind === "class" && isClass(view, each, target));
    case "field":
      return (each, unit) => certainIf(isField(view, each, unit, target));
    case "send":
    case "method":
      return methodMatcher(view, target);
    default:
      return target satisfies never;
  }
}

function isName({ kind }: Occurrence): boolean {
  return kind === "local" || kind === "unresolved";
}

function certainIf(condition: boolean): Match {
  return condition ? "certain" : "no";
}

function isSameBinding(
  each: Extract<Occurrence, { kind: "local" }>,
  target: Extract<Target, { kind: "local" }>,
): boolean {
  return each.binding === target.binding;
}

function isTypeParameter(each: Occurrence, name: string): boolean {
  return (each.kind === "typeParameter" || (each.kind === "class" && each.role === "type")) &&
    each.name === name;
}

function isClass(
  view: FileView,
  each: Extract<Occurrence, { kind: "class" }>,
  target: Extract<Target, { kind: "class" }>,
): boolean {
  if (each.name !== target.name) return false;
  if (target.class === undefined) return true;
  if (each.role !== "definition") return meansClass(view, each.name, each.package, target.class);
  return target.class.file === view.path;
}

function isField(
  view: FileView,
  each: Occurrence,
  unit: PlacedUnit,
  target: Extract<Target, { kind: "field" }>,
): boolean {
  if (each.kind !== "field" || each.name !== target.name) return false;
  const here = ownerAt(view, unit);
  if (here.side !== target.owner.side) return false;
  const declaring = target.field?.owner ?? target.owner.class;
  if (here.class === undefined || declaring === undefined) return here.class === declaring;
  return superclassChain(here.class, view.environment).some((of) => isSameClass(of, declaring));
}

function methodMatcher(
  view: FileView,
  target: Extract<Target, { kind: "send" | "method" }>,
): Matcher {
  const { selector } = target;
  const owner = target.kind === "method" ? target.class : target.found?.owner;
  const side = target.kind === "method" ? target.side : target.found?.side;
  return (each, unit) => {
    if (each.kind === "method" && each.selector === selector) {
      const here = ownerAt(view, unit).class;
      const isSide = side === undefined || each.classSide === (side === "class");
      return certainIf(isSide && isOneMethod(here, owner, view.environment));
    }
    if (each.kind !== "send" || each.selector !== selector) return "no";
    return sendMatch(view, unit, each, owner, side);
  };
}

function sendMatch(
  view: FileView,
  unit: PlacedUnit,
  each: Extract<Occurrence, { kind: "send" }>,
  owner: ClassFacts | undefined,
  side: Side | undefined,
): Match {
  const body = knownBodyAt(view, unit.offset + each.span.start);
  const sent = body?.types.sends.get(each.key);
  if (sent?.found === undefined || owner === undefined) return "possible";
  if (sent.found.side !== side) return "no";
  return certainIf(isOneMethod(sent.found.owner, owner, view.environment));
}

function isOneMethod(
  a: ClassFacts | undefined,
  b: ClassFacts | undefined,
  environment: ProgramEnvironment,
): boolean {
  return a === undefined || b === undefined || isRelated(a, b, environment);
}

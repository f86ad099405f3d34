/**
 * Who sends a method and what it sends; what a class inherits from and what inherits from it.
 * @module
 */
import type { ClassFacts } from "../compiler/analysis/class_facts.ts";
import { superclassOf } from "../compiler/analysis/hierarchy.ts";
import type { PlacedUnit, Span } from "../compiler/syntax/ast.ts";
import { placedSpan } from "../compiler/syntax/placed_span.ts";
import type { FileView, Place, ProjectView } from "./file_view.ts";
import { occurrencesIn } from "./occurrences.ts";
import { directSubclasses, implementorsOf, placeOfClass, placeOfMethod } from "./places.ts";
import { referencesTo } from "./references.ts";
import { ownerAt, type Target, targetAt, targetOf } from "./target.ts";

/** A method, or what else holds sends, in a call hierarchy. */
export interface CallItem {
  readonly name: string;
  /** `Counter` or `Counter class`. */
  readonly container: string;
  readonly path: string;
  readonly span: Span;
  readonly nameSpan: Span;
}

/** A caller or a callee with the places of the sends. */
export interface Call {
  readonly item: CallItem;
  readonly sends: readonly Span[];
}

/** The methods that a call hierarchy at an offset is about. */
export function callItemsAt(
  project: ProjectView,
  view: FileView,
  offset: number,
): readonly CallItem[] {
  const target = targetAt(view, offset);
  if (target?.kind === "method") return itemsAt(project, [{ path: view.path, span: target.span }]);
  if (target?.kind !== "send") return [];
  const places = target.found === undefined
    ? implementorsOf(target.selector, view.environment).map(({ place }) => place)
    : [placeOfMethod(target.found, view.environment)];
  return itemsAt(project, places);
}

function itemsAt(project: ProjectView, places: readonly Place[]): CallItem[] {
  return places.flatMap(({ path, span }) => {
    const view = project.view(path);
    const unit = view?.source.units.find((each) => {
      const whole = placedSpan(each, each.node.span);
      return span.start >= whole.start && span.end <= whole.end;
    });
    if (view === undefined || unit === undefined) return [];
    return [callItem(view, unit, span)];
  });
}

function callItem(view: FileView, unit: PlacedUnit, nameSpan?: Span): CallItem {
  const { node } = unit;
  const span = placedSpan(unit, node.span);
  const { class: of, side } = ownerAt(view, unit);
  const container = of === undefined ? "" : side === "class" ? `${of.name} class` : of.name;
  const method = node.kind === "method"
    ? node
    : node.kind === "extension"
    ? node.method
    : undefined;
  if (method === undefined) {
    const name = node.kind === "data" ? node.name.text : node.kind === "patch" ? "patch" : "script";
    return { name, container, path: view.path, span, nameSpan: nameSpan ?? span };
  }
  const first = method.selectorSpans[0] ?? method.span;
  const last = method.selectorSpans.at(-1) ?? first;
  const own = placedSpan(unit, { start: first.start, end: last.end });
  return { name: method.selector, container, path: view.path, span, nameSpan: own };
}

/** Who sends the method of an item; a step a file. */
export function* incomingCalls(
  project: ProjectView,
  item: CallItem,
): Generator<void, readonly Call[]> {
  const view = project.view(item.path);
  const target = view && targetAt(view, item.nameSpan.start);
  if (view === undefined || target?.kind !== "method") return [];
  const references = yield* referencesTo(project, view, target);
  const calls = new Map<PlacedUnit, { readonly item: CallItem; readonly sends: Span[] }>();
  for (const { path, span, unit, isDefinition } of references) {
    if (isDefinition) continue;
    const known = calls.get(unit);
    if (known !== undefined) {
      known.sends.push(span);
      continue;
    }
    const from = project.view(path);
    if (from !== undefined) calls.set(unit, { item: callItem(from, unit), sends: [span] });
  }
  return [...calls.values()];
}

/** What the method of an item sends, as far as the receivers are known. */
export function outgoingCalls(project: ProjectView, item: CallItem): readonly Call[] {
  const view = project.view(item.path);
  const unit = view?.source.units.find((each) =>
    placedSpan(each, each.node.span).start === item.span.start
  );
  if (view === undefined || unit === undefined) return [];
  const calls = new Map<string, { readonly item: CallItem; readonly sends: Span[] }>();
  for (const each of occurrencesIn(unit.node)) {
    if (each.kind !== "send") continue;
    const target: Target = targetOf(view, unit, each);
    if (target.kind !== "send" || target.found === undefined) continue;
    const place = placeOfMethod(target.found, view.environment);
    const key = `${place.path} ${place.span.start}`;
    const known = calls.get(key);
    if (known !== undefined) {
      known.sends.push(target.span);
      continue;
    }
    const [to] = itemsAt(project, [place]);
    if (to !== undefined) calls.set(key, { item: to, sends: [target.span] });
  }
  return [...calls.values()];
}

/** The class that a type hierarchy at an offset is about. */
export function typeItemAt(view: FileView, offset: number): ClassFacts | undefined {
  const target = targetAt(view, offset);
  return target?.kind === "class" ? target.class : undefined;
}

/** The class of a place that was answered before. */
export function classAtPlace(view: FileView, place: Place): ClassFacts | undefined {
  return view.facts.classes.find(({ span }) => span.start === place.span.start);
}

/** The superclass, if it is known. */
export function supertypes(view: FileView, of: ClassFacts): readonly ClassFacts[] {
  const found = superclassOf(of, view.environment);
  return found === undefined ? [] : [found];
}

/** The classes that name this one as superclass. */
export function subtypes(view: FileView, of: ClassFacts): readonly ClassFacts[] {
  return directSubclasses(of, view.environment);
}

export { placeOfClass };

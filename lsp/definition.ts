/**
 * Go to definition, to the definition of a type, and to implementations.
 * @module
 */
import type { ClassFacts } from "../compiler/analysis/class_facts.ts";
import { classOfType } from "../compiler/analysis/types/annotation.ts";
import { typeAt } from "../compiler/analysis/types/type_at.ts";
import { type Type, unionMembers } from "../compiler/analysis/types/type.ts";
import { placedSpan } from "../compiler/syntax/placed_span.ts";
import type { FileView, Place } from "./file_view.ts";
import {
  directSubclasses,
  implementorsOf,
  isRelated,
  placeOfClass,
  placeOfMethod,
} from "./places.ts";
import { type Target, targetAt } from "./target.ts";

/** Where what is named at an offset is defined; several places where the receiver is not known. */
export function definitionsAt(view: FileView, offset: number): readonly Place[] {
  const target = targetAt(view, offset);
  return target === undefined ? [] : definitionsOf(view, target);
}

/** Where a target is defined. */
function definitionsOf(view: FileView, target: Target): readonly Place[] {
  const { environment, path } = view;
  switch (target.kind) {
    case "local":
      return [{ path, span: placedSpan(target.unit, target.binding.span) }];
    case "scriptVariable":
      return target.variable.places.slice(0, 1).map(({ span }) => ({ path, span }));
    case "field":
      if (target.field === undefined) return [];
      return [{ path: target.field.owner.file, span: target.field.span }];
    case "class":
      return classPlaces(view, target.name, target.class);
    case "method":
      return [{ path, span: target.span }];
    case "send":
      if (target.found !== undefined) return [placeOfMethod(target.found, environment)];
      return implementorsOf(target.selector, environment).map(({ place }) => place);
    case "symbol":
      return implementorsOf(target.value, environment).map(({ place }) => place);
    case "unresolved":
    case "typeParameter":
      return [];
    default:
      return target satisfies never;
  }
}

function classPlaces(view: FileView, name: string, known: ClassFacts | undefined): Place[] {
  if (known !== undefined) return [placeOfClass(known)];
  const other = view.environment.aliasNamed(name) ?? view.environment.protocolNamed(name);
  return other === undefined ? [] : [{ path: other.file, span: other.span }];
}

/** Where the classes of the value at an offset are declared. */
export function typeDefinitionsAt(view: FileView, offset: number): readonly Place[] {
  const target = targetAt(view, offset);
  if (target?.kind === "class" && target.class !== undefined) return [placeOfClass(target.class)];
  const found = typeAt(view.source, view.facts, view.environment, offset);
  return found === undefined ? [] : unionMembers(found.type).flatMap(typePlaces);
}

function typePlaces(type: Type): Place[] {
  if (type.kind === "protocol") return [{ path: type.protocol.file, span: type.protocol.span }];
  const of = type.kind === "classObject" ? type.class : classOfType(type);
  return of === undefined ? [] : [placeOfClass(of)];
}

/** Methods that a send can run, overriding ones included; subclasses of a class. */
export function implementationsAt(view: FileView, offset: number): readonly Place[] {
  const target = targetAt(view, offset);
  if (target === undefined) return [];
  const { environment } = view;
  if (target.kind === "class") {
    if (target.class !== undefined) {
      return directSubclasses(target.class, environment).map(placeOfClass);
    }
    return conformingClasses(view, target.name).map(placeOfClass);
  }
  if (target.kind !== "send" && target.kind !== "method") return [];
  const owner = target.kind === "method" ? target.class : target.found?.owner;
  return implementorsOf(target.selector, environment)
    .filter((each) => owner === undefined || isRelated(each.class, owner, environment))
    .map(({ place }) => place);
}

/** Classes that have every method which a protocol asks for, themselves. */
function conformingClasses({ environment }: FileView, name: string): ClassFacts[] {
  const protocol = environment.protocolNamed(name);
  if (protocol === undefined || protocol.methods.length === 0) return [];
  const found: ClassFacts[] = [];
  for (const className of environment.classNames()) {
    const of = environment.classNamed(className);
    const selectors = new Set(of?.methods.map(({ selector }) => selector));
    if (of !== undefined && protocol.methods.every(({ selector }) => selectors.has(selector))) {
      found.push(of);
    }
  }
  return found;
}

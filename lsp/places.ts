/**
 * Where things are declared.
 * @module
 */
import type { ClassFacts, MethodFacts } from "../compiler/analysis/class_facts.ts";
import type { ProgramEnvironment } from "../compiler/analysis/environment.ts";
import { type Side, superclassChain } from "../compiler/analysis/hierarchy.ts";
import { type FoundMethod } from "../compiler/analysis/lookup.ts";
import type { Place } from "./file_view.ts";
import { isSameClass } from "./target.ts";

/** A method with the class that holds it and where it is written. */
export interface Implementor {
  readonly class: ClassFacts;
  readonly side: Side;
  readonly method: MethodFacts;
  readonly place: Place;
}

/** The name of a class where it is declared. */
export function placeOfClass(of: ClassFacts): Place {
  return { path: of.file, span: of.span };
}

/** Every class of an environment. */
export function* classesOf(environment: ProgramEnvironment): Iterable<ClassFacts> {
  for (const name of environment.classNames()) yield* environment.classesNamed(name);
}

/** Every method of a selector: declared ones and extensions, on both sides. */
export function implementorsOf(
  selector: string,
  environment: ProgramEnvironment,
): readonly Implementor[] {
  const found: Implementor[] = [];
  for (const of of classesOf(environment)) {
    for (const side of ["instance", "class"] as const) {
      const methods = side === "class" ? of.classMethods : of.methods;
      const method = methods.find((each) => each.selector === selector);
      if (method === undefined) continue;
      found.push({ class: of, side, method, place: { path: of.file, span: method.span } });
    }
  }
  for (const name of environment.classNames()) {
    const of = environment.classNamed(name);
    if (of === undefined) continue;
    for (const { method, classSide, file } of environment.extensionsOf(name)) {
      if (method.selector !== selector) continue;
      const side = classSide ? "class" : "instance";
      found.push({ class: of, side, method, place: { path: file, span: method.span } });
    }
  }
  return found;
}

/** Where a method that was found is written; a generated one where its datum is. */
export function placeOfMethod(found: FoundMethod, environment: ProgramEnvironment): Place {
  const { method, owner, origin, side } = found;
  if (origin !== "extension") return { path: owner.file, span: method.span };
  const extension = environment.extensionsOf(owner.name).find((each) =>
    each.method.selector === method.selector && each.classSide === (side === "class")
  );
  return { path: extension?.file ?? owner.file, span: method.span };
}

/** The classes that name this one as their superclass. */
export function directSubclasses(
  of: ClassFacts,
  environment: ProgramEnvironment,
): readonly ClassFacts[] {
  return [...classesOf(environment)].filter((each) => {
    if (each === of || each.superclass === undefined) return false;
    const chain = superclassChain(each, environment);
    return chain[1] !== undefined && isSameClass(chain[1], of);
  });
}

/** Whether one of two classes is the other or its ancestor. */
export function isRelated(
  a: ClassFacts,
  b: ClassFacts,
  environment: ProgramEnvironment,
): boolean {
  return superclassChain(a, environment).some((each) => isSameClass(each, b)) ||
    superclassChain(b, environment).some((each) => isSameClass(each, a));
}

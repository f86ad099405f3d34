/**
 * Lookup of methods from a class, on both sides of the hierarchy.
 * @module
 */
import type { ClassEnvironment, ClassFacts, MethodFacts } from "./class_facts.ts";
import { generatedMethods } from "./generated_methods.ts";
import { type Side, superclassChain } from "./hierarchy.ts";
import { Remembered } from "./remembered.ts";

/** A method as found from a receiver's class. */
export interface FoundMethod {
  readonly method: MethodFacts;
  /** The class whose method it is; for an extension, the class it extends. */
  readonly owner: ClassFacts;
  readonly side: Side;
  /** `generated` is an accessor or constructor that the compiler makes from the data. */
  readonly origin: "declared" | "generated" | "extension";
  /** The Erlang module that holds it. */
  readonly module: string;
}

const methodTables = {
  instance: new Remembered<MethodTable>(),
  class: new Remembered<MethodTable>(),
} as const;

/**
 * Finds a method from a class: at each level the class's own method, then an extension. The class
 * side goes on with the instance methods of `Class`, as every class object answers them.
 */
export function lookupMethod(
  of: ClassFacts,
  selector: string,
  side: Side,
  environment: ClassEnvironment,
): FoundMethod | undefined {
  return lookupIn(superclassChain(of, environment), selector, side, environment);
}

/** Finds the method that `super selector` starts, above the class that holds the send. */
export function lookupSuper(
  of: ClassFacts,
  selector: string,
  side: Side,
  environment: ClassEnvironment,
): FoundMethod | undefined {
  return lookupIn(superclassChain(of, environment).slice(1), selector, side, environment);
}

function lookupIn(
  chain: readonly ClassFacts[],
  selector: string,
  side: Side,
  environment: ClassEnvironment,
): FoundMethod | undefined {
  for (const owner of chain) {
    const found = methodOfClass(owner, selector, side, environment);
    if (found !== undefined) return found;
  }
  if (side === "instance") return undefined;
  const classClass = environment.classNamed("Class");
  return classClass && lookupMethod(classClass, selector, "instance", environment);
}

/** The method of this very class, or an extension of it; ancestors are not asked. */
export function methodOfClass(
  owner: ClassFacts,
  selector: string,
  side: Side,
  environment: ClassEnvironment,
): FoundMethod | undefined {
  return methodTable(owner, side, environment).get(selector);
}

/** Every method that an object of the class answers, each selector once, nearest first. */
export function allMethods(
  of: ClassFacts,
  side: Side,
  environment: ClassEnvironment,
): readonly FoundMethod[] {
  const tables = superclassChain(of, environment)
    .map((owner) => methodTable(owner, side, environment));
  const classClass = side === "class" ? environment.classNamed("Class") : undefined;
  for (const owner of classClass === undefined ? [] : superclassChain(classClass, environment)) {
    tables.push(methodTable(owner, "instance", environment));
  }
  const found = new Map<string, FoundMethod>();
  for (const table of tables) {
    for (const [selector, method] of table) {
      if (!found.has(selector)) found.set(selector, method);
    }
  }
  return [...found.values()];
}

type MethodTable = ReadonlyMap<string, FoundMethod>;

function methodTable(owner: ClassFacts, side: Side, environment: ClassEnvironment): MethodTable {
  return methodTables[side].get(
    environment,
    owner,
    () => buildMethodTable(owner, side, environment),
  );
}

/** Later entries do not displace earlier ones: own methods win over generated and extensions. */
function buildMethodTable(
  owner: ClassFacts,
  side: Side,
  environment: ClassEnvironment,
): MethodTable {
  const table = new Map<string, FoundMethod>();
  const add = (method: MethodFacts, origin: FoundMethod["origin"], module: string) => {
    if (table.has(method.selector)) return;
    table.set(method.selector, { method, owner, side, origin, module });
  };
  for (const method of side === "class" ? owner.classMethods : owner.methods) {
    add(method, "declared", owner.module);
  }
  for (const method of generatedMethods(owner, environment, side)) {
    add(method, "generated", owner.module);
  }
  for (const extension of environment.extensionsOf(owner.name)) {
    if (extension.classSide !== (side === "class")) continue;
    add(extension.method, "extension", extension.module);
  }
  return table;
}

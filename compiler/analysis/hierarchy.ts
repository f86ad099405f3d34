/**
 * Questions about a class that need its ancestors: chain, kind, data, lookup on both sides.
 * @module
 */
import type {
  ClassEnvironment,
  ClassFacts,
  ClassKind,
  FieldFacts,
  MethodFacts,
} from "./class_facts.ts";
import { splitClassName } from "./environment.ts";
import { generatedMethods } from "./generated_methods.ts";

/** Which of the two parallel hierarchies a method is in. */
export type Side = "instance" | "class";

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

const KIND_BY_ANCESTOR: ReadonlyMap<string, ClassKind> = new Map([
  ["TestCase", "testCase"],
  ["Value", "value"],
  ["Actor", "actor"],
  ["Server", "actor"],
  ["Supervisor", "supervisor"],
  ["DynamicSupervisor", "supervisor"],
  ["Exception", "exception"],
  ["Error", "exception"],
  ["Object", "object"],
  ["ProtoObject", "object"],
]);

/**
 * The class and its known ancestors, nearest first. Ends at the root, at an unknown superclass, or
 * where the chain comes back to itself.
 */
export function superclassChain(
  start: ClassFacts,
  environment: ClassEnvironment,
): readonly ClassFacts[] {
  return chains.get(environment, start, () => {
    const chain: ClassFacts[] = [];
    const seen = new Set<ClassFacts>();
    let current: ClassFacts | undefined = start;
    while (current !== undefined && !seen.has(current)) {
      seen.add(current);
      chain.push(current);
      current = superclassOf(current, environment);
    }
    return chain;
  });
}

/** What an environment, which never changes, says of a class is worked out once. */
class Remembered<V> {
  readonly #known = new WeakMap<ClassEnvironment, Map<ClassFacts, V>>();

  get(environment: ClassEnvironment, of: ClassFacts, compute: () => V): V {
    let values = this.#known.get(environment);
    if (values === undefined) {
      values = new Map();
      this.#known.set(environment, values);
    }
    const known = values.get(of);
    if (known !== undefined) return known;
    const value = compute();
    values.set(of, value);
    return value;
  }
}

const chains = new Remembered<readonly ClassFacts[]>();
const instanceFields = new Remembered<readonly OwnedField[]>();
const classFields = new Remembered<readonly OwnedField[]>();
const methodTables = {
  instance: new Remembered<MethodTable>(),
  class: new Remembered<MethodTable>(),
} as const;

/** The superclass's facts; undefined for the root and where it is unknown. */
export function superclassOf(
  of: ClassFacts,
  environment: ClassEnvironment,
): ClassFacts | undefined {
  if (of.superclass === undefined) return undefined;
  const found = environment.classNamed(of.superclass);
  // A class that takes the name of the library's class which it extends is not its own ancestor.
  if (found === of && splitClassName(of.superclass).package === undefined) {
    return of.package === "stdlib" ? found : environment.classNamed(of.name, "stdlib") ?? found;
  }
  return found;
}

/**
 * How instances are held, by the nearest ancestor that fixes it. Undefined where an ancestor is
 * unknown, so that one unknown superclass is not followed by more complaints.
 */
export function classKind(
  of: ClassFacts,
  environment: ClassEnvironment,
): ClassKind | undefined {
  const chain = superclassChain(of, environment);
  for (const ancestor of chain) {
    const kind = KIND_BY_ANCESTOR.get(ancestor.name);
    if (kind !== undefined) return kind;
  }
  const top = chain[chain.length - 1];
  if (top?.superclass === undefined) return "object";
  return KIND_BY_ANCESTOR.get(splitClassName(top.superclass).name);
}

/** Whether all that the class has and inherits is known: each ancestor, and that wholly. */
export function hasKnownAncestors(of: ClassFacts, environment: ClassEnvironment): boolean {
  const chain = superclassChain(of, environment);
  return chain[chain.length - 1]?.superclass === undefined &&
    !chain.some((each) => each.incomplete);
}

/** Whether `of` is the named class or inherits from it. */
export function inheritsFrom(
  of: ClassFacts,
  ancestorName: string,
  environment: ClassEnvironment,
): boolean {
  const ancestor = environment.classNamed(ancestorName);
  return superclassChain(of, environment).some((found) =>
    ancestor === undefined ? found.name === ancestorName : found === ancestor
  );
}

/** A datum and the class that declares it. */
export interface OwnedField extends FieldFacts {
  readonly owner: ClassFacts;
}

/** Instance data, ancestors' first, each name once: a redeclaration keeps its first place. */
export function allFields(of: ClassFacts, environment: ClassEnvironment): readonly OwnedField[] {
  return instanceFields.get(
    environment,
    of,
    () => gatherFields(of, environment, (found) => found.fields),
  );
}

/** Class states, ancestors' first, each name once. */
export function allClassState(
  of: ClassFacts,
  environment: ClassEnvironment,
): readonly OwnedField[] {
  return classFields.get(
    environment,
    of,
    () => gatherFields(of, environment, (found) => found.classState),
  );
}

function gatherFields(
  of: ClassFacts,
  environment: ClassEnvironment,
  fieldsOf: (found: ClassFacts) => readonly FieldFacts[],
): readonly OwnedField[] {
  const fields = new Map<string, OwnedField>();
  for (const owner of superclassChain(of, environment).toReversed()) {
    for (const field of fieldsOf(owner)) fields.set(field.name, { ...field, owner });
  }
  return [...fields.values()];
}

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

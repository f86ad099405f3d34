/**
 * Questions about a class that need its ancestors: chain, kind, data.
 * @module
 */
import { splitClassName } from "../syntax/class_name.ts";
import type { ClassEnvironment, ClassFacts, ClassKind, FieldFacts } from "./class_facts.ts";
import { Remembered } from "./remembered.ts";

/** Which of the two parallel hierarchies a method is in. */
export type Side = "instance" | "class";

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

const chains = new Remembered<readonly ClassFacts[]>();
const instanceFields = new Remembered<readonly OwnedField[]>();
const classFields = new Remembered<readonly OwnedField[]>();

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

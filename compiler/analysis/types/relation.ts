/**
 * Which values go where, seen kindly: only what can surely not be is refused.
 * @module
 */
import type { ClassEnvironment, ClassFacts, MethodFacts } from "../class_facts.ts";
import { hasKnownAncestors, inheritsFrom, type Side, superclassChain } from "../hierarchy.ts";
import { lookupMethod, lookupSuper } from "../lookup.ts";
import { type InstanceType, type Type, unionMembers } from "./type.ts";

/** Whether some value of `given` could be one of `wanted`. */
export function mayBe(given: Type, wanted: Type, environment: ClassEnvironment): boolean {
  if (given.kind === "dynamic" || given.kind === "never" || wanted.kind === "dynamic") return true;
  if (given.kind === "union") return given.members.some((each) => mayBe(each, wanted, environment));
  if (wanted.kind === "union") {
    return wanted.members.some((each) => mayBe(given, each, environment));
  }
  if (given.kind === "intersection") {
    return given.members.every((each) => mayBe(each, wanted, environment));
  }
  if (wanted.kind === "intersection") {
    return wanted.members.every((each) => mayBe(given, each, environment));
  }
  if (wanted.kind === "variable") {
    return wanted.bound === undefined || mayBe(given, wanted.bound, environment);
  }
  if (given.kind === "variable") {
    return given.bound === undefined || mayBe(given.bound, wanted, environment);
  }
  if (wanted.kind === "never") return false;
  if (wanted.kind === "protocol") {
    return wanted.protocol.methods.every((method) => mayUnderstand(given, method, environment));
  }
  if (given.kind === "protocol") return true;
  return oneMayBe(given, wanted, environment);
}

type Plain = Extract<Type, { kind: "instance" | "classObject" | "symbol" | "block" }>;

function oneMayBe(given: Plain, wanted: Plain, environment: ClassEnvironment): boolean {
  if (wanted.kind === "symbol") {
    return given.kind === "symbol"
      ? given.value === wanted.value
      : given.kind === "instance" && wanted.class !== undefined &&
        overlap(given, wanted.class, environment);
  }
  if (wanted.kind === "block") {
    if (given.kind === "block") return true;
    return given.kind === "instance" &&
      (wanted.class === undefined || overlap(given, wanted.class, environment));
  }
  if (wanted.kind === "classObject") {
    if (given.kind === "classObject") {
      return inheritsFrom(given.class, wanted.class.name, environment) ||
        inheritsFrom(wanted.class, given.class.name, environment);
    }
    return given.kind === "instance" && isClassLike(given.class);
  }
  if (given.kind === "classObject") return isClassLike(wanted.class);
  const known = given.class;
  if (known === undefined) return true;
  const instance: InstanceType = given.kind === "instance"
    ? given
    : { kind: "instance", class: known, arguments: [], exact: true };
  return overlap(instance, wanted.class, environment);
}

/** What a class object is an instance of. */
function isClassLike(found: ClassFacts): boolean {
  return ["Class", "Behaviour", "Metaclass", "Object", "ProtoObject"].includes(found.name);
}

/** Classes whose values are the same terms at run time, or that stand for one another. */
const INTERCHANGEABLE: readonly (readonly [string, string])[] = [
  ["Integer", "Float"],
  ["Integer", "Character"],
  ["Binary", "String"],
  ["String", "Binary"],
];

function overlap(given: InstanceType, wanted: ClassFacts, environment: ClassEnvironment): boolean {
  if (wanted.name === "Object" || wanted.name === "ProtoObject") return true;
  if (inheritsFrom(given.class, wanted.name, environment)) return true;
  if (!hasKnownAncestors(given.class, environment)) return true;
  if (
    INTERCHANGEABLE.some(([from, to]) => given.class.name === from && wanted.name === to)
  ) return true;
  if (given.exact) return false;
  return inheritsFrom(wanted, given.class.name, environment);
}

function mayUnderstand(given: Type, method: MethodFacts, environment: ClassEnvironment): boolean {
  return misunderstanding(given, method.selector, environment) === undefined;
}

/** Messages of futures: what an actor is sent may be one, and then it is the future's. */
const FUTURE_MESSAGES: ReadonlySet<string> = new Set(
  ("future await await: isResolved isRejected isPending whenResolved: whenRejected: " +
    "whenResolved:whenRejected: whenRejected:whenResolved: map: then: cancel").split(" "),
);

/** Which members of a union must understand a message, beside one at least. */
export type Strictness = "one" | "nil" | "all";

/**
 * The member of a closed, known type that surely does not understand the selector; undefined where
 * all may. A union is at fault where no member understands, or one that `strictness` asks of.
 */
export function misunderstanding(
  type: Type,
  selector: string,
  environment: ClassEnvironment,
  strictness: Strictness = "one",
): Type | undefined {
  if (FUTURE_MESSAGES.has(selector) || TERM_TESTS.has(selector)) return undefined;
  const members = unionMembers(type);
  const failing = members.filter((member) => surelyMisses(member, selector, environment));
  if (failing.length === members.length || strictness === "all") return failing[0];
  return strictness === "nil" ? failing.find(isNil) : undefined;
}

function isNil(type: Type): boolean {
  return type.kind === "instance" && type.class.name === "UndefinedObject";
}

function surelyMisses(type: Type, selector: string, environment: ClassEnvironment): boolean {
  switch (type.kind) {
    case "instance":
      return lacks(type.class, selector, "instance", type.exact, environment);
    case "symbol":
    case "block":
      return type.class !== undefined && lacks(type.class, selector, "instance", true, environment);
    case "classObject":
      return environment.classNamed("Class") !== undefined &&
        lacks(type.class, selector, "class", type.exact, environment);
    case "intersection":
      return type.members.every((member) => surelyMisses(member, selector, environment));
    case "variable":
      return type.bound !== undefined && surelyMisses(type.bound, selector, environment);
    case "protocol":
    case "dynamic":
    case "never":
    case "union":
      return false;
    default:
      return type satisfies never;
  }
}

/** Tests of terms that the compiler makes of any two objects. */
const TERM_TESTS: ReadonlySet<string> = new Set(["=:=", "=/=", "==", "/=", "~="]);

/** Whether a selector is one of the tests that no class can define. */
export function isTermTest(selector: string): boolean {
  return TERM_TESTS.has(selector);
}

/** What is annotated by these may be any object, or any class object with methods of its own. */
const OPEN_CLASSES: ReadonlySet<string> = new Set([
  "ProtoObject",
  "Object",
  "Behaviour",
  "Class",
  "Metaclass",
]);

function lacks(
  of: ClassFacts,
  selector: string,
  side: Side,
  exact: boolean,
  environment: ClassEnvironment,
): boolean {
  if (side === "instance" && !exact && OPEN_CLASSES.has(of.name)) return false;
  if (!hasKnownAncestors(of, environment) || rootName(of, environment) !== "ProtoObject") {
    return false;
  }
  if (lookupMethod(of, selector, side, environment) !== undefined) return false;
  if (answersEverything(of, side, environment)) return false;
  if (exact || of.modifiers.includes("sealed")) return true;
  return !descendants(of, environment).some((each) =>
    lookupMethod(each, selector, side, environment) !== undefined ||
    answersEverything(each, side, environment)
  );
}

/** A hierarchy without its root is only part of one, as in a file seen alone. */
function rootName(of: ClassFacts, environment: ClassEnvironment): string | undefined {
  const chain = superclassChain(of, environment);
  return chain[chain.length - 1]?.name;
}

/** Whether a class has its own way with messages that it has no method for. */
export function answersEverything(
  of: ClassFacts,
  side: Side,
  environment: ClassEnvironment,
): boolean {
  const found = lookupMethod(of, "doesNotUnderstand:args:", side, environment);
  return found !== undefined && found.owner.name !== "ProtoObject" && found.owner.name !== "Object";
}

const descendantsOf = new WeakMap<ClassEnvironment, Map<ClassFacts, ClassFacts[]>>();

/** All known classes below one, itself not included. */
export function descendants(of: ClassFacts, environment: ClassEnvironment): readonly ClassFacts[] {
  let known = descendantsOf.get(environment);
  if (known === undefined) {
    known = gatherDescendants(environment);
    descendantsOf.set(environment, known);
  }
  return known.get(of) ?? [];
}

function gatherDescendants(environment: ClassEnvironment): Map<ClassFacts, ClassFacts[]> {
  const gathered = new Map<ClassFacts, ClassFacts[]>();
  for (const name of environment.classNames()) {
    const found = environment.classNamed(name);
    if (found === undefined) continue;
    for (const ancestor of superclassChain(found, environment).slice(1)) {
      const below = gathered.get(ancestor);
      if (below === undefined) gathered.set(ancestor, [found]);
      else below.push(found);
    }
  }
  return gathered;
}

/** The method that a send to a value of the type runs, where that is certain enough. */
export function methodFor(type: Type, selector: string, environment: ClassEnvironment) {
  switch (type.kind) {
    case "instance":
      return lookupMethod(type.class, selector, "instance", environment);
    case "symbol":
    case "block":
      return type.class && lookupMethod(type.class, selector, "instance", environment);
    case "classObject":
      return lookupMethod(type.class, selector, "class", environment);
    default:
      return undefined;
  }
}

/** The method that a `super` send runs. */
export function superMethodFor(type: Type, selector: string, environment: ClassEnvironment) {
  if (type.kind === "instance") return lookupSuper(type.class, selector, "instance", environment);
  if (type.kind === "classObject") return lookupSuper(type.class, selector, "class", environment);
  return undefined;
}

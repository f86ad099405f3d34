/**
 * Which messages the values of a type understand, and which method each runs.
 * @module
 */
import type { ClassEnvironment, ClassFacts, MethodFacts } from "../class_facts.ts";
import { hasKnownAncestors, type Side, superclassChain } from "../hierarchy.ts";
import { type FoundMethod, lookupMethod, lookupSuper } from "../lookup.ts";
import { type ProtocolType, type Type, unionMembers } from "./type.ts";

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
  if (failing.length === members.length || strictness === "all") {
    return failing[0] && faultOf(failing[0], selector, environment);
  }
  return strictness === "nil" ? failing.find(isNil) : undefined;
}

/** Of `A & B` the member that lacks the message. */
function faultOf(type: Type, selector: string, environment: ClassEnvironment): Type {
  if (type.kind !== "intersection") return type;
  return type.members.find((member) => surelyMisses(member, selector, environment)) ?? type;
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
      return type.members.some((member) => surelyMisses(member, selector, environment)) &&
        !type.members.some((member) => hasMethod(member, selector, environment));
    case "variable":
      return type.bound !== undefined && surelyMisses(type.bound, selector, environment);
    case "difference":
      return surelyMisses(type.left, selector, environment);
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
export function methodFor(
  type: Type,
  selector: string,
  environment: ClassEnvironment,
): FoundMethod | undefined {
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

/** The part of a type that has the method: the bound of a type parameter, a member of `A & B`. */
export function answering(type: Type, selector: string, environment: ClassEnvironment): Type {
  switch (type.kind) {
    case "variable":
      return type.bound === undefined ? type : answering(type.bound, selector, environment);
    case "difference":
      return answering(type.left, selector, environment);
    case "intersection": {
      const parts = type.members.map((member) => answering(member, selector, environment));
      return parts.find((part) => hasMethod(part, selector, environment)) ?? type;
    }
    default:
      return type;
  }
}

function hasMethod(type: Type, selector: string, environment: ClassEnvironment): boolean {
  if (type.kind === "protocol") return protocolMethod(type, selector) !== undefined;
  return methodFor(type, selector, environment) !== undefined;
}

/** What a protocol says of a message. */
export function protocolMethod(
  { protocol }: ProtocolType,
  selector: string,
): MethodFacts | undefined {
  return protocol.methods.find((method) => method.selector === selector);
}

/** The method that a `super` send runs. */
export function superMethodFor(type: Type, selector: string, environment: ClassEnvironment) {
  if (type.kind === "instance") return lookupSuper(type.class, selector, "instance", environment);
  if (type.kind === "classObject") return lookupSuper(type.class, selector, "class", environment);
  return undefined;
}

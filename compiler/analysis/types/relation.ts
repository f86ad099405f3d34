/**
 * Which values go where, seen kindly: only what can surely not be is refused.
 * @module
 */
import type { ClassEnvironment, ClassFacts, MethodFacts } from "../class_facts.ts";
import { classKind, hasKnownAncestors, inheritsFrom } from "../hierarchy.ts";
import { annotatedType, type AnnotationScope } from "./annotation.ts";
import { settled, signatureFor, substitutionAt } from "./send_result.ts";
import {
  type BlockType,
  DYNAMIC,
  type InstanceType,
  type ProtocolType,
  type Type,
  unionMembers,
} from "./type.ts";
import { methodFor, misunderstanding } from "./understanding.ts";

/** Protocols may be of each other: so deep are the signatures of their methods compared. */
const DEEPEST = 3;

/** Whether some value of `given` could be one of `wanted`. */
export function mayBe(
  given: Type,
  wanted: Type,
  environment: ClassEnvironment,
  depth = 0,
): boolean {
  const each = (a: Type, b: Type) => mayBe(a, b, environment, depth);
  if (given.kind === "dynamic" || given.kind === "never" || wanted.kind === "dynamic") return true;
  if (given.kind === "union") return given.members.some((member) => each(member, wanted));
  if (wanted.kind === "union") return wanted.members.some((member) => each(given, member));
  if (given.kind === "intersection") return given.members.every((member) => each(member, wanted));
  if (wanted.kind === "intersection") return wanted.members.every((member) => each(given, member));
  if (given.kind === "difference") return each(given.left, wanted);
  if (wanted.kind === "difference") return each(given, wanted.left);
  if (wanted.kind === "variable") return wanted.bound === undefined || each(given, wanted.bound);
  if (given.kind === "variable") return given.bound === undefined || each(given.bound, wanted);
  if (wanted.kind === "never") return false;
  if (wanted.kind === "protocol") return conforms(given, wanted, environment, depth);
  if (given.kind === "protocol") return true;
  return oneMayBe(given, wanted, environment, depth);
}

type Plain = Extract<Type, { kind: "instance" | "classObject" | "symbol" | "block" }>;

function oneMayBe(
  given: Plain,
  wanted: Plain,
  environment: ClassEnvironment,
  depth: number,
): boolean {
  if (wanted.kind === "symbol") {
    return given.kind === "symbol"
      ? given.value === wanted.value
      : given.kind === "instance" && wanted.class !== undefined &&
        overlap(given, wanted.class, environment);
  }
  if (wanted.kind === "block") {
    if (given.kind === "block") return blockMayBe(given, wanted, environment, depth);
    if (standsForBlock(given)) return true;
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
  return overlap(instance, wanted.class, environment) &&
    argumentsMayBe(instance, wanted, environment, depth);
}

/** A block is given what it must take, and answers what is wanted. */
function blockMayBe(
  given: BlockType,
  wanted: BlockType,
  environment: ClassEnvironment,
  depth: number,
): boolean {
  const takes = given.parameters;
  if (takes === undefined || wanted.parameters === undefined) return true;
  return takes.length === wanted.parameters.length &&
    wanted.parameters.every((each, index) =>
      mayBe(each, takes[index] ?? DYNAMIC, environment, depth)
    ) && mayBe(given.result, wanted.result, environment, depth);
}

/** Type arguments, seen from the more general of the two classes. */
function argumentsMayBe(
  given: InstanceType,
  wanted: InstanceType,
  environment: ClassEnvironment,
  depth: number,
): boolean {
  const isBelow = inheritsFrom(given.class, wanted.class.name, environment);
  if (!isBelow && !inheritsFrom(wanted.class, given.class.name, environment)) return true;
  const general = isBelow ? wanted.class : given.class;
  const from = substitutionAt(given, general, environment);
  const to = substitutionAt(wanted, general, environment);
  const isFixed = isMutable(general, environment);
  return general.typeParameters.every(({ name }) => {
    const [a, b] = [from.get(name) ?? DYNAMIC, to.get(name) ?? DYNAMIC];
    return argumentMayBe(a, b, environment, depth) &&
      (!isFixed || argumentMayBe(b, a, environment, depth));
  });
}

/**
 * What a literal is made of is surely in it: `#(1, "a")` is no `List(Integer)`. That a value may be
 * nil is left to those who send to it.
 */
function argumentMayBe(
  given: Type,
  wanted: Type,
  environment: ClassEnvironment,
  depth: number,
): boolean {
  return mayBe(given, wanted, environment, depth) &&
    unionMembers(given).every((member) =>
      !isSurelyThere(member) || mayBe(member, wanted, environment, depth)
    );
}

function isSurelyThere(type: Type): boolean {
  return type.kind === "instance" && type.exact && type.class.name !== "UndefinedObject";
}

/** Whether instances change, so that what they hold is taken and given alike. */
export function isMutable(of: ClassFacts, environment: ClassEnvironment): boolean {
  const kind = classKind(of, environment);
  return kind === "actor" || kind === "object" || kind === "supervisor";
}

/** Whether a value has the messages of a protocol, for the types that they say. */
function conforms(
  given: Type,
  wanted: ProtocolType,
  environment: ClassEnvironment,
  depth: number,
): boolean {
  const { methods, typeParameters } = wanted.protocol;
  if (methods.some(({ selector }) => misunderstanding(given, selector, environment))) return false;
  if (depth >= DEEPEST) return true;
  const parameters = new Map(
    typeParameters.map((name, index) => [name, wanted.arguments[index] ?? DYNAMIC]),
  );
  const scope: AnnotationScope = { environment, self: given, parameters };
  return methods.every((method) => methodConforms(given, method, scope, depth + 1));
}

function methodConforms(
  given: Type,
  wanted: MethodFacts,
  scope: AnnotationScope,
  depth: number,
): boolean {
  const { environment } = scope;
  const found = methodFor(given, wanted.selector, environment);
  if (found === undefined) return true;
  const signature = signatureFor(given, found, environment);
  const seen = (type: Type) => settled(type, signature.known);
  const meant = (type: MethodFacts["returnType"]) => settled(annotatedType(type, scope), new Map());
  return mayBe(seen(signature.result), meant(wanted.returnType), environment, depth) &&
    wanted.parameters.every(({ type }, index) =>
      mayBe(meant(type), seen(signature.parameters[index] ?? DYNAMIC), environment, depth)
    );
}

/** A symbol stands for the block that sends its message. */
function standsForBlock(given: Plain): boolean {
  return given.kind === "symbol" || (given.kind === "instance" && given.class.name === "Symbol");
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

/**
 * What a send answers, by the annotations of the method that it runs.
 * @module
 */
import type { ClassEnvironment, ClassFacts } from "../class_facts.ts";
import { superclassOf } from "../hierarchy.ts";
import { type FoundMethod } from "../lookup.ts";
import {
  annotatedType,
  type AnnotationScope,
  classSubstitution,
  instanceOf,
  without,
} from "./annotation.ts";
import {
  DYNAMIC,
  type InstanceType,
  substitute,
  type Substitution,
  type Type,
  union,
  unionMembers,
  withoutVariables,
} from "./type.ts";

/** The types of a method as seen from one receiver. */
export interface Signature {
  /** Type parameters of the owner and of the method stay. */
  readonly parameters: readonly Type[];
  readonly result: Type;
  /** What the owner's type parameters are for the receiver. */
  readonly known: Substitution;
}

/** The signature of a found method for a receiver. */
export function signatureFor(
  receiver: Type,
  found: FoundMethod,
  environment: ClassEnvironment,
): Signature {
  const { method, owner, side } = found;
  const parameters = freeParameters(owner);
  const scope: AnnotationScope = { environment, self: selfOf(receiver, found), parameters };
  const known = side === "instance" && receiver.kind === "instance"
    ? substitutionAt(receiver, owner, environment)
    : new Map<string, Type>();
  return {
    parameters: method.parameters.map(({ type }) => annotatedType(type, scope)),
    result: annotatedType(method.returnType, scope),
    known,
  };
}

/** `Self` of a class method is an instance of the receiver. */
function selfOf(receiver: Type, { side, owner }: FoundMethod): Type {
  if (side === "class") {
    if (receiver.kind !== "classObject") return receiver;
    const { class: of, exact } = receiver;
    return { kind: "instance", class: of, arguments: [], exact };
  }
  if (receiver.kind !== "instance" || receiver.class !== owner) return receiver;
  return { ...receiver, arguments: [...freeParameters(owner).values()] };
}

function freeParameters(owner: ClassFacts): Substitution {
  return new Map(
    owner.typeParameters.map(({ name }) => [name, { kind: "variable", name, bound: undefined }]),
  );
}

/** What the type parameters of an ancestor mean for an instance. */
export function substitutionAt(
  instance: InstanceType,
  owner: ClassFacts,
  environment: ClassEnvironment,
): Substitution {
  let current: ClassFacts | undefined = instance.class;
  let parameters = classSubstitution(instance.class, instance.arguments);
  const seen = new Set<ClassFacts>();
  while (current !== undefined && current !== owner && !seen.has(current)) {
    seen.add(current);
    const parent: ClassFacts | undefined = superclassOf(current, environment);
    if (parent === undefined) break;
    const scope: AnnotationScope = { environment, self: instance, parameters };
    const types = current.superclassArguments.map((each) => annotatedType(each, scope));
    parameters = classSubstitution(parent, types);
    current = parent;
  }
  return current === owner ? parameters : classSubstitution(owner, []);
}

/**
 * Learns what type parameters stand for from an argument. What several arguments say is joined, and
 * what went into a collection before does not bind what goes in next.
 */
export function learn(
  wanted: Type,
  given: Type,
  learned: Map<string, Type>,
  environment: ClassEnvironment,
): void {
  switch (wanted.kind) {
    case "variable": {
      if (given.kind === "never") return;
      const before = learned.get(wanted.name);
      learned.set(wanted.name, before === undefined ? given : union([before, given]));
      return;
    }
    case "block": {
      const result = given.kind === "block" ? given.result : DYNAMIC;
      return learn(wanted.result, result, learned, environment);
    }
    case "instance": {
      if (given.kind !== "instance") return;
      const seen = substitutionAt(given, wanted.class, environment);
      wanted.class.typeParameters.forEach(({ name }, index) => {
        const each = wanted.arguments[index];
        if (each !== undefined) learn(each, seen.get(name) ?? DYNAMIC, learned, environment);
      });
      return;
    }
    case "union": {
      const variables = wanted.members.filter((member) => member.kind === "variable");
      const [only] = variables;
      if (only === undefined || variables.length > 1) return;
      const rest = wanted.members.filter((member) => member !== only);
      const left = rest.reduce((type, member) => without(type, member, environment), given);
      return learn(only, left, learned, environment);
    }
    default:
      return;
  }
}

/** The result under what was learned; a type parameter that stayed unknown is `Dynamic`. */
export function settled(type: Type, learned: Substitution): Type {
  return withoutVariables(substitute(type, learned));
}

/** Arithmetic whose result depends on both operands more finely than one annotation can say. */
export function arithmeticResult(
  selector: string,
  left: Type,
  right: Type,
  environment: ClassEnvironment,
): Type | undefined {
  if (!["+", "-", "*", "/"].includes(selector)) return undefined;
  const leftName = numberName(left);
  const rightName = numberName(right);
  if (leftName === undefined) return undefined;
  if (rightName === undefined) return right.kind === "dynamic" ? DYNAMIC : undefined;
  if (leftName === "Number" || rightName === "Number") return instanceOf("Number", environment);
  const isFloat = selector === "/" || leftName === "Float" || rightName === "Float";
  return instanceOf(isFloat ? "Float" : "Integer", environment);
}

function numberName(type: Type): string | undefined {
  const [only, ...more] = unionMembers(type);
  if (only?.kind !== "instance" || more.length > 0) return undefined;
  const { name } = only.class;
  return ["Integer", "Float", "Number"].includes(name) ? name : undefined;
}

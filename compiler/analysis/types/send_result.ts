/**
 * What a send answers, by the annotations of the method that it runs.
 * @module
 */
import type { ClassEnvironment, ClassFacts, MethodFacts } from "../class_facts.ts";
import { superclassOf } from "../hierarchy.ts";
import { packageOfModule } from "../module_naming.ts";
import { type FoundMethod } from "../lookup.ts";
import {
  annotatedType,
  type AnnotationScope,
  classSubstitution,
  instanceOf,
  parametersOf,
  without,
} from "./annotation.ts";
import {
  type BlockType,
  type ClassObjectType,
  DYNAMIC,
  type InstanceType,
  type ProtocolType,
  substitute,
  type Substitution,
  type Type,
  union,
  unionMembers,
  withoutVariables,
} from "./type.ts";
import { answering, methodFor } from "./understanding.ts";

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
  return found.side === "class" && receiver.kind === "classObject"
    ? classSignature(receiver, found, environment)
    : instanceSignature(receiver, found, environment);
}

function instanceSignature(
  receiver: Type,
  found: FoundMethod,
  environment: ClassEnvironment,
): Signature {
  const { method, owner } = found;
  const parameters = parametersOf(owner, environment, false);
  const self = receiver.kind === "instance"
    ? selfFor(receiver, owner, [...parameters.values()], environment)
    : receiver;
  const known = receiver.kind === "instance"
    ? substitutionAt(receiver, owner, environment)
    : new Map<string, Type>();
  const scope = { environment, self, parameters, package: packageOfModule(found.module) };
  return { ...annotatedMethod(method, scope), known };
}

/**
 * What `Self` is in the signatures of a class. Those of a class that declares `species`, as
 * `Collection` does, mean the class which the receiver's own `species` says that it answers.
 */
function selfFor(
  receiver: InstanceType,
  owner: ClassFacts,
  parameters: readonly Type[],
  environment: ClassEnvironment,
): Type {
  if (receiver.class === owner) return { ...receiver, arguments: parameters };
  if (!owner.methods.some(({ selector }) => selector === "species")) return receiver;
  const species = methodFor(receiver, "species", environment)?.method.returnType;
  if (species?.kind !== "metaType") return receiver;
  const scope: AnnotationScope = { environment, self: receiver, parameters: new Map() };
  const made = annotatedType(species.class, scope);
  return made.kind === "instance" ? { ...made, arguments: parameters } : receiver;
}

/** On the class side `Self` is an instance of the receiver, whose type parameters are learned. */
function classSignature(
  { class: of, exact }: ClassObjectType,
  { method, owner, module }: FoundMethod,
  environment: ClassEnvironment,
): Signature {
  const open = [...parametersOf(of, environment, false).values()];
  const self: InstanceType = { kind: "instance", class: of, arguments: open, exact };
  const parameters = substitutionAt(self, owner, environment);
  const scope = { environment, self, parameters, package: packageOfModule(module) };
  return { ...annotatedMethod(method, scope), known: new Map() };
}

/** The signature of a protocol's method for a value of which only the protocol is known. */
export function protocolSignature(
  receiver: ProtocolType,
  method: MethodFacts,
  environment: ClassEnvironment,
): Signature {
  const parameters = new Map(
    receiver.protocol.typeParameters.map((name, index) => [
      name,
      receiver.arguments[index] ?? DYNAMIC,
    ]),
  );
  const scope: AnnotationScope = { environment, self: receiver, parameters };
  return { ...annotatedMethod(method, scope), known: new Map() };
}

function annotatedMethod(method: MethodFacts, scope: AnnotationScope) {
  return {
    parameters: method.parameters.map(({ type }) => annotatedType(type, scope)),
    result: annotatedType(method.returnType, scope),
  };
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
      const result = resultOfCalling(given, wanted, learned, environment);
      return learn(wanted.result, result, learned, environment);
    }
    case "protocol":
      return learnFromProtocol(wanted, given, learned, environment);
    case "intersection":
      for (const member of wanted.members) learn(member, given, learned, environment);
      return;
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

/** What a block answers, or a symbol in its place: that is sent to the first value it is given. */
function resultOfCalling(
  given: Type,
  { parameters }: BlockType,
  learned: Substitution,
  environment: ClassEnvironment,
): Type {
  if (given.kind === "block") return given.result;
  const first = parameters?.[0];
  if (given.kind !== "symbol" || first === undefined) return DYNAMIC;
  const receiver = answering(settled(first, learned), given.value, environment);
  const found = methodFor(receiver, given.value, environment);
  if (found === undefined) return DYNAMIC;
  const signature = signatureFor(receiver, found, environment);
  return settled(signature.result, signature.known);
}

/** What the methods that a protocol asks for answer says what its type arguments are. */
function learnFromProtocol(
  { protocol, arguments: wanted }: ProtocolType,
  given: Type,
  learned: Map<string, Type>,
  environment: ClassEnvironment,
): void {
  if (wanted.length === 0) return;
  const parameters = new Map(
    protocol.typeParameters.map((name, i) => [name, wanted[i] ?? DYNAMIC]),
  );
  const scope: AnnotationScope = { environment, self: DYNAMIC, parameters };
  for (const { selector, returnType } of protocol.methods) {
    const found = methodFor(given, selector, environment);
    if (found === undefined || returnType === undefined) continue;
    const signature = signatureFor(given, found, environment);
    const result = settled(signature.result, signature.known);
    learn(annotatedType(returnType, scope), result, learned, environment);
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

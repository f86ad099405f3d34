/**
 * The types that the analysis works with. They exist only while analysing: nothing of them runs.
 * @module
 */
import type { ClassFacts, ProtocolFacts } from "../class_facts.ts";

/** A type. */
export type Type =
  /** Unknown: never complained of. */
  | { readonly kind: "dynamic" }
  /** No value: the expression does not end. */
  | { readonly kind: "never" }
  | InstanceType
  | ClassObjectType
  /** One symbol. */
  | { readonly kind: "symbol"; readonly value: string; readonly class: ClassFacts | undefined }
  | BlockType
  | ProtocolType
  | VariableType
  | { readonly kind: "union"; readonly members: readonly Type[] }
  | { readonly kind: "intersection"; readonly members: readonly Type[] }
  | DifferenceType;

/** Instances of a class. */
export interface InstanceType {
  readonly kind: "instance";
  readonly class: ClassFacts;
  readonly arguments: readonly Type[];
  /** Whether it is of this very class and of no subclass. */
  readonly exact: boolean;
}

/** The class object of a class, or of one of its subclasses. */
export interface ClassObjectType {
  readonly kind: "classObject";
  readonly class: ClassFacts;
  readonly exact: boolean;
}

/** Whatever has the messages of a protocol. */
export interface ProtocolType {
  readonly kind: "protocol";
  readonly protocol: ProtocolFacts;
  readonly arguments: readonly Type[];
}

/** A type parameter of a class or method. */
export interface VariableType {
  readonly kind: "variable";
  readonly name: string;
  readonly bound: Type | undefined;
  /** Whether it is of the body that is looked at, and not of a method that is sent to. */
  readonly rigid: boolean;
}

/** `left \ right` where `left` holds a type parameter, so that the members are not known yet. */
export interface DifferenceType {
  readonly kind: "difference";
  readonly left: Type;
  readonly right: Type;
  /** The difference of other types. */
  readonly subtract: (left: Type, right: Type) => Type;
}

/** Blocks; parameters are unknown where the type only says `Block`. */
export interface BlockType {
  readonly kind: "block";
  readonly parameters: readonly Type[] | undefined;
  readonly result: Type;
  readonly class: ClassFacts | undefined;
}

/** Says nothing. */
export const DYNAMIC: Type = { kind: "dynamic" };

/** Has no values. */
export const NEVER: Type = { kind: "never" };

const WIDEST_UNION = 8;

/** The union of types: flat, each once, `Dynamic` where one is or where it would be too wide. */
export function union(types: readonly Type[]): Type {
  const members: Type[] = [];
  for (const type of types.flatMap(unionMembers)) {
    if (type.kind === "dynamic") return DYNAMIC;
    const known = members.findIndex((member) => sameType(member, type));
    if (known < 0) members.push(type);
    else if (type.kind === "instance" && !type.exact) members[known] = type;
  }
  const [only] = members;
  if (only === undefined) return NEVER;
  if (members.length === 1) return only;
  return members.length > WIDEST_UNION ? DYNAMIC : { kind: "union", members };
}

/** The members of a union, or the type itself; none for `Never`. */
export function unionMembers(type: Type): readonly Type[] {
  if (type.kind === "never") return [];
  return type.kind === "union" ? type.members : [type];
}

/** Whether two types are the same. */
export function sameType(a: Type, b: Type): boolean {
  if (a === b) return true;
  switch (a.kind) {
    case "dynamic":
    case "never":
      return a.kind === b.kind;
    case "instance":
      return b.kind === "instance" && a.class === b.class && sameTypes(a.arguments, b.arguments);
    case "classObject":
      return b.kind === "classObject" && a.class === b.class;
    case "symbol":
      return b.kind === "symbol" && a.value === b.value;
    case "block":
      return b.kind === "block" && sameTypes(a.parameters ?? [], b.parameters ?? []) &&
        (a.parameters === undefined) === (b.parameters === undefined) &&
        sameType(a.result, b.result);
    case "protocol":
      return b.kind === "protocol" && a.protocol === b.protocol &&
        sameTypes(a.arguments, b.arguments);
    case "variable":
      return b.kind === "variable" && a.name === b.name && a.rigid === b.rigid;
    case "difference":
      return b.kind === "difference" && sameType(a.left, b.left) && sameType(a.right, b.right);
    case "union":
      return b.kind === "union" && a.members.length === b.members.length &&
        a.members.every((member) => b.members.some((other) => sameType(member, other)));
    case "intersection":
      return b.kind === "intersection" && sameTypes(a.members, b.members);
    default:
      return a satisfies never;
  }
}

function sameTypes(a: readonly Type[], b: readonly Type[]): boolean {
  return a.length === b.length && a.every((type, index) => {
    const other = b[index];
    return other !== undefined && sameType(type, other);
  });
}

/** Type parameters and what they stand for. */
export type Substitution = ReadonlyMap<string, Type>;

/** Puts types for the type parameters of a signature; those without one stay. */
export function substitute(type: Type, substitution: Substitution): Type {
  if (substitution.size === 0) return type;
  return replaceVariables(type, (variable) => substitution.get(variable.name) ?? variable);
}

/** `Dynamic` for every type parameter of a signature that is left. */
export function withoutVariables(type: Type): Type {
  return replaceVariables(type, () => DYNAMIC);
}

/** The type with each type parameter of a signature replaced; those of the body itself stay. */
function replaceVariables(type: Type, replace: (variable: VariableType) => Type): Type {
  const inner = (part: Type) => replaceVariables(part, replace);
  switch (type.kind) {
    case "variable":
      return type.rigid ? type : replace(type);
    case "instance":
    case "protocol":
      return type.arguments.length === 0 ? type : { ...type, arguments: type.arguments.map(inner) };
    case "block":
      return { ...type, parameters: type.parameters?.map(inner), result: inner(type.result) };
    case "union":
      return union(type.members.map(inner));
    case "intersection":
      return { kind: "intersection", members: type.members.map(inner) };
    case "difference":
      return type.subtract(inner(type.left), inner(type.right));
    case "dynamic":
    case "never":
    case "classObject":
    case "symbol":
      return type;
    default:
      return type satisfies never;
  }
}

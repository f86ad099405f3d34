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
  | { readonly kind: "protocol"; readonly protocol: ProtocolFacts }
  /** A type parameter of a class or method. */
  | { readonly kind: "variable"; readonly name: string; readonly bound: Type | undefined }
  | { readonly kind: "union"; readonly members: readonly Type[] }
  | { readonly kind: "intersection"; readonly members: readonly Type[] };

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
    if (!members.some((member) => sameType(member, type))) members.push(type);
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
      return b.kind === "protocol" && a.protocol === b.protocol;
    case "variable":
      return b.kind === "variable" && a.name === b.name;
    case "union":
      return b.kind === "union" && sameTypes(a.members, b.members);
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

/** Puts types for type parameters; those without one stay. */
export function substitute(type: Type, substitution: Substitution): Type {
  switch (type.kind) {
    case "variable":
      return substitution.get(type.name) ?? type;
    case "instance":
      if (type.arguments.length === 0) return type;
      return { ...type, arguments: type.arguments.map((each) => substitute(each, substitution)) };
    case "block":
      return {
        ...type,
        parameters: type.parameters?.map((each) => substitute(each, substitution)),
        result: substitute(type.result, substitution),
      };
    case "union":
      return union(type.members.map((each) => substitute(each, substitution)));
    case "intersection":
      return {
        kind: "intersection",
        members: type.members.map((each) => substitute(each, substitution)),
      };
    case "dynamic":
    case "never":
    case "classObject":
    case "symbol":
    case "protocol":
      return type;
    default:
      return type satisfies never;
  }
}

/** `Dynamic` for every type parameter that is left. */
export function withoutVariables(type: Type): Type {
  switch (type.kind) {
    case "variable":
      return DYNAMIC;
    case "instance":
      if (type.arguments.length === 0) return type;
      return { ...type, arguments: type.arguments.map(withoutVariables) };
    case "block":
      return {
        ...type,
        parameters: type.parameters?.map(withoutVariables),
        result: withoutVariables(type.result),
      };
    case "union":
      return union(type.members.map(withoutVariables));
    case "intersection":
      return { kind: "intersection", members: type.members.map(withoutVariables) };
    case "dynamic":
    case "never":
    case "classObject":
    case "symbol":
    case "protocol":
      return type;
    default:
      return type satisfies never;
  }
}

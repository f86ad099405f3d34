/**
 * From written types to types.
 * @module
 */
import type { TypeExpression } from "../../syntax/ast.ts";
import type { ClassEnvironment, ClassFacts } from "../class_facts.ts";
import { inheritsFrom } from "../hierarchy.ts";
import { DYNAMIC, NEVER, type Type, union, unionMembers } from "./type.ts";

/** What names in a written type mean beyond classes. */
export interface AnnotationScope {
  readonly environment: ClassEnvironment;
  /** What `Self` is. */
  readonly self: Type;
  /** Type parameters in reach. */
  readonly parameters: ReadonlyMap<string, Type>;
  /** The package whose class a bare name means first; by default the one that is compiled. */
  readonly package?: string | undefined;
  /** Whether other single letters are type parameters of the method whose body is looked at. */
  readonly rigid?: boolean;
}

/** The deepest chain of aliases that is followed. */
const ALIAS_LIMIT = 20;

/** Names like `R` and `E2` that no class has are type parameters of the method. */
const VARIABLE_NAME = /^[A-Z]\d?$/;

/** The type that a written one means; `Dynamic` for none and for unknown names. */
export function annotatedType(
  written: TypeExpression | undefined,
  scope: AnnotationScope,
  depth = 0,
): Type {
  if (written === undefined || depth > ALIAS_LIMIT) return DYNAMIC;
  const inner = (type: TypeExpression) => annotatedType(type, scope, depth + 1);
  switch (written.kind) {
    case "typeName":
      return namedType(written, scope, depth);
    case "metaType": {
      const of = inner(written.class);
      if (of.kind !== "instance") return DYNAMIC;
      return { kind: "classObject", class: of.class, exact: false };
    }
    case "symbolType": {
      const symbol = scope.environment.classNamed("Symbol");
      return { kind: "symbol", value: written.value, class: symbol };
    }
    case "nilType":
      return instanceOf("UndefinedObject", scope.environment);
    case "booleanType":
      return instanceOf(written.value ? "True" : "False", scope.environment);
    case "union":
      return union(written.members.map(inner));
    case "intersection":
      return { kind: "intersection", members: written.members.map(inner) };
    case "difference":
      return difference(inner(written.left), inner(written.right), scope.environment);
    case "errorType":
      return DYNAMIC;
    default:
      return written satisfies never;
  }
}

type TypeName = Extract<TypeExpression, { kind: "typeName" }>;

function namedType(written: TypeName, scope: AnnotationScope, depth: number): Type {
  const { environment } = scope;
  const { name } = written;
  if (written.package === undefined) {
    if (name === "Dynamic") return DYNAMIC;
    if (name === "Never") return NEVER;
    if (name === "Self" && written.arguments.length === 0) return scope.self;
    const parameter = scope.parameters.get(name);
    if (parameter !== undefined) return parameter;
    if (name === "Nil") return instanceOf("UndefinedObject", environment);
  }
  const types = written.arguments.map((each) => annotatedType(each, scope, depth + 1));
  if (name === "Self") return selfWith(scope.self, types);
  if (name === "Block") return blockType(types, environment);
  const found = classMeant(written, scope);
  if (found !== undefined) {
    return { kind: "instance", class: found, arguments: types, exact: false };
  }
  const alias = environment.aliasNamed(name);
  if (alias !== undefined) {
    const meant = new Map(
      alias.typeParameters.map((each, index) => [each, types[index] ?? DYNAMIC]),
    );
    return annotatedType(alias.type, { ...scope, parameters: meant }, depth + 1);
  }
  const protocol = environment.protocolNamed(name);
  if (protocol !== undefined) return { kind: "protocol", protocol, arguments: types };
  if (!VARIABLE_NAME.test(name)) return DYNAMIC;
  return { kind: "variable", name, bound: undefined, rigid: scope.rigid === true };
}

/**
 * The class that a name means where it is written. A single letter is a type parameter unless the
 * package that says it has a class of that name: a user's class `A` is not what the library means.
 */
function classMeant(written: TypeName, scope: AnnotationScope): ClassFacts | undefined {
  const { environment } = scope;
  if (written.package !== undefined || scope.package === undefined) {
    return environment.classNamed(written.name, written.package);
  }
  const own = environment.classNamed(written.name, scope.package);
  if (own !== undefined || VARIABLE_NAME.test(written.name)) return own;
  return environment.classNamed(written.name);
}

/** `Self(R)`: of the receiver's class, with another element; unknown where the class has several. */
function selfWith(self: Type, types: readonly Type[]): Type {
  if (self.kind !== "instance") return self;
  const fits = self.class.typeParameters.length === types.length;
  return { ...self, arguments: fits ? types : [] };
}

/** The type parameters of a class as variables, with their bounds. */
export function parametersOf(
  of: ClassFacts,
  environment: ClassEnvironment,
  rigid: boolean,
): ReadonlyMap<string, Type> {
  const parameters = new Map<string, Type>();
  for (const { name, bound } of of.typeParameters) {
    const scope: AnnotationScope = { environment, self: DYNAMIC, parameters, rigid };
    const limit = bound === undefined ? undefined : annotatedType(bound, scope);
    parameters.set(name, { kind: "variable", name, bound: limit, rigid });
  }
  return parameters;
}

function blockType(types: readonly Type[], environment: ClassEnvironment): Type {
  const blockClass = environment.classNamed("Block");
  const result = types[types.length - 1];
  if (result === undefined) {
    return { kind: "block", parameters: undefined, result: DYNAMIC, class: blockClass };
  }
  return { kind: "block", parameters: types.slice(0, -1), result, class: blockClass };
}

/** Instances of a class of the library; `Dynamic` where it is not there. */
export function instanceOf(
  name: string,
  environment: ClassEnvironment,
  types: readonly Type[] = [],
): Type {
  const found = environment.classNamed(name);
  if (found === undefined) return DYNAMIC;
  return { kind: "instance", class: found, arguments: types, exact: false };
}

/** Instances of this very class of the library, as literals are. */
export function exactInstanceOf(
  name: string,
  environment: ClassEnvironment,
  types: readonly Type[] = [],
): Type {
  const type = instanceOf(name, environment, types);
  return type.kind === "instance" ? { ...type, exact: true } : type;
}

/** `left \ right`, put off where a type parameter of `left` is to be known first. */
function difference(left: Type, right: Type, environment: ClassEnvironment): Type {
  const isOpen = unionMembers(left).some((member) =>
    member.kind === "variable" || member.kind === "difference"
  );
  if (!isOpen) return without(left, right, environment);
  const subtract = (a: Type, b: Type) => difference(a, b, environment);
  return { kind: "difference", left, right, subtract };
}

/** `left \ right`: the members of a union that are surely right's are taken away. */
export function without(left: Type, right: Type, environment: ClassEnvironment): Type {
  const gone = unionMembers(right);
  if (left.kind === "instance" && left.class.name === "Boolean") {
    return withoutBoolean(left, gone, environment);
  }
  return union(
    unionMembers(left).filter((member) =>
      !gone.some((each) => isWithin(member, each, environment))
    ),
  );
}

function withoutBoolean(left: Type, gone: readonly Type[], environment: ClassEnvironment): Type {
  const names = gone.map((each) => each.kind === "instance" ? each.class.name : "");
  if (names.includes("Boolean")) return NEVER;
  if (names.includes("True")) return instanceOf("False", environment);
  return names.includes("False") ? instanceOf("True", environment) : left;
}

/** Whether every value of `inner` is surely one of `outer`. */
function isWithin(inner: Type, outer: Type, environment: ClassEnvironment): boolean {
  if (inner.kind === "symbol" && outer.kind === "symbol") return inner.value === outer.value;
  if (outer.kind === "union") {
    return outer.members.some((each) => isWithin(inner, each, environment));
  }
  if (outer.kind !== "instance") return false;
  const innerClass = classOfType(inner);
  return innerClass !== undefined && inherits(innerClass, outer.class, environment);
}

/** The class whose instances a type's values are; undefined where that is not one class. */
export function classOfType(type: Type): ClassFacts | undefined {
  return type.kind === "instance" || type.kind === "symbol" || type.kind === "block"
    ? type.class
    : undefined;
}

/** Whether `of` is `ancestor` or inherits from it. */
export function inherits(
  of: ClassFacts,
  ancestor: ClassFacts,
  environment: ClassEnvironment,
): boolean {
  return of === ancestor || inheritsFrom(of, ancestor.name, environment);
}

/** What the type parameters of a class mean where it has these arguments. */
export function classSubstitution(
  of: ClassFacts,
  types: readonly Type[],
  unknown: Type = DYNAMIC,
): ReadonlyMap<string, Type> {
  return new Map(of.typeParameters.map(({ name }, index) => [name, types[index] ?? unknown]));
}

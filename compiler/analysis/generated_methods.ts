/**
 * Methods that the compiler makes from the data of a value class: a getter and a copying setter
 * for each field, and on the class side the keyword constructor.
 * @module
 */
import type { Span, TypeExpression } from "../syntax/ast.ts";
import type { ClassEnvironment, ClassFacts, FieldFacts, MethodFacts } from "./class_facts.ts";
import { MAX_SELECTOR } from "../syntax/limits.ts";
import { allFields, classKind, type Side } from "./hierarchy.ts";

/** The copying setter of a field: `withX:` for `x`. */
export function setterSelector(field: string): string {
  return `with${field.charAt(0).toUpperCase()}${field.slice(1)}:`;
}

/**
 * The keyword constructor's selector, `x:y:`; undefined for a class without fields, and for one with
 * so many that no selector can name them all.
 */
export function constructorSelector(fields: readonly { readonly name: string }[]) {
  const selector = fields.map((field) => `${field.name}:`).join("");
  return selector === "" || selector.length > MAX_SELECTOR ? undefined : selector;
}

/**
 * The generated methods of this very class on one side. The constructor of an exception leaves out
 * what `Exception` itself holds, which is set by signalling. What the class defines itself is not
 * generated, and a subclass inherits the accessors of its ancestors' fields.
 */
export function generatedMethods(
  of: ClassFacts,
  environment: ClassEnvironment,
  side: Side,
): readonly MethodFacts[] {
  if (of.fields.length === 0) return [];
  const kind = classKind(of, environment);
  if (kind !== "value" && kind !== "testCase" && kind !== "exception") return [];
  if (side === "instance") return accessors(of);
  return keywordConstructor(of, environment);
}

function accessors(of: ClassFacts): readonly MethodFacts[] {
  const defined = new Set(of.methods.map((method) => method.selector));
  return of.fields.flatMap((field) => [getter(field), setter(field)])
    .filter((method) => !defined.has(method.selector));
}

function getter(field: FieldFacts): MethodFacts {
  return generated(field.name, [], field.type, field);
}

function setter(field: FieldFacts): MethodFacts {
  const parameter = { name: field.name, type: field.type };
  return generated(setterSelector(field.name), [parameter], selfType(field.span), field);
}

function keywordConstructor(
  of: ClassFacts,
  environment: ClassEnvironment,
): readonly MethodFacts[] {
  const fields = allFields(of, environment).filter((field) => field.owner.name !== "Exception");
  const selector = constructorSelector(fields);
  if (selector === undefined) return [];
  if (of.classMethods.some((method) => method.selector === selector)) return [];
  const parameters = fields.map(({ name, type }) => ({ name, type }));
  return [generated(selector, parameters, selfType(of.span), of)];
}

function generated(
  selector: string,
  parameters: MethodFacts["parameters"],
  returnType: TypeExpression | undefined,
  source: { readonly doc: string | undefined; readonly span: Span },
): MethodFacts {
  return {
    selector,
    parameters,
    returnType,
    sealed: false,
    internal: false,
    primitive: false,
    doc: source.doc,
    span: source.span,
  };
}

function selfType(span: Span): TypeExpression {
  return { kind: "typeName", package: undefined, name: "Self", arguments: [], span };
}

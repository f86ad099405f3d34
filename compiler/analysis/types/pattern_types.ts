/**
 * Types of the names that a pattern binds.
 * @module
 */
import type { ClassReference, Pattern, Span } from "../../syntax/ast.ts";
import type { ClassEnvironment, ClassFacts } from "../class_facts.ts";
import { allFields, type OwnedField } from "../hierarchy.ts";
import { annotatedType, classSubstitution, exactInstanceOf } from "./annotation.ts";
import { restrictedTo } from "./narrowing.ts";
import { substitutionAt } from "./send_result.ts";
import { DYNAMIC, type Type, unionMembers } from "./type.ts";

/** Tells the type of each name of a pattern that a value of `type` is matched with. */
export function bindPattern(
  pattern: Pattern,
  type: Type,
  environment: ClassEnvironment,
  bind: (name: Span, type: Type) => void,
): void {
  const inner = (part: Pattern, partType: Type) => bindPattern(part, partType, environment, bind);
  switch (pattern.kind) {
    case "binding":
      return bind(pattern.span, type);
    case "wildcard":
    case "literalPattern":
    case "errorPattern":
      return;
    case "tuplePattern":
      for (const element of pattern.elements) inner(element, DYNAMIC);
      return;
    case "listPattern":
      for (const element of pattern.elements) inner(element, argumentOf(type, "List", 0));
      if (pattern.rest !== undefined) inner(pattern.rest, restType(type, "List", environment));
      return;
    case "arrayPattern":
      for (const element of pattern.elements) inner(element, argumentOf(type, "Array", 0));
      if (pattern.rest !== undefined) inner(pattern.rest, restType(type, "Array", environment));
      return;
    case "dictionaryPattern":
      for (const { value } of pattern.entries) inner(value, argumentOf(type, "Dictionary", 1));
      return;
    case "binaryPattern":
      for (const { value } of pattern.segments) inner(value, DYNAMIC);
      return;
    case "constructorPattern":
      return bindConstructor(pattern, type, environment, inner);
    case "classPattern": {
      const found = patternClass(pattern.class, environment);
      const part = found === undefined ? DYNAMIC : restrictedTo(type, found, environment);
      return inner(pattern.pattern, part);
    }
    default:
      pattern satisfies never;
  }
}

/** A type argument of the one instance type with this class name. */
function argumentOf(type: Type, className: string, index: number): Type {
  const found = unionMembers(type).find((member) =>
    member.kind === "instance" && member.class.name === className
  );
  return found?.kind === "instance" ? found.arguments[index] ?? DYNAMIC : DYNAMIC;
}

function restType(type: Type, className: string, environment: ClassEnvironment): Type {
  return exactInstanceOf(className, environment, [argumentOf(type, className, 0)]);
}

/** The class that a pattern names; `Nil` is that of nil. */
export function patternClass(
  { name, package: packageName }: ClassReference,
  environment: ClassEnvironment,
): ClassFacts | undefined {
  if (name === "Nil" && packageName === undefined) return environment.classNamed("UndefinedObject");
  return environment.classNamed(name, packageName);
}

function bindConstructor(
  pattern: Extract<Pattern, { kind: "constructorPattern" }>,
  type: Type,
  environment: ClassEnvironment,
  inner: (part: Pattern, type: Type) => void,
): void {
  const found = patternClass(pattern.class, environment);
  for (const { name, pattern: part } of pattern.fields) {
    if (pattern.class.name === "Result") {
      inner(part, argumentOf(type, "Result", name.text === "ok" ? 0 : 1));
      continue;
    }
    const field = found && allFields(found, environment).find((each) => each.name === name.text);
    if (found === undefined || field === undefined) {
      inner(part, DYNAMIC);
      continue;
    }
    inner(part, fieldType(field, restrictedTo(type, found, environment), environment));
  }
}

function fieldType(field: OwnedField, self: Type, environment: ClassEnvironment): Type {
  const parameters = self.kind === "instance"
    ? substitutionAt(self, field.owner, environment)
    : classSubstitution(field.owner, []);
  return annotatedType(field.type, { environment, self, parameters });
}

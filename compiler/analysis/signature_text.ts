/**
 * Heads of classes and methods as source would say them.
 * @module
 */
import type { TypeExpression } from "../syntax/ast.ts";
import type { ClassFacts, FieldFacts, MethodFacts } from "./class_facts.ts";
import { symbolText } from "./symbol_text.ts";

/** A written type. */
export function typeText(type: TypeExpression): string {
  switch (type.kind) {
    case "typeName": {
      const name = type.package === undefined ? type.name : `${type.package}@${type.name}`;
      return type.arguments.length === 0
        ? name
        : `${name}(${type.arguments.map(typeText).join(", ")})`;
    }
    case "metaType":
      return `${typeText(type.class)} class`;
    case "symbolType":
      return symbolText(type.value);
    case "nilType":
      return "nil";
    case "booleanType":
      return String(type.value);
    case "union":
      return type.members.map(typeText).join(" | ");
    case "intersection":
      return type.members.map(typeText).join(" & ");
    case "difference":
      return `${typeText(type.left)} \\ ${typeText(type.right)}`;
    case "errorType":
      return "Dynamic";
    default:
      return type satisfies never;
  }
}

/** The parts of a selector, each with its colon; one part for unary and binary ones. */
export function selectorParts(selector: string): readonly string[] {
  return selector.includes(":") && /^[\p{L}_]/u.test(selector)
    ? selector.split(/(?<=:)/)
    : [selector];
}

/** Each parameter of a method as its head says it: `i :: Integer`. */
export function parameterTexts(method: MethodFacts): readonly string[] {
  return method.parameters.map(({ name, type }) =>
    type === undefined ? name : `${name} :: ${typeText(type)}`
  );
}

/** The head of a method: `at: i :: Integer put: v -> Object`. */
export function methodText(method: MethodFacts): string {
  const parameters = parameterTexts(method);
  const head = parameters.length === 0
    ? method.selector
    : selectorParts(method.selector).map((part, index) => `${part} ${parameters[index] ?? "_"}`)
      .join(" ");
  return method.returnType === undefined ? head : `${head} -> ${typeText(method.returnType)}`;
}

/** The name of a class with its type parameters: `List(E)`. */
export function classNameText({ name, typeParameters }: ClassFacts): string {
  if (typeParameters.length === 0) return name;
  return `${name}(${typeParameters.map((each) => each.name).join(", ")})`;
}

/** The head of a class. */
export function classText(of: ClassFacts): string {
  const modifiers = of.modifiers.filter((each) => each !== "native").map((each) => `${each} `)
    .join("");
  return `${modifiers}${of.superclass ?? "nil"} subclass: ${classNameText(of)}`;
}

/** A datum as its class says it. */
export function fieldText(word: string, field: FieldFacts): string {
  return `${word}: ${field.name}${field.type === undefined ? "" : ` :: ${typeText(field.type)}`}`;
}

/**
 * Heads of classes and methods as source would write them, made from facts.
 * @module
 */
import type { TypeExpression } from "../syntax/ast.ts";
import type { ClassFacts, MethodFacts } from "./class_facts.ts";
import { symbolText } from "./symbol_text.ts";

/** A written type. */
export function typeText(type: TypeExpression): string {
  switch (type.kind) {
    case "typeName": {
      const name = type.package === undefined ? type.name : `${type.package}@${type.name}`;
      if (type.arguments.length === 0) return name;
      return `${name}(${type.arguments.map(typeText).join(", ")})`;
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
  }
}

/** The head of a method: `at: i :: Integer put: v -> Object`. */
export function methodText({ selector, parameters, returnType }: MethodFacts): string {
  const written = parameters.map(({ name, type }) =>
    type === undefined ? name : `${name} :: ${typeText(type)}`
  );
  const parts = selector.includes(":") ? selector.split(/(?<=:)/) : [selector];
  const head = written.length === 0
    ? selector
    : parts.map((part, index) => `${part} ${written[index] ?? "_"}`).join(" ");
  return returnType === undefined ? head : `${head} -> ${typeText(returnType)}`;
}

/** The name of a class with its type parameters: `List(E)`. */
export function classNameText({ name, typeParameters }: ClassFacts): string {
  if (typeParameters.length === 0) return name;
  return `${name}(${typeParameters.map((each) => each.name).join(", ")})`;
}

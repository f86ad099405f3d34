/**
 * The types of literals.
 * @module
 */
import type { Expression } from "../../syntax/ast.ts";
import type { ClassEnvironment } from "../class_facts.ts";
import { childExpressions } from "../walk.ts";
import { exactInstanceOf, instanceOf } from "./annotation.ts";
import { DYNAMIC, type Type, union } from "./type.ts";

/** An expression that is written as its value. */
export type LiteralExpression = Extract<
  Expression,
  {
    readonly kind:
      | "integer"
      | "float"
      | "string"
      | "character"
      | "nil"
      | "boolean"
      | "symbol"
      | "interpolation"
      | "list"
      | "array"
      | "dictionary"
      | "tuple"
      | "binary";
  }
>;

/** The type of a literal; `infer` gives the types of what is inside. */
export function literalType(
  node: LiteralExpression,
  environment: ClassEnvironment,
  infer: (node: Expression) => Type,
): Type {
  const exact = (name: string, types: readonly Type[] = []) =>
    exactInstanceOf(name, environment, types);
  switch (node.kind) {
    case "integer":
      return exact("Integer");
    case "float":
      return exact("Float");
    case "string":
      return exact("String");
    case "character":
      return exact("Character");
    case "nil":
      return exact("UndefinedObject");
    case "boolean":
      return instanceOf("Boolean", environment);
    case "symbol":
      return { kind: "symbol", value: node.value, class: environment.classNamed("Symbol") };
    case "list": {
      const elements = node.elements.map(infer);
      if (node.tail !== undefined) elements.push(elementOf(infer(node.tail)));
      return exact("List", [elementType(elements)]);
    }
    case "array":
      return exact("Array", [elementType(node.elements.map(infer))]);
    case "dictionary": {
      const types = node.entries.map(({ key, value }) => ({
        key: infer(key),
        value: infer(value),
      }));
      const keys = elementType(types.map(({ key }) => key));
      return exact("Dictionary", [keys, elementType(types.map(({ value }) => value))]);
    }
    case "interpolation":
      childExpressions(node).forEach(infer);
      return exact("String");
    case "tuple":
      childExpressions(node).forEach(infer);
      return exact("Tuple");
    case "binary":
      childExpressions(node).forEach(infer);
      return exact("Binary");
    default:
      return node satisfies never;
  }
}

function elementType(types: readonly Type[]): Type {
  return types.length === 0 ? DYNAMIC : union(types);
}

function elementOf(type: Type): Type {
  return type.kind === "instance" ? type.arguments[0] ?? DYNAMIC : DYNAMIC;
}

/**
 * Types as they are written in source.
 * @module
 */
import { symbolText } from "../symbol_text.ts";
import type { Type } from "./type.ts";

/** A type as source would say it. */
export function printType(type: Type): string {
  switch (type.kind) {
    case "dynamic":
      return "Dynamic";
    case "never":
      return "Never";
    case "instance": {
      const name = type.class.name === "UndefinedObject" ? "nil" : type.class.name;
      return withArguments(name, type.arguments);
    }
    case "classObject":
      return `${type.class.name} class`;
    case "symbol":
      return symbolText(type.value);
    case "block":
      if (type.parameters === undefined) return "Block";
      return `Block(${[...type.parameters, type.result].map(printType).join(", ")})`;
    case "protocol":
      return withArguments(type.protocol.name, type.arguments);
    case "variable":
      if (type.rigid || type.bound === undefined) return type.name;
      return `${type.name} :: ${printType(type.bound)}`;
    case "difference":
      return `${printType(type.left)} \\ ${printType(type.right)}`;
    case "union":
      return type.members.map(printType).join(" | ");
    case "intersection":
      return type.members.map(printType).join(" & ");
    default:
      return type satisfies never;
  }
}

function withArguments(name: string, types: readonly Type[]): string {
  const known = types.some((type) => type.kind !== "dynamic");
  return known ? `${name}(${types.map(printType).join(", ")})` : name;
}

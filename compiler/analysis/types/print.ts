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
      const known = type.arguments.some((argument) => argument.kind !== "dynamic");
      return known ? `${name}(${type.arguments.map(printType).join(", ")})` : name;
    }
    case "classObject":
      return `${type.class.name} class`;
    case "symbol":
      return symbolText(type.value);
    case "block":
      if (type.parameters === undefined) return "Block";
      return `Block(${[...type.parameters, type.result].map(printType).join(", ")})`;
    case "protocol":
      return type.protocol.name;
    case "variable":
      return type.name;
    case "union":
      return type.members.map(printType).join(" | ");
    case "intersection":
      return type.members.map(printType).join(" & ");
    default:
      return type satisfies never;
  }
}

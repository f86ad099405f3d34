/**
 * The type of a `match:`, and what its arms say of the value that is matched.
 * @module
 */
import type { Literal, Match, MatchArm, Pattern } from "../../syntax/ast.ts";
import type { ClassEnvironment } from "../class_facts.ts";
import { takesAll } from "../walk.ts";
import { instanceOf, without } from "./annotation.ts";
import type { BodyInference } from "./body_inference.ts";
import { restrictedTo } from "./narrowing.ts";
import { patternClass } from "./pattern_types.ts";
import { DYNAMIC, NEVER, type Type } from "./type.ts";

/** The type of a `match:`. An arm sees what the arms before it leave, as far as its pattern takes it. */
export function inferMatch(node: Match, inference: BodyInference): Type {
  const { environment } = inference;
  let left = inference.infer(node.scrutinee);
  if (node.arms.length === 0) return DYNAMIC;
  const runs = node.arms.map((arm) => {
    const taken = takenBy(arm.pattern, left, environment);
    if (arm.guard === undefined) {
      left = without(left, surelyTaken(arm.pattern, left, environment), environment);
    }
    if (left.kind === "never") left = DYNAMIC;
    return () => inferArm(node, arm, taken, inference);
  });
  return inference.alternatives(runs);
}

function inferArm(node: Match, arm: MatchArm, taken: Type, inference: BodyInference): Type {
  if (taken.kind !== "never") inference.places.refine(node.scrutinee, taken);
  inference.bindPattern(arm.pattern, taken);
  if (arm.guard !== undefined) {
    inference.infer(arm.guard);
    inference.narrowBy(arm.guard, true);
  }
  const { body } = arm;
  // The body of an arm may be a block literal that holds its statements.
  if (body.kind === "block" && body.parameters.length === 0) return inference.branch(body);
  return inference.infer(body);
}

/** What a value of `type` is that a pattern takes. */
function takenBy(pattern: Pattern, type: Type, environment: ClassEnvironment): Type {
  switch (pattern.kind) {
    case "classPattern":
    case "constructorPattern": {
      const found = patternClass(pattern.class, environment);
      return found === undefined ? DYNAMIC : restrictedTo(type, found, environment);
    }
    case "literalPattern":
      return withLiteral(pattern.literal, type, environment);
    default:
      return type;
  }
}

function withLiteral(literal: Literal, type: Type, environment: ClassEnvironment): Type {
  if (literal.kind === "nil") return instanceOf("UndefinedObject", environment);
  if (literal.kind !== "symbol") return type;
  return { kind: "symbol", value: literal.value, class: environment.classNamed("Symbol") };
}

/** What no later arm sees. */
function surelyTaken(pattern: Pattern, type: Type, environment: ClassEnvironment): Type {
  switch (pattern.kind) {
    case "wildcard":
    case "binding":
      return type;
    case "literalPattern": {
      const { kind } = pattern.literal;
      return kind === "nil" || kind === "symbol"
        ? withLiteral(pattern.literal, type, environment)
        : NEVER;
    }
    case "classPattern":
    case "constructorPattern": {
      const parts = pattern.kind === "classPattern"
        ? [pattern.pattern]
        : pattern.fields.map((field) => field.pattern);
      const found = patternClass(pattern.class, environment);
      if (found === undefined || found.name === "Result" || !parts.every(takesAll)) return NEVER;
      return { kind: "instance", class: found, arguments: [], exact: false };
    }
    default:
      return NEVER;
  }
}

/**
 * What a test that came out true or false says of the variables and fields in it.
 * @module
 */
import type { Expression } from "../../syntax/ast.ts";
import type { ClassEnvironment, ClassFacts } from "../class_facts.ts";
import { bare } from "../walk.ts";
import { classOfType, inherits, instanceOf, without } from "./annotation.ts";
import { DYNAMIC, type Type, union, unionMembers } from "./type.ts";

/** Reads and refines what is known of a variable or field. */
export interface Refinable {
  /** The present type; undefined where the expression is neither variable nor field. */
  typeOf(expression: Expression): Type | undefined;
  refine(expression: Expression, type: Type): void;
}

/** Refines by a condition that came out `truth`. */
export function narrow(
  condition: Expression,
  truth: boolean,
  places: Refinable,
  environment: ClassEnvironment,
): void {
  const test = bare(condition);
  if (test.kind !== "send") return;
  const subject = bare(test.receiver);
  const argument = test.arguments[0] && bare(test.arguments[0]);
  switch (test.selector) {
    case "not":
      return narrow(subject, !truth, places, environment);
    case "and:":
      if (truth) narrowBoth(subject, argument, true, places, environment);
      return;
    case "or:":
      if (!truth) narrowBoth(subject, argument, false, places, environment);
      return;
    case "isNil":
      return narrowNil(subject, truth, places, environment);
    case "notNil":
    case "isNotNil":
      return narrowNil(subject, !truth, places, environment);
    case "isKindOf:":
      return narrowClass(subject, argument, truth, places, environment);
    case "=:=":
    case "==":
      return narrowEqual(subject, argument, truth, places, environment);
    case "=/=":
    case "/=":
    case "~=":
      return narrowEqual(subject, argument, !truth, places, environment);
    case "respondsTo:":
      if (truth && places.typeOf(subject) !== undefined) places.refine(subject, DYNAMIC);
      return;
  }
}

function narrowBoth(
  first: Expression,
  second: Expression | undefined,
  truth: boolean,
  places: Refinable,
  environment: ClassEnvironment,
): void {
  narrow(first, truth, places, environment);
  if (second?.kind !== "block") return;
  const last = second.statements[second.statements.length - 1];
  if (last !== undefined && second.statements.length === 1) {
    narrow(last.expression, truth, places, environment);
  }
}

function narrowNil(
  subject: Expression,
  isNil: boolean,
  places: Refinable,
  environment: ClassEnvironment,
): void {
  const type = places.typeOf(subject);
  if (type === undefined) return;
  const nil = instanceOf("UndefinedObject", environment);
  if (isNil) places.refine(subject, nil);
  else if (type.kind !== "dynamic") places.refine(subject, without(type, nil, environment));
}

function narrowClass(
  subject: Expression,
  argument: Expression | undefined,
  truth: boolean,
  places: Refinable,
  environment: ClassEnvironment,
): void {
  const type = places.typeOf(subject);
  if (type === undefined || argument?.kind !== "class") return;
  const found = environment.classNamed(argument.name, argument.package);
  if (found === undefined) {
    if (truth) places.refine(subject, DYNAMIC);
    return;
  }
  const refined = truth
    ? restrictedTo(type, found, environment)
    : without(type, { kind: "instance", class: found, arguments: [], exact: false }, environment);
  places.refine(subject, refined);
}

/** The part of a type whose values are of a class. */
export function restrictedTo(
  type: Type,
  found: ClassFacts,
  environment: ClassEnvironment,
): Type {
  const whole: Type = { kind: "instance", class: found, arguments: [], exact: false };
  if (type.kind === "dynamic") return whole;
  const kept = unionMembers(type).flatMap((member): readonly Type[] => {
    const of = classOfType(member);
    if (of === undefined) return [whole];
    if (inherits(of, found, environment)) return [member];
    return inherits(found, of, environment) ? [whole] : [];
  });
  return kept.length === 0 ? whole : union(kept);
}

function narrowEqual(
  subject: Expression,
  argument: Expression | undefined,
  truth: boolean,
  places: Refinable,
  environment: ClassEnvironment,
): void {
  if (argument === undefined) return;
  if (argument.kind === "nil") return narrowNil(subject, truth, places, environment);
  if (subject.kind === "nil") return narrowNil(argument, truth, places, environment);
  if (subject.kind === "send" && subject.selector === "class") {
    if (truth) narrowClass(bare(subject.receiver), argument, true, places, environment);
    return;
  }
  if (argument.kind === "symbol") narrowSymbol(subject, argument.value, truth, places);
}

function narrowSymbol(
  subject: Expression,
  value: string,
  truth: boolean,
  places: Refinable,
): void {
  const type = places.typeOf(subject);
  if (type?.kind !== "union") return;
  const kept = type.members.filter((member) =>
    member.kind !== "symbol" || (member.value === value) === truth
  );
  if (kept.length > 0) places.refine(subject, union(kept));
}

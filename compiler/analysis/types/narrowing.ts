/**
 * What a test that came out true or false says of the variables and fields in it.
 * @module
 */
import type { Expression } from "../../syntax/ast.ts";
import type { ClassEnvironment, ClassFacts, MethodFacts, ProtocolFacts } from "../class_facts.ts";
import { symbolText } from "../symbol_text.ts";
import { bare } from "../walk.ts";
import { classOfType, inherits, instanceOf, without } from "./annotation.ts";
import { DYNAMIC, type Type, union, unionMembers } from "./type.ts";
import { descendants } from "./understanding.ts";

/** Reads and refines what is known of a variable or field. */
export interface Refinable {
  /** The present type; undefined where the expression is neither variable nor field. */
  typeOf(expression: Expression): Type | undefined;
  refine(expression: Expression, type: Type): void;
  /** Refines in one of two ways: after it holds what either says. */
  either(first: () => void, second: () => void): void;
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
      return narrowBoth(subject, argument, truth, true, places, environment);
    case "or:":
      return narrowBoth(subject, argument, truth, false, places, environment);
    case "isNil":
      return narrowNil(subject, truth, places, environment);
    case "notNil":
    case "isNotNil":
      return narrowNil(subject, !truth, places, environment);
    case "isKindOf:":
      return narrowClass(subject, argument, truth, places, environment);
    case "isMemberOf:":
      return narrowExactClass(subject, argument, truth, places, environment);
    case "=:=":
    case "==":
      return narrowEqual(subject, argument, truth, places, environment);
    case "=/=":
    case "/=":
    case "~=":
      return narrowEqual(subject, argument, !truth, places, environment);
    case "respondsTo:":
      return narrowUnderstanding(subject, argument, truth, places);
    default:
      return narrowQuestion(subject, test.selector, truth, places, environment);
  }
}

/**
 * Both parts came out `joint`, or the first did not or the second did not: `a and: [b]` is true in
 * the one way and false in two, `a or: [b]` the other way round.
 */
function narrowBoth(
  first: Expression,
  second: Expression | undefined,
  truth: boolean,
  joint: boolean,
  places: Refinable,
  environment: ClassEnvironment,
): void {
  const test = second?.kind === "block" && second.statements.length === 1
    ? second.statements[0]?.expression
    : undefined;
  const both = () => {
    narrow(first, joint, places, environment);
    if (test !== undefined) narrow(test, truth, places, environment);
  };
  if (truth === joint) return both();
  places.either(() => narrow(first, truth, places, environment), both);
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
  if (argument?.kind !== "class") return;
  const found = environment.classNamed(argument.name, argument.package);
  if (found !== undefined) return narrowKind(subject, found, truth, places, environment);
  if (truth && places.typeOf(subject) !== undefined) places.refine(subject, DYNAMIC);
}

function narrowKind(
  subject: Expression,
  found: ClassFacts,
  truth: boolean,
  places: Refinable,
  environment: ClassEnvironment,
): void {
  const type = places.typeOf(subject);
  if (type === undefined) return;
  const refined = truth
    ? restrictedTo(type, found, environment)
    : without(type, { kind: "instance", class: found, arguments: [], exact: false }, environment);
  places.refine(subject, refined);
}

/** Of this very class; what is not may still be of a subclass, if there is one. */
function narrowExactClass(
  subject: Expression,
  argument: Expression | undefined,
  truth: boolean,
  places: Refinable,
  environment: ClassEnvironment,
): void {
  if (argument?.kind !== "class") return;
  const found = environment.classNamed(argument.name, argument.package);
  const isLast = found !== undefined && descendants(found, environment).length === 0;
  if (truth || isLast) narrowClass(subject, argument, truth, places, environment);
}

/** Questions that every object answers, and the class for which the answer is yes. */
const QUESTIONS: ReadonlyMap<string, string> = new Map([
  ["isString", "String"],
  ["isSymbol", "Symbol"],
  ["isNumber", "Number"],
  ["isInteger", "Integer"],
  ["isFloat", "Float"],
  ["isBoolean", "Boolean"],
  ["isBlock", "Block"],
  ["isList", "List"],
  ["isArray", "Array"],
  ["isTuple", "Tuple"],
  ["isSet", "Set"],
  ["isDictionary", "Dictionary"],
  ["isCollection", "Collection"],
  ["isActor", "Actor"],
]);

function narrowQuestion(
  subject: Expression,
  selector: string,
  truth: boolean,
  places: Refinable,
  environment: ClassEnvironment,
): void {
  const found = environment.classNamed(QUESTIONS.get(selector) ?? "", "stdlib");
  if (found !== undefined) narrowKind(subject, found, truth, places, environment);
}

/** What answers the message may be anything of its type that has it. */
function narrowUnderstanding(
  subject: Expression,
  argument: Expression | undefined,
  truth: boolean,
  places: Refinable,
): void {
  const type = places.typeOf(subject);
  if (type === undefined || !truth) return;
  const isKnown = type.kind !== "dynamic" && argument?.kind === "symbol";
  if (!isKnown) return places.refine(subject, DYNAMIC);
  const members = [type, protocolOf(argument.value)];
  places.refine(subject, { kind: "intersection", members });
}

/** The protocol of one message, of which nothing else is known. */
function protocolOf(selector: string): Type {
  const nowhere = { start: 0, end: 0 };
  const method: MethodFacts = {
    selector,
    parameters: [],
    returnType: undefined,
    sealed: false,
    internal: false,
    primitive: false,
    doc: undefined,
    span: nowhere,
  };
  const protocol: ProtocolFacts = {
    name: `respondsTo: ${symbolText(selector)}`,
    typeParameters: [],
    methods: [method],
    classMethods: [],
    doc: undefined,
    file: "",
    span: nowhere,
  };
  return { kind: "protocol", protocol, arguments: [] };
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
  for (const [one, other] of [[subject, argument], [argument, subject]] as const) {
    if (one.kind === "send" && one.selector === "class") {
      return narrowExactClass(bare(one.receiver), other, truth, places, environment);
    }
    if (other.kind === "symbol") return narrowSymbol(one, other.value, truth, places);
  }
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

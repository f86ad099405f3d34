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

/** Refines what is known of places by how tests came out. */
export class Narrowing {
  readonly #places: Refinable;
  readonly #environment: ClassEnvironment;

  constructor(places: Refinable, environment: ClassEnvironment) {
    this.#places = places;
    this.#environment = environment;
  }

  /** Refines by a condition that came out `truth`. */
  by(condition: Expression, truth: boolean): void {
    const test = bare(condition);
    if (test.kind !== "send") return;
    const subject = bare(test.receiver);
    const argument = test.arguments[0] && bare(test.arguments[0]);
    switch (test.selector) {
      case "not":
        return this.by(subject, !truth);
      case "and:":
        return this.#both(subject, argument, truth, true);
      case "or:":
        return this.#both(subject, argument, truth, false);
      case "isNil":
        return this.#nil(subject, truth);
      case "notNil":
      case "isNotNil":
        return this.#nil(subject, !truth);
      case "isKindOf:":
        return this.#ofClass(subject, argument, truth);
      case "isMemberOf:":
        return this.#ofExactClass(subject, argument, truth);
      case "=:=":
      case "==":
        return this.#equal(subject, argument, truth);
      case "=/=":
      case "/=":
      case "~=":
        return this.#equal(subject, argument, !truth);
      case "respondsTo:":
        return this.#understanding(subject, argument, truth);
      default:
        return this.#question(subject, test.selector, truth);
    }
  }

  /**
   * Both parts came out `joint`, or the first did not or the second did not: `a and: [b]` is true in
   * the one way and false in two, `a or: [b]` the other way round.
   */
  #both(first: Expression, second: Expression | undefined, truth: boolean, joint: boolean): void {
    const test = second?.kind === "block" && second.statements.length === 1
      ? second.statements[0]?.expression
      : undefined;
    const both = () => {
      this.by(first, joint);
      if (test !== undefined) this.by(test, truth);
    };
    if (truth === joint) return both();
    this.#places.either(() => this.by(first, truth), both);
  }

  #nil(subject: Expression, isNil: boolean): void {
    const type = this.#places.typeOf(subject);
    if (type === undefined) return;
    const nil = instanceOf("UndefinedObject", this.#environment);
    if (isNil) this.#places.refine(subject, nil);
    else if (type.kind !== "dynamic") {
      this.#places.refine(subject, without(type, nil, this.#environment));
    }
  }

  #ofClass(subject: Expression, argument: Expression | undefined, truth: boolean): void {
    if (argument?.kind !== "class") return;
    const found = this.#environment.classNamed(argument.name, argument.package);
    if (found !== undefined) return this.#ofKind(subject, found, truth);
    if (truth && this.#places.typeOf(subject) !== undefined) this.#places.refine(subject, DYNAMIC);
  }

  #ofKind(subject: Expression, found: ClassFacts, truth: boolean): void {
    const type = this.#places.typeOf(subject);
    if (type === undefined) return;
    const instances: Type = { kind: "instance", class: found, arguments: [], exact: false };
    const refined = truth
      ? restrictedTo(type, found, this.#environment)
      : without(type, instances, this.#environment);
    this.#places.refine(subject, refined);
  }

  /** Of this very class; what is not may still be of a subclass, if there is one. */
  #ofExactClass(subject: Expression, argument: Expression | undefined, truth: boolean): void {
    if (argument?.kind !== "class") return;
    const found = this.#environment.classNamed(argument.name, argument.package);
    const isLast = found !== undefined && descendants(found, this.#environment).length === 0;
    if (truth || isLast) this.#ofClass(subject, argument, truth);
  }

  #question(subject: Expression, selector: string, truth: boolean): void {
    const found = this.#environment.classNamed(QUESTIONS.get(selector) ?? "", "stdlib");
    if (found !== undefined) this.#ofKind(subject, found, truth);
  }

  /** What answers the message may be anything of its type that has it. */
  #understanding(subject: Expression, argument: Expression | undefined, truth: boolean): void {
    const type = this.#places.typeOf(subject);
    if (type === undefined || !truth) return;
    const isKnown = type.kind !== "dynamic" && argument?.kind === "symbol";
    if (!isKnown) return this.#places.refine(subject, DYNAMIC);
    const members = [type, protocolOf(argument.value)];
    this.#places.refine(subject, { kind: "intersection", members });
  }

  #equal(subject: Expression, argument: Expression | undefined, truth: boolean): void {
    if (argument === undefined) return;
    if (argument.kind === "nil") return this.#nil(subject, truth);
    if (subject.kind === "nil") return this.#nil(argument, truth);
    for (const [one, other] of [[subject, argument], [argument, subject]] as const) {
      if (one.kind === "send" && one.selector === "class") {
        return this.#ofExactClass(bare(one.receiver), other, truth);
      }
      if (other.kind === "symbol") return this.#symbol(one, other.value, truth);
    }
  }

  #symbol(subject: Expression, value: string, truth: boolean): void {
    const type = this.#places.typeOf(subject);
    if (type?.kind !== "union") return;
    const kept = type.members.filter((member) =>
      member.kind !== "symbol" || (member.value === value) === truth
    );
    if (kept.length > 0) this.#places.refine(subject, union(kept));
  }
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

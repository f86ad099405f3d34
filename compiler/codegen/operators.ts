/**
 * Binary operators: BIFs in place where the operands are of the right kind, else the message.
 * @module
 */
import type { Span } from "../syntax/ast.ts";
import { atom, bif, call, caseOf, type Core, list } from "./core.ts";
import { keepingFrame } from "./frames.ts";
import { type Continuation, type Generator, tail } from "./generator.ts";
import { binarySegment } from "./literals.ts";
import type { Environment, Value } from "./locals.ts";

const NUMBER_OPERATORS: Readonly<Record<string, string>> = {
  "+": "+",
  "-": "-",
  "*": "*",
  "/": "/",
  "<": "<",
  ">": ">",
  "<=": "=<",
  ">=": ">=",
};
const INTEGER_OPERATORS: Readonly<Record<string, string>> = { "%": "rem", "div:": "div" };
const TERM_OPERATORS: Readonly<Record<string, string>> = {
  "=:=": "=:=",
  "=/=": "=/=",
  "==": "==",
  "/=": "/=",
  "~=": "/=",
};

/** Whether the selector is compiled in place. */
export function isOperator(selector: string): boolean {
  return selector in NUMBER_OPERATORS || selector in INTEGER_OPERATORS ||
    selector in TERM_OPERATORS || selector === "++";
}

/** The BIF that orders two numbers as the selector does. */
export function orderGuard(selector: string): string | undefined {
  return ORDER.has(selector) ? NUMBER_OPERATORS[selector] : undefined;
}

const ORDER: ReadonlySet<string> = new Set(["<", ">", "<=", ">="]);

/** The BIF that compares two terms as the selector does. */
export function termGuard(selector: string): string | undefined {
  return TERM_OPERATORS[selector];
}

/** The guard that the values are numbers; undefined where they surely are. */
export function numberTests(operands: readonly Value[]): Core | undefined {
  const unknown = operands.filter((value) => !isNumeric(value));
  return conjunction(unknown.map((value) => bif("is_number", [value.core])));
}

/** The operator as a message. */
export function sendOperator(
  g: Generator,
  selector: string,
  left: Value,
  right: Value,
  span: Span,
): Core {
  const args = [left.core, atom(selector), list([right.core])];
  return call("beamtalk_send", "send", args, g.line(span));
}

/** Code for `left selector right`. */
export function binaryOperation(
  g: Generator,
  selector: string,
  left: Value,
  right: Value,
  span: Span,
  env: Environment,
  k: Continuation,
): Core {
  const line = g.line(span);
  const operands = [left.core, right.core];
  const term = TERM_OPERATORS[selector];
  if (term !== undefined) return g.bind(bif(term, operands, line), env, k);
  const message = sendOperator(g, selector, left, right, span);
  const isLast = k === tail && g.context.owner?.package !== "stdlib";
  const otherwise = isLast ? keepingFrame(g, message) : message;
  if (selector === "++") return g.bind(concatenation(left, right, otherwise, line), env, k);
  if (isZero(right) && DIVISIONS.has(selector)) return g.bind(otherwise, env, k);
  const number = NUMBER_OPERATORS[selector];
  if (number !== undefined) {
    const type = resultType(selector, left, right);
    if (isCalled(g, selector, left, right)) {
      return g.bind(calledOperator(selector, operands, line), env, k, type);
    }
    const code = guarded(
      "is_number",
      isNumeric,
      [left, right],
      bif(number, operands, line),
      otherwise,
    );
    return g.bind(code, env, k, type);
  }
  const name = INTEGER_OPERATORS[selector];
  if (name === undefined) return g.bind(otherwise, env, k);
  return g.bind(
    guarded("is_integer", isIntegral, [left, right], bif(name, operands, line), otherwise),
    env,
    k,
    bothIntegral(left, right),
  );
}

/**
 * Whether a number's operator is left to the runtime, which tests the operands. Divisions are not:
 * their errors are to be of the line that divides.
 */
export function isCalled(g: Generator, selector: string, left: Value, right: Value): boolean {
  return g.source.compact === true && !DIVISIONS.has(selector) &&
    !(isNumeric(left) && isNumeric(right));
}

/** The operator as the runtime's function of its name. */
export function calledOperator(selector: string, operands: readonly Core[], line: number): Core {
  return call("beamtalk_operator", selector, operands, line);
}

const DIVISIONS: ReadonlySet<string> = new Set(["/", "%", "div:"]);

/** Divisions by a literal zero are sent, since folding them would lose what was divided. */
function isZero({ core }: Value): boolean {
  return core.kind === "literal" && core.value.kind === "integer" && core.value.value === 0n;
}

function isIntegral(value: Value): boolean {
  return value.type === "Integer" || value.type === "Character";
}

function isNumeric(value: Value): boolean {
  return isIntegral(value) || value.type === "Float";
}

function resultType(selector: string, left: Value, right: Value): string | undefined {
  if (!["+", "-", "*"].includes(selector)) return undefined;
  return bothIntegral(left, right);
}

function bothIntegral(left: Value, right: Value): string | undefined {
  return isIntegral(left) && isIntegral(right) ? "Integer" : undefined;
}

/** `fast` where all operands pass the test; operands known to pass are not tested. */
function guarded(
  test: string,
  known: (value: Value) => boolean,
  operands: readonly Value[],
  fast: Core,
  slow: Core,
): Core {
  const tests = operands.filter((value) => !known(value)).map((value) => bif(test, [value.core]));
  return choose([[conjunction(tests), fast]], slow);
}

function conjunction(tests: readonly Core[]): Core | undefined {
  const [first, ...rest] = tests;
  if (first === undefined) return undefined;
  return rest.reduce((all, test) => bif("and", [all, test]), first);
}

/** The first body whose guard holds. */
export function choose(
  guards: readonly (readonly [Core | undefined, Core])[],
  otherwise: Core,
): Core {
  const [first] = guards;
  if (first !== undefined && first[0] === undefined) return first[1];
  const clauses = guards.map(([guard, body]) => ({ patterns: [], guard, body }));
  return caseOf({ kind: "values", elements: [] }, [
    ...clauses,
    { patterns: [], guard: undefined, body: otherwise },
  ]);
}

function concatenation(left: Value, right: Value, otherwise: Core, line: number): Core {
  const operands = [left, right];
  const joined: Core = {
    kind: "binary",
    segments: operands.map((value) => binarySegment(value.core)),
  };
  const texts = operands.filter((value) => value.type !== "String");
  const binaries = conjunction(texts.map((value) => bif("is_binary", [value.core])));
  if (binaries === undefined || operands.some((value) => value.type === "String")) {
    return choose([[binaries, joined]], otherwise);
  }
  const lists = conjunction(operands.map((value) => bif("is_list", [value.core])));
  const appended = bif("++", [left.core, right.core], line);
  return choose([[binaries, joined], [lists, appended]], otherwise);
}

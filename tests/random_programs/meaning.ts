/**
 * What programs mean, said a second time: the reference that compiled programs are compared with.
 * @module
 */

/** A value of the programs. */
export type Value = number | boolean | readonly Value[];

/** `^` on its way out of the method. */
export class Returned extends Error {
  constructor(readonly value: Value) {
    super("returned");
  }
}

/** An error of the program, by its kind. */
export class Raised extends Error {
  constructor(readonly kind: string) {
    super(kind);
  }
}

/** The program does more than a test should: it is not used. */
export class TooMuch extends Error {}

const MAX_STEPS = 20_000;
const MAX_INTEGER = 1e12;
const MAX_LENGTH = 60;

/** Locals of a block or method; names that are not its own are those of the scope around. */
export class Scope {
  readonly #own = new Map<string, { value: Value }>();
  readonly #steps: { count: number };

  constructor(readonly outer?: Scope) {
    this.#steps = outer === undefined ? { count: 0 } : outer.#steps;
    if (++this.#steps.count > MAX_STEPS) throw new TooMuch();
  }

  declare(name: string, value: Value): void {
    this.#own.set(name, { value });
  }

  get(name: string): Value {
    const cell = this.#find(name);
    if (cell === undefined) throw new RangeError(`no local ${name}`);
    return cell.value;
  }

  assign(name: string, value: Value): Value {
    const cell = this.#find(name);
    if (cell === undefined) this.declare(name, value);
    else cell.value = value;
    return value;
  }

  #find(name: string): { value: Value } | undefined {
    const { outer } = this;
    return this.#own.get(name) ?? (outer === undefined ? undefined : outer.#find(name));
  }
}

/** A part of a program: how it is written in a form, and what it does. */
export interface Piece<V extends Value = Value> {
  readonly text: (form: Form) => string;
  readonly run: (scope: Scope) => V;
}

/** A way to write the same program. */
export interface Form {
  /** A literal block that is an argument of control flow. */
  readonly block: (text: string) => string;
  /** The value of an assignment to a local. */
  readonly assigned: (text: string) => string;
}

/** A sum, difference or product that stays small. */
export function calculated(operator: string, a: number, b: number): number {
  const value = operator === "+" ? a + b : operator === "-" ? a - b : a * b;
  if (Math.abs(value) > MAX_INTEGER) throw new TooMuch();
  return value === 0 ? 0 : value;
}

/** A comparison. */
export function compared(operator: string, a: number, b: number): boolean {
  switch (operator) {
    case "<":
      return a < b;
    case ">":
      return a > b;
    case "<=":
      return a <= b;
    case ">=":
      return a >= b;
    default:
      return (a === b) === (operator === "=:=");
  }
}

/** A list with one element more. */
export function extended(list: readonly Value[], element: Value): readonly Value[] {
  if (list.length >= MAX_LENGTH) throw new TooMuch();
  return [...list, element];
}

/** The value as Beamtalk prints it. */
export function printed(value: Value): string {
  return typeof value === "object" ? `#(${value.map(printed).join(", ")})` : String(value);
}

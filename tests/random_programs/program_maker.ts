/**
 * Random statements and expressions of locals, blocks and control flow, each with its meaning.
 * @module
 */
import type { Random } from "../mutants/mutation.ts";
import {
  calculated,
  compared,
  extended,
  type Piece,
  Raised,
  Returned,
  Scope,
  TooMuch,
  type Value,
} from "./meaning.ts";

type Integers = Piece<number>;
type Booleans = Piece<boolean>;
type Lists = Piece<readonly Value[]>;

/** Names that a piece may use: those of integers and those of lists. */
export interface Names {
  readonly integers: readonly string[];
  readonly lists: readonly string[];
}

/** The locals of every program. */
export const NAMES: Names = { integers: ["a", "b", "c"], lists: ["p", "q"] };
/** Answers the value of a block with parameters. */
function called<V extends Value>(
  body: Piece<V>,
  outer: Scope,
  parameters: Readonly<Record<string, Value>> = {},
): V {
  const scope = new Scope(outer);
  for (const [name, value] of Object.entries(parameters)) scope.declare(name, value);
  return body.run(scope);
}

/** Makes pieces of programs, each with a meaning. */
export class ProgramMaker {
  readonly #random: Random;
  #fresh = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  statement(names: Names, depth: number): Piece {
    const kinds = depth <= 0 ? this.#simple : [...this.#simple, ...this.#compound];
    return this.#pick(kinds)(names, depth - 1);
  }

  #below(limit: number): number {
    return Math.floor(this.#random() * limit);
  }

  #pick<T>(choices: readonly T[]): T {
    const chosen = choices[this.#below(choices.length)];
    if (chosen === undefined) throw new RangeError("nothing to choose from");
    return chosen;
  }

  /** A name that no other piece uses. */
  #name(): string {
    return `x${this.#fresh++}`;
  }

  /** Names with some of integers more. */
  #with(names: Names, ...more: string[]): Names {
    return { ...names, integers: [...names.integers, ...more] };
  }

  readonly #simple: readonly ((names: Names, depth: number) => Piece)[] = [
    (names, depth) => {
      const [name, value] = [this.#pick(names.integers), this.#integer(names, depth)];
      return {
        text: (form) => `${name} := ${form.assigned(value.text(form))}`,
        run: (scope) => scope.assign(name, value.run(scope)),
      };
    },
    (names, depth) => {
      const [name, value] = [this.#pick(names.integers), this.#integer(names, depth)];
      const operator = this.#pick(["+", "-"]);
      return {
        text: (form) => `${name} ${operator}= ${value.text(form)}`,
        run: (scope) => {
          const before = scope.get(name) as number;
          return scope.assign(name, calculated(operator, before, value.run(scope)));
        },
      };
    },
  ];

  readonly #compound: readonly ((names: Names, depth: number) => Piece)[] = [
    (names, depth) => {
      const test = this.#boolean(names, depth);
      const [yes, no] = [this.#statements(names, depth), this.#statements(names, depth)];
      return {
        text: (form) =>
          `${test.text(form)} ifTrue: ${form.block(`[${yes.text(form)}]`)} ifFalse: ${
            form.block(`[${no.text(form)}]`)
          }`,
        run: (scope) => called(test.run(scope) ? yes : no, scope),
      };
    },
    (names, depth) => {
      const [test, body] = [this.#boolean(names, depth), this.#statements(names, depth)];
      const when = this.#pick([true, false]);
      return {
        text: (form) =>
          `${test.text(form)} ${when ? "ifTrue" : "ifFalse"}: ${
            form.block(`[${body.text(form)}]`)
          }`,
        run: (scope) => test.run(scope) === when ? called(body, scope) : false,
      };
    },
    (names, depth) => {
      const [counter, limit] = [this.#name(), this.#below(4)];
      const body = this.#statements(this.#with(names, counter), depth);
      return {
        text: (form) => `1 to: ${limit} do: ${form.block(`[:${counter} | ${body.text(form)}]`)}`,
        run: (scope) => {
          for (let i = 1; i <= limit; i++) called(body, scope, { [counter]: i });
          return false;
        },
      };
    },
    (names, depth) => {
      const [list, element] = [this.#list(names, depth), this.#name()];
      const body = this.#statements(this.#with(names, element), depth);
      return {
        text: (form) =>
          `${list.text(form)} do: ${form.block(`[:${element} | ${body.text(form)}]`)}`,
        run: (scope) => {
          for (const each of list.run(scope)) called(body, scope, { [element]: each });
          return false;
        },
      };
    },
    (names, depth) => {
      const [turn, limit, body] = [this.#name(), this.#below(4), this.#statements(names, depth)];
      return {
        text: (form) =>
          `${turn} := 0. ${form.block(`[${turn} < ${limit}]`)} whileTrue: ${
            form.block(`[${turn} += 1. ${body.text(form)}]`)
          }`,
        run: (scope) => {
          for (let i = 0; i < limit; i++) called(body, scope);
          return false;
        },
      };
    },
    (names, depth) => {
      const value = this.#integer(names, depth);
      return {
        text: (form) => `^ ${value.text(form)}`,
        run: (scope) => {
          throw new Returned(value.run(scope));
        },
      };
    },
    (names, depth) => {
      const [name, list] = [this.#pick(names.lists), this.#list(names, depth)];
      return {
        text: (form) => `${name} := ${list.text(form)}`,
        run: (scope) => scope.assign(name, list.run(scope)),
      };
    },
    (names, depth) => {
      const [block, times, name] = [this.#name(), this.#below(3), this.#pick(names.integers)];
      const body = this.#answering(names, depth);
      return {
        text: (form) =>
          `${block} := [${body.text(form)}]` + `. ${name} := ${block} value`.repeat(times),
        run: (scope) => {
          for (let i = 0; i < times; i++) scope.assign(name, called(body, scope));
          return false;
        },
      };
    },
    (names, depth) => {
      const [first, second] = [this.#pick(names.integers), this.#pick(names.integers)];
      const [one, two] = [this.#integer(names, depth), this.#integer(names, depth)];
      return {
        text: (form) => `{${first}, ${second}} := {${one.text(form)}, ${two.text(form)}}`,
        run: (scope) => {
          const values = [one.run(scope), two.run(scope)] as const;
          if (first === second && values[0] !== values[1]) throw new Raised("match_error");
          scope.assign(first, values[0]);
          return scope.assign(second, values[1]);
        },
      };
    },
  ];

  #statements(names: Names, depth: number): Piece {
    const body = Array.from(
      { length: 1 + this.#below(3) },
      () => this.statement(names, depth),
    );
    return {
      text: (form) => body.map((each) => each.text(form)).join(". "),
      run: (scope) => body.map((each) => each.run(scope)).at(-1) ?? false,
    };
  }

  /** Statements that end with an integer. */
  #answering(names: Names, depth: number): Integers {
    const [body, value] = [this.#statements(names, depth), this.#integer(names, depth)];
    return {
      text: (form) => `${body.text(form)}. ${value.text(form)}`,
      run: (scope) => {
        body.run(scope);
        return value.run(scope);
      },
    };
  }

  #integer(names: Names, depth: number): Integers {
    if (depth <= 0 || this.#below(4) === 0) return this.#leaf(names);
    return this.#pick(this.#integers)(names, depth - 1);
  }

  #leaf(names: Names): Integers {
    const name = this.#pick(names.integers);
    if (this.#below(3) > 0) return { text: () => name, run: (scope) => scope.get(name) as number };
    const value = this.#below(7) - 2;
    return { text: () => value < 0 ? `(${value})` : String(value), run: () => value };
  }

  readonly #integers: readonly ((names: Names, depth: number) => Integers)[] = [
    (names, depth) => {
      const [one, two] = [this.#integer(names, depth), this.#integer(names, depth)];
      const operator = this.#pick(["+", "-", "*"]);
      return {
        text: (form) => `(${one.text(form)} ${operator} ${two.text(form)})`,
        run: (scope) => calculated(operator, one.run(scope), two.run(scope)),
      };
    },
    (names, depth) => {
      const test = this.#boolean(names, depth);
      const [yes, no] = [this.#integer(names, depth), this.#integer(names, depth)];
      return {
        text: (form) =>
          `(${test.text(form)} ifTrue: ${form.block(`[${yes.text(form)}]`)} ifFalse: ${
            form.block(`[${no.text(form)}]`)
          })`,
        run: (scope) => called(test.run(scope) ? yes : no, scope),
      };
    },
    (names, depth) => {
      const [name, value] = [this.#pick(names.integers), this.#integer(names, depth)];
      return {
        text: (form) => `(${name} := ${form.assigned(value.text(form))})`,
        run: (scope) => scope.assign(name, value.run(scope)) as number,
      };
    },
    (names, depth) => {
      const [list, start] = [this.#list(names, depth), this.#integer(names, depth)];
      const [sum, each] = [this.#name(), this.#name()];
      const body = this.#integer(this.#with(names, sum, each), depth);
      return {
        text: (form) =>
          `(${list.text(form)} inject: ${start.text(form)} into: ${
            form.block(`[:${sum} :${each} | ${body.text(form)}]`)
          })`,
        run: (scope) => {
          const elements = list.run(scope);
          let all = start.run(scope);
          for (const one of elements) all = called(body, scope, { [sum]: all, [each]: one });
          return all;
        },
      };
    },
    (names, depth) => {
      const body = this.#answering(names, depth);
      return {
        text: (form) => `([${body.text(form)}] value)`,
        run: (scope) => called(body, scope),
      };
    },
    (names, depth) => {
      const [body, handler] = [this.#answering(names, depth), this.#integer(names, depth)];
      const error = this.#name();
      return {
        text: (form) =>
          `(${form.block(`[${body.text(form)}]`)} on: Error do: ${
            form.block(`[:${error} | ${handler.text(form)}]`)
          })`,
        run: (scope) => {
          try {
            return called(body, scope);
          } catch (failure) {
            if (!(failure instanceof Raised)) throw failure;
            return called(handler, scope);
          }
        },
      };
    },
    (names, depth) => {
      const [body, after] = [this.#answering(names, depth), this.#statements(names, depth)];
      return {
        text: (form) =>
          `(${form.block(`[${body.text(form)}]`)} ensure: ${form.block(`[${after.text(form)}]`)})`,
        run: (scope) => {
          let value: number;
          try {
            value = called(body, scope);
          } catch (leaving) {
            if (!(leaving instanceof TooMuch)) called(after, scope);
            throw leaving;
          }
          called(after, scope);
          return value;
        },
      };
    },
    (names, depth) => {
      const [value, literal, name] = [this.#integer(names, depth), this.#below(5), this.#name()];
      const [same, other] = [this.#integer(names, depth), this.#integer(names, depth)];
      const bound = this.#with(names, name);
      const [guard, body] = [this.#boolean(bound, 1), this.#integer(bound, depth)];
      return {
        text: (form) =>
          `(${value.text(form)} match: [${literal} -> ${same.text(form)}; ${name} when: [${
            guard.text(form)
          }] -> ${body.text(form)}; _ -> ${other.text(form)}])`,
        run: (scope) => {
          const found = value.run(scope);
          if (found === literal) return same.run(scope);
          const inner = new Scope(scope);
          inner.declare(name, found);
          return guard.run(inner) ? body.run(inner) : other.run(scope);
        },
      };
    },
    () => ({
      text: () => "(1 / 0)",
      run: () => {
        throw new Raised("badarith");
      },
    }),
    (names, depth) => {
      const [list, each] = [this.#list(names, depth), this.#name()];
      const [test, none] = [
        this.#boolean(this.#with(names, each), depth),
        this.#integer(names, depth),
      ];
      return {
        text: (form) =>
          `(${list.text(form)} detect: ${form.block(`[:${each} | ${test.text(form)}]`)} ifNone: ${
            form.block(`[${none.text(form)}]`)
          })`,
        run: (scope) => {
          for (const one of list.run(scope)) {
            if (called(test, scope, { [each]: one })) return one as number;
          }
          return called(none, scope);
        },
      };
    },
  ];

  #boolean(names: Names, depth: number): Booleans {
    if (depth > 0 && this.#below(2) === 0) {
      const [one, two] = [this.#boolean(names, depth - 1), this.#boolean(names, depth - 1)];
      const isAnd = this.#pick([true, false]);
      return {
        text: (form) =>
          `(${one.text(form)} ${isAnd ? "and" : "or"}: ${form.block(`[${two.text(form)}]`)})`,
        run: (scope) => one.run(scope) === isAnd ? called(two, scope) : !isAnd,
      };
    }
    const [one, two] = [this.#integer(names, depth - 1), this.#integer(names, depth - 1)];
    const operator = this.#pick(["<", ">", "<=", ">=", "=:=", "=/="]);
    return {
      text: (form) => `(${one.text(form)} ${operator} ${two.text(form)})`,
      run: (scope) => compared(operator, one.run(scope), two.run(scope)),
    };
  }

  #list(names: Names, depth: number): Lists {
    if (depth <= 0 || this.#below(3) === 0) {
      const name = this.#pick(names.lists);
      return { text: () => name, run: (scope) => scope.get(name) as readonly Value[] };
    }
    const [list, element] = [this.#list(names, depth - 1), this.#name()];
    const inner = this.#with(names, element);
    if (this.#below(3) === 0) {
      const value = this.#integer(names, depth - 1);
      return {
        text: (form) => `(${list.text(form)} add: ${value.text(form)})`,
        run: (scope) => extended(list.run(scope), value.run(scope)),
      };
    }
    if (this.#below(2) === 0) {
      const body = this.#integer(inner, depth - 1);
      return {
        text: (form) =>
          `(${list.text(form)} collect: ${form.block(`[:${element} | ${body.text(form)}]`)})`,
        run: (scope) => list.run(scope).map((each) => called(body, scope, { [element]: each })),
      };
    }
    const test = this.#boolean(inner, depth - 1);
    const keeps = this.#pick([true, false]);
    return {
      text: (form) =>
        `(${list.text(form)} ${keeps ? "select" : "reject"}: ${
          form.block(`[:${element} | ${test.text(form)}]`)
        })`,
      run: (scope) =>
        list.run(scope).filter((each) => called(test, scope, { [element]: each }) === keeps),
    };
  }
}

/**
 * `match:`, destructuring, and methods in clauses.
 * @module
 */
import type { Destructuring, Expression, Match, MatchArm, Pattern } from "../syntax/ast.ts";
import {
  apply,
  bif,
  call,
  caseOf,
  type Clause,
  clause,
  type Core,
  fun,
  functionName,
  letrec,
  nil,
  tuple,
  yes,
} from "./core.ts";
import { enterScope, expression, expressions, inlineBlock } from "./expression.ts";
import { keepingFrame } from "./frames.ts";
import type { Continuation, Generator } from "./generator.ts";
import { type Environment, lookup, plain, type Value } from "./locals.ts";
import { mentions } from "./mentions.ts";
import { type CompiledPattern, compilePattern, compilePatterns, type Sizes } from "./patterns.ts";
import type { ScopeNode } from "./scope_facts.ts";
import { armBlock } from "./scopes.ts";
import { assign, declareLocal, isSessionName } from "./variables.ts";
import { boundNames, patternExpressions } from "../analysis/walk.ts";

/** One alternative: patterns for the values, a guard, and what it does. */
export interface Alternative {
  readonly patterns: readonly Pattern[];
  readonly sizes: Sizes;
  readonly guard: Expression | undefined;
  /** Where the names that the patterns bind are declared. */
  readonly scope: ScopeNode;
  readonly body: (env: Environment, k: Continuation) => Core;
}

/** `e match: [arms]`. */
export function match(g: Generator, node: Match, env: Environment, k: Continuation): Core {
  const line = g.line(node.selectorSpan);
  const patterns = node.arms.map(({ pattern }) => pattern);
  return expression(
    g,
    node.scrutinee,
    env,
    (value, at) =>
      readSizes(g, patterns, at, (sizes, ready) => {
        const alternatives = node.arms.map((arm) => armAlternative(g, arm, sizes));
        return choose(g, [value], alternatives, ready, k, line);
      }),
  );
}

function armAlternative(g: Generator, arm: MatchArm, sizes: Sizes): Alternative {
  return {
    patterns: [arm.pattern],
    sizes,
    guard: arm.guard,
    scope: arm,
    body: (inside, next) => {
      const block = armBlock(arm);
      if (block !== undefined) return inlineBlock(g, block, [], inside, next);
      return expression(g, arm.body, inside, next);
    },
  };
}

/** Evaluates the sizes of binary segments that do not depend on what their pattern binds. */
function readSizes(
  g: Generator,
  patterns: readonly Pattern[],
  env: Environment,
  k: (sizes: Sizes, env: Environment) => Core,
): Core {
  const nodes = patterns.flatMap((pattern) => {
    const bound = new Set(boundNames(pattern));
    return patternExpressions(pattern).filter((size) =>
      size.kind !== "integer" && mentions([size]).read.isDisjointFrom(bound)
    );
  });
  if (nodes.length === 0) return k(new Map(), env);
  return expressions(g, nodes, env, (values, at) => {
    const sizes = new Map(nodes.map((node, index) => [node, values[index]?.core ?? nil]));
    return k(sizes, at);
  });
}

/** Code that takes the first alternative that fits the values, else raises `#match_error`. */
export function choose(
  g: Generator,
  values: readonly Value[],
  alternatives: readonly Alternative[],
  env: Environment,
  k: Continuation,
  line: number,
): Core {
  return g.join(env, k, (next) => chain(g, values, alternatives, env, next, line));
}

function chain(
  g: Generator,
  values: readonly Value[],
  alternatives: readonly Alternative[],
  env: Environment,
  k: Continuation,
  line: number,
): Core {
  const clauses: Clause[] = [];
  for (const [index, alternative] of alternatives.entries()) {
    const compiled = compilePatterns(g, alternative.patterns, alternative.sizes);
    const guard = conjunction(compiled.rest.guards);
    if (compiled.rest.steps.length === 0 && alternative.guard === undefined) {
      const body = alternativeBody(
        g,
        alternative,
        compiled.rest,
        env,
        (at) => alternative.body(at, k),
      );
      clauses.push({ patterns: compiled.cores, guard, body });
      continue;
    }
    const others = alternatives.slice(index + 1);
    return withFallThrough(g, (fail) => {
      const body = guardedBody(g, alternative, compiled.rest, env, k, fail);
      clauses.push({ patterns: compiled.cores, guard, body });
      clauses.push({ patterns: values.map(() => g.fresh()), guard: undefined, body: fail() });
      return caseOf(scrutinee(values), clauses);
    }, () => chain(g, values, others, env, k, line));
  }
  const failure = call("beamtalk_exception", "match_error", [unmatched(values)], line);
  clauses.push({
    patterns: values.map(() => g.fresh()),
    guard: undefined,
    body: g.bind(keepingFrame(g, failure), env, k),
  });
  return caseOf(scrutinee(values), clauses);
}

function scrutinee(values: readonly Value[]): Core {
  const [only] = values;
  if (only !== undefined && values.length === 1) return only.core;
  return { kind: "values", elements: values.map((value) => value.core) };
}

function unmatched(values: readonly Value[]): Core {
  const [only] = values;
  if (only !== undefined && values.length === 1) return only.core;
  return tuple(values.map((value) => value.core));
}

function conjunction(guards: readonly Core[]): Core | undefined {
  const [first, ...rest] = guards;
  if (first === undefined) return undefined;
  return rest.reduce((all, each) => bif("and", [all, each]), first);
}

/** Gives `make` a way to go on with `otherwise`, from more than one place. */
function withFallThrough(
  g: Generator,
  make: (fail: () => Core) => Core,
  otherwise: () => Core,
): Core {
  const name = functionName(g.label("next"), 0);
  const rest = g.inFunction(otherwise);
  return letrec([{ name, fun: fun([], rest) }], make(() => apply(name, [])));
}

function guardedBody(
  g: Generator,
  alternative: Alternative,
  compiled: CompiledPattern,
  env: Environment,
  k: Continuation,
  fail: () => Core,
): Core {
  const finish = () =>
    alternativeBody(g, alternative, compiled, env, (at) => {
      if (alternative.guard === undefined) return alternative.body(at, k);
      return expression(g, alternative.guard, at, (value, after) =>
        caseOf(value.core, [
          clause(yes, alternative.body(after, k)),
          clause(g.fresh(), fail()),
        ]));
    });
  const step = (index: number): Core => {
    const each = compiled.steps[index];
    if (each === undefined) return finish();
    const pattern = each.kind === "test" ? yes : each.pattern;
    return caseOf(each.code, [clause(pattern, step(index + 1)), clause(g.fresh(), fail())]);
  };
  return step(0);
}

/** Declares what the patterns bind. */
function alternativeBody(
  g: Generator,
  alternative: Alternative,
  compiled: CompiledPattern,
  env: Environment,
  body: (env: Environment) => Core,
): Core {
  const bindings = [...compiled.bindings];
  const step = (index: number, at: Environment): Core => {
    const binding = bindings[index];
    if (binding === undefined) return body(enterScope(at, alternative.scope));
    const [name, variable] = binding;
    const value = plain(variable, compiled.types.get(name));
    return declareLocal(g, alternative.scope, name, value, at, (after) => step(index + 1, after));
  };
  return step(0, env);
}

/** `pattern := value`: each name is assigned, or declared where it is new. */
export function destructuring(
  g: Generator,
  node: Destructuring,
  env: Environment,
  k: Continuation,
): Core {
  return expression(
    g,
    node.value,
    env,
    (value, at) =>
      readSizes(
        g,
        [node.pattern],
        at,
        (sizes, known) =>
          declareMissing(g, boundNames(node.pattern), known, (ready) =>
            g.join(ready, k, (next) =>
              assignParts(g, node, value, sizes, ready, next))),
      ),
  );
}

function assignParts(
  g: Generator,
  node: Destructuring,
  value: Value,
  sizes: Sizes,
  env: Environment,
  k: Continuation,
): Core {
  const compiled = compilePattern(g, node.pattern, sizes);
  const failure = call("beamtalk_exception", "match_error", [value.core], g.line(node.span));
  const matched = (fail: () => Core) =>
    caseOf(value.core, [
      {
        patterns: [compiled.core],
        guard: conjunction(compiled.guards),
        body: afterSteps(g, compiled, 0, fail, () =>
          assignAll(g, compiled, env, (after) =>
            k(value, after))),
      },
      clause(g.fresh(), fail()),
    ]);
  const failed = () => g.bind(failure, env, k);
  if (compiled.steps.length === 0) return matched(failed);
  return withFallThrough(g, matched, failed);
}

function afterSteps(
  g: Generator,
  compiled: CompiledPattern,
  index: number,
  fail: () => Core,
  body: () => Core,
): Core {
  const each = compiled.steps[index];
  if (each === undefined) return body();
  const pattern = each.kind === "test" ? yes : each.pattern;
  return caseOf(each.code, [
    clause(pattern, afterSteps(g, compiled, index + 1, fail, body)),
    clause(g.fresh(), fail()),
  ]);
}

function declareMissing(
  g: Generator,
  names: readonly string[],
  env: Environment,
  k: (env: Environment) => Core,
): Core {
  const [name, ...rest] = names;
  if (name === undefined) return k(env);
  if (lookup(env, name) !== undefined || isSessionName(g, name, env)) {
    return declareMissing(g, rest, env, k);
  }
  return declareLocal(
    g,
    env.declaring,
    name,
    plain(nil),
    env,
    (at) => declareMissing(g, rest, at, k),
  );
}

function assignAll(
  g: Generator,
  compiled: CompiledPattern,
  env: Environment,
  k: (env: Environment) => Core,
): Core {
  const bindings = [...compiled.bindings];
  const step = (index: number, at: Environment): Core => {
    const binding = bindings[index];
    if (binding === undefined) return k(at);
    const [name, variable] = binding;
    return assign(g, name, plain(variable), at, (_value, after) => step(index + 1, after));
  };
  return step(0, env);
}

/**
 * From the clauses of a method to a function: parameters, patterns, and what has to happen around
 * the body.
 * @module
 */
import type {
  ClassReference,
  MethodDefinition,
  Parameter,
  Pattern,
  PlacedUnit,
  Statement,
} from "../syntax/ast.ts";
import { checkingBlocks } from "./block_arguments.ts";
import {
  atom,
  bif,
  bind,
  call,
  caseOf,
  type Core,
  type Definition,
  fun,
  functionName,
  list,
  nil,
  sequence,
  tuple,
  type Var,
} from "./core.ts";
import { freeingCells, statements } from "./expression.ts";
import { keepingFrame, keepsFrame } from "./frames.ts";
import { type Generator, type MethodContext, tail } from "./generator.ts";
import { emptyEnvironment, type Environment, type FunctionScope, plain } from "./locals.ts";
import { versionedBody } from "./integer_version.ts";
import { likelyOfType } from "./likely_classes.ts";
import { choose } from "./matching.ts";
import { mergeScopes, type ScopeFacts } from "./scope_facts.ts";
import { analyzeScopes } from "./scopes.ts";
import { primitiveModule } from "./selectors.ts";
import { declareLocal } from "./variables.ts";
import type { Expression } from "../syntax/ast.ts";
import { bare, boundNames, childExpressions, expressionsOf } from "../analysis/walk.ts";

/** The clauses of one method, in order. */
export type Clauses = readonly PlacedUnit<MethodDefinition>[];

/** The function of a method. */
export function methodDefinition(
  g: Generator,
  name: string,
  context: MethodContext,
  clauses: Clauses,
): Definition {
  const first = clauses[0];
  const scopes = mergeScopes(clauses.map(({ node }) => clauseScopes(node)));
  g.begin(context, scopes, first?.offset ?? 0);
  const arity = first?.node.parameters.length ?? 0;
  const self = g.fresh("Self");
  const parameters = Array.from({ length: arity }, () => g.fresh());
  const line = first === undefined ? 1 : g.line(first.node.selectorSpans[0] ?? first.node.span);
  const body = methodBody(g, clauses, self, parameters, line);
  return {
    name: functionName(name, arity + 1),
    fun: fun([self, ...parameters], body, line),
  };
}

function clauseScopes(node: MethodDefinition): ScopeFacts {
  const names = node.parameters.flatMap((parameter) => boundNames(parameter.pattern));
  return analyzeScopes(names, statementsOf(node), node.guard === undefined ? [] : [node.guard]);
}

function statementsOf(node: MethodDefinition): readonly Statement[] {
  return node.body.kind === "statements" ? node.body.statements : NO_STATEMENTS;
}

const NO_STATEMENTS: readonly Statement[] = [];

function methodBody(
  g: Generator,
  clauses: Clauses,
  self: Var,
  parameters: readonly Var[],
  line: number,
): Core {
  const [first] = clauses;
  if (first === undefined) return nil;
  if (clauses.length === 1) {
    const external = externalBody(g, first.node, self, parameters, line);
    if (external !== undefined) return external;
  }
  const all = clauses.flatMap(({ node }) => expressionsOf(statementsOf(node)));
  return surround(g, self, all, (scope) => {
    const body = clauses.length === 1 && isPlain(first.node)
      ? plainBody(g, first.node, parameters, scope)
      : clauseBody(g, clauses, parameters, scope, line);
    return keepsFrame(g, clauses.map(({ node }) => statementsOf(node)))
      ? keepingFrame(g, body)
      : body;
  });
}

/** Every parameter is a name, and there is no guard. */
function isPlain(node: MethodDefinition): boolean {
  if (node.guard !== undefined) return false;
  const names = node.parameters.map(({ pattern }) => pattern);
  if (names.some(({ kind }) => kind !== "binding" && kind !== "wildcard")) return false;
  const bound = names.flatMap(boundNames);
  return new Set(bound).size === bound.length;
}

function plainBody(
  g: Generator,
  node: MethodDefinition,
  parameters: readonly Var[],
  scope: FunctionScope,
): Core {
  const root = statementsOf(node);
  return versionedBody(
    g,
    node,
    root,
    parameters,
    scope,
    (inside, variables, integers) =>
      checkingBlocks(
        g,
        inside.self,
        node.parameters,
        variables,
        (checked) => bodyOf(g, node, checked, inside, integers),
      ),
  );
}

function bodyOf(
  g: Generator,
  node: MethodDefinition,
  parameters: readonly Var[],
  scope: FunctionScope,
  integers: ReadonlySet<string>,
): Core {
  const root = statementsOf(node);
  g.characters.begin(g.context, node, root);
  const step = (index: number, env: Environment): Core => {
    const parameter = node.parameters[index];
    const variable = parameters[index];
    if (parameter === undefined || variable === undefined) return finishedBody(g, root, env);
    if (parameter.pattern.kind !== "binding") return step(index + 1, env);
    const { type, pattern: { name } } = parameter;
    const isCharacter = type?.kind === "typeName" && type.name === "Character";
    const known = isCharacter ? "Character" : integers.has(name) ? "Integer" : undefined;
    const value = { ...plain(variable, known), likely: likelyOfType(g, type) };
    return declareLocal(g, root, name, value, env, (at) => step(index + 1, at));
  };
  return step(0, emptyEnvironment(scope, root));
}

function finishedBody(g: Generator, root: readonly Statement[], env: Environment): Core {
  return statements(g, root, env, freeingCells(g, root, tail));
}

function clauseBody(
  g: Generator,
  clauses: Clauses,
  parameters: readonly Var[],
  scope: FunctionScope,
  line: number,
): Core {
  const alternatives = clauses.map(({ node, offset }) => {
    const root = statementsOf(node);
    return {
      patterns: node.parameters.map(clausePattern),
      sizes: new Map(),
      guard: node.guard,
      scope: root,
      body: (env: Environment) => {
        g.unitOffset = offset;
        g.characters.begin(g.context, node, root);
        const external = externalBody(g, node, scope.self, parameters, line);
        return external ?? finishedBody(g, root, env);
      },
    };
  });
  const values = parameters.map((parameter) => plain(parameter));
  return choose(g, values, alternatives, emptyEnvironment(scope, []), tail, line);
}

/** Among several clauses, or beside a guard, a parameter's class decides as a pattern does. */
function clausePattern({ pattern, type, span }: Parameter): Pattern {
  if (type?.kind === "nilType") {
    return { kind: "literalPattern", literal: { kind: "nil", span }, span };
  }
  if (type?.kind !== "typeName" || NO_CLASSES.has(type.name)) return pattern;
  const tested: ClassReference = { kind: "class", package: type.package, name: type.name, span };
  return { kind: "classPattern", pattern, class: tested, span };
}

/** Types that say nothing of a value's class. */
const NO_CLASSES: ReadonlySet<string> = new Set(["Self", "Dynamic", "Never", "Any"]);

/** A body that is written elsewhere: a primitive, or a method of the class's native module. */
function externalBody(
  g: Generator,
  node: MethodDefinition,
  self: Core,
  parameters: readonly Var[],
  line: number,
): Core | undefined {
  const args = [self, ...parameters];
  const { body } = node;
  if (body.kind !== "statements") return primitiveCall(g, body.name, args, line);
  const nativeModule = g.context.owner?.nativeModule;
  if (nativeModule === undefined || !isDelegation(body.statements)) return undefined;
  const operands = [atom(nativeModule), atom(g.context.selector), self, list([...parameters])];
  return call("beamtalk_erlang", "delegate", operands, line);
}

function isDelegation(body: readonly Statement[]): boolean {
  const [only] = body;
  if (only === undefined || body.length !== 1) return false;
  const node = bare(only.expression);
  return node.kind === "send" && node.selector === "delegate" && node.receiver.kind === "self";
}

/** `@primitive`, `@primitive "name"` or `@primitive "module:name"`. */
function primitiveCall(
  g: Generator,
  written: string | undefined,
  args: readonly Core[],
  line: number,
): Core {
  const { owner, selector, side } = g.context;
  const ownModule = primitiveModule(owner?.name ?? "Object");
  const name = written ?? (side === "class" ? `class ${selector}` : selector);
  const qualified = /^([a-z][a-z0-9_]*):([^:].*)$/s.exec(name);
  const [, module, local] = qualified ?? [];
  if (module !== undefined && local !== undefined && written !== undefined && !isSelector(name)) {
    return call(module, local, args, line);
  }
  return call(ownModule, name, args, line);
}

/** `at:put:` is a selector, `beamtalk_list:reverse` a function of another module. */
function isSelector(name: string): boolean {
  return name.endsWith(":") && !name.startsWith("beamtalk_");
}

/** What a method's body needs around it, by how its data are held and what its blocks do. */
export function surround(
  g: Generator,
  self: Var,
  body: readonly Expression[],
  make: (scope: FunctionScope) => Core,
): Core {
  const token = g.scopes.returnsFromBlock ? g.fresh("token") : undefined;
  const made = make({ self, inBlock: false, token, sessionSnapshots: new Map() });
  const code = token === undefined ? made : catchReturns(g, token, made);
  if (g.context.holds === "testCase") {
    return call("beamtalk_fixture", "enter", [self, fun([], code)]);
  }
  if (g.context.holds === "classSide" && writesField(body)) {
    return call("beamtalk_class_state", "locked", [self, fun([], code)]);
  }
  return code;
}

function writesField(nodes: readonly Expression[]): boolean {
  return nodes.some((node) =>
    (node.kind === "assignment" && node.target.kind === "field") ||
    writesField(childExpressions(node))
  );
}

/** Catches `^` of the method's own blocks. */
function catchReturns(g: Generator, token: Var, body: Core): Core {
  const leave = call("beamtalk_block", "leave", [token]);
  const result = g.fresh();
  const [kind, reason, stack] = [g.fresh(), g.fresh(), g.fresh()];
  const [value, thrown] = [g.fresh(), g.fresh()];
  const pattern = tuple([atom("$bt_return"), thrown, value]);
  const handler = sequence(
    leave,
    caseOf({ kind: "values", elements: [kind, reason] }, [
      {
        patterns: [atom("throw"), pattern],
        guard: bif("=:=", [thrown, token]),
        body: value,
      },
      {
        patterns: [g.fresh(), g.fresh()],
        guard: undefined,
        body: { kind: "primop", name: "raise", args: [stack, reason] },
      },
    ]),
  );
  return bind([token], call("beamtalk_block", "enter", []), {
    kind: "try",
    arg: body,
    vars: [result],
    body: sequence(leave, result),
    exceptionVars: [kind, reason, stack],
    handler,
  });
}

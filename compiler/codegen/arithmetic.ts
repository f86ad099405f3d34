/**
 * Sums and products of several values that are at hand: locals, literals, fields of an immutable
 * object. One test decides whether all are numbers; then nothing is sent, and the calculation needs
 * no stack frame. Reading such values early cannot be noticed.
 * @module
 */
import type { Expression, Send } from "../syntax/ast.ts";
import { apply, bif, type Core, fun, functionName, letrec } from "./core.ts";
import { expression } from "./expression.ts";
import { type FieldsUse, readFields } from "./fields.ts";
import { type Continuation, type Generator, tail } from "./generator.ts";
import { type Environment, lookup, plain, type Value } from "./locals.ts";
import { binaryOperation, choose, numberTests } from "./operators.ts";
import { bare } from "../analysis/walk.ts";

const OPERATORS: ReadonlySet<string> = new Set(["+", "-", "*"]);

/** Code for a calculation with more than one operator; undefined where the message is no such. */
export function calculation(
  g: Generator,
  node: Send,
  env: Environment,
  k: Continuation,
): Core | undefined {
  if (g.source.compact === true || !isOperation(node)) return undefined;
  const leaves = leavesOf(node);
  if (leaves.length < 3 || !leaves.every((leaf) => isAtHand(g, leaf, env))) return undefined;
  const valuesAt = (fields: ReadonlyMap<string, Core>, at: Environment) =>
    new Map(leaves.map((leaf) => [leaf, valueOf(g, leaf, fields, at)] as const));
  const use: FieldsUse = (fields, at) => {
    const values = valuesAt(fields, at);
    const tests = numberTests(distinct([...values.values()]));
    if (tests === undefined) return step(g, node, values, at, k);
    if (k === tail) return atEnd(g, tests, computed(g, node, values), step(g, node, values, at, k));
    return g.join(at, k, (next) =>
      choose(
        [[tests, g.bind(computed(g, node, values), at, next)]],
        step(g, node, values, at, next),
      ));
  };
  const late: FieldsUse = (fields, at) => step(g, node, valuesAt(fields, at), at, k);
  return readFields(g, fieldNames(leaves), env, use, k === tail ? late : undefined);
}

/** What is sent stands in a function of its own: it needs a stack frame, which numbers do not. */
function atEnd(g: Generator, tests: Core, calculated: Core, sent: Core): Core {
  const name = functionName(g.label("sent"), 0);
  const code = choose([[tests, calculated]], apply(name, []));
  return letrec([{ name, fun: fun([], sent) }], code);
}

function isOperation(node: Expression): node is Send {
  return node.kind === "send" && OPERATORS.has(node.selector) && node.arguments.length === 1;
}

function leavesOf(written: Expression): readonly Expression[] {
  const node = bare(written);
  if (!isOperation(node)) return [node];
  return [node.receiver, ...node.arguments].flatMap(leavesOf);
}

function isAtHand(g: Generator, node: Expression, env: Environment): boolean {
  switch (node.kind) {
    case "integer":
    case "float":
      return true;
    case "variable": {
      const local = lookup(env, node.name);
      return local?.kind === "value" && !local.future;
    }
    case "field":
      return g.context.holds === "value";
    default:
      return false;
  }
}

function fieldNames(leaves: readonly Expression[]): readonly string[] {
  return [...new Set(leaves.flatMap((leaf) => leaf.kind === "field" ? [leaf.name.text] : []))];
}

function valueOf(
  g: Generator,
  leaf: Expression,
  fields: ReadonlyMap<string, Core>,
  env: Environment,
): Value {
  const field = leaf.kind === "field" ? fields.get(leaf.name.text) : undefined;
  if (field !== undefined) return plain(field);
  const found: Value[] = [];
  expression(g, leaf, env, (value) => {
    found.push(value);
    return value.core;
  });
  return found[0] ?? plain(bif("error", []));
}

/** Each variable is tested once. */
function distinct(values: readonly Value[]): readonly Value[] {
  const seen = new Set<number>();
  return values.filter(({ core }) => {
    if (core.kind !== "var") return true;
    if (seen.has(core.id)) return false;
    seen.add(core.id);
    return true;
  });
}

/** The calculation for numbers. */
function computed(g: Generator, written: Expression, values: ReadonlyMap<Expression, Value>): Core {
  const node = bare(written);
  if (!isOperation(node)) return values.get(node)?.core ?? bif("error", []);
  const operands = [node.receiver, ...node.arguments].map((part) => computed(g, part, values));
  return bif(node.selector, operands, g.line(node.selectorSpans[0] ?? node.span));
}

/** The calculation operator by operator, each sent where its operands are no numbers. */
function step(
  g: Generator,
  written: Expression,
  values: ReadonlyMap<Expression, Value>,
  env: Environment,
  k: Continuation,
): Core {
  const node = bare(written);
  const [argument] = isOperation(node) ? node.arguments : [];
  if (!isOperation(node) || argument === undefined) {
    return k(values.get(node) ?? plain(bif("error", [])), env);
  }
  const span = node.selectorSpans[0] ?? node.span;
  return step(
    g,
    node.receiver,
    values,
    env,
    (left, at) =>
      step(
        g,
        argument,
        values,
        at,
        (right, after) => binaryOperation(g, node.selector, left, right, span, after, k),
      ),
  );
}

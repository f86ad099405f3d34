/**
 * The type of the expression at a place of a file: for hovers and completion.
 * @module
 */
import type { Declaration, Expression, Span } from "../../syntax/ast.ts";
import { placedSpan } from "../../syntax/placed_span.ts";
import { bodyAt } from "../body_at.ts";
import type { ClassEnvironment, FileFacts } from "../class_facts.ts";
import { allMethods, type FoundMethod } from "../lookup.ts";
import { resolveNames } from "../names.ts";
import { classOfType } from "./annotation.ts";
import { inferBody } from "./infer.ts";
import { printType } from "./print.ts";
import { type Type, unionMembers } from "./type.ts";

/** An expression and its type. */
export interface TypeAt {
  readonly type: Type;
  /** The type as source would say it. */
  readonly text: string;
  /** The expression, in offsets of the file. */
  readonly span: Span;
  readonly expression: Expression;
  /** The method that it runs, where it is a send and the method is known. */
  readonly method: FoundMethod | undefined;
}

/**
 * The innermost expression that holds the offset or ends at it, with its type. Undefined between
 * bodies and where control never comes.
 */
export function typeAt(
  file: { readonly declarations: readonly Declaration[] },
  facts: FileFacts,
  environment: ClassEnvironment,
  offset: number,
): TypeAt | undefined {
  const source = bodyAt(file.declarations, facts, environment, offset);
  if (source === undefined) return undefined;
  const { owner, method, statements, unit } = source;
  const parameters = method?.parameters ?? [];
  const names = resolveNames({ parameters, guard: method?.guard, statements });
  const body = inferBody({ owner, method, parameters, statements, names }, environment);
  const inner = innermost(body.types.keys(), offset - unit.offset);
  const type = inner && body.types.get(inner);
  if (inner === undefined || type === undefined) return undefined;
  const span = placedSpan(unit, inner.span);
  const found = body.sends.get(inner)?.found;
  return { type, text: printType(type), span, expression: inner, method: found };
}

function innermost(expressions: Iterable<Expression>, offset: number): Expression | undefined {
  let best: Expression | undefined;
  for (const each of expressions) {
    const { start, end } = each.span;
    if (offset < start || offset > end) continue;
    if (best === undefined || end - start < best.span.end - best.span.start) best = each;
  }
  return best;
}

/** The methods that every value of a type answers; none where nothing is known of it. */
export function methodsOf(type: Type, environment: ClassEnvironment): readonly FoundMethod[] {
  const lists = unionMembers(type).map((member) => methodsOfMember(member, environment));
  const [first = [], ...others] = lists;
  return first.filter(({ method }) =>
    others.every((list) => list.some((each) => each.method.selector === method.selector))
  );
}

function methodsOfMember(type: Type, environment: ClassEnvironment): readonly FoundMethod[] {
  switch (type.kind) {
    case "classObject":
      return allMethods(type.class, "class", environment);
    case "variable":
      return type.bound === undefined ? [] : methodsOf(type.bound, environment);
    case "difference":
      return methodsOf(type.left, environment);
    case "intersection":
      return type.members.flatMap((member) => methodsOf(member, environment));
    default: {
      const of = classOfType(type);
      return of === undefined ? [] : allMethods(of, "instance", environment);
    }
  }
}

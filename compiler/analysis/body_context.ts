/**
 * What rules are given of a body, parts that cost something worked out when first asked for.
 * @module
 */
import type {
  Expression,
  MethodDefinition,
  Parameter,
  PlacedUnit,
  Span,
  Statement,
} from "../syntax/ast.ts";
import { resolveNames } from "./names.ts";
import type { BodyContext, BodyKind, FileScope, Owner, Report } from "./rule.ts";
import { inferBody, type TypedBody } from "./types/infer.ts";
import { bare, patternsIn, walkStatements } from "./walk.ts";

/** A body and where it comes from. */
export interface BodySource {
  readonly kind: BodyKind;
  readonly owner: Owner;
  readonly method: MethodDefinition | undefined;
  readonly statements: readonly Statement[];
  readonly unit: PlacedUnit;
  /** Whether the method has other clauses. */
  readonly isClause?: boolean;
  /** Whether the script says that the statement ends in an error. */
  readonly failing?: boolean;
}

/** The context of one body. */
export function bodyContext(source: BodySource, scope: FileScope, report: Report): BodyContext {
  const { kind, owner, method, statements, unit } = source;
  const parameters: readonly Parameter[] = method?.parameters ?? [];
  const names = resolveNames({ parameters, guard: method?.guard, statements });
  let types: TypedBody | undefined;
  const told = new Set<string>();
  return {
    scope,
    owner,
    kind,
    method,
    parameters,
    statements,
    isClause: source.isClause === true,
    names,
    hasErrors: hasErrors(statements) || hasSyntaxError(unit, scope),
    textOf: (span: Span) => scope.text.slice(unit.offset + span.start, unit.offset + span.end),
    types: () =>
      types ??= inferBody({ owner, method, parameters, statements, names }, scope.environment),
    isExpectedToFail: (ancestors) => source.failing === true || isGuarded(ancestors),
    isFirst: (key) => !told.has(key) && told.add(key).has(key),
    report,
  };
}

function hasSyntaxError({ offset, node }: PlacedUnit, scope: FileScope): boolean {
  const { start, end } = node.span;
  return scope.syntaxErrors.some((error) =>
    error.start >= offset + start && error.start <= offset + end
  );
}

function hasErrors(statements: readonly Statement[]): boolean {
  let found = false;
  walkStatements(statements, (node) => {
    if (node.kind === "error") found = true;
    if (node.kind !== "match") return;
    for (const arm of node.arms) {
      for (const pattern of patternsIn(arm.pattern)) {
        if (pattern.kind === "errorPattern") found = true;
      }
    }
  });
  return found;
}

const GUARDING = new Set(["on:do:", "should:raise:", "ifCurtailed:", "tryDo:"]);

/** Inside a literal block whose errors the same expression catches. */
function isGuarded(ancestors: readonly Expression[]): boolean {
  return ancestors.some((node, index) => {
    if (node.kind !== "block") return false;
    const send = ancestors.slice(0, index).reverse().find((outer) =>
      outer.kind !== "parenthesized"
    );
    if (send?.kind !== "send" || !GUARDING.has(send.selector)) return false;
    const guarded = send.selector === "on:do:" || send.selector === "ifCurtailed:"
      ? send.receiver
      : send.arguments[0];
    return guarded !== undefined && bare(guarded) === node;
  });
}

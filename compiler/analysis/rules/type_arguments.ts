import type { ProtocolDeclaration, Span, TypeAlias, TypeExpression } from "../../syntax/ast.ts";
import { placedSpan } from "../../syntax/placed_span.ts";
import type { ClassFacts } from "../class_facts.ts";
import type { FileScope, Report, Rule } from "../rule.ts";
import { annotatedType, type AnnotationScope, classSubstitution } from "../types/annotation.ts";
import { printType } from "../types/print.ts";
import { mayBe } from "../types/relation.ts";
import { DYNAMIC, substitute, type Type } from "../types/type.ts";
import { namesIn } from "./unknown_type.ts";

/** Type arguments that a class does not take. */
export const typeArguments: Rule = {
  code: "BT4012",
  name: "type-arguments",
  severity: "warning",
  category: "type",
  summary: "A class is given too many type arguments, or one outside its bound.",
  explanation:
    "`List(E)` takes one type, `Dictionary(K, V)` two. Where a parameter has a bound, as in " +
    "`Pile(T :: Number)`, the argument must be of it.",
  wrong: `Object subclass: Sums
  of: items :: List(Integer, Integer) -> Integer => items size
`,
  right: `Object subclass: Sums
  of: items :: List(Integer) -> Integer => items size
`,
  file: ({ scope, declarations, report }) => {
    for (const declaration of declarations) {
      if (declaration.kind !== "typeAlias" && declaration.kind !== "protocol") continue;
      const { unit } = declaration;
      const moved: Report = (rule, span, message) => report(rule, placedSpan(unit, span), message);
      for (const type of writtenTypes(unit.node)) check(type, scope, undefined, moved);
    }
  },
  class: ({ scope, class: known, declaration: { header }, report }) => {
    const { superclass, superclassArguments } = header.node;
    const parent: TypeExpression = {
      ...superclass,
      kind: "typeName",
      arguments: superclassArguments,
    };
    const moved: Report = (rule, span, message) => report(rule, placedSpan(header, span), message);
    check(parent, scope, known, moved);
  },
  data: ({ scope, class: known, node, report }) => check(node.type, scope, known, report),
  method: ({ scope, owner, node, report }) => {
    for (const type of [...node.parameters.map((each) => each.type), node.returnType]) {
      check(type, scope, owner.class, report);
    }
  },
  expressions: {
    assignment: (node, { scope, owner, report }) => check(node.type, scope, owner.class, report),
    block: (node, { scope, owner, report }) => {
      for (const { type } of node.parameters) check(type, scope, owner.class, report);
    },
  },
};

function writtenTypes(node: TypeAlias | ProtocolDeclaration) {
  if (node.kind === "typeAlias") return [node.type];
  return node.signatures.flatMap(({ parameters, returnType }) => [
    ...parameters.map(({ type }) => type),
    returnType,
  ]);
}

function check(
  written: TypeExpression | undefined,
  scope: FileScope,
  owner: ClassFacts | undefined,
  report: Report,
): void {
  for (const [span, text] of mistakes(written, scope, owner)) report(typeArguments, span, text);
}

function* mistakes(
  written: TypeExpression | undefined,
  { environment }: FileScope,
  owner: ClassFacts | undefined,
): Iterable<[Span, string]> {
  const parameters = owner === undefined ? new Map<string, Type>() : classSubstitution(owner, []);
  const scope: AnnotationScope = { environment, self: DYNAMIC, parameters };
  for (const name of namesIn(written)) {
    if (name.name === "Block" || name.arguments.length === 0) continue;
    const known = environment.classNamed(name.name, name.package);
    if (known === undefined) continue;
    const wanted = known.typeParameters.length;
    if (name.arguments.length > wanted) {
      const takes = wanted === 0 ? "no types" : wanted === 1 ? "1 type" : `${wanted} types`;
      yield [name.span, `${known.name} takes ${takes}, got ${name.arguments.length}`];
      continue;
    }
    yield* outsideBounds(name.arguments, known, scope);
  }
}

function* outsideBounds(
  given: readonly TypeExpression[],
  known: ClassFacts,
  scope: AnnotationScope,
): Iterable<[Span, string]> {
  const types = given.map((each) => annotatedType(each, scope));
  const own = classSubstitution(known, types);
  for (const [index, { name, bound }] of known.typeParameters.entries()) {
    const type = types[index];
    const place = given[index];
    if (bound === undefined || type === undefined || place === undefined) continue;
    const wanted = substitute(annotatedType(bound, { ...scope, parameters: own }), own);
    if (mayBe(type, wanted, scope.environment)) continue;
    yield [place.span, `${name} of ${known.name} is ${printType(wanted)}, not ${printType(type)}`];
  }
}

import type { Span, TypeExpression } from "../../syntax/ast.ts";
import type { FileScope, FindingOptions, Rule } from "../rule.ts";
import { nearestName } from "../proposals.ts";
import type { ClassFacts } from "../class_facts.ts";

/** A name in a type that nothing declares. */
export const unknownType: Rule = {
  code: "BT4005",
  name: "unknown-type",
  severity: "warning",
  category: "type",
  summary: "A type names a class, protocol or alias that is not known.",
  explanation:
    "An unknown name in a type says nothing and is taken for `Dynamic`. Type parameters of a method " +
    "are single capital letters: `R`, `E2`.",
  wrong: `Object subclass: Sums
  double: number :: Intger -> Integer => number * 2
`,
  right: `Object subclass: Sums
  double: number :: Integer -> Integer => number * 2
`,
  data: ({ scope, class: known, node, report }) => {
    for (const found of unknownNames(node.type, scope, known)) report(unknownType, ...found);
  },
  method: ({ scope, owner, node, report }) => {
    const types = [...node.parameters.map((parameter) => parameter.type), node.returnType];
    for (const type of types) {
      for (const found of unknownNames(type, scope, owner.class)) report(unknownType, ...found);
    }
  },
};

/** Names that types give a meaning of their own. */
const BUILT_IN = new Set(["Dynamic", "Never", "Self", "Nil", "Block", "Erlang"]);

function* unknownNames(
  type: TypeExpression | undefined,
  scope: FileScope,
  owner: ClassFacts | undefined,
): Iterable<[Span, string, FindingOptions]> {
  for (const name of namesIn(type)) {
    if (name.package !== undefined || isKnown(name.name, scope, owner)) continue;
    const span = { start: name.span.start, end: name.span.start + name.name.length };
    const candidates = [...scope.environment.classNames(), ...BUILT_IN];
    const proposal = nearestName(name.name, candidates);
    const message = `No class, protocol or type is named ${name.name}`;
    if (proposal === undefined) {
      yield [span, message, {}];
      continue;
    }
    const fixes = [{ title: `Replace by \`${proposal}\``, edits: [{ span, newText: proposal }] }];
    yield [span, `${message}. Did you mean \`${proposal}\`?`, { fixes }];
  }
}

function isKnown(name: string, scope: FileScope, owner: ClassFacts | undefined): boolean {
  if (BUILT_IN.has(name) || /^[A-Z]\d?$/.test(name)) return true;
  const { environment } = scope;
  return environment.classNamed(name) !== undefined ||
    environment.protocolNamed(name) !== undefined || environment.aliasNamed(name) !== undefined ||
    (owner?.typeParameters.some((parameter) => parameter.name === name) ?? false);
}

type TypeName = Extract<TypeExpression, { kind: "typeName" }>;

/** Every name in a type, outermost first. */
export function* namesIn(written: TypeExpression | undefined): Iterable<TypeName> {
  if (written === undefined) return;
  switch (written.kind) {
    case "typeName":
      yield written;
      for (const argument of written.arguments) yield* namesIn(argument);
      return;
    case "metaType":
      return yield* namesIn(written.class);
    case "union":
    case "intersection":
      for (const member of written.members) yield* namesIn(member);
      return;
    case "difference":
      yield* namesIn(written.left);
      return yield* namesIn(written.right);
    case "symbolType":
    case "nilType":
    case "booleanType":
    case "errorType":
      return;
    default:
      written satisfies never;
  }
}

import type {
  ClassReference,
  Declaration,
  Pattern,
  PlacedUnit,
  Span,
  TypeExpression,
} from "../../syntax/ast.ts";
import { placedSpan } from "../../syntax/placed_span.ts";
import type { BodyContext, FileScope, Report, Rule } from "../rule.ts";
import { patternsIn } from "../walk.ts";
import { namesIn } from "./unknown_type.ts";

/** A class that is internal to another package. */
export const internalUse: Rule = {
  code: "BT3015",
  name: "internal-use",
  severity: "error",
  category: "all",
  summary: "A class that is `internal` to another package is used.",
  explanation:
    "`internal` classes are a package's own affair and may change at any time: other packages " +
    "neither name them in expressions, patterns and types nor extend them. Use what the package " +
    "offers instead.",
  wrong: `Object subclass: Main
  class main: _ => shapes@Grid new
`,
  right: `Object subclass: Main
  class main: _ => shapes@Box new
`,
  file: ({ scope, declarations, report }) => {
    for (const declaration of declarations) {
      const head = headOf(declaration);
      if (head === undefined) continue;
      const [unit, references] = head;
      for (const each of references) check(each, placedSpan(unit, each.span), scope, report);
    }
  },
  data: ({ scope, node, report }) => checkType(node.type, scope, report),
  method: ({ scope, node, report }) => {
    for (const { type } of node.parameters) checkType(type, scope, report);
    checkType(node.returnType, scope, report);
  },
  body: (context) => {
    for (const { pattern } of context.parameters) checkPattern(pattern, context);
  },
  expressions: {
    class: (node, { scope, report }) => check(node, node.span, scope, report),
    match: (node, context) => {
      for (const { pattern } of node.arms) checkPattern(pattern, context);
    },
    destructuring: (node, context) => checkPattern(node.pattern, context),
    assignment: (node, { scope, report }) => checkType(node.type, scope, report),
    block: (node, { scope, report }) => {
      for (const { type } of node.parameters) checkType(type, scope, report);
    },
  },
};

/** A class as an expression or a type names it. */
type Named = Pick<ClassReference, "name" | "package" | "span">;

/** The classes that a declaration itself names; methods and data have checks of their own. */
function headOf(declaration: Declaration): [PlacedUnit, readonly Named[]] | undefined {
  switch (declaration.kind) {
    case "class": {
      const { superclass, superclassArguments } = declaration.header.node;
      return [declaration.header, [superclass, ...superclassArguments.flatMap(namesOf)]];
    }
    case "extension":
    case "patch":
      return [declaration.unit, [declaration.unit.node.target]];
    case "typeAlias":
      return [declaration.unit, namesOf(declaration.unit.node.type)];
    case "protocol": {
      const types = declaration.unit.node.signatures.flatMap(({ parameters, returnType }) => [
        ...parameters.map(({ type }) => type),
        returnType,
      ]);
      return [declaration.unit, types.flatMap(namesOf)];
    }
    case "statement":
    case "error":
      return undefined;
    default:
      return declaration satisfies never;
  }
}

function namesOf(type: TypeExpression | undefined): readonly Named[] {
  return [...namesIn(type)];
}

function checkType(type: TypeExpression | undefined, scope: FileScope, report: Report): void {
  for (const name of namesIn(type)) check(name, name.span, scope, report);
}

function checkPattern(pattern: Pattern, { scope, report }: BodyContext): void {
  for (const inner of patternsIn(pattern)) {
    if (inner.kind === "classPattern" || inner.kind === "constructorPattern") {
      check(inner.class, inner.class.span, scope, report);
    }
  }
}

function check(named: Named, span: Span, scope: FileScope, report: Report): void {
  const known = scope.environment.classNamed(named.name, named.package);
  if (known === undefined || !known.modifiers.includes("internal")) return;
  if (known.package === scope.package) return;
  report(internalUse, span, `${known.name} is internal to package ${known.package}`);
}

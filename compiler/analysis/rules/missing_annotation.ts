import type { MethodDefinition, Span } from "../../syntax/ast.ts";
import { selectorSpan } from "../file_facts.ts";
import { lookupSuper } from "../lookup.ts";
import type { MethodContext, Rule } from "../rule.ts";

/** A datum, parameter or result without a type in a `typed` class. */
export const missingAnnotation: Rule = {
  code: "BT3014",
  name: "missing-annotation",
  severity: "warning",
  category: "type_annotation",
  summary: "A `typed` class leaves out the type of a datum, a parameter or a result.",
  explanation:
    "`typed` promises that the class says all its types, so that its users can be checked. Add the " +
    "type, `Dynamic` where there is none to give, or take `typed` away. A method that overrides " +
    "another may leave to it what it says.",
  wrong: `typed Value subclass: Point
  field: x :: Integer = 0
  right: distance -> Integer => self.x + distance
`,
  right: `typed Value subclass: Point
  field: x :: Integer = 0
  right: distance :: Integer -> Integer => self.x + distance
`,
  data: ({ class: known, node, report }) => {
    if (!known.modifiers.includes("typed") || node.type !== undefined) return;
    if (known.incomplete) return;
    // A datum with a default tells its type by it.
    if (node.defaultValue !== undefined) return;
    report(missingAnnotation, node.name.span, `\`${node.name.text}\` has no type`);
  },
  method: (context) => {
    const { owner, node, isExtension, report } = context;
    if (isExtension || !owner.class?.modifiers.includes("typed")) return;
    if (owner.class.incomplete) return;
    if (isGivenByAncestor(context)) return;
    for (const { pattern, type, span } of node.parameters) {
      if (type !== undefined || pattern.kind !== "binding") continue;
      report(missingAnnotation, span, `Parameter \`${pattern.name}\` has no type`);
    }
    if (node.returnType !== undefined || isPart(node)) return;
    report(missingAnnotation, headSpan(node), `\`${node.selector}\` has no result type`);
  },
};

function isGivenByAncestor({ scope, owner, node }: MethodContext): boolean {
  if (owner.class === undefined) return false;
  return lookupSuper(owner.class, node.selector, owner.side, scope.environment) !== undefined;
}

/** A clause with patterns, or a command that a cascade may follow, is left alone. */
function isPart(node: MethodDefinition): boolean {
  return node.guard !== undefined ||
    node.parameters.some(({ pattern }) =>
      pattern.kind !== "binding" && pattern.kind !== "wildcard"
    );
}

function headSpan(node: MethodDefinition): Span {
  return selectorSpan(node.selectorSpans, node.span);
}

import type { MethodDefinition, PlacedUnit } from "../../syntax/ast.ts";
import { placedSpan, selectorSpan } from "../file_facts.ts";
import type { ClassContext, Rule } from "../rule.ts";

/** A method after one of the same selector that takes everything. */
export const duplicateMethod: Rule = {
  code: "BT3004",
  name: "duplicate-method",
  severity: "warning",
  category: "all",
  summary: "A method never runs, since one of the same selector before it takes every argument.",
  explanation:
    "Definitions of one selector are clauses of one method, tried in order. A clause without a " +
    "guard whose parameters are plain names takes everything, so clauses after it never run. Put " +
    "the general clause last, or give one of the two another selector.",
  wrong: `Object subclass: Greeter
  greet => "hello"
  greet => "good morning"
`,
  right: `Object subclass: Greeter
  greet => "hello"
  greetEarly => "good morning"
`,
  class: (context) => {
    const general = new Map<string, PlacedUnit<MethodDefinition>>();
    for (const { node, offset, line } of context.declaration.members) {
      if (node.kind !== "method") continue;
      const key = `${node.modifiers.includes("class")} ${node.selector}`;
      const earlier = general.get(key);
      if (earlier !== undefined) reportDuplicate(node, offset, earlier, context);
      else if (takesEverything(node)) general.set(key, { node, offset, line });
    }
  },
};

function takesEverything(node: MethodDefinition): boolean {
  if (node.guard !== undefined) return false;
  const names = new Set<string>();
  return node.parameters.every(({ pattern, type }) => {
    if (type !== undefined) return false;
    if (pattern.kind === "wildcard") return true;
    if (pattern.kind !== "binding" || names.has(pattern.name)) return false;
    names.add(pattern.name);
    return true;
  });
}

function reportDuplicate(
  node: MethodDefinition,
  offset: number,
  earlier: PlacedUnit<MethodDefinition>,
  context: ClassContext,
): void {
  const span = placedSpan({ offset }, selectorSpan(node.selectorSpans, node.span));
  const place = placedSpan(earlier, selectorSpan(earlier.node.selectorSpans, earlier.node.span));
  const message = node.parameters.length === 0
    ? `\`${node.selector}\` is defined twice; this one never runs`
    : `This clause of \`${node.selector}\` never runs: one before it takes every argument`;
  const related = [{ file: context.scope.file, span: place, message: "this one always runs" }];
  context.report(duplicateMethod, span, message, { related });
}

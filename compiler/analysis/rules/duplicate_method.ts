import type { MethodDefinition, Span } from "../../syntax/ast.ts";
import { placedSpan } from "../../syntax/placed_span.ts";
import { selectorSpan, writtenClassName } from "../file_facts.ts";
import type { FileContext, Report, Rule } from "../rule.ts";

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
  class: ({ scope, declaration, report }) => {
    const general = new Map<string, Clause>();
    for (const { node, offset } of declaration.members) {
      if (node.kind !== "method") continue;
      const key = `${node.modifiers.includes("class")} ${node.selector}`;
      const earlier = general.get(key);
      if (earlier !== undefined) reportDuplicate({ node, offset }, earlier, scope.file, report);
      else if (takesEverything(node)) general.set(key, { node, offset });
    }
  },
  file: checkExtensions,
};

interface Clause {
  readonly node: MethodDefinition;
  readonly offset: number;
}

/** Extensions of one class by one selector in a file are clauses too. */
function checkExtensions({ scope, declarations, report }: FileContext): void {
  if (scope.mode === "script") return;
  const general = new Map<string, Clause>();
  for (const declaration of declarations) {
    if (declaration.kind !== "extension") continue;
    const { node, offset } = declaration.unit;
    const { target, classSide, method } = node;
    const key = `${writtenClassName(target)} ${classSide} ${method.selector}`;
    const earlier = general.get(key);
    const clause = { node: method, offset };
    if (earlier !== undefined) reportDuplicate(clause, earlier, scope.file, report);
    else if (takesEverything(method)) general.set(key, clause);
  }
}

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

function reportDuplicate(clause: Clause, earlier: Clause, file: string, report: Report): void {
  const { node } = clause;
  const message = node.parameters.length === 0
    ? `\`${node.selector}\` is defined twice; this one never runs`
    : `This clause of \`${node.selector}\` never runs: one before it takes every argument`;
  const related = [{ file, span: placeOf(earlier), message: "this one always runs" }];
  report(duplicateMethod, placeOf(clause), message, { related });
}

function placeOf({ node, offset }: Clause): Span {
  return placedSpan({ offset }, selectorSpan(node.selectorSpans, node.span));
}

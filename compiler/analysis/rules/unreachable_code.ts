import type { Statement } from "../../syntax/ast.ts";
import type { BodyContext, Rule } from "../rule.ts";

/** Statements after `^`. */
export const unreachableCode: Rule = {
  code: "BT2008",
  name: "unreachable-code",
  severity: "warning",
  category: "unused",
  summary: "Statements after a `^` never run.",
  explanation: "`^` ends the method; what stands after it in the same method or block is dead.",
  wrong: `Object subclass: Greeter
  greet =>
    ^ "hello"
    "bye"
`,
  right: `Object subclass: Greeter
  greet =>
    "hello"
`,
  body: (context) => check(context.statements, context),
  expressions: { block: (node, context) => check(node.statements, context) },
};

function check(statements: readonly Statement[], context: BodyContext): void {
  const index = statements.findIndex(({ expression }) => expression.kind === "return");
  const first = statements[index + 1];
  const last = statements[statements.length - 1];
  if (index < 0 || first === undefined || last === undefined) return;
  const span = { start: first.span.start, end: last.span.end };
  const fixes = [{ title: "Remove what never runs", edits: [{ span, newText: "" }] }];
  context.report(unreachableCode, span, "Never runs: the method has ended with `^`", { fixes });
}

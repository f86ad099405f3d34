import type { Expression, Statement } from "../../syntax/ast.ts";
import type { BodyContext, Rule } from "../rule.ts";

/** Statements after one that never ends. */
export const unreachableCode: Rule = {
  code: "BT2008",
  name: "unreachable-code",
  severity: "warning",
  category: "unused",
  summary: "Statements after a `^`, or after what does not return, never run.",
  explanation:
    "`^` ends the method, and a message that is declared `-> Never`, as `error:` is, does not come " +
    "back; what stands after it in the same method or block is dead.",
  wrong: `Object subclass: Greeter
  greet =>
    ^ "hello"
    "bye"
`,
  right: `Object subclass: Greeter
  greet =>
    "hello"
`,
  body: (context) => check(context.statements, context, []),
  expressions: {
    block: (node, context, ancestors) => check(node.statements, context, [...ancestors, node]),
  },
};

function check(
  statements: readonly Statement[],
  context: BodyContext,
  around: readonly Expression[],
): void {
  const index = statements.findIndex(({ expression }) => isEnd(expression, context));
  const end = statements[index]?.expression;
  const first = statements[index + 1];
  const last = statements[statements.length - 1];
  if (end === undefined || first === undefined || last === undefined) return;
  if (end.kind !== "return" && context.isExpectedToFail(around)) return;
  const span = { start: first.span.start, end: last.span.end };
  const fixes = [{ title: "Remove what never runs", edits: [{ span, newText: "" }] }];
  const reason = end.kind === "return"
    ? "the method has ended with `^`"
    : "what stands before does not come back";
  context.report(unreachableCode, span, `Never runs: ${reason}`, { fixes });
}

/** Makers that a class refuses are told as such, and not once more by what stands after them. */
const MAKERS: ReadonlySet<string> = new Set(["new", "new:"]);

/** Whether control does not go on after an expression. */
function isEnd(expression: Expression, context: BodyContext): boolean {
  if (expression.kind === "return") return true;
  if (expression.kind === "send" && MAKERS.has(expression.selector)) return false;
  return !context.hasErrors && context.types().typeOf(expression)?.kind === "never";
}

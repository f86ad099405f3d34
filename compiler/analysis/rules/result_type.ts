import type { Rule } from "../rule.ts";
import { printType } from "../types/print.ts";
import { mayBe } from "../types/relation.ts";

/** A method that answers something else than it says. */
export const resultType: Rule = {
  code: "BT4003",
  name: "result-type",
  severity: "warning",
  category: "type",
  summary: "A method answers a value of another class than its result type says.",
  explanation:
    "Users of the method are checked against its result type. Answer such a value, or mend the " +
    "type.",
  wrong: `Object subclass: Greeter
  greet -> Integer => "hello"
`,
  right: `Object subclass: Greeter
  greet -> String => "hello"
`,
  body: (context) => {
    if (context.method?.returnType === undefined || context.hasErrors) return;
    const { answers, declaredResult } = context.types();
    if (declaredResult.kind === "never") return;
    for (const { expression, type } of answers) {
      if (mayBe(type, declaredResult, context.scope.environment)) continue;
      const message = `\`${context.method.selector}\` says that it answers ` +
        `${printType(declaredResult)}, this is ${printType(type)}`;
      context.report(resultType, expression.span, message);
    }
  },
};

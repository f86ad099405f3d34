import type { Rule } from "../rule.ts";
import { classKind } from "../hierarchy.ts";
import { printType } from "../types/print.ts";

/** `"text" uppercase!`. */
export const castToValue: Rule = {
  code: "BT5005",
  name: "cast-to-value",
  severity: "warning",
  category: "all",
  summary: "A cast `!` goes to something that is no actor.",
  explanation:
    "A cast leaves a message with a process and does not wait. A value has no process, and its " +
    "answer is lost. Leave `!` away.",
  wrong: `Object subclass: Greeter
  greet =>
    "hello" uppercase!
    nil
`,
  right: `Object subclass: Greeter
  greet => "hello" uppercase
`,
  expressions: {
    cast: (node, context, ancestors) => {
      const type = context.types().typeOf(node.send.receiver);
      if (type?.kind !== "instance" || context.isExpectedToFail(ancestors)) return;
      if (classKind(type.class, context.scope.environment) !== "value") return;
      const message = `A cast to ${printType(type)}, which is a value and not an actor`;
      context.report(castToValue, node.span, message);
    },
  },
};

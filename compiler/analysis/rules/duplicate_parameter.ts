import type { Rule } from "../rule.ts";

/** Two parameters of one block with one name. */
export const duplicateParameter: Rule = {
  code: "BT2009",
  name: "duplicate-parameter",
  severity: "warning",
  category: "all",
  summary: "A block has two parameters of one name.",
  explanation:
    "The second hides the first, whose value is lost. Give each its own name, or `_` to one that " +
    "is not needed. (In the patterns of a method's clauses one name twice means that both values " +
    "are equal.)",
  wrong: `Object subclass: Sums
  class of: pairs => pairs inject: 0 into: [:x :x | x + 1]
`,
  right: `Object subclass: Sums
  class of: pairs => pairs inject: 0 into: [:sum :x | sum + x]
`,
  body: (context) => {
    for (const { name, span } of context.names.repeated) {
      context.report(duplicateParameter, span, `Two parameters are named \`${name}\``);
    }
  },
};

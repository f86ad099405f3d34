import type { Rule } from "../rule.ts";

/** A send to a method that is internal to another package. */
export const internalMethod: Rule = {
  code: "BT3011",
  name: "internal-method",
  severity: "warning",
  category: "all",
  summary: "A message runs a method that is `internal` to another package.",
  explanation:
    "`internal` methods are a package's own affair and may change at any time. Send what the " +
    "package offers instead.",
  wrong: `Object subclass: Main
  class main: _ => shapes@Box new weigh
`,
  right: `Object subclass: Main
  class main: _ => shapes@Box new printString
`,
  expressions: {
    send: (node, context) => {
      const found = context.types().sends.get(node)?.found;
      if (found === undefined || !found.method.internal) return;
      if (found.owner.package === context.scope.package) return;
      const span = node.selectorSpans[0] ?? node.span;
      const message = `\`${node.selector}\` is internal to package ${found.owner.package}`;
      context.report(internalMethod, span, message);
    },
  },
};

import type { Rule } from "../rule.ts";

/** A class that is internal to another package. */
export const internalUse: Rule = {
  code: "BT3015",
  name: "internal-use",
  severity: "error",
  category: "all",
  summary: "A class that is `internal` to another package is used.",
  explanation:
    "`internal` classes are a package's own affair and may change at any time. Use what the " +
    "package offers instead.",
  wrong: `Object subclass: Main
  class main: _ => shapes@Grid new
`,
  right: `Object subclass: Main
  class main: _ => shapes@Box new
`,
  expressions: {
    class: (node, context) => {
      const known = context.scope.environment.classNamed(node.name, node.package);
      if (known === undefined || !known.modifiers.includes("internal")) return;
      if (known.package === context.scope.package) return;
      const message = `${known.name} is internal to package ${known.package}`;
      context.report(internalUse, node.span, message);
    },
  },
};

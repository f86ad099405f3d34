import type { Rule } from "../rule.ts";

/** A name that hides one further out. */
export const shadowing: Rule = {
  code: "BT2006",
  name: "shadowing",
  severity: "warning",
  category: "unused",
  summary: "A block parameter or pattern variable hides a local or parameter further out.",
  explanation:
    "Inside, the outer variable can neither be read nor assigned, and a reader may take one for " +
    "the other. In a pattern a name always binds anew; it does not compare with the local of that " +
    "name. Use another name.",
  wrong: `Object subclass: Sums
  class of: item in: lists => lists collect: [:item | item size]
`,
  right: `Object subclass: Sums
  class of: item in: lists => lists collect: [:each | each size + item]
`,
  body: (context) => {
    for (const { inner, outer } of context.names.shadowings) {
      if (inner.name.startsWith("_")) continue;
      const what = outer.kind === "local" ? "local" : "parameter";
      const message = `\`${inner.name}\` hides the ${what} of the same name`;
      context.report(shadowing, inner.span, message);
    }
  },
};

import type { Rule } from "../rule.ts";

/** A bare class name that two packages declare. */
export const ambiguousClass: Rule = {
  code: "BT2010",
  name: "ambiguous-class",
  severity: "warning",
  category: "all",
  summary: "A class name is declared by more than one dependency.",
  explanation:
    "Say which class is meant by its package: `package@Name`. A class of the package itself needs " +
    "no package before its name.",
  wrong: `Object subclass: Main
  class main: _ => shapes@Box new. Box new
`,
  right: `Object subclass: Main
  class main: _ => shapes@Box new. parcels@Box new
`,
  expressions: {
    class: (node, context) => {
      if (node.package !== undefined) return;
      const classes = context.scope.environment.classesNamed?.(node.name) ?? [];
      const inReach = classes.filter((found) => found.package !== "stdlib");
      if (inReach.length < 2 || inReach.some((found) => found.package === context.scope.package)) {
        return;
      }
      const names = inReach.map((found) => `${found.package}@${node.name}`);
      const fixes = names.map((newText) => ({
        title: `Replace by \`${newText}\``,
        edits: [{ span: node.span, newText }],
      }));
      const message = `\`${node.name}\` may be ${names.map((name) => `\`${name}\``).join(" or ")}`;
      context.report(ambiguousClass, node.span, message, { fixes });
    },
  },
};

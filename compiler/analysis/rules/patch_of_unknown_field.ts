import { allFields, hasKnownAncestors } from "../hierarchy.ts";
import type { Rule } from "../rule.ts";

/** A migration that assigns a state that the class does not have. */
export const patchOfUnknownField: Rule = {
  code: "BT6002",
  name: "patch-of-unknown-field",
  severity: "warning",
  category: "all",
  summary: "A migration assigns a state that the new class does not declare.",
  explanation:
    "The old state may be read under any name that it had. What is assigned should be a state of " +
    "the class as it is now, or no method will see it.",
  wrong: `Actor subclass: Account
  state: balance = 0

patch Account >> state { self.cents := self.balance * 100 }
`,
  right: `Actor subclass: Account
  state: cents = 0

patch Account >> state { self.cents := self.balance * 100 }
`,
  expressions: {
    assignment: (node, context) => {
      const owner = context.owner.class;
      if (context.kind !== "patch" || owner === undefined || node.target.kind !== "field") return;
      const { environment } = context.scope;
      if (!hasKnownAncestors(owner, environment)) return;
      const { text } = node.target.name;
      if (allFields(owner, environment).some((field) => field.name === text)) return;
      const message = `${owner.name} has no state \`${text}\``;
      context.report(patchOfUnknownField, node.target.span, message);
    },
  },
};

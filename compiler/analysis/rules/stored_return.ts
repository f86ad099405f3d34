import type { Rule } from "../rule.ts";
import { bare } from "../walk.ts";

/** `self.f := [^ e]`. */
export const storedReturn: Rule = {
  code: "BT5004",
  name: "return-in-stored-block",
  severity: "warning",
  category: "all",
  summary: "A block that is kept in a field returns from its method by `^`.",
  explanation:
    "`^` in a block ends the method in which the block is written. When a block from a field runs, " +
    "that method has most often ended, and `#non_local_return_error` is raised. Leave `^` away: " +
    "the last value is the block's answer.",
  wrong: `Actor subclass: Finder
  state: test = nil
  prepare => self.test := [:x | ^ x > 3]
`,
  right: `Actor subclass: Finder
  state: test = nil
  prepare => self.test := [:x | x > 3]
`,
  expressions: {
    return: (node, context, ancestors) => {
      const isKept = ancestors.some((each) => {
        if (each.kind !== "assignment" || each.target.kind !== "field") return false;
        const value = bare(each.value);
        return value.kind === "block" && ancestors.includes(value);
      });
      if (!isKept) return;
      const message = "`^` in a block that is kept in a field: its method will have ended";
      context.report(storedReturn, node.span, message);
    },
  },
};

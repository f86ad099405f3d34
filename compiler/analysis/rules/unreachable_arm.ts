import type { Rule } from "../rule.ts";
import { takesAll } from "../walk.ts";

/** An arm after one that takes all that it could. */
export const unreachableArm: Rule = {
  code: "BT4008",
  name: "unreachable-arm",
  severity: "warning",
  category: "type",
  summary: "An arm of a `match:` never runs.",
  explanation:
    "Arms are tried in order. One before takes everything, or has the same pattern without a " +
    "guard. Remove the arm or move it up. (A name in a pattern binds anew and takes everything; " +
    "it does not compare with a local of that name.)",
  wrong: `Object subclass: Numbers
  name: number => number match: [1 -> "one"; _ -> "many"; 2 -> "two"]
`,
  right: `Object subclass: Numbers
  name: number => number match: [1 -> "one"; 2 -> "two"; _ -> "many"]
`,
  expressions: {
    match: (node, context) => {
      const seen = new Set<string>();
      let general = false;
      for (const { pattern, guard } of node.arms) {
        if (pattern.kind === "errorPattern") return;
        const text = context.textOf(pattern.span);
        if (general) {
          context.report(
            unreachableArm,
            pattern.span,
            "Never runs: an arm before takes everything",
          );
        } else if (seen.has(text)) {
          const message = "Never runs: an arm before has the same pattern";
          context.report(unreachableArm, pattern.span, message);
        }
        if (guard !== undefined) continue;
        seen.add(text);
        general ||= takesAll(pattern);
      }
    },
  },
};

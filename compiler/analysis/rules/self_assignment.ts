import type { Rule } from "../rule.ts";
import { bare } from "../walk.ts";

/** `x := x`. */
export const selfAssignment: Rule = {
  code: "BT2007",
  name: "self-assignment",
  severity: "warning",
  category: "unused",
  summary: "A variable or field is assigned to itself.",
  explanation: "The assignment changes nothing; most often one of the two names is a slip.",
  wrong: `Actor subclass: Counter
  state: value = 0
  value: number =>
    self.value := self.value
    number
`,
  right: `Actor subclass: Counter
  state: value = 0
  value: number =>
    self.value := number
    number
`,
  expressions: {
    assignment: (node, context) => {
      if (node.operator !== undefined) return;
      const value = bare(node.value);
      const same = node.target.kind === "variable"
        ? value.kind === "variable" && value.name === node.target.name
        : value.kind === "field" && value.name.text === node.target.name.text;
      // A name that is not known is told as that.
      const isUnknown = value.kind === "variable" && !context.names.bindingOf.has(value);
      if (!same || isUnknown) return;
      const written = context.textOf(node.target.span);
      context.report(selfAssignment, node.span, `\`${written}\` is assigned to itself`);
    },
  },
};

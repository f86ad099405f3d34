import type { Rule } from "../rule.ts";
import { namesIn } from "./unknown_type.ts";

/** `Self` as the type of a parameter or datum. */
export const misplacedSelf: Rule = {
  code: "BT4010",
  name: "misplaced-self",
  severity: "warning",
  category: "type_annotation",
  summary: "`Self` is the type of a parameter or datum.",
  explanation:
    "`Self` is the class of the receiver, whatever subclass that is, and can only be promised for " +
    "results. A subclass could not keep such a promise for what it is given: name the class.",
  wrong: `Value subclass: Point
  field: x = 0
  meets: other :: Self -> Boolean => self.x =:= other x
`,
  right: `Value subclass: Point
  field: x = 0
  meets: other :: Point -> Boolean => self.x =:= other x
`,
  data: ({ node, report }) => {
    for (const { name, span } of namesIn(node.type)) {
      if (name === "Self") report(misplacedSelf, span, message(node.name.text));
    }
  },
  method: ({ node, report }) => {
    for (const { type, pattern } of node.parameters) {
      if (type?.kind !== "typeName" || type.name !== "Self") continue;
      report(misplacedSelf, type.span, message(pattern.kind === "binding" ? pattern.name : "_"));
    }
  },
};

function message(name: string): string {
  return `\`${name}\` cannot be \`Self\`: it is for results only`;
}

import type { Span } from "../../syntax/ast.ts";
import { placedSpan } from "../../syntax/placed_span.ts";
import type { Rule } from "../rule.ts";

/** Two data of one class with one name. */
export const duplicateField: Rule = {
  code: "BT3005",
  name: "duplicate-field",
  severity: "error",
  category: "all",
  summary: "A class declares two data of one name.",
  explanation: "An object has one value for a name. Remove one declaration or rename it.",
  wrong: `Actor subclass: Counter
  state: value = 0
  state: value = 1
`,
  right: `Actor subclass: Counter
  state: value = 0
  state: step = 1
`,
  class: ({ scope, class: known, declaration, report }) => {
    const first = new Map<string, Span>();
    for (const { node, offset } of declaration.members) {
      if (node.kind !== "data") continue;
      const side = node.word === "classState" ? "class" : "instance";
      const key = `${side} ${node.name.text}`;
      const span = placedSpan({ offset }, node.name.span);
      const earlier = first.get(key);
      if (earlier === undefined) {
        first.set(key, span);
        continue;
      }
      const message = `${known.name} has two data named \`${node.name.text}\``;
      const related = [{ file: scope.file, span: earlier, message: "the first one" }];
      report(duplicateField, span, message, { related });
    }
  },
};

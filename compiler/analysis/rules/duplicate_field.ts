import type { FieldFacts } from "../class_facts.ts";
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
  class: ({ scope, class: known, report }) => {
    for (const fields of [known.fields, known.classState]) {
      const first = new Map<string, FieldFacts>();
      for (const field of fields) {
        const earlier = first.get(field.name);
        if (earlier === undefined) {
          first.set(field.name, field);
          continue;
        }
        const message = `${known.name} has two data named \`${field.name}\``;
        const related = [{ file: scope.file, span: earlier.span, message: "the first one" }];
        report(duplicateField, field.span, message, { related });
      }
    }
  },
};

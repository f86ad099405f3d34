import { allFields, hasKnownAncestors } from "../hierarchy.ts";
import { setterSelector } from "../generated_methods.ts";
import type { Rule } from "../rule.ts";

/** `self.x := e` in a value. */
export const immutableField: Rule = {
  code: "BT3007",
  name: "immutable-field",
  severity: "error",
  category: "all",
  summary: "A method of a value assigns one of its fields.",
  explanation:
    "Values never change. Answer a changed copy with the generated setter, `self withX: e`, or " +
    "make the class an actor. Only the methods of a `TestCase` may assign their fields.",
  wrong: `Value subclass: Point
  field: x = 0
  moveRight => self.x := self.x + 1
`,
  right: `Value subclass: Point
  field: x = 0
  moveRight => self withX: self.x + 1
`,
  expressions: {
    assignment: (node, context) => {
      const { class: owner, kind, side } = context.owner;
      if (node.target.kind !== "field" || owner === undefined || side === "class") return;
      if (kind !== "value" || context.kind === "patch") return;
      const { environment } = context.scope;
      const name = node.target.name.text;
      const known = allFields(owner, environment).some((field) => field.name === name);
      // An unknown field is one mistake, told by its own rule.
      if (!known && hasKnownAncestors(owner, environment)) return;
      const value = context.textOf(node.value.span);
      const setter = setterSelector(name);
      const message = `A value's field cannot be assigned. Answer a copy: \`self ${setter} ...\``;
      const fixes = node.operator === undefined
        ? [{
          title: "Answer a changed copy",
          edits: [{ span: node.span, newText: `self ${setter} (${value})` }],
        }]
        : [];
      context.report(immutableField, node.span, message, { fixes });
    },
  },
};

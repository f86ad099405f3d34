import type { Expression } from "../../syntax/ast.ts";
import { allClassState, allFields } from "../hierarchy.ts";
import type { BodyContext, Rule } from "../rule.ts";
import { annotatedType, classSubstitution } from "../types/annotation.ts";
import { printType } from "../types/print.ts";
import { mayBe } from "../types/relation.ts";
import { DYNAMIC, type Type } from "../types/type.ts";

/** A value of another class than the variable or datum says. */
export const assignmentType: Rule = {
  code: "BT4004",
  name: "assignment-type",
  severity: "warning",
  category: "type",
  summary: "A variable or datum with a type is given a value of another class.",
  explanation:
    "Readers of the variable rely on its type. Give it such a value, or widen the type: " +
    "`Integer | nil` where nil is meant to be possible.",
  wrong: `Actor subclass: Counter
  state: value :: Integer = 0
  clear => self.value := "none"
`,
  right: `Actor subclass: Counter
  state: value :: Integer | String = 0
  clear => self.value := "none"
`,
  data: ({ scope, class: known, node, report }) => {
    if (node.type === undefined || node.defaultValue?.kind !== "nil") return;
    const self: Type = { kind: "instance", class: known, arguments: [], exact: false };
    const parameters = classSubstitution(known, []);
    const wanted = annotatedType(node.type, { environment: scope.environment, self, parameters });
    const nil = annotatedType(
      { kind: "nilType", span: node.span },
      { environment: scope.environment, self, parameters },
    );
    if (mayBe(nil, wanted, scope.environment)) return;
    const message = `\`${node.name.text}\` is ${printType(wanted)}, its default is nil. ` +
      `Say \`${printType(wanted)} | nil\``;
    report(assignmentType, node.defaultValue.span, message);
  },
  expressions: {
    assignment: (node, context) => {
      if (node.operator !== undefined) return;
      const wanted = node.target.kind === "field"
        ? fieldType(node.target.name.text, context)
        : variableType(node, context);
      if (wanted !== undefined) check(node.value, node.target, wanted, context);
    },
  },
};

function fieldType(name: string, context: BodyContext): Type | undefined {
  const owner = context.owner.class;
  if (owner === undefined || context.kind === "patch") return undefined;
  const { environment } = context.scope;
  const fields = context.owner.side === "class"
    ? allClassState(owner, environment)
    : allFields(owner, environment);
  const field = fields.find((each) => each.name === name);
  if (field?.type === undefined) return undefined;
  const self: Type = { kind: "instance", class: owner, arguments: [], exact: false };
  return annotatedType(field.type, { environment, self, parameters: classSubstitution(owner, []) });
}

function variableType(
  node: Extract<Expression, { kind: "assignment" }>,
  context: BodyContext,
): Type | undefined {
  if (node.target.kind !== "variable") return undefined;
  const binding = context.names.bindingOf.get(node.target);
  const written = node.type ?? binding?.type;
  if (written === undefined) return undefined;
  const owner = context.owner.class;
  return annotatedType(written, {
    environment: context.scope.environment,
    self: DYNAMIC,
    parameters: owner === undefined ? new Map() : classSubstitution(owner, []),
  });
}

function check(value: Expression, target: Expression, wanted: Type, context: BodyContext): void {
  const type = context.types().typeOf(value);
  if (type === undefined || mayBe(type, wanted, context.scope.environment)) return;
  const name = context.textOf(target.span);
  const message = `\`${name}\` is ${printType(wanted)}, this is ${printType(type)}`;
  context.report(assignmentType, value.span, message);
}

import type { MethodDefinition } from "../../syntax/ast.ts";
import { placedSpan } from "../../syntax/placed_span.ts";
import { annotatedType, classSubstitution } from "../types/annotation.ts";
import { mayBe } from "../types/relation.ts";
import type { Type } from "../types/type.ts";
import { bodyStatements, type ClassContext, type Rule } from "../rule.ts";
import { walkStatements } from "../walk.ts";

/** A typed state that nothing sets. */
export const uninitializedState: Rule = {
  code: "BT4011",
  name: "uninitialized-state",
  severity: "information",
  category: "type",
  summary: "A typed state has no default and `initialize` does not set it.",
  explanation:
    "`spawn` raises `UninitializedStateError` unless `spawnWith:` gives the state. Give a default, " +
    "set it in `initialize`, or add `| nil` to its type.",
  wrong: `Actor subclass: Account
  state: owner :: String
  owner => self.owner
`,
  right: `Actor subclass: Account
  state: owner :: String
  initialize => self.owner := "nobody"
  owner => self.owner
`,
  class: (context) => {
    if (context.kind !== "actor" || context.class.modifiers.includes("abstract")) return;
    const assigned = assignedByInitialize(context);
    for (const { node, offset } of context.declaration.members) {
      if (node.kind !== "data" || node.word === "classState" || node.type === undefined) continue;
      const { text, span } = node.name;
      if (node.defaultValue !== undefined || assigned.has(text)) continue;
      if (mayBeNil(node.type, context)) continue;
      const message = `\`${text}\` has no default and \`initialize\` does not set it`;
      context.report(uninitializedState, placedSpan({ offset }, span), message);
    }
  },
};

function mayBeNil(
  type: NonNullable<MethodDefinition["returnType"]>,
  context: ClassContext,
): boolean {
  const { environment } = context.scope;
  const self: Type = { kind: "instance", class: context.class, arguments: [], exact: false };
  const scope = { environment, self, parameters: classSubstitution(context.class, []) };
  const nil = annotatedType({ kind: "nilType", span: type.span }, scope);
  return nil.kind === "dynamic" || mayBe(nil, annotatedType(type, scope), environment);
}

function assignedByInitialize({ declaration }: ClassContext): ReadonlySet<string> {
  const assigned = new Set<string>();
  for (const { node } of declaration.members) {
    if (node.kind !== "method" || node.selector !== "initialize") continue;
    walkStatements(bodyStatements(node.body), (each) => {
      if (each.kind === "assignment" && each.target.kind === "field") {
        assigned.add(each.target.name.text);
      }
    });
  }
  return assigned;
}

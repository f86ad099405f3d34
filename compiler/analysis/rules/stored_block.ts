import type { Assignment, Block, Expression } from "../../syntax/ast.ts";
import type { Fix } from "../../syntax/diagnostic.ts";
import { allFields } from "../hierarchy.ts";
import type { BodyContext, Rule } from "../rule.ts";
import { bare } from "../walk.ts";

/** `f := [self.x := e]` in an actor. */
export const storedBlock: Rule = {
  code: "BT5003",
  name: "field-assignment-in-stored-block",
  severity: "error",
  category: "all",
  summary: "A block that is stored in a variable assigns a field of the actor.",
  explanation:
    "A stored block could run when the actor is elsewhere, in another process even, where its " +
    "state is not at hand. Put the assignment into a method and send that from the block. Blocks " +
    "that are written where they run, as arguments of `do:` and the like, may assign fields.",
  wrong: `Actor subclass: Counter
  state: value = 0
  run =>
    step := [self.value := self.value + 1]
    step value
`,
  right: `Actor subclass: Counter
  state: value = 0
  run =>
    step := [self increment]
    step value

  increment => self.value := self.value + 1
`,
  expressions: {
    assignment: (node, context, ancestors) => {
      if (node.target.kind !== "field" || context.owner.side === "class") return;
      if (context.owner.kind !== "actor" || storingBlock(ancestors) === undefined) return;
      const name = node.target.name.text;
      const message =
        `A stored block cannot assign \`self.${name}\`: it may run when the actor is ` +
        "elsewhere. Assign it in a method and send that";
      context.report(storedBlock, node.span, message, { fixes: extraction(node, context) });
    },
  },
};

/** The block around that is the value of an assignment. */
function storingBlock(ancestors: readonly Expression[]): Block | undefined {
  for (let index = ancestors.length - 1; index > 0; index--) {
    const node = ancestors[index];
    const parent = ancestors[index - 1];
    if (node?.kind === "block" && holds(parent, node, ancestors.slice(0, index))) return node;
  }
  return undefined;
}

function holds(
  parent: Expression | undefined,
  block: Block,
  above: readonly Expression[],
): boolean {
  const outer = [...above].reverse().find((each) => each.kind !== "parenthesized");
  return parent !== undefined && outer?.kind === "assignment" && bare(outer.value) === block;
}

/** Moves the assignment into a new method below this one. */
function extraction(node: Assignment, context: BodyContext): readonly Fix[] {
  const { method } = context;
  const owner = context.owner.class;
  if (method === undefined || owner === undefined || node.target.kind !== "field") return [];
  const name = node.target.name.text;
  if (!allFields(owner, context.scope.environment).some((field) => field.name === name)) return [];
  const selector = `set${name.charAt(0).toUpperCase()}${name.slice(1)}:`;
  if (owner.methods.some((each) => each.selector === selector)) return [];
  const value = context.textOf(node.value.span);
  const argument = node.operator === undefined ? value : `self.${name} ${node.operator} (${value})`;
  const { end } = method.span;
  return [{
    title: `Extract a method \`${selector}\``,
    edits: [
      { span: node.span, newText: `self ${selector} (${argument})` },
      {
        span: { start: end, end },
        newText: `\n\n  ${selector} newValue => self.${name} := newValue`,
      },
    ],
  }];
}

/**
 * What a block assigns of what is around it.
 * @module
 */
import type { Block, Expression } from "../../syntax/ast.ts";
import type { Binding, NameResolution } from "../names.ts";
import { walkExpression } from "../walk.ts";

/** Variables of outer blocks that a block assigns. */
export function variablesAssignedIn(node: Block, names: NameResolution): ReadonlySet<Binding> {
  const assigned = new Set<Binding>();
  const inner = new Set<Block>();
  walkExpression(node, (each) => {
    if (each.kind === "block") inner.add(each);
    if (each.kind === "destructuring") addWrittenWithin(each, names, assigned);
    if (each.kind !== "assignment" || each.target.kind !== "variable") return;
    const binding = names.bindingOf.get(each.target);
    if (binding !== undefined) assigned.add(binding);
  });
  return new Set([...assigned].filter(({ block }) => block === undefined || !inner.has(block)));
}

function addWrittenWithin(node: Expression, names: NameResolution, assigned: Set<Binding>): void {
  const { start, end } = node.span;
  for (const binding of names.bindings) {
    if (binding.writes.some((write) => write.start >= start && write.end <= end)) {
      assigned.add(binding);
    }
  }
}

/** Fields that a block assigns; any may be, where it sends to `self`. */
export function fieldsAssignedIn(node: Block): ReadonlySet<string> | "any" {
  const fields = new Set<string>();
  let sendsToSelf = false;
  walkExpression(node, (each) => {
    if (each.kind === "assignment" && each.target.kind === "field") {
      fields.add(each.target.name.text);
    }
    if (each.kind !== "send") return;
    if (each.receiver.kind === "self" || each.receiver.kind === "super") sendsToSelf = true;
  });
  return sendsToSelf ? "any" : fields;
}

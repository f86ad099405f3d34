import type { FieldAccess } from "../../syntax/ast.ts";
import type { ClassFacts, ClassKind } from "../class_facts.ts";
import { allClassState, allFields, hasKnownAncestors } from "../hierarchy.ts";
import { lookupMethod } from "../lookup.ts";
import { nearestName } from "../proposals.ts";
import type { BodyContext, Rule } from "../rule.ts";

/** `self.x` where the class has no `x`. */
export const unknownField: Rule = {
  code: "BT2003",
  name: "unknown-field",
  severity: "error",
  category: "all",
  summary: "`self.x` names a datum that the class and its ancestors do not declare.",
  explanation:
    "Data are declared in the class: `state:` in an actor, `field:` in a value, `classState:` for " +
    "what the class methods share. A class method sees class states only, an instance method sees " +
    "the data of the instance only.",
  wrong: `Actor subclass: Counter
  state: value = 0
  increment => self.valeu += 1
`,
  right: `Actor subclass: Counter
  state: value = 0
  increment => self.value += 1
`,
  expressions: { field: check },
};

/**
 * Objects of these kinds may be made by the runtime with data that no file declares, and a test
 * may leave something in its fixture.
 */
const OPEN_KINDS: ReadonlySet<ClassKind | undefined> = new Set<ClassKind>([
  "object",
  "exception",
  "supervisor",
  "testCase",
]);

function check(node: FieldAccess, context: BodyContext): void {
  const owner = context.owner.class;
  if (owner === undefined || context.kind === "patch") return;
  const { environment } = context.scope;
  if (!hasKnownAncestors(owner, environment)) return;
  if (!context.isFirst(`field ${node.name.text}`)) return;
  const classSide = context.owner.side === "class";
  const own = classSide ? allClassState(owner, environment) : allFields(owner, environment);
  if (own.some((field) => field.name === node.name.text)) return;
  const other = classSide ? allFields(owner, environment) : allClassState(owner, environment);
  if (other.some((field) => field.name === node.name.text)) {
    context.report(unknownField, node.span, otherSideMessage(node.name.text, owner, classSide));
    return;
  }
  reportUnknown(node, owner, own.map((field) => field.name), context);
}

function otherSideMessage(name: string, owner: ClassFacts, classSide: boolean): string {
  return classSide
    ? `\`${name}\` belongs to the instances of ${owner.name}; a class method sees class states only`
    : `\`${name}\` is a class state of ${owner.name}; an instance method does not see it. ` +
      `Send a message to the class: \`self class ${name}\``;
}

function reportUnknown(
  node: FieldAccess,
  owner: ClassFacts,
  names: readonly string[],
  context: BodyContext,
): void {
  const { text, span } = node.name;
  const isOpen = context.owner.side === "instance" && OPEN_KINDS.has(context.owner.kind);
  const severity = isOpen ? "warning" : "error";
  const what = context.owner.side === "class" ? "class state" : "field";
  const message = `${owner.name} has no ${what} \`${text}\``;
  const { class: from, side } = context.owner;
  if (
    from !== undefined && lookupMethod(from, text, side, context.scope.environment) !== undefined
  ) {
    const newText = `self ${text}`;
    const fixes = [{
      title: `Send the message: \`${newText}\``,
      edits: [{ span: node.span, newText }],
    }];
    const full = `${message}, but a method: \`${newText}\``;
    context.report(unknownField, node.span, full, { severity, fixes });
    return;
  }
  const proposal = nearestName(text, names);
  if (proposal === undefined) {
    context.report(unknownField, node.span, message, { severity });
    return;
  }
  const fixes = [{ title: `Replace by \`${proposal}\``, edits: [{ span, newText: proposal }] }];
  const full = `${message}. Did you mean \`${proposal}\`?`;
  context.report(unknownField, node.span, full, { severity, fixes });
}

import { lookupMethod, methodOfClass } from "../lookup.ts";
import type { Rule } from "../rule.ts";
import { bare } from "../walk.ts";

const MAKERS = new Set(["new", "new:", "spawn", "spawnWith:", "spawnAs:", "spawnWith:as:"]);

/** Making an instance of an abstract class. */
export const abstractInstance: Rule = {
  code: "BT3010",
  name: "abstract-instance",
  severity: "warning",
  category: "inheritance",
  summary: "An abstract class is asked for an instance.",
  explanation:
    "An `abstract` class leaves methods to its subclasses, so it has no instances: the send raises " +
    "`#instantiation_error`. Make an instance of a subclass.",
  wrong: `abstract Value subclass: Shape
  area => self subclassResponsibility

Object subclass: Drawing
  first => Shape new
`,
  right: `abstract Value subclass: Shape
  area => self subclassResponsibility

Shape subclass: Dot
  area => 0

Object subclass: Drawing
  first => Dot new
`,
  expressions: {
    send: (node, context, ancestors) => {
      const receiver = bare(node.receiver);
      if (receiver.kind !== "class" || !MAKERS.has(node.selector)) return;
      const { environment } = context.scope;
      const known = environment.classNamed(receiver.name, receiver.package);
      if (known === undefined || !known.modifiers.includes("abstract")) return;
      if (methodOfClass(known, node.selector, "class", environment) !== undefined) return;
      const found = lookupMethod(known, node.selector, "class", environment);
      if (found !== undefined && !found.method.primitive) return;
      if (context.isExpectedToFail(ancestors)) return;
      const message = `${known.name} is abstract and has no instances of its own`;
      context.report(abstractInstance, node.span, message);
    },
  },
};

import { hasKnownAncestors, superclassChain } from "../hierarchy.ts";
import { lookupSuper } from "../lookup.ts";
import type { Rule } from "../rule.ts";
import { answersEverything } from "../types/understanding.ts";

/** `super sel` where no ancestor has `sel`. */
export const missingSuperMethod: Rule = {
  code: "BT3012",
  name: "missing-super-method",
  severity: "warning",
  category: "dnu",
  summary: "`super` is sent a message that no ancestor has a method for.",
  explanation:
    "`super` looks above the class that holds the method. Where nothing is found the object does " +
    "not understand the message: send it to `self`, or mend the selector.",
  wrong: `Object subclass: Letter
  title => super title ++ "!"
`,
  right: `Object subclass: Letter
  title => super printString ++ "!"
`,
  expressions: {
    send: (node, context, ancestors) => {
      const owner = context.owner.class;
      if (node.receiver.kind !== "super" || owner === undefined) return;
      const { environment } = context.scope;
      if (!hasKnownAncestors(owner, environment) || context.isExpectedToFail(ancestors)) return;
      const { side } = context.owner;
      if (lookupSuper(owner, node.selector, side, environment) !== undefined) return;
      if (answersEverything(owner, side, environment)) return;
      const above = superclassChain(owner, environment)[1];
      const span = node.selectorSpans[0] ?? node.span;
      const what = side === "class" ? " class" : "";
      const message = `No class above ${owner.name} has \`${node.selector}\`` +
        (above === undefined ? "" : ` (looked from ${above.name}${what})`);
      context.report(missingSuperMethod, span, message);
    },
  },
};

import { superclassChain, superclassOf } from "../hierarchy.ts";
import type { Rule } from "../rule.ts";
import { placedSpan } from "../../syntax/placed_span.ts";

/** A class that is its own ancestor. */
export const inheritanceCycle: Rule = {
  code: "BT3002",
  name: "inheritance-cycle",
  severity: "error",
  category: "inheritance",
  isStructural: true,
  summary: "A class is, over its superclasses, its own ancestor.",
  explanation: "Following superclasses must end at `ProtoObject`. Change one of the superclasses.",
  wrong: `Second subclass: First
  value => 1

Object subclass: Second
  value => 2

Third subclass: Third
  value => 3
`,
  right: `Second subclass: First
  value => 1

Object subclass: Second
  value => 2

Second subclass: Third
  value => 3
`,
  class: ({ scope, class: known, declaration, report }) => {
    const chain = superclassChain(known, scope.environment);
    const top = chain[chain.length - 1];
    if (top === undefined || superclassOf(top, scope.environment) !== known) return;
    const span = placedSpan(declaration.header, declaration.header.node.superclass.span);
    const names = [...chain, known].map((found) => found.name).join(" > ");
    report(inheritanceCycle, span, `${known.name} is its own ancestor: ${names}`);
  },
};

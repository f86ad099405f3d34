import type { Rule } from "../rule.ts";
import { unknownClassMessage } from "./unknown_class.ts";
import { placedSpan } from "../../syntax/placed_span.ts";

/** A superclass that no file declares. */
export const unknownSuperclass: Rule = {
  code: "BT3001",
  name: "unknown-superclass",
  severity: "error",
  category: "inheritance",
  isStructural: true,
  summary: "A class extends one that is not known.",
  explanation:
    "What a class inherits, and how its instances are held, is fixed by its superclass, so it must " +
    "be known: declare it, add the dependency that has it, or mend the name.",
  wrong: `Acter subclass: Counter
  value => 0
`,
  right: `Actor subclass: Counter
  value => 0
`,
  class: ({ scope, class: known, declaration, report }) => {
    if (known.superclass === undefined) return;
    if (scope.environment.classNamed(known.superclass) !== undefined) return;
    const reference = declaration.header.node.superclass;
    const span = placedSpan(declaration.header, reference.span);
    report(
      unknownSuperclass,
      span,
      ...unknownClassMessage(reference.name, span, scope.environment),
    );
  },
};

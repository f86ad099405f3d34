import { LIBRARY_PACKAGE } from "../module_naming.ts";
import type { Rule } from "../rule.ts";
import { placedSpan } from "../../syntax/placed_span.ts";

/** Extending a sealed class. */
export const sealedSuperclass: Rule = {
  code: "BT3008",
  name: "sealed-superclass",
  severity: "error",
  category: "inheritance",
  summary: "A class extends a sealed one.",
  explanation:
    "A `sealed` class has no subclasses, so that its users can rely on what it is. Hold an " +
    "instance of it in a field, or add methods to it by extension: `String >> shout => ...`. An " +
    "`abstract sealed` class is the head of a closed family: its own package may extend it.",
  wrong: `sealed Value subclass: Money
  field: amount = 0

Money subclass: Euro
  field: cents = 0
`,
  right: `Value subclass: Money
  field: amount = 0

Money subclass: Euro
  field: cents = 0
`,
  class: ({ scope, class: known, declaration, report }) => {
    if (known.superclass === undefined || scope.package === LIBRARY_PACKAGE) return;
    const parent = scope.environment.classNamed(known.superclass);
    if (parent === undefined || !parent.modifiers.includes("sealed") || parent === known) return;
    if (parent.package === known.package && parent.modifiers.includes("abstract")) return;
    const span = placedSpan(declaration.header, declaration.header.node.superclass.span);
    const message = `${parent.name} is sealed and cannot be extended`;
    const related = parent.file === scope.file || parent.package !== LIBRARY_PACKAGE
      ? [{ file: parent.file, span: parent.span, message: "declared sealed here" }]
      : [];
    report(sealedSuperclass, span, message, { related });
  },
};

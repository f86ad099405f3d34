import { selectorSpan } from "../file_facts.ts";
import { lookupSuper } from "../lookup.ts";
import { LIBRARY_PACKAGE } from "../module_naming.ts";
import type { Rule } from "../rule.ts";

/** Overriding a sealed method. */
export const sealedMethod: Rule = {
  code: "BT3009",
  name: "sealed-method",
  severity: "error",
  category: "inheritance",
  summary: "A method overrides a sealed one.",
  explanation:
    "A `sealed` method is the same in all subclasses. Choose another selector, or override the " +
    "methods that it sends.",
  wrong: `Object subclass: Document
  sealed title => "untitled"

Document subclass: Letter
  title => "letter"
`,
  right: `Object subclass: Document
  sealed title => "untitled"

Document subclass: Letter
  heading => "letter"
`,
  method: ({ scope, owner, node, isExtension, report }) => {
    if (owner.class === undefined || isExtension || scope.package === LIBRARY_PACKAGE) return;
    const found = lookupSuper(owner.class, node.selector, owner.side, scope.environment);
    if (found === undefined || !found.method.sealed || found.side !== owner.side) return;
    const span = selectorSpan(node.selectorSpans, node.span);
    const message =
      `\`${node.selector}\` of ${found.owner.name} is sealed and cannot be overridden`;
    const related = [{
      file: found.owner.file,
      span: found.method.span,
      message: "declared sealed here",
    }];
    report(sealedMethod, span, message, { related });
  },
};

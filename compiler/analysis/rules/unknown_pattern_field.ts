import { allFields, classKind, hasKnownAncestors } from "../hierarchy.ts";
import { lookupMethod } from "../lookup.ts";
import { nearestName } from "../proposals.ts";
import type { BodyContext, Rule } from "../rule.ts";
import type { Pattern } from "../../syntax/ast.ts";
import { patternsIn } from "../walk.ts";

/** `Point z: p` where a point has no `z`. */
export const unknownPatternField: Rule = {
  code: "BT4009",
  name: "unknown-pattern-field",
  severity: "warning",
  category: "type",
  summary: "A pattern names a field that the class does not have.",
  explanation: "Such a pattern never matches. Name one of the fields that the class declares.",
  wrong: `Value subclass: Point
  field: x = 0
  isOrigin => self match: [Point c: 0 -> true; _ -> false]
`,
  right: `Value subclass: Point
  field: x = 0
  isOrigin => self match: [Point x: 0 -> true; _ -> false]
`,
  body: (context) => {
    for (const { pattern } of context.parameters) check(pattern, context);
  },
  expressions: {
    match: (node, context) => {
      for (const { pattern } of node.arms) check(pattern, context);
    },
    destructuring: (node, context) => check(node.pattern, context),
  },
};

function check(pattern: Pattern, context: BodyContext): void {
  const { environment } = context.scope;
  for (const inner of patternsIn(pattern)) {
    if (inner.kind !== "constructorPattern" || inner.class.name === "Result") continue;
    const known = environment.classNamed(inner.class.name, inner.class.package);
    if (known === undefined || !hasKnownAncestors(known, environment)) continue;
    if (classKind(known, environment) !== "value" || known.package === "stdlib") continue;
    const names = allFields(known, environment).map((field) => field.name);
    for (const { name } of inner.fields) {
      if (names.includes(name.text)) continue;
      if (lookupMethod(known, name.text, "instance", environment) !== undefined) continue;
      const proposal = nearestName(name.text, names);
      const message = `${known.name} has no field \`${name.text}\`` +
        (proposal === undefined ? "" : `. Did you mean \`${proposal}\`?`);
      context.report(unknownPatternField, name.span, message);
    }
  }
}

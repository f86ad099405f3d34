import { allFields, classKind, hasKnownAncestors } from "../hierarchy.ts";
import { methodOfClass } from "../lookup.ts";
import { nearestName } from "../proposals.ts";
import type { Rule } from "../rule.ts";
import { bare } from "../walk.ts";

/** `spawnWith: #{#valeu => 1}`. */
export const unknownSpawnKey: Rule = {
  code: "BT5006",
  name: "unknown-data-key",
  severity: "warning",
  category: "all",
  summary: "A dictionary given to `spawnWith:` or `new:` has a key that is no datum of the class.",
  explanation: "Unknown keys are an error when it runs. Name data that the class declares.",
  wrong: `Actor subclass: Counter
  state: value = 0

Object subclass: Main
  class main: _ => Counter spawnWith: #{#valeu => 3}
`,
  right: `Actor subclass: Counter
  state: value = 0

Object subclass: Main
  class main: _ => Counter spawnWith: #{#value => 3}
`,
  expressions: {
    send: (node, context, ancestors) => {
      const receiver = bare(node.receiver);
      if (!["spawnWith:", "spawnWith:as:", "new:"].includes(node.selector)) return;
      const given = node.arguments[0] && bare(node.arguments[0]);
      if (receiver.kind !== "class" || given?.kind !== "dictionary") return;
      const { environment } = context.scope;
      const known = environment.classNamed(receiver.name, receiver.package);
      if (known === undefined || !hasKnownAncestors(known, environment)) return;
      const kind = classKind(known, environment);
      if (known.package === "stdlib" || (kind !== "actor" && kind !== "value")) return;
      if (methodOfClass(known, node.selector, "class", environment) !== undefined) return;
      if (context.isExpectedToFail(ancestors)) return;
      const names = allFields(known, environment).map((field) => field.name);
      for (const { key } of given.entries) {
        if (key.kind !== "symbol" || names.includes(key.value)) continue;
        const proposal = nearestName(key.value, names);
        const message = `${known.name} has no datum \`${key.value}\`` +
          (proposal === undefined ? "" : `. Did you mean \`${proposal}\`?`);
        context.report(unknownSpawnKey, key.span, message);
      }
    },
  },
};

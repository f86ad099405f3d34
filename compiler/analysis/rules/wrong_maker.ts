import { classKind, superclassChain } from "../hierarchy.ts";
import { methodOfClass } from "../lookup.ts";
import type { BodyContext, Rule } from "../rule.ts";
import type { ClassFacts } from "../class_facts.ts";
import { bare } from "../walk.ts";

/** `spawn` on a value, `new` on an actor. */
export const wrongMaker: Rule = {
  code: "BT5001",
  name: "wrong-maker",
  severity: "warning",
  category: "dnu",
  summary: "`spawn` is sent to a class of values, or `new` to a class of actors.",
  explanation:
    "Actors are processes and made by `spawn`, values by `new` or their keyword constructor. The " +
    "other message raises `#instantiation_error`.",
  wrong: `Actor subclass: Counter
  value => 0

Object subclass: Main
  class main: _ => Counter new value
`,
  right: `Actor subclass: Counter
  value => 0

Object subclass: Main
  class main: _ => Counter spawn value
`,
  expressions: {
    send: (node, context, ancestors) => {
      const receiver = bare(node.receiver);
      if (receiver.kind !== "class") return;
      const { environment } = context.scope;
      const known = environment.classNamed(receiver.name, receiver.package);
      if (known === undefined || definesItself(known, node.selector, context)) return;
      const right = rightMaker(known, node.selector, context);
      if (right === undefined || context.isExpectedToFail(ancestors)) return;
      const what = classKind(known, environment) === "actor" ? "an actor" : "a value";
      const message = `${known.name} is ${what}: make it by \`${right}\`, not \`${node.selector}\``;
      const span = node.selectorSpans[0] ?? node.span;
      const fixes = [{ title: `Replace by \`${right}\``, edits: [{ span, newText: right }] }];
      context.report(wrongMaker, span, message, { fixes });
    },
  },
};

const FOR_VALUES: ReadonlyMap<string, string> = new Map([
  ["spawn", "new"],
  ["spawnWith:", "new:"],
]);

const FOR_ACTORS: ReadonlyMap<string, string> = new Map([
  ["new", "spawn"],
  ["new:", "spawnWith:"],
]);

function rightMaker(
  known: ClassFacts,
  selector: string,
  context: BodyContext,
): string | undefined {
  const kind = classKind(known, context.scope.environment);
  if (kind === "actor") return FOR_ACTORS.get(selector);
  return kind === "value" ? FOR_VALUES.get(selector) : undefined;
}

/** A class of the user's own that defines the message knows what it does. */
function definesItself(known: ClassFacts, selector: string, context: BodyContext): boolean {
  const { environment } = context.scope;
  return superclassChain(known, environment).some((each) =>
    each.name !== "Actor" && each.name !== "Object" && each.name !== "Value" &&
    methodOfClass(each, selector, "class", environment) !== undefined
  );
}

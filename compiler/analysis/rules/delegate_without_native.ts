import { superclassChain } from "../hierarchy.ts";
import type { Rule } from "../rule.ts";

/** `self delegate` in a class without `native:`. */
export const delegateWithoutNative: Rule = {
  code: "BT3018",
  name: "delegate-without-native",
  severity: "warning",
  category: "all",
  summary: "A method delegates, but its class names no Erlang module.",
  explanation:
    "`self delegate` forwards a method to the module that `native: module` in the class's header " +
    "names. Without one there is nowhere to forward it to.",
  wrong: `Object subclass: Clock
  class now => self delegate
`,
  right: `Object subclass: Clock native: clock
  class now => self delegate
`,
  body: (context) => {
    const owner = context.owner.class;
    const only = context.statements.length === 1 ? context.statements[0]?.expression : undefined;
    if (owner === undefined || only?.kind !== "send" || only.selector !== "delegate") return;
    if (only.receiver.kind !== "self" || context.kind !== "method") return;
    const chain = superclassChain(owner, context.scope.environment);
    if (chain.some((found) => found.nativeModule !== undefined)) return;
    if (owner.methods.some((method) => method.selector === "delegate")) return;
    const message = `${owner.name} has no \`native:\` module to delegate to`;
    context.report(delegateWithoutNative, only.span, message);
  },
};

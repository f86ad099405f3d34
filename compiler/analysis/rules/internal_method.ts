import type { Span } from "../../syntax/ast.ts";
import type { FoundMethod } from "../lookup.ts";
import type { BodyContext, Rule } from "../rule.ts";
import type { TypedSend } from "../types/infer.ts";
import { methodFor } from "../types/understanding.ts";
import { unionMembers } from "../types/type.ts";

/** A send to a method that is internal to another package. */
export const internalMethod: Rule = {
  code: "BT3011",
  name: "internal-method",
  severity: "error",
  category: "all",
  summary: "A message runs a method that is `internal` to another package.",
  explanation:
    "`internal` methods are a package's own affair and may change at any time. Send what the " +
    "package offers instead. Where the receiver's class is not known when compiling, the send " +
    "raises `#dispatch_error` when it runs.",
  wrong: `Object subclass: Main
  class main: _ => shapes@Box new weigh
`,
  right: `Object subclass: Main
  class main: _ => shapes@Box new printString
`,
  expressions: {
    send: (node, context) => check(node, node.selectorSpans[0] ?? node.span, context),
    cascade: (node, context) => {
      for (const message of node.messages) {
        check(message, message.selectorSpans[0] ?? message.span, context);
      }
    },
    pipe: (node, context) => {
      for (const { message } of node.stages) {
        check(message, message.selectorSpans[0] ?? message.span, context);
      }
    },
  },
};

function check(message: object, span: Span, context: BodyContext): void {
  const send = context.types().sends.get(message);
  if (send === undefined) return;
  const found = methodsOf(send, context).find(({ method, owner }) =>
    method.internal && owner.package !== context.scope.package
  );
  if (found === undefined) return;
  const text = `\`${send.selector}\` is internal to package ${found.owner.package}`;
  context.report(internalMethod, span, text);
}

/** The methods that the send may run, where something is known of the receiver. */
function methodsOf(send: TypedSend, { scope }: BodyContext): readonly FoundMethod[] {
  if (send.found !== undefined || send.isSuper) return send.found === undefined ? [] : [send.found];
  return unionMembers(send.receiver).flatMap((member) =>
    methodFor(member, send.selector, scope.environment) ?? []
  );
}

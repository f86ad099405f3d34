import type { Expression, Send, Span } from "../../syntax/ast.ts";
import type { Fix } from "../../syntax/diagnostic.ts";
import { allMethods, lookupMethod } from "../lookup.ts";
import { argumentCount, nearestSelector } from "../proposals.ts";
import type { BodyContext, Rule } from "../rule.ts";
import { annotatedType, classOfType } from "../types/annotation.ts";
import type { TypedSend } from "../types/infer.ts";
import { printType } from "../types/print.ts";
import { misunderstanding, type Strictness } from "../types/understanding.ts";
import type { Type } from "../types/type.ts";
import { bare } from "../walk.ts";

/** A message that the receiver surely does not understand. */
export const unknownSelector: Rule = {
  code: "BT4001",
  name: "unknown-selector",
  severity: "warning",
  category: "dnu",
  summary: "The receiver's class is known and has no method for the message.",
  explanation:
    "The send would raise `#does_not_understand`. Nothing is said where the type is open: where a " +
    "subclass or an extension has the method, where `doesNotUnderstand:args:` answers, or where " +
    "the type is not known. In a migration `self` is the old state, which understands " +
    "`removeField:` and `error:` only.",
  wrong: `Object subclass: Greeter
  greet => "hello" upprcase
`,
  right: `Object subclass: Greeter
  greet => "hello" uppercase
`,
  expressions: {
    send: (node, context, ancestors) => {
      check(node, node.receiver, node.selectorSpans, context, ancestors);
    },
    cascade: (node, context, ancestors) => {
      for (const message of node.messages) {
        check(message, node.receiver, message.selectorSpans, context, ancestors);
      }
    },
  },
};

function check(
  message: object,
  receiver: Expression,
  spans: readonly Span[],
  context: BodyContext,
  ancestors: readonly Expression[],
): void {
  const send = context.types().sends.get(message);
  const first = spans[0];
  if (send === undefined || first === undefined || send.isSuper) return;
  if (context.kind === "patch" && bare(receiver).kind === "self") {
    if (PATCH_SELECTORS.includes(send.selector) || context.isExpectedToFail(ancestors)) return;
    const span = { start: first.start, end: spans.at(-1)?.end ?? first.end };
    context.report(unknownSelector, span, patchText(send.selector));
    return;
  }
  if (send.found !== undefined) return;
  const { environment } = context.scope;
  const strictness = strictnessFor(receiver, context);
  const missing = misunderstanding(send.receiver, send.selector, environment, strictness);
  if (missing === undefined || context.isExpectedToFail(ancestors)) return;
  // A variable that holds the wrong thing is one mistake, whatever it is sent; a slip of the pen is
  // another one.
  const inner = bare(receiver);
  const proposal = proposalFor(send.selector, missing, context);
  const isWrongThing = inner.kind === "variable" && proposal === undefined;
  if (isWrongThing && !context.isFirst(`${printType(missing)} in ${inner.name}`)) return;
  const isSlip = proposal !== undefined && !send.selector.startsWith(proposal);
  if (!isSlip && reportTwoMessages(message, send, missing, spans, context)) return;
  report(send, missing, proposal, spans, context);
}

/** What the old state of a migration understands, whatever its class says. */
const PATCH_SELECTORS: readonly string[] = ["removeField:", "error:"];

function patchText(selector: string): string {
  return `In a migration \`self\` is the old state: it does not understand \`${selector}\`, only ` +
    PATCH_SELECTORS.map((each) => `\`${each}\``).join(" and ");
}

/** A typed class answers for every member of the unions that it declares, and for nil in others. */
function strictnessFor(receiver: Expression, context: BodyContext): Strictness {
  if (!context.owner.class?.modifiers.includes("typed")) return "one";
  const inner = bare(receiver);
  if (inner.kind === "field") return "all";
  const binding = inner.kind === "variable" ? context.names.bindingOf.get(inner) : undefined;
  return binding?.type === undefined ? "nil" : "all";
}

function report(
  send: TypedSend,
  missing: Type,
  proposal: string | undefined,
  spans: readonly Span[],
  context: BodyContext,
): void {
  const span = { start: spans[0]?.start ?? 0, end: spans[spans.length - 1]?.end ?? 0 };
  const message = `${printType(missing)} does not understand \`${send.selector}\``;
  if (proposal === undefined) {
    context.report(unknownSelector, span, message);
    return;
  }
  const fixes = replacement(send.selector, proposal, spans);
  context.report(unknownSelector, span, `${message}. Did you mean \`${proposal}\`?`, { fixes });
}

/**
 * Keyword parts that are two messages: `a or: [b] ifTrue: [c]` asks for `or:ifTrue:`. Told where the
 * receiver understands the first of them and what that answers understands the second.
 */
function reportTwoMessages(
  message: object,
  { selector }: TypedSend,
  missing: Type,
  spans: readonly Span[],
  context: BodyContext,
): boolean {
  const node = message as Partial<Send>;
  const [first, last] = [spans[0], spans.at(-1)];
  if (node.kind !== "send" || first === undefined || last === undefined) return false;
  const parts = selector.split(/(?<=:)(?=.)/);
  for (let count = parts.length - 1; count > 0; count--) {
    const [one, other] = [parts.slice(0, count).join(""), parts.slice(count).join("")];
    const argument = node.arguments?.[count - 1];
    if (argument === undefined || !isChain(one, other, missing, context)) continue;
    const at = node.receiver?.span.start ?? first.start;
    const edits = [
      { span: { start: at, end: at }, newText: "(" },
      { span: { start: argument.span.end, end: argument.span.end }, newText: ")" },
    ];
    const text = `${printType(missing)} does not understand \`${selector}\`. ` +
      `\`${one}\` and \`${other}\` are two messages: put the first one into parentheses`;
    const span = { start: first.start, end: last.end };
    const fixes = [{ title: `Put \`${one}\` into parentheses`, edits }];
    context.report(unknownSelector, span, text, { fixes });
    return true;
  }
  return false;
}

function isChain(one: string, other: string, type: Type, context: BodyContext): boolean {
  const { environment } = context.scope;
  const isClass = type.kind === "classObject";
  const of = isClass ? type.class : classOfType(type);
  if (of === undefined) return false;
  const found = lookupMethod(of, one, isClass ? "class" : "instance", environment);
  if (found === undefined) return false;
  const scope = { environment, self: type, parameters: new Map<string, Type>() };
  const answered = annotatedType(found.method.returnType, scope);
  return misunderstanding(answered, other, environment, "one") === undefined;
}

/** Each part of the selector replaced, where there are as many of both. */
function replacement(selector: string, proposal: string, spans: readonly Span[]): readonly Fix[] {
  const parts = proposal.split(/(?<=:)(?=.)/);
  const isOther = parts.length !== spans.length ||
    argumentCount(proposal) !== argumentCount(selector);
  if (isOther) return [];
  const edits = spans.map((span, index) => ({ span, newText: parts[index] ?? "" }));
  return [{ title: `Replace by \`${proposal}\``, edits }];
}

function proposalFor(selector: string, type: Type, context: BodyContext): string | undefined {
  const { environment } = context.scope;
  const isClass = type.kind === "classObject";
  const of = isClass ? type.class : classOfType(type);
  if (of === undefined) return undefined;
  const methods = allMethods(of, isClass ? "class" : "instance", environment);
  return nearestSelector(selector, methods.map((found) => found.method.selector));
}

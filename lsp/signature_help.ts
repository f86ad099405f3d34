/**
 * The keyword message that is being written, with the part at the cursor.
 * @module
 */
import type { MethodFacts } from "../compiler/analysis/class_facts.ts";
import { methodsOf } from "../compiler/analysis/types/type_at.ts";
import type { Expression, Message, Send } from "../compiler/syntax/ast.ts";
import { walkStatements } from "../compiler/analysis/walk.ts";
import { type FileView, knownBodyAt } from "./file_view.ts";
import { likelyType } from "./likely_type.ts";
import { implementorsOf } from "./places.ts";
import { methodText, parameterTexts, selectorParts } from "../compiler/analysis/signature_text.ts";

/** A method's head with its parameters as stretches of the label. */
export interface SignatureText {
  readonly label: string;
  readonly parameters: readonly { readonly start: number; readonly end: number }[];
  readonly doc: string | undefined;
}

/** What fits to the keywords so far. */
export interface SignatureHelp {
  readonly signatures: readonly SignatureText[];
  readonly activeParameter: number;
}

const MOST = 8;

/** Help for the innermost keyword message around an offset. */
export function signatureHelpAt(view: FileView, offset: number): SignatureHelp | undefined {
  const body = knownBodyAt(view, offset) ?? knownBodyAt(view, endOfWritten(view, offset));
  if (body === undefined) return undefined;
  const at = offset - body.source.unit.offset;
  let best: { message: Send | Message; receiver: Expression } | undefined;
  walkStatements(body.source.statements, (node) => {
    for (const each of messagesOf(node)) {
      if (isInside(each.message, at)) best = each;
    }
  });
  if (best === undefined) return undefined;
  const sent = body.types.sends.get(best.message);
  const active = activePart(best.message, at);
  const written = best.message.selectorSpans.slice(0, active + 1).length;
  const prefix = selectorParts(best.message.selector).slice(0, written).join("");
  const project = { view: () => undefined };
  const receiver = sent === undefined || sent.receiver.kind === "dynamic"
    ? likelyType({ project, view, body }, best.receiver)
    : sent.receiver;
  const known = methodsOf(receiver, view.environment).map(({ method }) => method);
  const candidates = known.length > 0
    ? known.filter(({ selector }) => selector.startsWith(prefix))
    : implementorsOf(best.message.selector, view.environment).map(({ method }) => method);
  const signatures = sorted(candidates, best.message.selector).slice(0, MOST).map(signatureText);
  return signatures.length === 0 ? undefined : { signatures, activeParameter: active };
}

/** White space behind an unfinished message is not part of the tree. */
function endOfWritten(view: FileView, offset: number): number {
  let end = offset;
  while (end > 0 && " \t".includes(view.source.text[end - 1] ?? "")) end--;
  return end;
}

function messagesOf(node: Expression): { message: Send | Message; receiver: Expression }[] {
  if (node.kind === "send") return [{ message: node, receiver: node.receiver }];
  if (node.kind === "cascade") {
    return node.messages.map((message) => ({ message, receiver: node.receiver }));
  }
  return [];
}

function isInside(message: Send | Message, at: number): boolean {
  const [first] = message.selectorSpans;
  if (first === undefined || !message.selector.includes(":")) return false;
  if (!/^[\p{L}_]/u.test(message.selector) || at < first.start) return false;
  const last = message.arguments[message.arguments.length - 1];
  // Behind the last argument a space may stand before the next keyword.
  return at <= Math.max(message.span.end, last?.span.end ?? 0) + 1;
}

function activePart(message: Send | Message, at: number): number {
  let active = 0;
  message.selectorSpans.forEach(({ end }, index) => {
    if (at >= end) active = index;
  });
  return active;
}

/** The exact selector first, then the shorter ones. */
function sorted(methods: readonly MethodFacts[], selector: string): readonly MethodFacts[] {
  const byText = new Map(methods.map((method) => [methodText(method), method]));
  return [...byText.values()].sort((a, b) =>
    Number(b.selector === selector) - Number(a.selector === selector) ||
    a.selector.length - b.selector.length || (a.selector < b.selector ? -1 : 1)
  );
}

function signatureText(method: MethodFacts): SignatureText {
  const label = methodText(method);
  const parts = selectorParts(method.selector);
  let from = 0;
  const parameters = parameterTexts(method).map((text, index) => {
    const start = from + (parts[index]?.length ?? 0) + 1;
    const end = start + text.length;
    from = end + 1;
    return { start, end };
  });
  return { label, parameters, doc: method.doc };
}

/**
 * Grammar of expressions from sends up to pipes. Operands are in `operands.ts`, statements in
 * `statements.ts`.
 * @module
 */
import type { Cascade, Expression, Message, Pipe, PipeStage, Send, Span } from "./ast.ts";
import { asCondition, isConditionKeyword, isConditionSelector } from "./conditions.ts";
import type { Parser, Reply, Success } from "./parsimmon.d.ts";
import { matchExpression } from "./match.ts";
import { operand } from "./operands.ts";
import { checkSelectorLength } from "./limits.ts";
import { fail, ok, reading, report, rule, spanAt, textAt } from "./primitives.ts";
import { isBinaryKind, isKeywordKind, K } from "./token.ts";

/** How tightly a binary operator binds; 0 for what is none. */
const tightness: number[] = new Array(128).fill(0);
const levels: readonly (readonly string[])[] = [
  [K.operator, K.arrow, K.shift],
  [K.equality, K.slashEquals],
  [K.comparison],
  [K.additive],
  [K.multiplicative],
  [K.power],
];
levels.forEach((kinds, i) => kinds.forEach((kind) => tightness[kind.charCodeAt(0)] = i + 1));
const POWER = levels.length;
/** Sends to the answer of a send to the answer ... make a deep tree; deeper ones are refused. */
const MAX_CHAIN = 500;

function makeSend(receiver: Expression, message: Message): Send {
  return {
    kind: "send",
    receiver: isConditionSelector(message.selector) ? asCondition(receiver) : receiver,
    selector: message.selector,
    selectorSpans: message.selectorSpans,
    arguments: message.arguments,
    span: { start: receiver.span.start, end: message.span.end },
  };
}

/** Whether a reserved word at `i` names an Erlang function, as in `Erlang erlang self`. */
function isErlangFunction(input: string, i: number, receiver: Expression): boolean {
  const kind = input[i];
  if (kind !== K.self && kind !== K.nil && kind !== K.boolean && kind !== K.super) return false;
  return receiver.kind === "send" && receiver.receiver.kind === "class" &&
    receiver.receiver.name === "Erlang";
}

/** An operand with its unary sends. */
const unaryExpression: Parser<Expression> = rule<Expression>((input, i) => {
  const reply = operand._(input, i);
  if (!reply.status) return reply;
  let { index, value } = reply;
  while (input[index] === K.identifier || isErlangFunction(input, index, value)) {
    const span = spanAt(index);
    const selector = textAt(index);
    value = {
      kind: "send",
      receiver: isConditionSelector(selector) ? asCondition(value) : value,
      selector,
      selectorSpans: [span],
      arguments: [],
      span: { start: value.span.start, end: span.end },
    };
    index++;
    if (index - reply.index > MAX_CHAIN) return tooDeep(index);
  }
  return index === reply.index ? reply : ok(index, value);
});

/** Binary sends whose operators bind at least as tightly as `least`. */
function binaryFrom(
  input: string,
  i: number,
  least: number,
  receiver: Reply<Expression>,
): Reply<Expression> {
  if (!receiver.status) return receiver;
  let left: Success<Expression> = receiver;
  for (let sends = 0;; sends++) {
    if (sends > MAX_CHAIN) return tooDeep(left.index);
    const at: number = left.index;
    const level = at < input.length ? tightness[input.charCodeAt(at)] ?? 0 : 0;
    if (level < least || level === 0) return left;
    const first = unaryExpression._(input, at + 1);
    if (!first.status) return first;
    let right: Success<Expression> = first;
    const next = right.index < input.length ? tightness[input.charCodeAt(right.index)] ?? 0 : 0;
    if (next > level || (next === POWER && level === POWER)) {
      if (++reading.depth > MAX_CHAIN) return tooDeep(at);
      const tighter = binaryFrom(input, i, level === POWER ? POWER : level + 1, right);
      reading.depth--;
      if (!tighter.status) return tighter;
      right = tighter;
    }
    const span: Span = { start: left.value.span.start, end: right.value.span.end };
    left = ok<Expression>(right.index, {
      kind: "send",
      receiver: left.value,
      selector: textAt(at),
      selectorSpans: [spanAt(at)],
      arguments: [right.value],
      span,
    });
  }
}

/** A failure that stops reading a statement whose tree would be too deep to walk. */
export function tooDeep(i: number): Reply<never> {
  reading.furthest = -1;
  return fail(i, "a shorter expression (at most 500 sends in a row)");
}

/** An expression of unary and binary sends: what an argument of a keyword is. */
const binaryExpression: Parser<Expression> = rule<Expression>((input, i) =>
  binaryFrom(input, i, 1, unaryExpression._(input, i))
);

interface Part {
  readonly kind: string;
  readonly index: number;
  readonly argument: Expression;
}

function messageOf(parts: readonly Part[]): Message {
  let selector = "";
  for (const part of parts) selector += textAt(part.index);
  checkSelectorLength(selector, parts[0]?.index ?? 0);
  const selectorSpans = parts.map((part) => spanAt(part.index));
  const end = parts[parts.length - 1]?.argument.span.end ?? 0;
  const start = selectorSpans[0]?.start ?? 0;
  return {
    selector,
    selectorSpans,
    arguments: parts.map((part) => part.argument),
    span: { start, end },
  };
}

function readParts(input: string, i: number, parts: Part[]): Reply<undefined> {
  let at = i;
  while (at < input.length && isKeywordKind(input[at] ?? "")) {
    const argument = binaryExpression._(input, at + 1);
    if (!argument.status) return argument;
    const isCondition = argument.value.kind === "block" && isConditionKeyword(textAt(at));
    parts.push({
      kind: input[at] ?? "",
      index: at,
      argument: isCondition ? asCondition(argument.value) : argument.value,
    });
    at = argument.index;
  }
  return ok(at, undefined);
}

/** How many parts the first send takes: callbacks of its future at the end are a second send. */
function ownParts(parts: readonly Part[]): number {
  let own = parts.length;
  while (own > 0 && parts[own - 1]?.kind === K.futureKeyword) own--;
  return own === 0 ? parts.length : own;
}

/** A binary expression with at most one keyword send, or a `match:`. */
const keywordExpression: Parser<Expression> = rule<Expression>((input, i) => {
  const receiver = binaryExpression._(input, i);
  if (!receiver.status) return receiver;
  const kind = input[receiver.index] ?? "";
  if (!isKeywordKind(kind)) return receiver;
  if (kind === K.match && isArms(input, receiver.index + 1)) {
    return matchExpression(receiver.value)._(input, receiver.index);
  }
  const parts: Part[] = [];
  const reply = readParts(input, receiver.index, parts);
  if (!reply.status) return reply;
  const own = ownParts(parts);
  let value: Expression = makeSend(receiver.value, messageOf(parts.slice(0, own)));
  if (own < parts.length) value = makeSend(value, messageOf(parts.slice(own)));
  return ok(reply.index, value);
});

/** Whether a block at token `i` can hold arms: it has no parameters. */
function isArms(input: string, i: number): boolean {
  return input[i] === K.bracketOpen && input[i + 1] !== K.colon;
}

const message: Parser<Message> = rule<Message>((input, i) => {
  const kind = input[i] ?? "";
  if (kind === K.identifier) {
    const span = spanAt(i);
    return ok(i + 1, { selector: textAt(i), selectorSpans: [span], arguments: [], span });
  }
  if (isKeywordKind(kind)) {
    const parts: Part[] = [];
    const reply = readParts(input, i, parts);
    return reply.status ? ok(reply.index, messageOf(parts)) : reply;
  }
  if ((tightness[input.charCodeAt(i)] ?? 0) === 0 || i >= input.length) {
    return fail(i, "a message");
  }
  const argument = unaryExpression._(input, i + 1);
  if (!argument.status) return argument;
  const span = spanAt(i);
  return ok(argument.index, {
    selector: textAt(i),
    selectorSpans: [span],
    arguments: [argument.value],
    span: { start: span.start, end: argument.value.span.end },
  });
});

function cascadeOf(first: Send, messages: readonly Message[], end: number): Cascade {
  const start = first.selectorSpans[0]?.start ?? first.span.start;
  const own: Message = {
    selector: first.selector,
    selectorSpans: first.selectorSpans,
    arguments: first.arguments,
    span: { start, end: first.span.end },
  };
  return {
    kind: "cascade",
    receiver: first.receiver,
    messages: [own, ...messages],
    span: { start: first.span.start, end },
  };
}

/** Whether the `;` at token `i` separates arms: a `->` follows before the next end. */
function separatesArms(input: string, i: number): boolean {
  if (!reading.inArms) return false;
  const first = input[i + 1] ?? "";
  if (first !== K.identifier && !isKeywordKind(first) && !isBinaryKind(first)) return true;
  for (let at = i + 1; at < input.length; at++) {
    const kind = input[at] ?? "";
    if (kind === K.arrow) return true;
    if (kind === K.newline || kind === K.semicolon || kind === K.bracketClose) {
      return at === i + 1;
    }
    if (kind === K.parenClose || kind === K.braceClose || kind === K.binaryClose) return false;
    const partner = reading.tokens.partners[at] ?? -1;
    if (partner > at) at = partner;
  }
  return true;
}

/** A keyword expression with the further messages of a cascade. */
const cascadeExpression: Parser<Expression> = rule<Expression>((input, i) => {
  const first = keywordExpression._(input, i);
  if (!first.status || input[first.index] !== K.semicolon) return first;
  if (separatesArms(input, first.index)) return first;
  if (first.value.kind !== "send") {
    report("BT1020", spanAt(first.index));
  }
  const messages: Message[] = [];
  let at = first.index;
  while (input[at] === K.semicolon && !separatesArms(input, at)) {
    const reply = message._(input, at + 1);
    if (!reply.status) return reply;
    messages.push(reply.value);
    at = reply.index;
  }
  if (first.value.kind !== "send") return ok(at, first.value);
  const end = messages[messages.length - 1]?.span.end ?? first.value.span.end;
  return ok(at, cascadeOf(first.value, messages, end));
});

function stageOf(expression: Expression): PipeStage | undefined {
  if (expression.kind !== "send") return undefined;
  const { receiver, selector, selectorSpans, span } = expression;
  const isOperator = expression.arguments.length === 1 && !selector.endsWith(":");
  if (isOperator) return undefined;
  const start = selectorSpans[0]?.start ?? span.start;
  return {
    receiver,
    message: {
      selector,
      selectorSpans,
      arguments: expression.arguments,
      span: { start, end: span.end },
    },
    span,
  };
}

/** An expression without assignment, return or cast. */
export const expression: Parser<Expression> = rule<Expression>((input, i) => {
  const source = cascadeExpression._(input, i);
  if (!source.status || input[source.index] !== K.pipe) return source;
  const stages: PipeStage[] = [];
  let at = source.index;
  let end = source.value.span.end;
  while (input[at] === K.pipe) {
    const reply = keywordExpression._(input, at + 1);
    if (!reply.status) return reply;
    const stage = stageOf(reply.value);
    if (stage === undefined) report("BT1019", reply.value.span);
    else stages.push(stage);
    at = reply.index;
    end = reply.value.span.end;
  }
  const span = { start: source.value.span.start, end };
  const pipe: Pipe = { kind: "pipe", source: source.value, stages, span };
  return ok(at, pipe);
});

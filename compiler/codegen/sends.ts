/**
 * Messages: which code a send becomes, by what is known of its receiver and where it stands.
 * @module
 */
import type { Cascade, Expression, Send, Span } from "../syntax/ast.ts";
import { type FoundMethod, lookupMethod } from "../analysis/lookup.ts";
import type { MethodFacts } from "../analysis/class_facts.ts";
import { checkedSend } from "./access.ts";
import { calculation } from "./arithmetic.ts";
import { callBlock } from "./blocks.ts";
import {
  atom,
  bif,
  call,
  callModule,
  caseOf,
  type Clause,
  clause,
  type Core,
  list,
  nil,
  no,
  sequence,
  yes,
} from "./core.ts";
import { collectionLoop } from "./collection_loops.ts";
import { controlFlow } from "./control_flow.ts";
import { erlangCall, erlangFunction } from "./erlang_calls.ts";
import { expression, expressions } from "./expression.ts";
import {
  answersFuture,
  explicitFuture,
  isAwait,
  isFutureMessage,
  mayBeFuture,
} from "./future_positions.ts";
import { forceValue, lazily, type Position } from "./futures.ts";
import type { Continuation, Generator } from "./generator.ts";
import { handling, isHandling } from "./handlers.ts";
import { isCollectionLoop, isInlined } from "./inlining.ts";
import { type Environment, plain, type Value } from "./locals.ts";
import { binaryOperation, isOperator } from "./operators.ts";
import { instancePattern, likelyMethod, likelyModules, likelyResult } from "./likely_classes.ts";
import { selfSend, superSend } from "./self_sends.ts";
import { readVariable } from "./variables.ts";
import { BLOCK_CALLS, classMethodFunction, methodFunction } from "./selectors.ts";
import { bare } from "../analysis/walk.ts";

/** A message whose receiver and arguments are values already. */
export interface Message {
  readonly receiver: Value;
  readonly toSelf: boolean;
  readonly selector: string;
  readonly args: readonly Value[];
  readonly span: Span;
  readonly position: Position;
}

/** Code for a send; `position` says whether its value is needed. */
export function send(
  g: Generator,
  node: Send,
  env: Environment,
  k: Continuation,
  position: Position,
): Core {
  const receiver = bare(node.receiver);
  if (receiver.kind === "super") return superSend(g, node, env, k);
  if (isInlined(node)) return controlFlow(g, node, env, k);
  if (isCollectionLoop(node)) return collectionLoop(g, node, env, k);
  if (isHandling(node)) return handling(g, node, env, k);
  const calculated = calculation(g, node, env, k);
  if (calculated !== undefined) return calculated;
  const target = explicitFuture(node);
  if (target !== undefined) return startExplicitly(g, target, node, env, k);
  const external = erlangFunction(node);
  if (external !== undefined) return erlangCall(g, external, node, env, k);
  if (isFutureMessage(node.selector)) {
    const held = position !== "value" && answersFuture(node.selector);
    const then: Continuation = (value, at) => k(held ? { ...value, future: true } : value, at);
    return futureMessage(g, node, receiver, env, then);
  }
  return expressions(g, [receiver, ...node.arguments], env, ([first, ...args], at) => {
    const { selector } = node;
    const to = g.characters.receiver(receiver, first ?? plain(nil), selector);
    const toSelf = receiver.kind === "self" && to.type !== "Character";
    return message(
      g,
      { receiver: to, toSelf, selector, args, span: selectorSpan(node), position },
      at,
      k,
    );
  });
}

function selectorSpan(node: { selectorSpans: readonly Span[]; span: Span }): Span {
  return node.selectorSpans[0] ?? node.span;
}

/** Code for a message to a value. */
export function message(g: Generator, sent: Message, env: Environment, k: Continuation): Core {
  const { receiver, selector, args } = sent;
  const [first] = args;
  if (first !== undefined && args.length === 1 && isOperator(selector) && !isCharacterOrder(sent)) {
    return binaryOperation(g, selector, receiver, first, sent.span, env, k);
  }
  if (sent.toSelf && g.context.holds !== "script") return selfSend(g, sent, env, k);
  if (receiver.classObject !== undefined) return classSend(g, sent, env, k);
  if (receiver.type !== undefined) {
    const direct = librarySend(g, sent, env, k);
    if (direct !== undefined) return direct;
  }
  return dynamicSend(g, sent, env, k);
}

function isCharacterOrder(sent: Message): boolean {
  return sent.receiver.type === "Character" && (sent.selector === "++" || sent.selector === ",");
}

/** A send to a class that is known when compiling. */
function classSend(g: Generator, sent: Message, env: Environment, k: Continuation): Core {
  const { receiver, selector } = sent;
  const facts = receiver.classObject;
  if (facts === undefined) return dynamicSend(g, sent, env, k);
  const line = g.line(sent.span);
  const args = sent.args.map((value) => value.core);
  const found = lookupMethod(facts, selector, "class", g.source.environment);
  const isOwn = found !== undefined && found.side === "class" && found.origin !== "extension" &&
    found.module === facts.module;
  const code = isOwn
    ? call(facts.module, classMethodFunction(selector), [receiver.core, ...args], line)
    : call(facts.module, "$csend", [atom(selector), receiver.core, list(args)], line);
  const value = plain(code, characterResult(found?.method));
  return g.bindValue({ ...value, likely: likelyResult(g, found, facts) }, env, k);
}

/** `Character` where a method of the library says that it answers one. */
function characterResult(method: MethodFacts | undefined, self?: string): string | undefined {
  const type = method?.returnType;
  if (type?.kind !== "typeName") return undefined;
  if (type.name === "Character" || (type.name === "Self" && self === "Character")) {
    return "Character";
  }
  return undefined;
}

/** A direct call where the receiver surely is of a library class that has the method. */
function librarySend(
  g: Generator,
  sent: Message,
  env: Environment,
  k: Continuation,
): Core | undefined {
  const { receiver, selector } = sent;
  const facts = receiver.type === undefined ? undefined : g.classNamed(receiver.type, "stdlib");
  if (facts === undefined) return undefined;
  const found = lookupMethod(facts, selector, "instance", g.source.environment);
  if (found === undefined) return undefined;
  const isCharacter = receiver.type === "Character";
  if (isCharacter && found.owner === facts) return characterSend(g, sent, found, env, k);
  if (found.origin !== "declared" || found.owner.package !== "stdlib") return undefined;
  const args = [receiver.core, ...sent.args.map((value) => value.core)];
  const code = call(found.module, methodFunction(selector), args, g.line(sent.span));
  const value = plain(code, characterResult(found.method, receiver.type));
  return g.bindValue({ ...value, likely: likelyResult(g, found, facts) }, env, k);
}

/** A message to what is a character by its static type; types change nothing for what is none after all. */
function characterSend(
  g: Generator,
  sent: Message,
  found: FoundMethod,
  env: Environment,
  k: Continuation,
): Core {
  const { receiver, selector } = sent;
  const args = [receiver.core, ...sent.args.map((value) => value.core)];
  const name = found.origin === "extension"
    ? `${found.owner.name}>>${selector}`
    : methodFunction(selector);
  const direct = call(found.module, name, args, g.line(sent.span));
  if (receiver.core.kind === "literal") {
    return g.bindValue(plain(direct, characterResult(found.method, receiver.type)), env, k);
  }
  const code = g.fresh();
  const other = clause(g.fresh(), unknownSend(g, sent));
  const either = caseOf(receiver.core, [clause(code, direct, bif("is_integer", [code])), other]);
  return g.bindValue({ ...plain(either), future: sent.position !== "value" }, env, k);
}

/** A send to a receiver whose class is not sure. */
function dynamicSend(g: Generator, sent: Message, env: Environment, k: Continuation): Core {
  const general = unknownSend(g, sent);
  const likely = likelyMethod(g, sent);
  const modules = likely === undefined ? likelyModules(g, sent) : [likely.module];
  const line = g.line(sent.span);
  const clauses = modules === "many"
    ? [taggedSend(g, sent, line)]
    : modules.map((module) =>
      clause(instancePattern(atom(module)), likelyCall(module, sent, line))
    );
  const code = clauses.length === 0
    ? general
    : caseOf(sent.receiver.core, [...clauses, clause(g.fresh(), general)]);
  const value = { ...plain(code), likely: likely && likelyResult(g, likely, likely.owner) };
  return g.bindValue({ ...value, future: sent.position !== "value" }, env, k);
}

function likelyCall(module: string, sent: Message, line: number): Core {
  const args = [sent.receiver.core, ...sent.args.map((value) => value.core)];
  return call(module, methodFunction(sent.selector), args, line);
}

/** What the runtime's send does with an object that has a tag, in place. */
function taggedSend(g: Generator, sent: Message, line: number): Clause {
  const module = g.fresh("Module");
  const args = [
    atom(sent.selector),
    sent.receiver.core,
    list(sent.args.map((value) => value.core)),
  ];
  return clause(instancePattern(module), callModule(module, "$send", args, line));
}

function unknownSend(g: Generator, sent: Message): Core {
  const { receiver, selector } = sent;
  const general = generalSend(g, sent);
  if (BLOCK_CALLS.has(selector)) {
    return callBlock(receiver.core, sent.args, g.line(sent.span), general, g);
  }
  if (selector === "not") {
    return caseOf(receiver.core, [
      clause(yes, no),
      clause(no, yes),
      clause(g.fresh(), general),
    ]);
  }
  if (selector === "isNil" || selector === "notNil") return nilTest(g, sent, general);
  return general;
}

/** Numbers, texts and lists are not nil; other objects may have an answer of their own. */
function nilTest(g: Generator, sent: Message, general: Core): Core {
  const whenNil = sent.selector === "isNil" ? yes : no;
  const otherwise = sent.selector === "isNil" ? no : yes;
  const value = g.fresh();
  const plainTests = ["is_number", "is_binary", "is_list"].map((test) => bif(test, [value]));
  const isPlain = plainTests.reduce((all, test) => bif("or", [all, test]));
  return caseOf(sent.receiver.core, [
    clause(nil, whenNil),
    clause(value, otherwise, isPlain),
    clause(g.fresh(), general),
  ]);
}

/** The runtime's send for a position. */
function generalSend(g: Generator, sent: Message): Core {
  const args = [
    sent.receiver.core,
    atom(sent.selector),
    list(sent.args.map((value) => value.core)),
  ];
  const line = g.line(sent.span);
  const code = sent.position === "value"
    ? call("beamtalk_send", "send", args, line)
    : call("beamtalk_send", sent.position, [...args, g.site(sent.span)], line);
  return checkedSend(g, sent.receiver.core, sent.selector, sent.args.length, line, code);
}

/** `x future sel`: the future itself is the value. */
function startExplicitly(
  g: Generator,
  target: Expression,
  node: Send,
  env: Environment,
  k: Continuation,
): Core {
  return expressions(g, [target, ...node.arguments], env, ([receiver, ...args], at) => {
    return g.bind(siteSend(g, "as_future", node, receiver?.core ?? nil, args), at, k);
  });
}

/** A future's own message: its receiver is not waited for before. */
function futureMessage(
  g: Generator,
  node: Send,
  receiver: Expression,
  env: Environment,
  k: Continuation,
): Core {
  return futureReceiver(
    g,
    receiver,
    env,
    isAwait(node.selector) ? "start" : "future",
    (target, at) =>
      expressions(g, node.arguments, at, (args, after) => {
        const sent: Message = {
          receiver: { ...target, future: false },
          toSelf: receiver.kind === "self",
          selector: node.selector,
          args,
          span: selectorSpan(node),
          position: "value",
        };
        if (!target.future || !isAwait(node.selector)) return message(g, sent, after, k);
        const operands = [target.core, ...args.map((value) => value.core)];
        return g.bind(
          call("beamtalk_future", node.selector, operands, g.line(sent.span)),
          after,
          k,
        );
      }),
  );
}

/** Code for the receiver of a future's own message: it is started and not waited for. */
function futureReceiver(
  g: Generator,
  receiver: Expression,
  env: Environment,
  position: Position,
  k: Continuation,
): Core {
  if (receiver.kind === "variable") return readVariable(g, receiver, env, k);
  if (!mayBeFuture(receiver)) return expression(g, receiver, env, k);
  return lazily(g, receiver, env, position, k);
}

/** `receiver m1; m2`: the receiver is waited for unless a message is a future's own. */
export function cascade(g: Generator, node: Cascade, env: Environment, k: Continuation): Core {
  const receiver = bare(node.receiver);
  if (node.messages.some(({ selector }) => isFutureMessage(selector))) {
    const messages = cascadeMessages(g, node, receiver, k);
    return futureReceiver(g, receiver, env, "future", (held, at) => {
      if (!held.future) return messages(held, at);
      return g.bindValue(held, at, messages);
    });
  }
  return expression(g, node.receiver, env, cascadeMessages(g, node, receiver, k));
}

function cascadeMessages(
  g: Generator,
  node: Cascade,
  receiverNode: Expression,
  k: Continuation,
): Continuation {
  return (receiver, env) => {
    const step = (index: number, now: Environment): Core => {
      const each = node.messages[index];
      if (each === undefined) return k(receiver, now);
      const isLast = index === node.messages.length - 1;
      const next: Continuation = isLast ? k : (_value, after) => step(index + 1, after);
      return expressions(g, each.arguments, now, (args, at) => {
        const send = (target: Value, after: Environment) =>
          message(
            g,
            {
              receiver: target,
              toSelf: receiverNode.kind === "self",
              selector: each.selector,
              args,
              span: selectorSpan(each),
              position: "value",
            },
            after,
            next,
          );
        const held: Value = { ...receiver, future: false };
        if (isFutureMessage(each.selector)) return send(held, at);
        return forceValue(g, receiverNode, receiver, at, send);
      });
    };
    return step(0, env);
  };
}

/** `receiver message!`. */
export function cast(g: Generator, node: Send, env: Environment, k: Continuation): Core {
  return expressions(g, [node.receiver, ...node.arguments], env, ([receiver, ...args], at) => {
    const code = siteSend(g, "cast", node, receiver?.core ?? nil, args);
    return sequence(code, k(plain(nil), at));
  });
}

/** A send that is told where it stands. */
function siteSend(
  g: Generator,
  operation: "as_future" | "cast",
  node: Send,
  receiver: Core,
  args: readonly Value[],
): Core {
  const span = selectorSpan(node);
  const operands = [
    receiver,
    atom(node.selector),
    list(args.map((value) => value.core)),
    g.site(span),
  ];
  const line = g.line(span);
  const code = call("beamtalk_send", operation, operands, line);
  return checkedSend(g, receiver, node.selector, args.length, line, code);
}

/**
 * Messages to `self` and to `super`.
 * @module
 */
import { superclassOf } from "../analysis/hierarchy.ts";
import { methodOfClass } from "../analysis/lookup.ts";
import type { Send } from "../syntax/ast.ts";
import {
  apply,
  atom,
  bif,
  call,
  callModule,
  caseOf,
  clause,
  type Core,
  functionName,
  integer,
  list,
  mapPattern,
  nil,
  tuple,
} from "./core.ts";
import { expressions } from "./expression.ts";
import type { Continuation, Generator, MethodContext } from "./generator.ts";
import type { Environment, Recursion } from "./locals.ts";
import { instance } from "./fields.ts";
import { selfValue } from "./references.ts";
import { functionOf } from "./selectors.ts";
import type { Message } from "./sends.ts";

/** Code for a message to `self`: the class's own method directly, unless a subclass overrides it. */
export function selfSend(g: Generator, sent: Message, env: Environment, k: Continuation): Core {
  if (g.context.holds !== "testCase") return sendToSelf(g, sent, env, k);
  // The arguments, or the message before in a cascade, may have put a changed instance in place.
  const current = g.fresh("Self");
  const receiver = { ...sent.receiver, core: current };
  const code = sendToSelf(g, { ...sent, receiver }, env, k);
  return { kind: "let", vars: [current], arg: instance(env), body: code };
}

function sendToSelf(g: Generator, sent: Message, env: Environment, k: Continuation): Core {
  const receiver = sent.receiver.core;
  const args = sent.args.map((value) => value.core);
  const line = g.line(sent.span);
  if (g.context.holds === "patch") return g.bind(patchMessage(sent, line), env, k);
  // A block of an actor may run elsewhere: there a send to `self` is one to another process.
  const mayBeElsewhere = g.context.holds === "actor" && env.scope.inBlock;
  const general = call(
    "beamtalk_send",
    mayBeElsewhere ? "send" : "self_send",
    [receiver, atom(sent.selector), list(args)],
    line,
  );
  const own = ownMethod(g, sent.selector, env);
  if (own === undefined) return g.bind(general, env, k);
  const { recursion } = env.scope;
  if (recursion !== undefined && isRecursion(recursion, sent)) {
    const again = apply(recursion.name, [receiver, ...args], line);
    return g.bind(again, env, k, recursion.answersInteger ? "Integer" : undefined);
  }
  const name = functionName(functionOf(sent.selector, g.context.side), args.length + 1);
  const direct = apply(name, [receiver, ...args], line);
  if (own.sealed || recursion !== undefined) return g.bind(direct, env, k);
  return g.bind(ofOwnClass(g, receiver, direct, general), env, k);
}

/** Whether the message leads to the version for integers that its code is in. */
function isRecursion({ selector, isInteger }: Recursion, sent: Message): boolean {
  return sent.selector === selector &&
    sent.args.every(({ type }, index) => isInteger[index] !== true || type === "Integer");
}

/** The method of the class itself, where this code may call it as a local function. */
function ownMethod(
  g: Generator,
  selector: string,
  env: Environment,
): { readonly sealed: boolean } | undefined {
  const { owner, inOwnModule, side, holds } = g.context;
  if (owner === undefined || !inOwnModule) return undefined;
  if (holds === "actor" && env.scope.inBlock) return undefined;
  const found = methodOfClass(owner, selector, side, g.source.environment);
  if (found === undefined || found.origin === "extension" || found.module !== g.source.module) {
    return undefined;
  }
  return { sealed: found.method.sealed || owner.modifiers.includes("sealed") };
}

/** `direct` where `self` is of this very class, else `general`. */
function ofOwnClass(g: Generator, self: Core, direct: Core, general: Core): Core {
  if (g.source.compact !== true || !isMap(g.context.holds)) {
    return caseOf(self, [clause(exactClassPattern(g), direct), clause(g.fresh(), general)]);
  }
  // `self` is surely an instance: reading its tag is less code than matching it.
  return caseOf(bif("map_get", [atom("__class__"), self]), [
    clause(atom(g.source.module), direct),
    clause(g.fresh(), general),
  ]);
}

function isMap(holds: MethodContext["holds"]): boolean {
  return holds === "value" || holds === "exception" || holds === "testCase";
}

/** A receiver of this very class. */
export function exactClassPattern(g: Generator): Core {
  const module = atom(g.source.module);
  switch (g.context.holds) {
    case "classSide":
      return tuple([atom("$class"), module]);
    case "actor":
      return { kind: "tuple", elements: [atom("$actor"), module, g.fresh()] };
    case "supervisor":
      return { kind: "tuple", elements: [atom("$supervisor"), module, g.fresh()] };
    default:
      return mapPattern([{ op: "exact", key: atom("__class__"), value: module }]);
  }
}

/** In a migration `self` is the old state; `removeField:` and `error:` are all that it understands. */
function patchMessage(sent: Message, line: number): Core {
  const [first] = sent.args;
  if (sent.selector === "removeField:" && first !== undefined) {
    const state = bif("get", [atom("$bt_state")]);
    return bif("put", [atom("$bt_state"), call("maps", "remove", [first.core, state])]);
  }
  if (sent.selector === "error:" && first !== undefined) {
    return call("beamtalk_object", "error:", [sent.receiver.core, first.core], line);
  }
  const args = list(sent.args.map((value) => value.core));
  return call("beamtalk_exception", "dnu", [sent.receiver.core, atom(sent.selector), args], line);
}

/** Code for a message to `super`: lookup starts above the class that holds the code. */
export function superSend(g: Generator, node: Send, env: Environment, k: Continuation): Core {
  return selfValue(g, env, (self, now) =>
    expressions(g, node.arguments, now, (values, at) => {
      const operation = g.context.side === "class" ? "$csend" : "$send";
      const args = [atom(node.selector), self.core, list(values.map((value) => value.core))];
      const span = node.selectorSpans[0] ?? node.span;
      return g.bind(callModule(superModule(g), operation, args, g.line(span)), at, k);
    }));
}

function superModule(g: Generator): Core {
  const { owner } = g.context;
  if (owner === undefined) return atom("bt@stdlib@Object");
  const facts = superclassOf(owner, g.source.environment);
  if (facts !== undefined) return atom(facts.module);
  if (owner.superclass === undefined) return nil;
  return bif("element", [
    integer(2),
    call("beamtalk_registry", "class_named", [atom(owner.superclass)]),
  ]);
}

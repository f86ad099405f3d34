/**
 * Guesses of a value's class, from types as written and from constructors. A guess is worth a test
 * where the message is sent: if it is right, the method is called without a look-up. Types are
 * never believed, and a class may have changed since, so the test stays in the code.
 * @module
 */
import type { ClassFacts, MethodFacts } from "../analysis/class_facts.ts";
import { classKind } from "../analysis/hierarchy.ts";
import { type FoundMethod, methodOfClass } from "../analysis/lookup.ts";
import type { TypeExpression } from "../syntax/ast.ts";
import { packageOfModule } from "../analysis/module_naming.ts";
import { isForeignInternal } from "./access.ts";
import { atom, type Core, mapPattern } from "./core.ts";
import type { Generator } from "./generator.ts";
import type { Message } from "./sends.ts";

/** The class of objects with a tag that a written type names. */
export function likelyOfType(
  g: Generator,
  type: TypeExpression | undefined,
  self?: ClassFacts,
): ClassFacts | undefined {
  if (type?.kind !== "typeName") return undefined;
  const facts = type.name === "Self" ? self : g.classNamed(type.name, type.package);
  return facts !== undefined && hasTaggedInstances(g, facts) ? facts : undefined;
}

function hasTaggedInstances(g: Generator, facts: ClassFacts): boolean {
  if (facts.package === "stdlib" || facts.modifiers.includes("abstract")) return false;
  const kind = classKind(facts, g.source.environment);
  return kind === "value" || kind === "exception";
}

/** What a method of `receiver` may answer an instance of. */
export function likelyResult(
  g: Generator,
  found: FoundMethod | undefined,
  receiver: ClassFacts,
): ClassFacts | undefined {
  if (found === undefined) return undefined;
  return isInstantiation(found) ? taggedOrNone(g, receiver) : likelyOfMethod(g, found, receiver);
}

function likelyOfMethod(g: Generator, found: { method: MethodFacts }, receiver: ClassFacts) {
  return likelyOfType(g, found.method.returnType, receiver);
}

function taggedOrNone(g: Generator, facts: ClassFacts): ClassFacts | undefined {
  return hasTaggedInstances(g, facts) ? facts : undefined;
}

function isInstantiation({ side, method, origin }: FoundMethod): boolean {
  if (side !== "class") return false;
  return origin === "generated" || method.selector === "new" || method.selector === "new:";
}

/**
 * The method to call where the receiver is what it is guessed to be: one that the class has itself,
 * since what it inherits may be overridden by the time the code runs.
 */
export function likelyMethod(g: Generator, sent: Message): FoundMethod | undefined {
  const facts = sent.receiver.likely;
  if (facts === undefined) return undefined;
  const found = methodOfClass(facts, sent.selector, "instance", g.source.environment);
  if (found === undefined || found.origin === "extension") return undefined;
  if (!mayBeSent(g, sent.selector, found.module)) return undefined;
  return found.method.parameters.length === sent.args.length ? found : undefined;
}

/** With more classes than this that have the method, none of them is worth a test of its own. */
const FEW = 8;

/**
 * Modules of the program's classes of objects with a tag that have the method, where nothing else is
 * known of the receiver; `many` where they are too many to guess among.
 */
export function likelyModules(
  g: Generator,
  { receiver, selector }: Message,
): readonly string[] | "many" {
  const isAsked = g.source.compact !== true && receiver.type === undefined;
  const found = isAsked ? g.source.environment.implementors?.(selector) ?? [] : [];
  const open = found.filter((module) => mayBeSent(g, selector, module));
  if (open.length <= FEW) return open;
  return isForeignInternal(g, selector) ? [] : "many";
}

/** A method of the package itself is never internal to another one. */
function mayBeSent(g: Generator, selector: string, module: string): boolean {
  return !isForeignInternal(g, selector) ||
    packageOfModule(module) === g.source.environment.package;
}

/** A direct instance of the class with that module. */
export function instancePattern(module: Core): Core {
  return mapPattern([{ op: "exact", key: atom("__class__"), value: module }]);
}

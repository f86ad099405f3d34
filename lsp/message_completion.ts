/**
 * Messages that a receiver understands, and the functions of Erlang modules.
 * @module
 */
import type { ClassFacts } from "../compiler/analysis/class_facts.ts";
import type { Side } from "../compiler/analysis/hierarchy.ts";
import { allMethods, type FoundMethod, lookupSuper } from "../compiler/analysis/lookup.ts";
import { methodText } from "../compiler/analysis/signature_text.ts";
import { classOfType } from "../compiler/analysis/types/annotation.ts";
import { printType } from "../compiler/analysis/types/print.ts";
import { type Type, unionMembers } from "../compiler/analysis/types/type.ts";
import { methodsOf } from "../compiler/analysis/types/type_at.ts";
import type { MessageWriting } from "./completion_context.ts";
import {
  type Completion,
  type ErlangModules,
  type KeywordsAround,
  missingPart,
  NO_KEYWORDS,
  plain,
  sendSnippet,
} from "./completion_item.ts";
import type { FileView, ProjectView } from "./file_view.ts";
import { likelyType } from "./likely_type.ts";
import { classesOf } from "./places.ts";
import { tierOf } from "./tier.ts";

/** A class that a receiver may be of. */
export interface ReceiverClass {
  readonly class: ClassFacts;
  readonly side: Side;
}

/** Where ranks of messages begin, and how much is added for what comes later. */
const MESSAGE = 10;
const LATER = { partly: 20, operator: 30, far: 50, internal: 5 } as const;

/** The messages of a receiver; where some keywords of one are there, what else it may say. */
export function messageItems(
  view: FileView,
  writing: MessageWriting,
  erlang: ErlangModules,
): readonly Completion[] {
  const { erlangModule, keywords, receiver } = writing;
  if (erlangModule !== undefined) return functionItems(erlang, erlangModule, keywords);
  if (writing.isErlang) return keywords.before === "" ? moduleItems(erlang) : [];
  if (writing.isSuper) return methodItems(superMethods(view, receiver), view, keywords);
  return isUnknown(receiver, view)
    ? anyMethods(view, keywords)
    : typeItems(receiver, view, keywords);
}

/** Whether nothing is known of what a receiver understands. */
function isUnknown(receiver: Type, { environment }: FileView): boolean {
  return present(receiver).every((member) => methodsOf(member, environment).length === 0);
}

/** The message with the type that its receiver is likely to have, where nothing declares one. */
export function withLikelyReceiver(
  project: ProjectView,
  view: FileView,
  writing: MessageWriting,
): MessageWriting {
  const { receiver, body, expression } = writing;
  if (receiver.kind !== "dynamic" || body === undefined) return writing;
  return { ...writing, receiver: likelyType({ project, view, body }, expression) };
}

/** The classes that a receiver may be of; nil is left out where there are others. */
export function receiverClasses(receiver: Type): readonly ReceiverClass[] {
  return present(receiver).flatMap((member): ReceiverClass[] => {
    if (member.kind === "classObject") return [{ class: member.class, side: "class" }];
    const of = classOfType(member);
    return of === undefined ? [] : [{ class: of, side: "instance" }];
  });
}

/** The members of a type that are not nil, if there are others: nil is rarely written to. */
function present(type: Type): readonly Type[] {
  const members = unionMembers(type);
  const others = members.filter((member) =>
    member.kind !== "instance" || member.class.name !== "UndefinedObject"
  );
  return others.length === 0 ? members : others;
}

/** What all members of a type understand, then what only some do. */
function typeItems(type: Type, view: FileView, keywords: KeywordsAround): readonly Completion[] {
  const members = present(type);
  const lists = members.map((member) => methodsOf(member, view.environment));
  const [first] = lists;
  if (first === undefined) return [];
  if (lists.length === 1) return methodItems(first, view, keywords);
  const selectors = lists.map((list) => new Set(list.map(({ method }) => method.selector)));
  const shared = (selector: string) => selectors.every((each) => each.has(selector));
  return members.flatMap((member, index) =>
    methodItems(lists[index] ?? [], view, keywords).map((item): Completion => {
      if (shared(keywords.before + item.label + keywords.after)) return item;
      const detail = `${item.detail} (only ${printType(member)})`;
      return { ...item, detail, rank: item.rank + LATER.partly };
    })
  );
}

function superMethods(view: FileView, receiver: Type): readonly FoundMethod[] {
  if (receiver.kind !== "instance" && receiver.kind !== "classObject") return [];
  const side = receiver.kind === "instance" ? "instance" : "class";
  const { environment } = view;
  return allMethods(receiver.class, side, environment).flatMap(({ method }) =>
    lookupSuper(receiver.class, method.selector, side, environment) ?? []
  );
}

/** Methods, those of nearer classes first. */
export function methodItems(
  methods: readonly FoundMethod[],
  view: FileView,
  keywords = NO_KEYWORDS,
): readonly Completion[] {
  const owners = ownersByDistance(methods);
  return methods.flatMap((found) =>
    methodItem(found, owners.get(found.owner) ?? 0, view, keywords)
  );
}

/** Classes in the order in which lookup comes to them. */
function ownersByDistance(methods: readonly FoundMethod[]): ReadonlyMap<ClassFacts, number> {
  const owners = new Map<ClassFacts, number>();
  for (const { owner } of methods) if (!owners.has(owner)) owners.set(owner, owners.size);
  return owners;
}

const FAR = new Set(["Object", "ProtoObject"]);

/** The method as a message, or the rest of it after the keywords that are there. */
function methodItem(
  found: FoundMethod,
  distance: number,
  view: FileView,
  keywords: KeywordsAround,
): Completion[] {
  const { method, owner, side } = found;
  const rest = missingPart(method, keywords);
  if (rest === undefined) return [];
  const isOperator = !/^[\p{L}_]/u.test(method.selector);
  const rank = MESSAGE + distance + (FAR.has(owner.name) ? LATER.far : 0) +
    (isOperator ? LATER.operator : 0) + (method.internal ? LATER.internal : 0);
  return [{
    label: rest.selector,
    kind: "method",
    detail: `${side === "class" ? `${owner.name} class` : owner.name} >> ${methodText(method)}`,
    ...sendSnippet(rest),
    rank: keywords.before === "" ? rank : 0,
    tier: tierOf(view, owner.file),
    documented: { kind: "method", class: owner.name, side, selector: method.selector },
  }];
}

/** Where the receiver is not known: every selector, once, the project's own before the library's. */
function anyMethods(view: FileView, keywords: KeywordsAround): readonly Completion[] {
  const items = new Map<string, Completion>();
  for (const of of classesOf(view.environment)) {
    const isOwn = of.package === view.package;
    const from = isOwn ? 50 : 70;
    for (const method of of.methods) {
      const known = items.get(method.selector);
      if (known !== undefined && (known.rank < 70 || !isOwn)) continue;
      const found: FoundMethod = {
        method,
        owner: of,
        side: "instance",
        origin: "declared",
        module: of.module,
      };
      const isOperator = !/^[\p{L}_]/u.test(method.selector);
      const rank = from + (isOperator ? LATER.operator : 0);
      const [item] = methodItem(found, 0, view, keywords);
      if (item !== undefined) items.set(method.selector, { ...item, rank });
    }
  }
  return [...items.values()];
}

/** The modules that programs call most. */
const COMMON_MODULES = new Set(
  ("lists maps string binary file filename io io_lib math rand timer ets os calendar erlang " +
    "crypto unicode re queue sets proplists").split(" "),
);

function moduleItems(erlang: ErlangModules): Completion[] {
  return erlang.modules().filter((name) => /^[a-z]\w*$/.test(name)).map((name) =>
    plain(name, "module", "Erlang module", COMMON_MODULES.has(name) ? 15 : 20)
  );
}

function functionItems(
  erlang: ErlangModules,
  module: string,
  keywords: KeywordsAround,
): Completion[] {
  return erlang.functions(module).flatMap(({ name, arity }) => {
    const parts = Array.from({ length: arity }, (_, index) => index === 0 ? `${name}:` : "with:");
    const parameters = parts.map((_, index) => ({ name: `arg${index + 1}`, type: undefined }));
    const selector = arity === 0 ? name : parts.join("");
    const detail = `${module}:${name}/${arity}`;
    const rest = missingPart({ selector, parameters }, keywords);
    if (rest === undefined) return [];
    return [{ ...plain(rest.selector, "function", detail, 10), ...sendSnippet(rest) }];
  });
}

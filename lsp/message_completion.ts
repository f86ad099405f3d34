/**
 * Messages that a receiver understands, and the functions of Erlang modules.
 * @module
 */
import type { ClassFacts } from "../compiler/analysis/class_facts.ts";
import type { Side } from "../compiler/analysis/hierarchy.ts";
import { allMethods, type FoundMethod, lookupSuper } from "../compiler/analysis/lookup.ts";
import { methodText, selectorParts } from "../compiler/analysis/signature_text.ts";
import { classOfType } from "../compiler/analysis/types/annotation.ts";
import { printType } from "../compiler/analysis/types/print.ts";
import { type Type, unionMembers } from "../compiler/analysis/types/type.ts";
import { methodsOf } from "../compiler/analysis/types/type_at.ts";
import type { Continuation, Writing } from "./completion_context.ts";
import { type Completion, type ErlangModules, plain, sendSnippet } from "./completion_item.ts";
import type { FileView, ProjectView } from "./file_view.ts";
import { likelyType } from "./likely_type.ts";
import { classesOf } from "./places.ts";
import { tierOf } from "./tier.ts";

type MessageWriting = Extract<Writing, { kind: "message" }>;

/** A class that a receiver may be of. */
export interface ReceiverClass {
  readonly class: ClassFacts;
  readonly side: Side;
}

/** Where ranks of messages begin, and how much is added for what comes later. */
const MESSAGE = 10;
const LATER = { partly: 20, operator: 30, far: 50, internal: 5 } as const;

/** The messages of a receiver. */
export function messageItems(
  project: ProjectView,
  view: FileView,
  writing: MessageWriting,
  erlang: ErlangModules,
): readonly Completion[] {
  const { erlangModule } = writing;
  if (erlangModule !== undefined) return functionItems(erlang, erlangModule);
  if (writing.isErlang) return moduleItems(erlang);
  const receiver = receiverType(project, view, writing);
  if (writing.isSuper) return methodItems(superMethods(view, receiver), view);
  const items = typeItems(receiver, view);
  return items.length === 0 ? anyMethods(view) : items;
}

/** The type of the receiver; what is likely where nothing is declared. */
function receiverType(project: ProjectView, view: FileView, writing: MessageWriting): Type {
  const { receiver, body, expression } = writing;
  if (receiver.kind !== "dynamic" || body === undefined) return receiver;
  return likelyType({ project, view, body }, expression);
}

/** The classes that the receiver may be of; nil is left out where there are others. */
export function receiverClasses(
  project: ProjectView,
  view: FileView,
  writing: MessageWriting,
): readonly ReceiverClass[] {
  return present(receiverType(project, view, writing)).flatMap((member): ReceiverClass[] => {
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
function typeItems(type: Type, view: FileView): readonly Completion[] {
  const members = present(type);
  const lists = members.map((member) => methodsOf(member, view.environment));
  const [first] = lists;
  if (first === undefined) return [];
  if (lists.length === 1) return methodItems(first, view);
  const shared = (selector: string) =>
    lists.every((list) => list.some(({ method }) => method.selector === selector));
  return members.flatMap((member, index) =>
    methodItems(lists[index] ?? [], view).map((item): Completion => {
      if (shared(item.label)) return item;
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
export function methodItems(methods: readonly FoundMethod[], view: FileView): Completion[] {
  const owners = ownersByDistance(methods);
  return methods.map((found) => methodItem(found, owners.get(found.owner) ?? 0, view));
}

/** Classes in the order in which lookup comes to them. */
function ownersByDistance(methods: readonly FoundMethod[]): ReadonlyMap<ClassFacts, number> {
  const owners = new Map<ClassFacts, number>();
  for (const { owner } of methods) if (!owners.has(owner)) owners.set(owner, owners.size);
  return owners;
}

const FAR = new Set(["Object", "ProtoObject"]);

function methodItem(found: FoundMethod, distance: number, view: FileView): Completion {
  const { method, owner, side } = found;
  const isOperator = !/^[\p{L}_]/u.test(method.selector);
  return {
    label: method.selector,
    kind: "method",
    detail: `${side === "class" ? `${owner.name} class` : owner.name} >> ${methodText(method)}`,
    ...sendSnippet(method),
    rank: MESSAGE + distance + (FAR.has(owner.name) ? LATER.far : 0) +
      (isOperator ? LATER.operator : 0) + (method.internal ? LATER.internal : 0),
    tier: tierOf(view, owner.file),
    documented: { kind: "method", class: owner.name, side, selector: method.selector },
  };
}

/** The rest of the longer messages that begin as what is written. */
export function continuationItems(
  project: ProjectView,
  view: FileView,
  { receiver, expression, body, selector }: Continuation,
): Completion[] {
  const type = receiver.kind === "dynamic"
    ? likelyType({ project, view, body }, expression)
    : receiver;
  return methodsOf(type, view.environment).flatMap((found) => {
    const { method } = found;
    if (method.selector === selector || !method.selector.startsWith(selector)) return [];
    const from = selectorParts(selector).length;
    const rest = {
      selector: selectorParts(method.selector).slice(from).join(""),
      parameters: method.parameters.slice(from),
    };
    return [{
      ...methodItem(found, 0, view),
      label: rest.selector,
      ...sendSnippet(rest),
      rank: 0,
    }];
  });
}

/** Where the receiver is not known: every selector, once, the project's own before the library's. */
function anyMethods(view: FileView): readonly Completion[] {
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
      items.set(method.selector, { ...methodItem(found, 0, view), rank });
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

function functionItems(erlang: ErlangModules, module: string): Completion[] {
  return erlang.functions(module).map(({ name, arity }) => {
    const parts = Array.from({ length: arity }, (_, index) => index === 0 ? `${name}:` : "with:");
    const parameters = parts.map((_, index) => ({ name: `arg${index + 1}`, type: undefined }));
    const selector = arity === 0 ? name : parts.join("");
    const detail = `${module}:${name}/${arity}`;
    return {
      ...plain(selector, "function", detail, 10),
      ...sendSnippet({ selector, parameters }),
    };
  });
}

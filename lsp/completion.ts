/**
 * What can be written at the cursor, closest first.
 * @module
 */
import type { ClassFacts, MethodFacts } from "../compiler/analysis/class_facts.ts";
import {
  allClassState,
  allFields,
  classKind,
  type Side,
  superclassChain,
} from "../compiler/analysis/hierarchy.ts";
import { allMethods, type FoundMethod, lookupSuper } from "../compiler/analysis/lookup.ts";
import { methodsOf } from "../compiler/analysis/types/type_at.ts";
import type { Type } from "../compiler/analysis/types/type.ts";
import type { Span } from "../compiler/syntax/ast.ts";
import { completionContext, type Continuation, type Writing } from "./completion_context.ts";
import type { FileView, ProjectView } from "./file_view.ts";
import { classesOf } from "./places.ts";
import {
  classText,
  fieldText,
  methodText,
  selectorParts,
  typeText,
} from "../compiler/analysis/signature_text.ts";

/** From where an answer comes: the open file, the project, the running workspace. */
export type Tier = "static" | "cross-file" | "runtime";

/** What a completion stands for. */
export type CompletionKind =
  | "method"
  | "field"
  | "local"
  | "class"
  | "type"
  | "symbol"
  | "word"
  | "snippet"
  | "module"
  | "function";

/** Where the documentation of a completion is found. */
export type DocumentedThing =
  | { readonly kind: "class"; readonly name: string }
  | {
    readonly kind: "method";
    readonly class: string;
    readonly side: Side;
    readonly selector: string;
  };

/** One thing that can be written. */
export interface Completion {
  readonly label: string;
  readonly kind: CompletionKind;
  readonly detail: string;
  /** What is put in; with `isSnippet`, in the snippet syntax of editors. */
  readonly insert: string;
  readonly isSnippet: boolean;
  /** Smaller is closer. */
  readonly rank: number;
  readonly tier: Tier;
  readonly documented: DocumentedThing | undefined;
}

/** The completions of a place. */
export interface Completions {
  readonly items: readonly Completion[];
  /** Whether there are more than are listed. */
  readonly isIncomplete: boolean;
  readonly replaced: Span;
  /** The classes of the receiver, for a running workspace to add to: none if it is not known. */
  readonly receivers: readonly { readonly name: string; readonly side: Side }[];
  readonly isName: boolean;
}

/** What the Erlang installation offers. */
export interface ErlangModules {
  modules(): readonly string[];
  functions(module: string): readonly { readonly name: string; readonly arity: number }[];
}

const MOST = 400;

/** What can be written at an offset. */
export function completionsAt(
  project: ProjectView,
  view: FileView,
  offset: number,
  erlang: ErlangModules,
): Completions | undefined {
  const context = completionContext(view, offset);
  if (context === undefined) return undefined;
  const { writing, prefix, replaced } = context;
  const wanted = prefix.toLowerCase();
  const all = unique(itemsOf(project, view, writing, erlang))
    .filter(({ label }) => isSubsequence(wanted, label.toLowerCase()));
  const items = all.sort((a, b) => a.rank - b.rank || (a.label < b.label ? -1 : 1))
    .slice(0, MOST);
  return {
    items,
    isIncomplete: all.length > MOST,
    replaced,
    receivers: writing.kind === "message" ? receiverClasses(writing.receiver) : [],
    isName: writing.kind === "name",
  };
}

function isSubsequence(wanted: string, text: string): boolean {
  let from = 0;
  for (const letter of wanted) {
    from = text.indexOf(letter, from) + 1;
    if (from === 0) return false;
  }
  return true;
}

function unique(items: readonly Completion[]): Completion[] {
  const seen = new Map<string, Completion>();
  for (const item of items) {
    const key = `${item.kind} ${item.label}`;
    const known = seen.get(key);
    if (known === undefined || item.rank < known.rank) seen.set(key, item);
  }
  return [...seen.values()];
}

function receiverClasses(receiver: Type): { name: string; side: Side }[] {
  if (receiver.kind === "instance") return [{ name: receiver.class.name, side: "instance" }];
  if (receiver.kind === "classObject") return [{ name: receiver.class.name, side: "class" }];
  return [];
}

function itemsOf(
  project: ProjectView,
  view: FileView,
  writing: Writing,
  erlang: ErlangModules,
): readonly Completion[] {
  switch (writing.kind) {
    case "message":
      return [
        ...writing.continuations.flatMap((each) => continuationItems(view, each)),
        ...messageItems(view, writing, erlang),
      ];
    case "name":
      return nameItems(view, writing);
    case "class":
      return [...classItems(view), ...(writing.isType ? typeItems(project, view) : [])];
    case "field":
      return fieldItems(view, writing.owner, writing.side);
    case "symbol":
      return symbolItems(project, view);
    case "member":
      return memberItems(view, writing.owner);
    case "declaration":
      return declarationItems(view);
    default:
      return writing satisfies never;
  }
}

// ---------------------------------------------------------------------------------------------
// Messages

function messageItems(
  view: FileView,
  writing: Extract<Writing, { kind: "message" }>,
  erlang: ErlangModules,
): readonly Completion[] {
  const { receiver, erlangModule } = writing;
  if (erlangModule !== undefined) return functionItems(erlang, erlangModule);
  if (writing.isErlang) return moduleItems(erlang);
  const methods = writing.isSuper ? superMethods(view, receiver) : methodsOf(
    receiver,
    view.environment,
  );
  if (methods.length === 0) return anyMethods(view);
  const owners = ownersByDistance(methods);
  return methods.map((found) => methodItem(found, owners.get(found.owner) ?? 0, view));
}

function superMethods(view: FileView, receiver: Type): readonly FoundMethod[] {
  if (receiver.kind !== "instance" && receiver.kind !== "classObject") return [];
  const side = receiver.kind === "instance" ? "instance" : "class";
  const { environment } = view;
  return allMethods(receiver.class, side, environment).flatMap(({ method }) =>
    lookupSuper(receiver.class, method.selector, side, environment) ?? []
  );
}

/** Classes in the order in which lookup comes to them. */
function ownersByDistance(methods: readonly FoundMethod[]): ReadonlyMap<ClassFacts, number> {
  const owners = new Map<ClassFacts, number>();
  for (const { owner } of methods) if (!owners.has(owner)) owners.set(owner, owners.size);
  return owners;
}

function methodItem(found: FoundMethod, distance: number, view: FileView): Completion {
  const { method, owner, side } = found;
  const isFar = owner.name === "Object" || owner.name === "ProtoObject";
  return {
    label: method.selector,
    kind: "method",
    detail: `${side === "class" ? `${owner.name} class` : owner.name} >> ${methodText(method)}`,
    ...sendSnippet(method),
    rank: 10 + distance + (isFar ? 50 : 0) + (method.internal ? 5 : 0),
    tier: owner.file === view.path ? "static" : "cross-file",
    documented: { kind: "method", class: owner.name, side, selector: method.selector },
  };
}

/** The message with a place for each argument. */
export function sendSnippet(
  method: Pick<MethodFacts, "selector" | "parameters">,
): Pick<Completion, "insert" | "isSnippet"> {
  const { selector, parameters } = method;
  if (parameters.length === 0) return { insert: selector, isSnippet: false };
  const insert = selectorParts(selector).map((part, index) =>
    `${escaped(part)} \${${index + 1}:${escaped(parameters[index]?.name ?? "value")}}`
  ).join(" ");
  return { insert, isSnippet: true };
}

function escaped(text: string): string {
  return text.replace(/[\\$}]/g, "\\$&");
}

/** The rest of the longer messages that begin as what is written. */
function continuationItems(view: FileView, { receiver, selector }: Continuation): Completion[] {
  return methodsOf(receiver, view.environment).flatMap((found) => {
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
    for (const method of of.methods) {
      const known = items.get(method.selector);
      if (known !== undefined && (known.rank <= 60 || !isOwn)) continue;
      const found = { method, owner: of, side: "instance", origin: "declared", module: of.module };
      items.set(method.selector, {
        ...methodItem(found as FoundMethod, 0, view),
        rank: isOwn ? 60 : 80,
      });
    }
  }
  return [...items.values()];
}

function moduleItems(erlang: ErlangModules): Completion[] {
  return erlang.modules().map((name) => plain(name, "module", "Erlang module", 20));
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

// ---------------------------------------------------------------------------------------------
// Names

function plain(label: string, kind: CompletionKind, detail: string, rank: number): Completion {
  return {
    label,
    kind,
    detail,
    insert: label,
    isSnippet: false,
    rank,
    tier: "static",
    documented: undefined,
  };
}

function nameItems(
  view: FileView,
  writing: Extract<Writing, { kind: "name" }>,
): readonly Completion[] {
  const locals = writing.locals.map(({ name, type }) =>
    plain(name, "local", type === undefined ? "" : typeText(type), 0)
  );
  const own = writing.owner === undefined ? [] : ["self", "super"];
  const words = [...own, "true", "false", "nil"].map((word) => plain(word, "word", "", 20));
  const facades = FACADES.map((name) => plain(name, "class", "facade of the workspace", 35));
  return [...locals, ...words, ...facades, ...classItems(view, 30)];
}

/** Objects with the names of classes that every program can use. */
const FACADES = ["Transcript", "Workspace", "Beamtalk"];

function classItems(view: FileView, from = 0): Completion[] {
  return [...classesOf(view.environment)].map((of) => ({
    ...plain(of.name, "class", classText(of), from + (of.package === view.package ? 0 : 10)),
    tier: of.file === view.path ? "static" : "cross-file",
    documented: { kind: "class", name: of.name },
  }));
}

function typeItems(project: ProjectView, view: FileView): Completion[] {
  const items = ["Self", "Dynamic", "Never"].map((name) => plain(name, "type", "type", 5));
  for (const path of project.paths()) {
    const facts = project.factsOf(path);
    for (const { name } of facts?.aliases ?? []) {
      if (view.environment.aliasNamed(name) !== undefined) {
        items.push(plain(name, "type", "alias", 3));
      }
    }
    for (const { name } of facts?.protocols ?? []) {
      const isKnown = view.environment.protocolNamed(name) !== undefined;
      if (isKnown) items.push(plain(name, "type", "protocol", 3));
    }
  }
  return items;
}

function fieldItems(view: FileView, owner: ClassFacts, side: Side): Completion[] {
  const isClass = side === "class";
  const fields = isClass
    ? allClassState(owner, view.environment)
    : allFields(owner, view.environment);
  const distance = superclassChain(owner, view.environment);
  return fields.map((field) => ({
    ...plain(
      field.name,
      "field",
      `${field.owner.name} ${fieldText(isClass ? "classState" : "field", field)}`,
      Math.max(0, distance.indexOf(field.owner)),
    ),
    tier: field.owner.file === view.path ? "static" : "cross-file",
  }));
}

function symbolItems(project: ProjectView, view: FileView): Completion[] {
  const found = new Map<string, Completion>();
  const { text } = view.source;
  for (const match of text.matchAll(/#([\p{L}_][\p{L}\p{N}_]*(?::[\p{L}\p{N}_:]*)?)/gu)) {
    const name = match[1] ?? "";
    if (!name.includes("zqCursor")) found.set(name, plain(name, "symbol", "", 0));
  }
  for (const path of project.paths()) {
    if (!project.isEditable(path)) continue;
    for (const of of project.factsOf(path)?.classes ?? []) {
      for (const { name } of of.fields) {
        if (!found.has(name)) found.set(name, plain(name, "symbol", `field of ${of.name}`, 5));
      }
      for (const { selector } of of.methods) {
        if (!found.has(selector)) {
          found.set(selector, plain(selector, "symbol", `method of ${of.name}`, 10));
        }
      }
    }
  }
  return [...found.values()];
}

// ---------------------------------------------------------------------------------------------
// Declarations

function snippet(label: string, insert: string, detail: string, rank: number): Completion {
  return { ...plain(label, "snippet", detail, rank), insert, isSnippet: true };
}

function memberItems(view: FileView, owner: ClassFacts): readonly Completion[] {
  const kind = classKind(owner, view.environment);
  const word = kind === "actor" ? "state" : "field";
  const own = new Set(owner.methods.map(({ selector }) => selector));
  const inherited = allMethods(owner, "instance", view.environment)
    .filter(({ method, owner: from }) => from !== owner && !method.sealed)
    .filter(({ method }) => !own.has(method.selector));
  const owners = ownersByDistance(inherited);
  return [
    snippet(`${word}:`, `${word}: \${1:name} = \${2:nil}`, "a datum", 0),
    snippet("classState:", "classState: ${1:name} = ${2:nil}", "data of the class", 2),
    snippet("class", "class ${1:name} =>\n  ${0}", "a class method", 1),
    ...inherited.map((found) => ({
      ...methodItem(found, owners.get(found.owner) ?? 0, view),
      insert: `${escaped(methodText(found.method))} =>\n  \${0}`,
      isSnippet: true,
    })),
  ];
}

function declarationItems(view: FileView): readonly Completion[] {
  const classes = classItems(view, 20).map((item) => ({
    ...item,
    insert: `${item.label} subclass: \${1:Name}\n  \${0}`,
    isSnippet: true,
    detail: `subclass of ${item.label}`,
  }));
  return [
    ...["abstract", "sealed", "typed", "internal"].map((word) => plain(word, "word", "", 10)),
    snippet("Protocol define:", "Protocol define: ${1:Name}\n  ${0}", "a protocol", 5),
    snippet("type", "type ${1:Name} = ${0:Integer | nil}", "a type alias", 5),
    ...classes,
  ];
}

/** The documentation of a completion, as Markdown. */
export function documentationOf(view: FileView, thing: DocumentedThing): string | undefined {
  const of = view.environment.classNamed(thing.kind === "class" ? thing.name : thing.class);
  if (of === undefined) return undefined;
  if (thing.kind === "class") return of.doc;
  const found = allMethods(of, thing.side, view.environment)
    .find(({ method }) => method.selector === thing.selector);
  return found?.method.doc;
}

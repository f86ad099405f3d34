/**
 * What can be written at the cursor, closest first.
 * @module
 */
import { superclassChain } from "../compiler/analysis/hierarchy.ts";
import { allMethods } from "../compiler/analysis/lookup.ts";
import type { Span } from "../compiler/syntax/ast.ts";
import { completionContext, type Writing } from "./completion_context.ts";
import type { Completion, DocumentedThing, ErlangModules } from "./completion_item.ts";
import {
  annotationItems,
  classMemberItems,
  declarationItems,
  headerItems,
  memberItems,
  newNameItems,
} from "./declaration_completion.ts";
import type { FileView, ProjectView } from "./file_view.ts";
import { continuationItems, messageItems, receiverClasses } from "./message_completion.ts";
import { classItems, fieldItems, nameItems, symbolItems, typeItems } from "./name_completion.ts";
import { patternFieldItems, patternItems } from "./pattern_completion.ts";
import type { ReceiverClass } from "./message_completion.ts";

/** The completions of a place. */
export interface Completions {
  readonly items: readonly Completion[];
  /** Whether there are more than are listed. */
  readonly isIncomplete: boolean;
  readonly replaced: Span;
  /** The classes of the receiver, for a running workspace to add to: none if it is not known. */
  readonly receivers: readonly LiveReceiver[];
  readonly isName: boolean;
}

/** A class whose methods the receiver may have, with the classes from which it inherits. */
export interface LiveReceiver {
  readonly name: string;
  readonly side: "instance" | "class";
  /** The class itself first. */
  readonly chain: readonly string[];
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
  const all = unique(itemsOf(project, view, writing, erlang)).flatMap((item) => {
    const distance = distanceOf(wanted, item.label.toLowerCase());
    return distance === undefined ? [] : [{ ...item, rank: item.rank + distance }];
  });
  const items = all.sort((a, b) => a.rank - b.rank || (a.label < b.label ? -1 : 1))
    .slice(0, MOST);
  return {
    items,
    isIncomplete: all.length > MOST,
    replaced,
    receivers: liveReceivers(project, view, writing),
    isName: writing.kind === "name",
  };
}

/** How much later a label comes that holds the letters, but does not begin with them. */
const SCATTERED = 200;

/** How well a label fits what is written; undefined where it lacks a letter. */
function distanceOf(wanted: string, label: string): number | undefined {
  if (label.startsWith(wanted)) return 0;
  let from = 0;
  for (const letter of wanted) {
    from = label.indexOf(letter, from) + 1;
    if (from === 0) return undefined;
  }
  return SCATTERED;
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

function liveReceivers(
  project: ProjectView,
  view: FileView,
  writing: Writing,
): readonly LiveReceiver[] {
  if (writing.kind !== "message") return [];
  const { environment } = view;
  return receiverClasses(project, view, writing).map(({ class: of, side }: ReceiverClass) => {
    const chain = superclassChain(of, environment).map(({ name }) => name);
    const above = writing.isSuper ? chain.slice(1) : chain;
    return { name: above[0] ?? of.name, side, chain: above };
  });
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
        ...messageItems(project, view, writing, erlang),
      ];
    case "name":
      return nameItems(view, writing);
    case "class":
      return [...classItems(view), ...(writing.isType ? typeItems(project, view) : [])];
    case "field":
      return fieldItems(view, writing.owner, writing.side);
    case "symbol":
      return symbolItems(project, view);
    case "pattern":
      return patternItems(view, writing.scrutinee);
    case "patternField":
      return patternFieldItems(view, writing.class);
    case "member":
      return memberItems(view, writing.owner);
    case "classMember":
      return classMemberItems(view, writing.owner);
    case "declaration":
      return declarationItems(view, writing.isSuperclass);
    case "header":
      return headerItems(view, writing.name);
    case "newName":
      return newNameItems(view);
    case "annotation":
      return annotationItems(view);
    default:
      return writing satisfies never;
  }
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

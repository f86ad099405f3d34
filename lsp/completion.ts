/**
 * What can be written at the cursor, closest first.
 * @module
 */
import { fileFacts } from "../compiler/analysis/file_facts.ts";
import { superclassChain } from "../compiler/analysis/hierarchy.ts";
import { allMethods } from "../compiler/analysis/lookup.ts";
import type { Span } from "../compiler/syntax/ast.ts";
import { edit } from "../compiler/syntax/edit.ts";
import { type CompletionContext, completionContext, type Writing } from "./completion_context.ts";
import type {
  Completion,
  DocumentedThing,
  ErlangModules,
  KeywordsAround,
} from "./completion_item.ts";
import {
  annotationItems,
  classMemberItems,
  declarationItems,
  headerItems,
  memberItems,
  newNameItems,
} from "./declaration_completion.ts";
import type { FileView, ProjectView } from "./file_view.ts";
import { messageItems, receiverClasses, withLikelyReceiver } from "./message_completion.ts";
import {
  classItems,
  facadeItems,
  fieldItems,
  fieldKeyItems,
  nameItems,
  symbolItems,
  typeItems,
} from "./name_completion.ts";
import { patternFieldItems, patternItems } from "./pattern_completion.ts";

/** The completions of a place. */
export interface Completions {
  readonly items: readonly Completion[];
  /** Messages to what stands before a dot at the name, for those who write a dot to send; each takes the dot's place. */
  readonly afterDot: readonly Completion[];
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
  readonly keywords: KeywordsAround;
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
  const { writing, continuation, prefix, replaced } = context;
  const writings = [continuation, writing].filter((each) => each !== undefined)
    .map((each) => each.kind === "message" ? withLikelyReceiver(project, view, each) : each);
  const items = writings.flatMap((each) => itemsOf(project, view, each, erlang));
  const all = fitting(isKeywordAt(view, offset) ? items.map(asName) : items, prefix);
  const isName = writing?.kind === "name";
  return {
    items: all.slice(0, MOST),
    afterDot: isName ? afterDot(project, view, offset, context, erlang) : [],
    isIncomplete: all.length > MOST,
    replaced,
    receivers: writings.flatMap((each) => liveReceivers(view, each)),
    isName,
  };
}

/** Whether the name at an offset is a keyword whose colon is there. */
function isKeywordAt({ source }: FileView, offset: number): boolean {
  return /^[\p{L}\p{N}_]*:(?![:=])/u.test(source.text.slice(offset, offset + 200));
}

/** In place of a keyword comes no more than the keyword, whose argument is there. */
function asName(item: Completion): Completion {
  const [, keyword] = /^([\p{L}_][\p{L}\p{N}_]*):/u.exec(item.label) ?? [];
  return keyword === undefined ? item : { ...item, insert: keyword, isSnippet: false };
}

/** Those that fit what is written, closest first. */
function fitting(found: readonly Completion[], prefix: string): Completion[] {
  const wanted = prefix.toLowerCase();
  return unique(found).flatMap((item) => {
    const distance = distanceOf(wanted, item.label.toLowerCase());
    return distance === undefined ? [] : [{ ...item, rank: item.rank + distance }];
  }).sort((a, b) => a.rank - b.rank || (a.label < b.label ? -1 : 1));
}

/** What could be sent if the dot right before the name were a space. */
function afterDot(
  project: ProjectView,
  view: FileView,
  offset: number,
  { prefix, replaced }: CompletionContext,
  erlang: ErlangModules,
): Completion[] {
  const { start } = replaced;
  if (!/[\p{L}_)\]}"][\p{L}\p{N}_]*\.$/u.test(view.source.text.slice(0, start).slice(-40))) {
    return [];
  }
  const source = edit(view.source, { start: start - 1, end: start, newText: " " });
  const facts = fileFacts(source, { file: view.path, naming: view.naming });
  const spaced: FileView = { ...view, source, facts };
  const writing = completionContext(spaced, offset)?.writing;
  if (writing?.kind !== "message") return [];
  const message = withLikelyReceiver(project, spaced, writing);
  return fitting(messageItems(spaced, message, erlang), prefix)
    .filter(({ label }) => /^[\p{L}_]/u.test(label));
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

function liveReceivers(view: FileView, writing: Writing): readonly LiveReceiver[] {
  if (writing.kind !== "message") return [];
  const { environment } = view;
  const { keywords } = writing;
  return receiverClasses(writing.receiver).map(({ class: of, side }) => {
    const chain = superclassChain(of, environment).map(({ name }) => name);
    const above = writing.isSuper ? chain.slice(1) : chain;
    return { name: above[0] ?? of.name, side, chain: above, keywords };
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
      return messageItems(view, writing, erlang);
    case "name":
      return nameItems(project, view, writing);
    case "class":
      return [
        ...classItems(view),
        ...(writing.isType ? typeItems(project, view) : []),
        ...(writing.isExpression ? facadeItems(5) : []),
      ];
    case "field":
      return fieldItems(view, writing.owner, writing.side);
    case "symbol":
      return symbolItems(project, view);
    case "fieldKey":
      return fieldKeyItems(view, writing.class, writing.written);
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

/**
 * Live changes of methods and classes, and how they lie over the texts of files.
 * @module
 */
import { atom, binary, map, type Term, text as termText } from "../bridge/mod.ts";
import { listField, numberField, textField } from "./node_terms.ts";
import { declaresClass, type Place, standsAt, textAt, withTextAt } from "./source_edit.ts";

/** The module of a node that keeps its log of changes. */
export const CHANGES = "beamtalk_workspace_changes";

/** What kind of change it is. */
export type ChangeKind =
  | "method"
  | "removeMethod"
  | "newClass"
  | "classDefinition"
  | "removeClass"
  /** Something that no class declares: an extension of a library class, a protocol, an alias. */
  | "declaration";

/** Whose change it is. */
export interface Author {
  readonly kind: "human" | "agent" | "program";
  readonly name: string;
}

/** A change, as it is made. */
export interface Change {
  readonly kind: ChangeKind;
  readonly className: string;
  readonly classSide: boolean;
  readonly selector: string | undefined;
  /** `ephemeral` is a trial: never written to a file, gone with the node. */
  readonly intent: "durable" | "ephemeral";
  readonly before: string | undefined;
  readonly after: string | undefined;
  /** The text that it is part of: an absolute path, or `typed:NAME` where no file declares it. */
  readonly path: string;
  /** The file as it is shown; undefined where there is none. */
  readonly file: string | undefined;
  readonly author: Author;
}

/** A change of the log. */
export interface LoggedChange extends Change {
  readonly seq: number;
}

/** Whether a text was typed and is in no file. */
export function isTyped(path: string): boolean {
  return path.startsWith("typed:");
}

/** The user of this process, as the author of what is typed. */
export function thisUser(): Author {
  return { kind: "human", name: Deno.env.get("USER") ?? Deno.env.get("LOGNAME") ?? "somebody" };
}

/** A change as the node's log takes it. */
export function changeTerm(change: Change): Term {
  const optional = (text: string | undefined) => text === undefined ? atom("nil") : binary(text);
  const side = change.classSide ? "class" : "instance";
  return map([
    [atom("class"), atom(change.className)],
    [atom("selector"), atom(change.selector ?? "nil")],
    [atom("side"), atom(change.selector === undefined ? "nil" : side)],
    [atom("kind"), atom(change.kind)],
    [atom("intent"), atom(change.intent)],
    [atom("before"), optional(change.before)],
    [atom("after"), optional(change.after)],
    [atom("path"), binary(change.path)],
    [atom("file"), optional(change.file)],
    [atom("author_kind"), atom(change.author.kind)],
    [atom("author"), binary(change.author.name)],
  ]);
}

/** A change as the node's log tells it. */
export function loggedChange(term: Term): LoggedChange {
  return {
    seq: numberField(term, "seq"),
    kind: (textField(term, "kind") ?? "method") as ChangeKind,
    className: textField(term, "class") ?? "",
    classSide: textField(term, "side") === "class",
    selector: textField(term, "selector"),
    intent: textField(term, "intent") === "ephemeral" ? "ephemeral" : "durable",
    before: textField(term, "before"),
    after: textField(term, "after"),
    path: textField(term, "path") ?? "",
    file: textField(term, "file"),
    author: {
      kind: (textField(term, "author_kind") ?? "human") as Author["kind"],
      name: textField(term, "author") ?? "",
    },
  };
}

/** The changes under a key of a map term. */
export function loggedChanges(term: Term, key: string): readonly LoggedChange[] {
  return listField(term, key).map(loggedChange);
}

/** The texts under a key of a map term. */
export function textsField(term: Term, key: string): readonly string[] {
  return listField(term, key).map(termText);
}

/** Several changes of one place taken together: from the first's `before` to the last's `after`. */
export interface NetChange extends Change {
  readonly seqs: readonly number[];
}

/**
 * Takes together what belongs together, in order: changes of one method between two changes of its
 * whole class, and changes of one class that follow one another.
 */
export function netChanges(changes: readonly LoggedChange[]): readonly NetChange[] {
  const nets: NetChange[] = [];
  for (const change of changes) {
    const index = nets.findLastIndex((net) => concerns(net, change));
    const last = nets[index];
    if (last === undefined || !isSamePlace(last, change)) {
      nets.push({ ...change, seqs: [change.seq] });
      continue;
    }
    nets[index] = {
      ...change,
      before: last.before,
      kind: mergedKind(last, change),
      seqs: [...last.seqs, change.seq],
    };
  }
  return nets;
}

/** Whether a later change builds on this one: of the same method, or one of them of the class. */
function concerns(net: NetChange, change: Change): boolean {
  if (net.path !== change.path || net.className !== change.className) return false;
  return net.selector === undefined || change.selector === undefined || isSamePlace(net, change);
}

function isSamePlace(a: Change, b: Change): boolean {
  return a.selector === b.selector && a.classSide === b.classSide;
}

function mergedKind(first: Change, last: Change): ChangeKind {
  return first.kind === "newClass" && last.after !== undefined ? "newClass" : last.kind;
}

/** What became of putting a change into a text. */
export type Applied =
  | { readonly kind: "applied"; readonly text: string }
  /** The text says it already. */
  | { readonly kind: "same" }
  /** The text says something else than what was changed. */
  | { readonly kind: "conflict"; readonly found: string | undefined }
  /** The class is not there. */
  | { readonly kind: "orphan" };

/** Puts a change into the text of its file. */
export function applyChange(text: string, change: Change): Applied {
  const place = placeOf(change);
  if (isTyped(change.path)) {
    const isPart = declaresClass(text, change.className) && change.kind !== "newClass";
    const next = isPart ? withTextAt(text, place, change.after) : change.after ?? "";
    return { kind: "applied", text: next ?? text };
  }
  if (standsAt(text, place, change.after)) return { kind: "same" };
  if (!standsAt(text, place, change.before)) {
    const found = textAt(text, place);
    const isGone = place.selector !== undefined && found === undefined &&
      textAt(text, { ...place, selector: undefined }) === undefined;
    return isGone ? { kind: "orphan" } : { kind: "conflict", found };
  }
  const next = withTextAt(text, place, change.after);
  return next === undefined ? { kind: "orphan" } : { kind: "applied", text: next };
}

/** The place that a change is about. */
export function placeOf({ className, classSide, selector }: Change): Place {
  return { className, classSide, selector };
}

/** A text with all changes that still fit it, and what became of the others. */
export interface Overlaid {
  readonly text: string;
  /** Say the same as the text. */
  readonly same: readonly NetChange[];
  /** The text has changed in their place. */
  readonly conflicts: readonly NetChange[];
  readonly orphans: readonly NetChange[];
}

/** Puts the changes of one file over its text. */
export function overlaid(text: string, changes: readonly LoggedChange[]): Overlaid {
  const result = {
    text,
    same: [] as NetChange[],
    conflicts: [] as NetChange[],
    orphans: [] as NetChange[],
  };
  for (const net of netChanges(changes)) {
    const applied = applyChange(result.text, net);
    if (applied.kind === "applied") result.text = applied.text;
    else if (applied.kind === "same") result.same.push(net);
    else if (applied.kind === "orphan") result.orphans.push(net);
    else result.conflicts.push(net);
  }
  return result;
}

/** The changes by the path of their text. */
export function byPath<C extends Change>(changes: readonly C[]): ReadonlyMap<string, C[]> {
  const paths = new Map<string, C[]>();
  for (const change of changes) {
    const known = paths.get(change.path);
    if (known === undefined) paths.set(change.path, [change]);
    else known.push(change);
  }
  return paths;
}

/** Names the place of a change as messages do. */
export function placeText({ className, classSide, selector }: Change): string {
  if (selector === undefined) return className;
  return `${className}${classSide ? " class" : ""}>>${selector}`;
}

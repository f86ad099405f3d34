/**
 * Live changes that other nodes have made alone, of texts that are about to be changed on all of them.
 * @module
 */
import { binary, type Term } from "../bridge/mod.ts";
import {
  byPath,
  CHANGES,
  isTyped,
  type LoggedChange,
  loggedChange,
  type NetChange,
  overlaid,
  placeText,
} from "./changes.ts";
import type { LiveProgram } from "./live_program.ts";
import { listField, numberField } from "./node_terms.ts";
import type { Workspace } from "./workspace.ts";

/** A change of another node, as that tells it. */
interface OthersChange extends LoggedChange {
  /** The node where it is in force. */
  readonly node: string;
  readonly term: Term;
}

/** What other nodes have changed that the first one does not know of. */
export interface OthersChanges {
  /** By the paths of the first node's texts. */
  readonly changes: ReadonlyMap<string, readonly OthersChange[]>;
  /** The revisions of the nodes that were asked. */
  readonly revisions: ReadonlyMap<string, number>;
}

/** Asks all nodes but the first for the changes of texts that are in force there alone. */
export async function othersChanges(
  [first, ...others]: readonly [Workspace, ...Workspace[]],
  program: LiveProgram,
  paths: readonly string[],
): Promise<OthersChanges> {
  const revisions = new Map<string, number>();
  const asked = [binary(program.root), paths.map((path) => binary(path))];
  const told = await Promise.all(others.map(async (workspace) => {
    const seen = await workspace.call(CHANGES, "seen_from", asked);
    revisions.set(workspace.node, numberField(seen, "revision"));
    const entries = listField(seen, "entries");
    return entries.length === 0 ? [] : await unknownAt(first, workspace.node, entries);
  }));
  // Numbers are those of each node's own log.
  const all = told.flat().map((change, index) => ({ ...change, seq: index }));
  return { changes: byPath(all), revisions };
}

async function unknownAt(
  first: Workspace,
  node: string,
  entries: readonly Term[],
): Promise<readonly OthersChange[]> {
  const unknown = await first.call(CHANGES, "unknown", [[...entries]]);
  return (Array.isArray(unknown) ? unknown : []).map((term: Term) => ({
    ...loggedChange(term),
    ...{ node, term },
  }));
}

/** A text with what other nodes have changed in it alone. */
export interface TakenOver {
  readonly text: string;
  /** The changes that are in the text now, as the nodes told them. */
  readonly taken: readonly Term[];
  /** The changes that do not fit the text, and end. */
  readonly lost: readonly string[];
}

/** Puts changes of other nodes over a text, where they fit. */
export function takenOver(text: string, changes: readonly OthersChange[] = []): TakenOver {
  const over = overlaid(text, changes.filter((change) => !isDeclaredHere(text, change)));
  const isIn = (nets: readonly NetChange[]) => new Set(nets.flatMap(({ seqs }) => seqs));
  const same = isIn(over.same);
  const ended = isIn([...over.conflicts, ...over.orphans]);
  const lost = changes.filter((change) => isDeclaredHere(text, change) || ended.has(change.seq));
  const taken = changes.filter((change) => !lost.includes(change) && !same.has(change.seq));
  return { text: over.text, taken: taken.map(({ term }) => term), lost: lost.map(lostText) };
}

/** A class that was typed at several nodes is the first one's. */
function isDeclaredHere(text: string, { path, selector, after }: OthersChange): boolean {
  return isTyped(path) && selector === undefined && text !== "" && text !== after;
}

/** Says that changes of other nodes end with a load. */
export function endedTexts(changes: readonly OthersChange[] = []): readonly string[] {
  return changes.map(lostText);
}

function lostText(change: OthersChange): string {
  return `${placeText(change)} was changed live at ${change.node} alone and is now as ${
    change.file ?? "here"
  } says; Workspace changes allEntries there keeps the change`;
}

/**
 * Requests to which a running workspace can add: completion, hover, lenses. Each waits for it no
 * longer than its limit.
 * @module
 */
import { completionsAt } from "./completion.ts";
import type { CodeLens } from "./code_lens.ts";
import type { FileView } from "./file_view.ts";
import type { Span } from "../compiler/syntax/ast.ts";
import { placedSpan } from "../compiler/syntax/placed_span.ts";
import { hoverAt, type LiveQuestion } from "./hover.ts";
import { type InlayHint, inlayHints } from "./inlay_hints.ts";
import type { LineIndex } from "./line_index.ts";
import type { LiveClass, LiveValues } from "./live_answers.ts";
import { fieldValue, namesToAsk, valueHints } from "./live_values.ts";
import { differs, mergeCompletions } from "./merge.ts";
import type { ServerState } from "./state.ts";
import * as protocol from "./to_protocol.ts";

const COMPLETION_LIMIT = 50;
const HOVER_LIMIT = 30;

function isConnected(state: ServerState, path: string): boolean {
  return state.live.status(path).kind === "connected";
}

/** Completions of the file and of the running classes. */
export function liveCompletions(
  state: ServerState,
  view: FileView,
  lines: LineIndex,
  offset: number,
  uri: string,
  trigger: string | undefined,
) {
  const found = completionsAt(state.index, view, offset, state.erlang);
  // A dot that ends a statement asks for nothing: what is proposed then would be put in by a newline.
  const isUnasked = trigger === "." && found?.isName === true;
  if (found === undefined || isUnasked) return { isIncomplete: false, items: [] };
  const hasSnippets =
    state.capabilities.textDocument?.completion?.completionItem?.snippetSupport === true;
  const listed = (all: typeof found) => protocol.completionList(all, lines, uri, hasSnippets);
  if (!isConnected(state, view.path)) return listed(found);
  if (found.receivers.length === 0 && !found.isName) return listed(found);
  return (async () => {
    const deadline = performance.now() + COMPLETION_LIMIT;
    const left = () => Math.max(0, deadline - performance.now());
    const names = [...new Set(found.receivers.flatMap(({ chain }) => chain))];
    const named = new Map<string, string>();
    const [classes, bindings, others] = await Promise.all([
      Promise.all(names.map((name) => state.live.classNamed(view.path, name, left()))),
      found.isName ? state.live.bindings(view.path, left()) : named,
      found.isName ? state.live.classes(view.path, left()) : named,
    ]);
    const known = classes.filter((each): each is LiveClass => each !== undefined);
    return listed(mergeCompletions(found, known, { bindings, classes: others }));
  })();
}

/** A hover with the live value, where there is one. */
export function liveHover(
  state: ServerState,
  view: FileView,
  lines: LineIndex,
  offset: number,
) {
  const found = hoverAt(view, offset);
  if (found === undefined) return null;
  if (found.live === undefined || !isConnected(state, view.path)) {
    return protocol.hover(found, undefined, lines);
  }
  return liveNote(state, view.path, found.live)
    .then((note) => protocol.hover(found, note, lines));
}

async function liveNote(
  state: ServerState,
  path: string,
  question: LiveQuestion,
): Promise<string | undefined> {
  if (question.kind === "binding") {
    const bindings = await state.live.bindings(path, HOVER_LIMIT);
    const value = bindings.get(question.name);
    return value === undefined ? undefined : `\`${value}\` (runtime)`;
  }
  if (question.kind === "field") {
    const values = await state.live.values(path, question.class, HOVER_LIMIT);
    const value = values && fieldValue(values, question.side, question.name);
    return value === undefined ? undefined : `\`${value}\` (runtime)`;
  }
  const of = await state.live.classNamed(path, question.name, HOVER_LIMIT);
  if (of === undefined) return undefined;
  const { length } = of.actors;
  const actors = length === 0 ? "" : `, ${length} living ${length === 1 ? "actor" : "actors"}`;
  return `Loaded${actors} (runtime)`;
}

/** Hints of the file, and what the data that it declares hold now. */
export function liveHints(state: ServerState, view: FileView, lines: LineIndex, within: Span) {
  const listed = (all: readonly InlayHint[]) => all.map((each) => protocol.hint(each, lines));
  const found = inlayHints(view, within);
  if (!isConnected(state, view.path)) return listed(found);
  const { classes, hasUnresolved } = namesToAsk(view, within);
  if (classes.length === 0 && !hasUnresolved) return listed(found);
  return (async () => {
    const values = new Map<string, LiveValues>();
    const bindings = hasUnresolved
      ? state.live.bindings(view.path, HOVER_LIMIT)
      : new Map<string, string>();
    await Promise.all(classes.map(async (name) => {
      const known = await state.live.values(view.path, name, HOVER_LIMIT);
      if (known !== undefined) values.set(name, known);
    }));
    const running = valueHints(view, within, values, await bindings);
    return listed([...found, ...running].sort((a, b) => a.offset - b.offset));
  })();
}

/** Living actors of a class, and methods whose running text is not that of the file. */
export function liveLenses(state: ServerState, view: FileView): readonly CodeLens[] {
  if (!isConnected(state, view.path)) return [];
  const lenses: CodeLens[] = [];
  for (const declaration of view.source.declarations) {
    if (declaration.kind !== "class") continue;
    const { header, members } = declaration;
    const of = state.live.knownClass(view.path, header.node.name.text);
    if (of === undefined) continue;
    const start = header.offset + header.node.name.span.start;
    if (of.actors.length > 0) {
      const action = { kind: "actors", count: of.actors.length, class: of.name } as const;
      lenses.push({ span: { start, end: start }, action });
    }
    for (const { node, offset } of members) {
      if (node.kind !== "method") continue;
      const side = node.modifiers.includes("class") ? "class" : "instance";
      const running = of.methods.find((each) =>
        each.selector === node.selector && each.side === side
      );
      const first = node.selectorSpans[0] ?? node.span;
      const written = view.source.text.slice(offset + node.span.start, offset + node.span.end);
      if (running === undefined || !isOther(running.source, written)) continue;
      const span = placedSpan({ offset }, first);
      lenses.push({ span, action: { kind: "differs", selector: node.selector } });
    }
  }
  return lenses;
}

/** A method of several clauses has all their texts in one. */
function isOther(running: string, written: string): boolean {
  return differs(running, written) && !running.includes(written.trim());
}

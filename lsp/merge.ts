/**
 * What the file says beside what the running workspace says: one answer. Pure.
 *
 * Errors of the file stand whatever the node says. A message that the file's class does not know but
 * the running one does is information, not a warning. Live completions come after static ones of
 * the same name and never in their place.
 * @module
 */
import { splitClassName } from "../compiler/syntax/class_name.ts";
import { type Side } from "../compiler/analysis/hierarchy.ts";
import { lookupMethod } from "../compiler/analysis/lookup.ts";
import type { ClassFacts } from "../compiler/analysis/class_facts.ts";
import { type Type, unionMembers } from "../compiler/analysis/types/type.ts";
import { placedSpan } from "../compiler/syntax/placed_span.ts";
import type { Completions } from "./completion.ts";
import {
  type Completion,
  type KeywordsAround,
  missingPart,
  plain,
  sendSnippet,
} from "./completion_item.ts";
import type { Finding } from "./diagnostics.ts";
import { type FileView, knownBodyAt } from "./file_view.ts";
import type { LiveClass, LiveMethod } from "./live_answers.ts";
import { occurrencesIn } from "./occurrences.ts";

/** The code of a message that nothing is known to understand. */
const UNKNOWN_SELECTOR = "BT4001";

/** Answers a class as it is in the node, if that is known. */
export type KnownLiveClass = (name: string) => LiveClass | undefined;

/**
 * Findings of the file, with those softened that the node disproves and dynamic sites checked;
 * `live` is undefined where no node is joined.
 */
export function mergeDiagnostics(
  found: readonly Finding[],
  view: FileView,
  live: KnownLiveClass | undefined,
): readonly Finding[] {
  if (live === undefined) return found;
  const merged = found.map((each) => softened(each, view, live));
  return [...merged, ...dynamicSites(view, live)].sort((a, b) => a.span.start - b.span.start);
}

function softened(found: Finding, view: FileView, live: KnownLiveClass): Finding {
  if (found.code !== UNKNOWN_SELECTOR || found.severity === "error") return found;
  const send = sendAt(view, found.span.start);
  const isRunning = send?.classes.some(({ name, side }) =>
    liveUnderstands(name, send.selector, side, view, live)
  );
  if (isRunning !== true) return found;
  const message = `${found.message}; the running workspace has it (runtime)`;
  return { ...found, severity: "information", message, tier: "runtime" };
}

interface KnownSend {
  readonly selector: string;
  readonly classes: readonly ReceiverClass[];
}

interface ReceiverClass {
  readonly name: string;
  readonly side: Side;
  readonly facts: ClassFacts;
}

function classOf(type: Type): ReceiverClass[] {
  if (type.kind !== "instance" && type.kind !== "classObject") return [];
  const side = type.kind === "instance" ? "instance" : "class";
  return [{ name: type.class.name, side, facts: type.class }];
}

function sendAt(view: FileView, offset: number): KnownSend | undefined {
  return sendsIn(view).find(({ start }) => start === offset)?.send;
}

function* allSends(view: FileView): Iterable<{ start: number; end: number; send: KnownSend }> {
  for (const unit of view.source.units) {
    for (const each of occurrencesIn(unit.node)) {
      if (each.kind !== "send") continue;
      const { start, end } = placedSpan(unit, each.span);
      const sent = knownBodyAt(view, start)?.types.sends.get(each.key);
      if (sent === undefined) continue;
      const classes = unionMembers(sent.receiver).flatMap(classOf);
      yield { start, end, send: { selector: each.selector, classes } };
    }
  }
}

function sendsIn(view: FileView) {
  return [...allSends(view)];
}

/**
 * Messages that only `doesNotUnderstand:args:` would answer. They are told of where the node knows
 * the class and has no such method either: without a node there is nothing to check them against.
 */
function dynamicSites(view: FileView, live: KnownLiveClass): Finding[] {
  const sites: Finding[] = [];
  for (const { start, end, send } of allSends(view)) {
    const [only] = send.classes;
    if (only === undefined || send.classes.length > 1) continue;
    if (lookupMethod(only.facts, send.selector, only.side, view.environment)) continue;
    if (!catchesAll(only, view) || live(only.name) === undefined) continue;
    if (liveUnderstands(only.name, send.selector, only.side, view, live)) continue;
    sites.push({
      code: UNKNOWN_SELECTOR,
      severity: "information",
      tier: "runtime",
      span: { start, end },
      message:
        `${only.name} has no method ${send.selector}; doesNotUnderstand:args: is asked (dynamic site)`,
    });
  }
  return sites;
}

/** Whether a class of the program answers messages that it has no method for. */
function catchesAll({ facts, side }: ReceiverClass, view: FileView): boolean {
  const found = lookupMethod(facts, "doesNotUnderstand:args:", side, view.environment);
  return found !== undefined && found.owner.name !== "ProtoObject";
}

/** Whether the running class or one of its known ancestors has the method. */
function liveUnderstands(
  name: string,
  selector: string,
  side: Side,
  view: FileView,
  live: KnownLiveClass,
): boolean {
  const seen = new Set<string>();
  for (let at: string | undefined = name; at !== undefined && !seen.has(at);) {
    seen.add(at);
    const of = live(at);
    if (of?.methods.some((each) => each.selector === selector && each.side === side)) return true;
    const written: string | undefined = of?.superclass ??
      view.environment.classNamed(at)?.superclass;
    at = written === undefined ? undefined : splitClassName(written).name;
  }
  return false;
}

/** Static completions with what only the running classes have. */
export function mergeCompletions(
  found: Completions,
  classes: readonly LiveClass[],
  names: LiveNames,
): Completions {
  const known = new Set(found.items.map(({ label }) => label));
  const added: Completion[] = [];
  const running = new Map(classes.map((each) => [each.name, each]));
  for (const { chain, side, keywords } of found.receivers) {
    for (const [distance, name] of chain.entries()) {
      const of = running.get(name);
      for (const method of of?.methods ?? []) {
        if (of === undefined || method.side !== side) continue;
        const item = liveItem(method, of, distance, keywords);
        if (item === undefined || known.has(item.label)) continue;
        known.add(item.label);
        added.push(item);
      }
    }
  }
  if (found.isName) added.push(...nameItems(names, known));
  return added.length === 0 ? found : { ...found, items: [...found.items, ...added] };
}

function liveItem(
  method: LiveMethod,
  of: LiveClass,
  distance: number,
  keywords: KeywordsAround,
): Completion | undefined {
  const parameters = method.parameters.map((name) => ({ name, type: undefined }));
  const rest = missingPart({ selector: method.selector, parameters }, keywords);
  if (rest === undefined) return undefined;
  return {
    label: rest.selector,
    kind: "method",
    detail: `${of.name} >> ${method.signature}`,
    ...sendSnippet(rest),
    rank: (keywords.before === "" ? 11 : 0) + distance,
    tier: "runtime",
    documented: undefined,
  };
}

/** Names that only the workspace knows. */
export interface LiveNames {
  /** With their values, printed. */
  readonly bindings: ReadonlyMap<string, string>;
  /** With their superclasses. */
  readonly classes: ReadonlyMap<string, string>;
}

function nameItems({ bindings, classes }: LiveNames, known: ReadonlySet<string>): Completion[] {
  const items = [
    ...[...bindings].map(([name, printed]) => bindingItem(name, printed)),
    ...[...classes].map(([name, superclass]): Completion => ({
      ...plain(name, "class", `${superclass} subclass: ${name}`, 45),
      tier: "runtime",
    })),
  ];
  return items.filter(({ label }) => !known.has(label));
}

function bindingItem(name: string, printed: string): Completion {
  return { ...plain(name, "local", printed, 15), tier: "runtime" };
}

/** Whether the text that runs is another than that of the file, white space left aside. */
export function differs(running: string, written: string): boolean {
  const folded = (text: string) => text.replace(/\s+/g, " ").trim();
  return running !== "" && folded(running) !== folded(written);
}

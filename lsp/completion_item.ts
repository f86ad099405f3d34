/**
 * One thing that can be written, and how such things are made.
 * @module
 */
import type { MethodFacts } from "../compiler/analysis/class_facts.ts";
import type { Side } from "../compiler/analysis/hierarchy.ts";
import { selectorParts } from "../compiler/analysis/signature_text.ts";
import type { Tier } from "./tier.ts";

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

/** What the Erlang installation offers. */
export interface ErlangModules {
  modules(): readonly string[];
  functions(module: string): readonly { readonly name: string; readonly arity: number }[];
}

/** A completion that is put in as it reads. */
export function plain(
  label: string,
  kind: CompletionKind,
  detail: string,
  rank: number,
): Completion {
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

/** A completion with places to fill in. */
export function snippet(label: string, insert: string, detail: string, rank: number): Completion {
  return { ...plain(label, "snippet", detail, rank), insert, isSnippet: true };
}

type Parameters = MethodFacts["parameters"];

/** A selector, and what its arguments are. */
export interface MessageHead {
  readonly selector: string;
  readonly parameters: Parameters;
}

/** The keywords of a message that are there already, before the cursor and after it: `at:`. */
export interface KeywordsAround {
  readonly before: string;
  readonly after: string;
}

/** None. */
export const NO_KEYWORDS: KeywordsAround = { before: "", after: "" };

/** What of a message is missing beside the keywords that are there; undefined where it is another one. */
export function missingPart(
  { selector, parameters }: MessageHead,
  { before, after }: KeywordsAround,
): MessageHead | undefined {
  const isLonger = selector.length > before.length + after.length;
  if (!isLonger || !selector.startsWith(before) || !selector.endsWith(after)) return undefined;
  const missing = selector.slice(before.length, selector.length - after.length);
  const from = before === "" ? 0 : selectorParts(before).length;
  return {
    selector: missing,
    parameters: parameters.slice(from, from + selectorParts(missing).length),
  };
}

/** The message with a place for each argument; blocks are written with their parameters. */
export function sendSnippet(
  method: MessageHead,
): Pick<Completion, "insert" | "isSnippet"> {
  const { selector, parameters } = method;
  if (parameters.length === 0) return { insert: selector, isSnippet: false };
  let count = 0;
  const place = (text?: string) =>
    text === undefined ? `\${${++count}}` : `\${${++count}:${escaped(text)}}`;
  const insert = selectorParts(selector)
    .map((part, index) => `${escaped(part)} ${argumentSnippet(parameters[index], place)}`)
    .join(" ");
  return { insert, isSnippet: true };
}

/** Names for the parameters of a block, by how many it has. */
const BLOCK_NAMES = [[], ["each"], ["a", "b"], ["a", "b", "c"], ["a", "b", "c", "d"]];

function argumentSnippet(
  parameter: Parameters[number] | undefined,
  place: (text?: string) => string,
): string {
  const type = parameter?.type;
  const isBlock = type?.kind === "typeName" && type.name === "Block" && type.arguments.length > 0;
  const names = isBlock ? BLOCK_NAMES[type.arguments.length - 1] : undefined;
  if (names === undefined) return place(parameter?.name ?? "value");
  const head = names.map((name) => `:${place(name)}`).join(" ");
  return head === "" ? `[${place()}]` : `[${head} | ${place()}]`;
}

/** A text as it is, inside a snippet. */
export function escaped(text: string): string {
  return text.replace(/[\\$}]/g, "\\$&");
}

/**
 * What is being written at the cursor. The text is read once more with a name of its own at the
 * cursor, so that the ordinary grammar says what could stand there.
 * @module
 */
import { fileFacts } from "../compiler/analysis/file_facts.ts";
import type { Side } from "../compiler/analysis/hierarchy.ts";
import type { Binding } from "../compiler/analysis/names.ts";
import type { ClassFacts } from "../compiler/analysis/class_facts.ts";
import type { Type } from "../compiler/analysis/types/type.ts";
import { walkStatements } from "../compiler/analysis/walk.ts";
import type { Expression, Message, PlacedUnit, Send, Span } from "../compiler/syntax/ast.ts";
import { edit } from "../compiler/syntax/edit.ts";
import type { SourceUnit } from "../compiler/syntax/source_file.ts";
import { type FileView, holds, type KnownBody, knownBodyAt, placed } from "./file_view.ts";
import { type Occurrence, occurrencesIn } from "./occurrences.ts";
import { classAround, ownerAt } from "./target.ts";

/** A keyword message that could go on with another part. */
export interface Continuation {
  readonly receiver: Type;
  /** The keywords so far. */
  readonly selector: string;
}

/** What could stand at the cursor. */
export type Writing =
  | {
    readonly kind: "message";
    readonly receiver: Type;
    readonly isSuper: boolean;
    /** Whether the receiver is `Erlang` itself, so that the name of a module follows. */
    readonly isErlang: boolean;
    /** The Erlang module that is called, where the receiver is one. */
    readonly erlangModule: string | undefined;
    readonly continuations: readonly Continuation[];
  }
  | {
    readonly kind: "name";
    readonly locals: readonly Binding[];
    readonly owner: ClassFacts | undefined;
    readonly isScript: boolean;
    readonly continuations: readonly Continuation[];
  }
  | { readonly kind: "class"; readonly isType: boolean; readonly locals: readonly Binding[] }
  | { readonly kind: "field"; readonly owner: ClassFacts; readonly side: Side }
  | { readonly kind: "symbol" }
  | { readonly kind: "member"; readonly owner: ClassFacts }
  | { readonly kind: "declaration" };

/** What is written, and the stretch of it that a completion replaces. */
export interface CompletionContext {
  readonly writing: Writing;
  readonly prefix: string;
  readonly replaced: Span;
}

const MARK = "zqCursor";

/** What is being written at an offset; undefined in comments and strings. */
export function completionContext(view: FileView, offset: number): CompletionContext | undefined {
  const { text } = view.source;
  const prefix =
    /[\p{L}_][\p{L}\p{N}_]*$/u.exec(text.slice(lineStart(text, offset), offset))?.[0] ??
      "";
  const suffix = /^[\p{L}\p{N}_]*/u.exec(text.slice(offset, offset + 200))?.[0] ?? "";
  const start = offset - prefix.length;
  const newText = `${prefix}${MARK}`;
  const source = edit(view.source, { start, end: offset + suffix.length, newText });
  const facts = fileFacts(source, { file: view.path, naming: view.naming });
  const marked: FileView = { ...view, source, facts };
  const unit = source.units.find((each) => holds(wholeUnit(each), start + 1) && isIn(each, start));
  const writing = unit === undefined ? undefined : writingIn(marked, unit, start);
  if (writing === undefined) return undefined;
  return { writing, prefix, replaced: { start, end: offset } };
}

function lineStart(text: string, offset: number): number {
  return text.lastIndexOf("\n", offset - 1) + 1;
}

function wholeUnit({ offset, tokens }: SourceUnit): Span {
  return { start: offset, end: offset + tokens.text.length };
}

/** Whether the mark is a token of the unit, and no part of a comment or a string. */
function isIn({ tokens, offset }: SourceUnit, start: number): boolean {
  return tokens.starts.some((each, index) => {
    const end = tokens.ends[index] ?? each;
    const written = tokens.text.slice(each, end);
    if (offset + each > start || offset + end < start + MARK.length) return false;
    return written.includes(MARK) && !/^["}]/.test(written);
  });
}

function writingIn(view: FileView, unit: SourceUnit, start: number): Writing | undefined {
  const found = occurrencesIn(unit.node).find(isMarked);
  const body = knownBodyAt(view, start + 1);
  switch (found?.kind) {
    case "send":
      return messageAt(found, body);
    case "field":
      return fieldsAt(view, unit, found, body);
    case "class":
      return { kind: "class", isType: found.role === "type", locals: localsAt(body, start) };
    case "symbol":
      return { kind: "symbol" };
    case "local":
    case "unresolved":
      return nameAt(view, unit, body, start);
    case "method":
    case "typeParameter":
    case undefined:
      return outsideBodies(view, unit, start);
    default:
      return found satisfies never;
  }
}

function isMarked(each: Occurrence): boolean {
  const name = each.kind === "send" || each.kind === "method"
    ? each.selector
    : each.kind === "symbol"
    ? each.value
    : each.name;
  return name.includes(MARK);
}

function messageAt(
  found: Extract<Occurrence, { kind: "send" }>,
  body: KnownBody | undefined,
): Writing {
  const sent = body?.types.sends.get(found.key);
  return {
    kind: "message",
    receiver: sent?.receiver ?? body?.types.typeOf(found.receiver) ?? { kind: "dynamic" },
    isSuper: found.receiver.kind === "super",
    isErlang: found.receiver.kind === "class" && found.receiver.name === "Erlang",
    erlangModule: erlangModule(found.receiver),
    continuations: body === undefined ? [] : continuationsAt(body, found.span),
  };
}

function erlangModule(receiver: Expression): string | undefined {
  if (receiver.kind !== "send" || receiver.arguments.length > 0) return undefined;
  const { receiver: root, selector } = receiver;
  return root.kind === "class" && root.name === "Erlang" ? selector : undefined;
}

/** Keyword messages whose last argument ends with the mark. */
function continuationsAt(body: KnownBody, mark: Span): Continuation[] {
  const found: Continuation[] = [];
  walkStatements(body.source.statements, (node) => {
    for (const message of messagesOf(node)) {
      const last = message.arguments[message.arguments.length - 1];
      if (last === undefined || last.span.end !== mark.end || last.span.start === mark.start) {
        continue;
      }
      if (!/^[\p{L}_].*:$/u.test(message.selector)) continue;
      const receiver = body.types.sends.get(message)?.receiver;
      if (receiver !== undefined) found.push({ receiver, selector: message.selector });
    }
  });
  return found;
}

function messagesOf(node: Expression): readonly (Send | Message)[] {
  if (node.kind === "send") return [node];
  return node.kind === "cascade" ? node.messages : [];
}

function fieldsAt(
  view: FileView,
  unit: PlacedUnit,
  found: Extract<Occurrence, { kind: "field" }>,
  body: KnownBody | undefined,
): Writing | undefined {
  const { class: owner, side } = body?.source.owner ?? ownerAt(view, unit);
  if (owner === undefined || found.role === "definition") return undefined;
  return { kind: "field", owner, side };
}

function nameAt(
  view: FileView,
  unit: PlacedUnit,
  body: KnownBody | undefined,
  start: number,
): Writing | undefined {
  const inFile = unit.node.kind === "statement" && view.source.kind === "file";
  if (inFile) return { kind: "declaration" };
  if (isParameter(unit, body, start)) return undefined;
  return {
    kind: "name",
    locals: localsAt(body, start),
    owner: body?.source.owner.class,
    isScript: view.mode === "script",
    continuations: [],
  };
}

/** The name of a parameter is the author's to choose. */
function isParameter(unit: PlacedUnit, body: KnownBody | undefined, start: number): boolean {
  return body?.names.bindings.some(({ kind, span }) =>
    (kind === "parameter" || kind === "blockParameter") &&
    placed(unit, span).start === start
  ) === true;
}

/** The names that are visible at an offset. */
function localsAt(body: KnownBody | undefined, offset: number): readonly Binding[] {
  if (body === undefined) return [];
  const { unit } = body.source;
  return body.names.bindings.filter(({ name, span, block }) =>
    !name.includes(MARK) && name !== "_" && placed(unit, span).start < offset &&
    (block === undefined || holds(placed(unit, block.span), offset))
  );
}

function outsideBodies(view: FileView, unit: PlacedUnit, start: number): Writing | undefined {
  const { text } = view.source;
  const from = lineStart(text, start);
  const before = text.slice(from, start);
  if (before.trim() !== "" && !/^\s*class\s+$/.test(before)) return undefined;
  if (before === "") return { kind: "declaration" };
  const owner = classAround(view, unit.offset);
  return owner === undefined ? { kind: "declaration" } : { kind: "member", owner };
}

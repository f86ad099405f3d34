/**
 * What is being written at the cursor.
 * @module
 */
import type { ClassFacts } from "../compiler/analysis/class_facts.ts";
import type { Side } from "../compiler/analysis/hierarchy.ts";
import type { Binding } from "../compiler/analysis/names.ts";
import type { Type } from "../compiler/analysis/types/type.ts";
import { patternsIn, walkStatements } from "../compiler/analysis/walk.ts";
import { selectorParts } from "../compiler/analysis/signature_text.ts";
import type { Expression, PlacedUnit, Span } from "../compiler/syntax/ast.ts";
import type { SourceUnit } from "../compiler/syntax/source_file.ts";
import { placedSpan } from "../compiler/syntax/placed_span.ts";
import {
  attempt,
  ATTEMPTS,
  FIELD_ATTEMPTS,
  isMarked,
  KEYWORD_ATTEMPTS,
  MARK,
} from "./completion_attempt.ts";
import { type KeywordsAround, NO_KEYWORDS } from "./completion_item.ts";
import { exampleAround } from "./doc_example.ts";
import { type FileView, holds, type KnownBody, knownBodyAt } from "./file_view.ts";
import { type Occurrence, occurrencesIn } from "./occurrences.ts";
import { scriptVariables } from "./script_variables.ts";
import { classAround, ownerAt } from "./target.ts";
import { withArgumentsFilled } from "./unfilled_arguments.ts";

/** A message to something. */
export interface MessageWriting {
  readonly kind: "message";
  readonly receiver: Type;
  /** What the message is sent to, and the body around it. */
  readonly expression: Expression;
  readonly body: KnownBody | undefined;
  readonly isSuper: boolean;
  /** Whether the receiver is `Erlang` itself, so that the name of a module follows. */
  readonly isErlang: boolean;
  /** The Erlang module that is called, where the receiver is one. */
  readonly erlangModule: string | undefined;
  readonly keywords: KeywordsAround;
}

/** What could stand at the cursor. */
export type Writing =
  | MessageWriting
  | {
    readonly kind: "name";
    readonly locals: readonly Binding[];
    readonly body: KnownBody | undefined;
    readonly owner: ClassFacts | undefined;
    /** Variables of the script from the statements before. */
    readonly scriptNames: readonly string[];
  }
  | {
    readonly kind: "class";
    readonly isType: boolean;
    /** Whether an expression is written, so that the facades of the workspace can stand here. */
    readonly isExpression: boolean;
  }
  | { readonly kind: "field"; readonly owner: ClassFacts; readonly side: Side }
  | { readonly kind: "symbol" }
  /** A key of the data that an object is made with; those in `written` are there already. */
  | { readonly kind: "fieldKey"; readonly class: ClassFacts; readonly written: string }
  | {
    /** A pattern; `scrutinee` is the type of what is matched, where the pattern is a whole arm's. */
    readonly kind: "pattern";
    readonly scrutinee: Type | undefined;
  }
  /** A keyword of a pattern of a class. */
  | { readonly kind: "patternField"; readonly class: ClassFacts }
  | { readonly kind: "member"; readonly owner: ClassFacts }
  | { readonly kind: "classMember"; readonly owner: ClassFacts }
  | { readonly kind: "declaration"; readonly isSuperclass: boolean }
  /** What follows the name of a class at the start of a line. */
  | { readonly kind: "header"; readonly name: string }
  | { readonly kind: "newName" }
  | { readonly kind: "annotation" };

/** What is written, and the stretch of it that a completion replaces. */
export interface CompletionContext {
  readonly writing: Writing | undefined;
  /** The message before the cursor, where another of its keywords could stand there. */
  readonly continuation: MessageWriting | undefined;
  readonly prefix: string;
  readonly replaced: Span;
}

/** What is being written at an offset; undefined in comments, strings and new names. */
export function completionContext(view: FileView, offset: number): CompletionContext | undefined {
  const { text } = view.source;
  const line = text.slice(lineStart(text, offset), offset);
  const other = exampleAround(view, offset) ?? withArgumentsFilled(view, offset);
  if (other !== undefined) {
    const found = completionContext(other.view, other.offset);
    if (found === undefined) return undefined;
    return { ...found, replaced: { start: offset - found.prefix.length, end: offset } };
  }
  const annotation = /^\s*(@(?:\w+(?: \w*)?)?)$/u.exec(line)?.[1];
  if (annotation !== undefined) {
    const replaced = { start: offset - annotation.length, end: offset };
    const writing: Writing = { kind: "annotation" };
    return { writing, continuation: undefined, prefix: annotation, replaced };
  }
  const key = fieldKeyAt(view, offset);
  if (key !== undefined) return key;
  const prefix = /[\p{L}_][\p{L}\p{N}_]*$/u.exec(line)?.[0] ?? "";
  const suffix = /^[\p{L}\p{N}_]*/u.exec(text.slice(offset, offset + 200))?.[0] ?? "";
  const start = offset - prefix.length;
  const place = { start, end: offset + suffix.length };
  const writing = writingAt(view, place, prefix, line.slice(0, line.length - prefix.length));
  if (writing === FREE) return undefined;
  const continuation = continuationAt(view, place, prefix);
  if (writing === undefined && continuation === undefined) return undefined;
  return { writing, continuation, prefix, replaced: { start, end: offset } };
}

const MAKER =
  /([\p{Lu}][\p{L}\p{N}_]*)\s+(?:new|spawnWith):\s*#\{((?:[^{}]*,)?\s*)(#?[\p{L}\p{N}_]*)$/u;

/** Keys of the dictionary that `new:` or `spawnWith:` of a class is given. */
function fieldKeyAt(view: FileView, offset: number): CompletionContext | undefined {
  const [, name = "", written = "", prefix = ""] =
    MAKER.exec(view.source.text.slice(Math.max(0, offset - 500), offset)) ?? [];
  const of = name === "" ? undefined : view.environment.classNamed(name);
  if (of === undefined || attempt(view, { start: offset, end: offset }, MARK) === undefined) {
    return undefined;
  }
  const replaced = { start: offset - prefix.length, end: offset };
  const writing: Writing = { kind: "fieldKey", class: of, written };
  return { writing, continuation: undefined, prefix, replaced };
}

/** A name that is the author's to choose. */
const FREE = Symbol("free");

function writingAt(
  view: FileView,
  place: Span,
  prefix: string,
  before: string,
): Writing | typeof FREE | undefined {
  const first = attempt(view, place, `${prefix}${MARK}`);
  if (first === undefined) return undefined;
  const written = writingIn(first.view, first.unit, place.start);
  if (written !== undefined) return written;
  const isPatternField = /\p{Lu}\w*\s+(?:\w+:\s*\S+\s+)*$/u.test(before);
  if (isPatternField) {
    const of = patternClassAt(view, place);
    if (of !== undefined) return { kind: "patternField", class: of };
  }
  for (const newText of ATTEMPTS) {
    const tried = attempt(view, place, newText);
    const found = tried && occurrencesIn(tried.unit.node).find(isMarked);
    const isUsed = found?.kind === "class" || (found?.kind === "local" && isPattern(found));
    if (tried !== undefined && isUsed) return writingIn(tried.view, tried.unit, place.start);
  }
  return undefined;
}

/** The message whose next keyword the place could be. */
function continuationAt(view: FileView, place: Span, prefix: string): MessageWriting | undefined {
  for (const newText of KEYWORD_ATTEMPTS) {
    const tried = attempt(view, place, `${prefix}${newText}`);
    const found = tried && occurrencesIn(tried.unit.node).find(isMarked);
    if (tried === undefined || found?.kind !== "send") continue;
    const body = knownBodyAt(tried.view, place.start + 1);
    const message = messageAt(tried.unit, found, body);
    if (message.keywords.before !== "") return message;
  }
  return undefined;
}

/** The keywords around the mark; none where it is the first, or the argument before it is missing. */
function keywordsAround(
  { tokens }: SourceUnit,
  { selector, spans }: Extract<Occurrence, { kind: "send" }>,
): KeywordsAround {
  const parts = selectorParts(selector);
  const at = parts.findIndex((part) => part.includes(MARK));
  const last = spans[at - 1];
  const argument = tokens.text.slice(last?.end, spans[at]?.start);
  if (last === undefined || argument.trim() === "") return NO_KEYWORDS;
  return { before: parts.slice(0, at).join(""), after: parts.slice(at + 1).join("") };
}

/** The class in whose pattern the place is a keyword. */
function patternClassAt(view: FileView, place: Span): ClassFacts | undefined {
  for (const newText of FIELD_ATTEMPTS) {
    const tried = attempt(view, place, newText);
    const body = tried && knownBodyAt(tried.view, place.start + 1);
    if (body === undefined) continue;
    let name: string | undefined;
    walkStatements(body.source.statements, (node) => {
      for (const arm of node.kind === "match" ? node.arms : []) {
        for (const inner of patternsIn(arm.pattern)) {
          const isIt = inner.kind === "constructorPattern" &&
            inner.fields.some((field) => field.name.text === MARK);
          if (isIt) name = inner.class.name;
        }
      }
    });
    if (name !== undefined) return view.environment.classNamed(name);
  }
  return undefined;
}

function lineStart(text: string, offset: number): number {
  return text.lastIndexOf("\n", offset - 1) + 1;
}

function writingIn(
  view: FileView,
  unit: SourceUnit,
  start: number,
): Writing | typeof FREE | undefined {
  const found = occurrencesIn(unit.node).find(isMarked);
  const body = knownBodyAt(view, start + 1);
  switch (found?.kind) {
    case "send":
      return messageAt(unit, found, body);
    case "field":
      return fieldsAt(view, unit, found, body);
    case "class":
      return classAt(found, body);
    case "symbol":
      return { kind: "symbol" };
    case "local":
    case "unresolved":
      return nameAt(view, unit, found, body, start);
    case "method":
    case "typeParameter":
    case undefined:
      return outsideBodies(view, unit, start);
    default:
      return found satisfies never;
  }
}

/** The name of a class is new where it is declared. */
function classAt(
  { role }: Extract<Occurrence, { kind: "class" }>,
  body: KnownBody | undefined,
): Writing {
  if (role === "definition") return { kind: "newName" };
  const isExpression = body !== undefined && role === "reference";
  return { kind: "class", isType: role === "type", isExpression };
}

function messageAt(
  unit: SourceUnit,
  found: Extract<Occurrence, { kind: "send" }>,
  body: KnownBody | undefined,
): MessageWriting {
  const sent = body?.types.sends.get(found.key);
  return {
    kind: "message",
    receiver: sent?.receiver ?? body?.types.typeOf(found.receiver) ?? { kind: "dynamic" },
    expression: found.receiver,
    body,
    isSuper: found.receiver.kind === "super",
    isErlang: found.receiver.kind === "class" && found.receiver.name === "Erlang",
    erlangModule: erlangModule(found.receiver),
    keywords: keywordsAround(unit, found),
  };
}

function erlangModule(receiver: Expression): string | undefined {
  if (receiver.kind !== "send" || receiver.arguments.length > 0) return undefined;
  const { receiver: root, selector } = receiver;
  return root.kind === "class" && root.name === "Erlang" ? selector : undefined;
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
  found: Extract<Occurrence, { kind: "local" | "unresolved" }>,
  body: KnownBody | undefined,
  start: number,
): Writing | typeof FREE {
  const inFile = unit.node.kind === "statement" && view.source.kind === "file";
  if (inFile) return { kind: "declaration", isSuperclass: false };
  if (isParameter(unit, body, start)) return FREE;
  if (found.kind === "local" && isPattern(found)) {
    return { kind: "pattern", scrutinee: scrutineeAt(body, found.span) };
  }
  return {
    kind: "name",
    locals: localsAt(body, start),
    body,
    owner: body?.source.owner.class,
    scriptNames: scriptNames(view, unit.offset),
  };
}

function scriptNames(view: FileView, offset: number): readonly string[] {
  return [...scriptVariables(view).values()]
    .filter(({ places: [first] }) => first !== undefined && first.unit.offset < offset)
    .map(({ name }) => name).filter((name) => !name.includes(MARK));
}

function isPattern({ role, binding }: Extract<Occurrence, { kind: "local" }>): boolean {
  return role === "definition" && binding.kind === "pattern";
}

/** The type of what is matched by the pattern of an arm. */
function scrutineeAt(body: KnownBody | undefined, span: Span): Type | undefined {
  let found: Type | undefined;
  walkStatements(body?.source.statements ?? [], (node) => {
    if (node.kind !== "match") return;
    const isIt = node.arms.some(({ pattern }) => pattern.span.start === span.start);
    if (isIt) found = body?.types.typeOf(node.scrutinee);
  });
  return found;
}

/** The name of a parameter is the author's to choose. */
function isParameter(unit: PlacedUnit, body: KnownBody | undefined, start: number): boolean {
  return body?.names.bindings.some(({ kind, span }) =>
    (kind === "parameter" || kind === "blockParameter") &&
    placedSpan(unit, span).start === start
  ) === true;
}

/** The names that are visible at an offset. */
function localsAt(body: KnownBody | undefined, offset: number): readonly Binding[] {
  if (body === undefined) return [];
  const { unit } = body.source;
  return body.names.bindings.filter(({ name, span, block }) =>
    !name.includes(MARK) && name !== "_" && placedSpan(unit, span).start < offset &&
    !isBeingDefined(body, placedSpan(unit, span), offset) &&
    (block === undefined || holds(placedSpan(unit, block.span), offset))
  );
}

const MODIFIERS = /^(?:(?:abstract|sealed|typed|internal|native)\s+)+$/;
const HEADER =
  /^(?:(?:abstract|sealed|typed|internal|native)\s+)*(\p{Lu}[\p{L}\p{N}_]*)(?:\([^)]*\))?\s+$/u;

/** Whether the offset is where a local gets its first value. */
function isBeingDefined({ source }: KnownBody, { end }: Span, offset: number): boolean {
  const { unit, statements } = source;
  return statements.some(({ expression }) =>
    expression.kind === "assignment" && expression.target.span.end + unit.offset === end &&
    holds(placedSpan(unit, expression.span), offset)
  );
}

function outsideBodies(view: FileView, unit: SourceUnit, start: number): Writing | undefined {
  const { text } = view.source;
  const before = text.slice(lineStart(text, start), start);
  if (before === "") return { kind: "declaration", isSuperclass: false };
  if (MODIFIERS.test(before)) return { kind: "declaration", isSuperclass: true };
  const header = HEADER.exec(before)?.[1];
  if (header !== undefined) return { kind: "header", name: header };
  if (before.endsWith("#")) return { kind: "symbol" };
  const isClassSide = /^\s+class\s+$/.test(before);
  if (before.trim() !== "" && !isClassSide) return undefined;
  const owner = classAround(view, unit.offset);
  if (owner === undefined) return { kind: "declaration", isSuperclass: false };
  return isClassSide ? { kind: "classMember", owner } : { kind: "member", owner };
}

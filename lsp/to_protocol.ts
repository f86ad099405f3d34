/**
 * From the plain values of features to the types of the protocol: the one place that knows both.
 * @module
 */
import {
  type CallHierarchyItem,
  type CodeLens as ProtocolLens,
  type Command,
  type CompletionItem,
  CompletionItemKind,
  type Diagnostic as ProtocolDiagnostic,
  DiagnosticSeverity,
  DiagnosticTag,
  type DocumentHighlight,
  DocumentHighlightKind,
  type DocumentLink as ProtocolLink,
  type DocumentSymbol,
  type FoldingRange as ProtocolFold,
  type Hover as ProtocolHover,
  type InlayHint as ProtocolHint,
  InlayHintKind,
  InsertTextFormat,
  type Location,
  type Range,
  type SelectionRange,
  type SignatureHelp as ProtocolSignatures,
  SymbolKind as ProtocolSymbolKind,
  type TextEdit as ProtocolEdit,
  type TypeHierarchyItem,
  type WorkspaceSymbol,
} from "vscode-languageserver/node";
import type { ClassFacts } from "../compiler/analysis/class_facts.ts";
import type { Span } from "../compiler/syntax/ast.ts";
import type { Severity, TextEdit } from "../compiler/syntax/diagnostic.ts";
import { type CodeLens, tierOfLens } from "./code_lens.ts";
import type { Completions } from "./completion.ts";
import type { Completion, CompletionKind } from "./completion_item.ts";
import type { Finding } from "./diagnostics.ts";
import type { Place } from "./file_view.ts";
import type { FoldingRange } from "./folding.ts";
import type { CallItem } from "./hierarchies.ts";
import type { Hover } from "./hover.ts";
import type { InlayHint } from "./inlay_hints.ts";
import type { LineIndex } from "./line_index.ts";
import type { DocumentLink } from "./links.ts";
import type { Reference } from "./references.ts";
import { type SemanticToken, TOKEN_MODIFIERS, TOKEN_TYPES } from "./semantic_tokens.ts";
import { classText } from "../compiler/analysis/signature_text.ts";
import type { SignatureHelp } from "./signature_help.ts";
import type { FileSymbol, FoundSymbol, SymbolKind } from "./symbols.ts";
import { uriOf } from "./uris.ts";

/** Answers the lines of a file, for places in files other than the one that is asked about. */
export type LinesOf = (path: string) => LineIndex | undefined;

const NOWHERE: Range = { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } };

/** A place; the start of the file where the file cannot be read. */
export function location({ path, span }: Place, lines: LinesOf): Location {
  return { uri: uriOf(path), range: lines(path)?.range(span) ?? NOWHERE };
}

const SEVERITIES: Readonly<Record<Severity, DiagnosticSeverity>> = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  information: DiagnosticSeverity.Information,
  hint: DiagnosticSeverity.Hint,
};

/** Unused names and code that is never reached are shown faded. */
const FADED = new Set(["BT2004", "BT2005", "BT2008", "BT4008"]);

/** A finding. */
export function diagnostic(
  found: Finding,
  own: LineIndex,
  lines: LinesOf,
): ProtocolDiagnostic {
  const related = (found.related ?? []).map(({ file, span, message }) => ({
    location: location({ path: file, span }, lines),
    message,
  }));
  return {
    range: own.range(found.span),
    severity: SEVERITIES[found.severity],
    code: found.code,
    source: "beamtalk",
    message: found.message,
    ...(related.length === 0 ? {} : { relatedInformation: related }),
    ...(FADED.has(found.code) ? { tags: [DiagnosticTag.Unnecessary] } : {}),
    data: { tier: found.tier },
  };
}

/** Edits of one file. */
export function textEdits(edits: readonly TextEdit[], lines: LineIndex): ProtocolEdit[] {
  return edits.map(({ span, newText }) => ({ range: lines.range(span), newText }));
}

const COMPLETION_KINDS: Readonly<Record<CompletionKind, CompletionItemKind>> = {
  method: CompletionItemKind.Method,
  field: CompletionItemKind.Field,
  local: CompletionItemKind.Variable,
  class: CompletionItemKind.Class,
  type: CompletionItemKind.Interface,
  symbol: CompletionItemKind.EnumMember,
  word: CompletionItemKind.Keyword,
  snippet: CompletionItemKind.Snippet,
  module: CompletionItemKind.Module,
  function: CompletionItemKind.Function,
};

/** What an item carries back when its documentation is asked for. */
export interface CompletionData {
  readonly uri: string;
  readonly documented: Completion["documented"];
  readonly tier: Completion["tier"];
}

/** Completions; without snippets, a keyword message is put in as its keywords. */
export function completionList(
  found: Completions,
  lines: LineIndex,
  uri: string,
  hasSnippets: boolean,
): { isIncomplete: boolean; items: CompletionItem[] } {
  const items = found.items.map((item) =>
    completionItem(item, lines.range(found.replaced), uri, hasSnippets)
  );
  const { start, end } = found.replaced;
  for (const item of found.afterDot) {
    const range = lines.range({ start: start - 1, end });
    const { label, insert } = item;
    const spaced = completionItem({ ...item, insert: ` ${insert}` }, range, uri, hasSnippets);
    items.push({ ...spaced, filterText: `.${label}` });
  }
  return { isIncomplete: found.isIncomplete, items };
}

function completionItem(
  item: Completion,
  range: Range,
  uri: string,
  hasSnippets: boolean,
): CompletionItem {
  const isSnippet = item.isSnippet && hasSnippets;
  const newText = item.isSnippet && !hasSnippets ? withoutPlaces(item.insert) : item.insert;
  const data: CompletionData = { uri, documented: item.documented, tier: item.tier };
  return {
    label: item.label,
    kind: COMPLETION_KINDS[item.kind],
    detail: item.tier === "runtime" ? `${item.detail} (runtime)` : item.detail,
    sortText: String(item.rank).padStart(4, "0") + item.label,
    filterText: item.label,
    textEdit: { range, newText },
    insertTextFormat: isSnippet ? InsertTextFormat.Snippet : InsertTextFormat.PlainText,
    ...(item.tier === "runtime" ? { labelDetails: { description: "(runtime)" } } : {}),
    data,
  };
}

function withoutPlaces(snippet: string): string {
  return snippet.replace(/\$\{\d+(?::((?:\\.|[^}])*))?\}/g, "$1").replace(/\\([\\$}])/g, "$1")
    .trimEnd();
}

/** A hover as Markdown. */
export function hover(found: Hover, live: string | undefined, lines: LineIndex): ProtocolHover {
  const code = "```beamtalk\n" + found.code + "\n```";
  const value = live === undefined ? [] : [live];
  const text = [code, ...value, ...found.notes].join("\n\n");
  return { contents: { kind: "markdown", value: text }, range: lines.range(found.span) };
}

/** Help for a message. */
export function signatures(found: SignatureHelp): ProtocolSignatures {
  return {
    signatures: found.signatures.map(({ label, parameters, doc }) => ({
      label,
      parameters: parameters.map(({ start, end }) => ({ label: [start, end] })),
      ...(doc === undefined ? {} : { documentation: { kind: "markdown", value: doc } }),
    })),
    activeSignature: 0,
    activeParameter: found.activeParameter,
  };
}

const SYMBOL_KINDS: Readonly<Record<SymbolKind, ProtocolSymbolKind>> = {
  class: ProtocolSymbolKind.Class,
  method: ProtocolSymbolKind.Method,
  classMethod: ProtocolSymbolKind.Function,
  field: ProtocolSymbolKind.Field,
  classState: ProtocolSymbolKind.Variable,
  extension: ProtocolSymbolKind.Method,
  alias: ProtocolSymbolKind.TypeParameter,
  protocol: ProtocolSymbolKind.Interface,
  patch: ProtocolSymbolKind.Event,
};

/** One symbol of an outline with those inside it. */
export function documentSymbol(symbol: FileSymbol, lines: LineIndex): DocumentSymbol {
  return {
    name: symbol.name,
    detail: symbol.detail,
    kind: SYMBOL_KINDS[symbol.kind],
    range: lines.range(symbol.span),
    selectionRange: lines.range(symbol.nameSpan),
    children: symbol.children.map((child) => documentSymbol(child, lines)),
  };
}

/** A symbol of a search. */
export function workspaceSymbol(symbol: FoundSymbol, lines: LinesOf): WorkspaceSymbol {
  return {
    name: symbol.name,
    kind: SYMBOL_KINDS[symbol.kind],
    containerName: symbol.container,
    location: location(symbol.place, lines),
  };
}

/** A foldable stretch. */
export function fold(range: FoldingRange, lines: LineIndex): ProtocolFold {
  const { start, end } = lines.range(range.span);
  return {
    startLine: start.line,
    endLine: end.line,
    ...(range.kind === "comment" ? { kind: "comment" } : {}),
  };
}

/** Selections around a place, as a chain from the narrowest outwards. */
export function selectionChain(spans: readonly Span[], lines: LineIndex): SelectionRange {
  let chain: SelectionRange | undefined;
  for (const span of spans.toReversed()) {
    const range = lines.range(span);
    chain = chain === undefined ? { range } : { range, parent: chain };
  }
  return chain ?? { range: NOWHERE };
}

/** A place that is lit up. */
export function highlight(found: Reference, lines: LineIndex): DocumentHighlight[] {
  const kind = found.isWrite ? DocumentHighlightKind.Write : DocumentHighlightKind.Read;
  return found.spans.map((span) => ({ range: lines.range(span), kind }));
}

/** Semantic tokens in the protocol's deltas: five numbers each. Tokens are inside one line. */
export function encodedTokens(tokens: readonly SemanticToken[], lines: LineIndex): number[] {
  const data: number[] = [];
  let line = 0;
  let character = 0;
  for (const { span, type, modifiers } of tokens) {
    const { start, end } = lines.range(span);
    if (start.line !== end.line) continue;
    const bits = modifiers.reduce((all, each) => all | (1 << TOKEN_MODIFIERS.indexOf(each)), 0);
    data.push(
      start.line - line,
      start.line === line ? start.character - character : start.character,
      end.character - start.character,
      TOKEN_TYPES.indexOf(type),
      bits,
    );
    ({ line, character } = start);
  }
  return data;
}

const HINT_KINDS = { type: InlayHintKind.Type, parameter: InlayHintKind.Parameter } as const;

/** A hint between letters. */
export function hint(found: InlayHint, lines: LineIndex): ProtocolHint {
  return {
    position: lines.position(found.offset),
    label: found.text,
    ...(found.kind === "value" ? {} : { kind: HINT_KINDS[found.kind] }),
    ...(found.tier === "runtime" ? { tooltip: "held in the running workspace (runtime)" } : {}),
    data: { tier: found.tier },
  };
}

/** A link. */
export function link({ span, to }: DocumentLink, lines: LineIndex): ProtocolLink {
  const target = to.kind === "file" ? uriOf(to.path) : to.address;
  return { range: lines.range(span), target };
}

/** A method of a call hierarchy. */
export function callItem(item: CallItem, lines: LinesOf): CallHierarchyItem {
  const own = lines(item.path);
  return {
    name: item.name,
    kind: ProtocolSymbolKind.Method,
    detail: item.container,
    uri: uriOf(item.path),
    range: own?.range(item.span) ?? NOWHERE,
    selectionRange: own?.range(item.nameSpan) ?? NOWHERE,
  };
}

/** A class of a type hierarchy. */
export function typeItem(of: ClassFacts, lines: LinesOf): TypeHierarchyItem {
  const { uri, range } = location({ path: of.file, span: of.span }, lines);
  return {
    name: of.name,
    kind: ProtocolSymbolKind.Class,
    detail: classText(of),
    uri,
    range,
    selectionRange: range,
  };
}

/** A lens; those that lead to places carry them once they are resolved. */
export function lens(found: CodeLens, lines: LineIndex, uri: string): ProtocolLens {
  const range = lines.range(found.span);
  return { range, command: lensCommand(found, range, uri), data: { tier: tierOfLens(found) } };
}

function lensCommand({ action }: CodeLens, range: Range, uri: string): Command {
  const at = [uri, range.start];
  switch (action.kind) {
    case "runTests": {
      const { selector } = action;
      const title = selector === undefined ? "run tests" : "run test";
      const args = [uri, action.class, selector ?? null];
      return { title, command: "beamtalk.runTests", arguments: args };
    }
    case "senders": {
      const title = counted(action.count, "sender");
      return { title, command: "beamtalk.showSenders", arguments: at };
    }
    case "implementors": {
      const title = counted(action.count, "implementor");
      return { title, command: "beamtalk.showImplementors", arguments: at };
    }
    case "subclasses": {
      const title = counted(action.count, "subclass", "subclasses");
      return { title, command: "beamtalk.showImplementors", arguments: at };
    }
    case "actors":
      return { title: counted(action.count, "living actor"), command: "" };
    case "differs":
      return { title: "running body differs from the file", command: "" };
    default:
      return action satisfies never;
  }
}

function counted(count: number, noun: string, plural = `${noun}s`): string {
  return `${count} ${count === 1 ? noun : plural}`;
}

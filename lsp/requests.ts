/**
 * The requests of the protocol, each answered by one feature. What looks across files answers a
 * generator, which the server runs step by step.
 * @module
 */
import type {
  CallHierarchyItem,
  CodeActionParams,
  CompletionItem,
  CompletionParams,
  DocumentRangeFormattingParams,
  InlayHintParams,
  ReferenceParams,
  RenameParams,
  SelectionRangeParams,
  SemanticTokensDeltaParams,
  SemanticTokensRangeParams,
  TextDocumentPositionParams,
  TypeHierarchyItem,
} from "vscode-languageserver/node";
import type { Span } from "../compiler/syntax/ast.ts";
import { codeActionsAt } from "./code_actions.ts";
import { codeLenses } from "./code_lens.ts";
import { documentationOf } from "./completion.ts";
import { definitionsAt, implementationsAt, typeDefinitionsAt } from "./definition.ts";
import type { FileView, Place } from "./file_view.ts";
import { foldingRanges } from "./folding.ts";
import { formatEdits, formatRangeEdits, onTypeEdits } from "./formatting.ts";
import {
  type Call,
  type CallItem,
  callItemsAt,
  classAtPlace,
  incomingCalls,
  outgoingCalls,
  subtypes,
  supertypes,
  typeItemAt,
} from "./hierarchies.ts";
import type { LineIndex } from "./line_index.ts";
import { documentLinks, linkedNamesAt } from "./links.ts";
import { liveCompletions, liveHints, liveHover, liveLenses } from "./live_requests.ts";
import { fileDiagnostics, workspaceDiagnostics } from "./pull_diagnostics.ts";
import { highlightsAt, referencesAt } from "./references.ts";
import { renamableAt, renameAt } from "./rename.ts";
import { selectionsAt } from "./selection_ranges.ts";
import { semanticTokens } from "./semantic_tokens.ts";
import { signatureHelpAt } from "./signature_help.ts";
import { InvalidRequest, type ServerState } from "./state.ts";
import { fileSymbols, workspaceSymbols } from "./symbols.ts";
import * as protocol from "./to_protocol.ts";
import { pathOf } from "./uris.ts";
import { tokensDelta, tokensFull } from "./token_results.ts";
import { type EditAbilities, workspaceEdit } from "./workspace_edit.ts";

/** Answers a request; `params` are what the client sent. */
export type RequestHandler = (state: ServerState, params: never) => unknown;

interface Asked {
  readonly view: FileView;
  readonly lines: LineIndex;
  readonly offset: number;
}

function asked(state: ServerState, params: TextDocumentPositionParams): Asked {
  const view = state.view(params.textDocument.uri);
  const lines = state.linesOf(view);
  const { line, character } = params.position;
  if (typeof line !== "number" || typeof character !== "number") {
    throw new InvalidRequest("a position needs a line and a character");
  }
  return { view, lines, offset: lines.offset({ line, character }) };
}

interface DocumentParams {
  readonly textDocument: { readonly uri: string };
}

function document(state: ServerState, params: DocumentParams) {
  const view = state.view(params.textDocument.uri);
  return { view, lines: state.linesOf(view) };
}

/** A handler that answers places. */
function placesBy(find: (view: FileView, offset: number) => readonly Place[]) {
  return (state: ServerState, params: TextDocumentPositionParams) => {
    const { view, offset } = asked(state, params);
    return find(view, offset).map((place) => protocol.location(place, state.linesAt));
  };
}

function* references(state: ServerState, params: ReferenceParams) {
  const { view, offset } = asked(state, params);
  const found = yield* referencesAt(state.index, view, offset);
  return found
    .filter(({ isDefinition }) => params.context?.includeDeclaration !== false || !isDefinition)
    .map((each) => protocol.location(each, state.linesAt));
}

function prepareRename(state: ServerState, params: TextDocumentPositionParams) {
  const { view, lines, offset } = asked(state, params);
  const found = renamableAt(state.index, view, offset);
  if ("reason" in found) throw new InvalidRequest(found.reason);
  return { range: lines.range(found.span), placeholder: found.name };
}

function* rename(state: ServerState, params: RenameParams) {
  const { view, offset } = asked(state, params);
  const found = yield* renameAt(state.index, view, offset, params.newName);
  if (found.kind === "refused") throw new InvalidRequest(found.reason);
  return workspaceEdit(found, state.linesAt, editAbilities(state), state.versionOf);
}

function editAbilities(state: ServerState): EditAbilities {
  const edits = state.capabilities.workspace?.workspaceEdit;
  return {
    documentChanges: edits?.documentChanges === true,
    annotations: edits?.changeAnnotationSupport !== undefined,
    renameFiles: edits?.resourceOperations?.includes("rename") === true,
  };
}

/** An item of a call hierarchy comes back as it was sent. */
function callItem(state: ServerState, item: CallHierarchyItem): CallItem {
  const view = state.view(item.uri);
  const lines = state.linesOf(view);
  return {
    name: item.name,
    container: item.detail ?? "",
    path: view.path,
    span: lines.span(item.range),
    nameSpan: lines.span(item.selectionRange),
  };
}

function* incoming(state: ServerState, params: { item: CallHierarchyItem }) {
  const calls: readonly Call[] = yield* incomingCalls(state.index, callItem(state, params.item));
  return calls.map(({ item, sends }) => {
    const lines = state.linesAt(item.path);
    return {
      from: protocol.callItem(item, state.linesAt),
      fromRanges: lines === undefined ? [] : sends.map((span: Span) => lines.range(span)),
    };
  });
}

function outgoing(state: ServerState, params: { item: CallHierarchyItem }) {
  const item = callItem(state, params.item);
  const lines = state.linesAt(item.path);
  return outgoingCalls(state.index, item).map((call) => ({
    to: protocol.callItem(call.item, state.linesAt),
    fromRanges: lines === undefined ? [] : call.sends.map((span) => lines.range(span)),
  }));
}

function relatedTypes(find: typeof supertypes) {
  return (state: ServerState, params: { item: TypeHierarchyItem }) => {
    const view = state.view(params.item.uri);
    const span = state.linesOf(view).span(params.item.selectionRange);
    const of = classAtPlace(view, { path: view.path, span });
    const found = of === undefined ? [] : find(view, of);
    return found.map((each) => protocol.typeItem(each, state.linesAt));
  };
}

function resolveCompletion(state: ServerState, item: CompletionItem): CompletionItem {
  const data = item.data as protocol.CompletionData | undefined;
  if (data?.documented === undefined) return item;
  const view = state.index.view(pathOf(data.uri));
  const doc = view && documentationOf(view, data.documented);
  if (doc === undefined) return item;
  return { ...item, documentation: { kind: "markdown", value: doc } };
}

function codeActions(state: ServerState, params: CodeActionParams) {
  const { view, lines } = document(state, params);
  const span = lines.span(params.range);
  const { only } = params.context ?? {};
  return codeActionsAt(state.index, view, span, state.isProjectKnown)
    .filter(({ kind }) => only === undefined || only.some((each) => kind.startsWith(each)))
    .map((action) => ({
      title: action.title,
      kind: action.kind,
      ...(action.diagnostic === undefined
        ? {}
        : { diagnostics: [protocol.diagnostic(action.diagnostic, lines, state.linesAt)] }),
      edit: workspaceEdit(
        {
          kind: "edits",
          edits: action.edits.map((each) => ({ ...each, doubt: undefined, isMention: false })),
          file: undefined,
        },
        state.linesAt,
        editAbilities(state),
        state.versionOf,
      ),
    }));
}

/** Every request by its method. */
export const REQUESTS: Readonly<Record<string, RequestHandler>> = {
  "textDocument/completion": (state, params: CompletionParams) => {
    const { view, lines, offset } = asked(state, params);
    const trigger = params.context?.triggerCharacter;
    return liveCompletions(state, view, lines, offset, params.textDocument.uri, trigger);
  },
  "completionItem/resolve": resolveCompletion,
  "textDocument/hover": (state, params: TextDocumentPositionParams) => {
    const { view, lines, offset } = asked(state, params);
    return liveHover(state, view, lines, offset);
  },
  "textDocument/signatureHelp": (state, params: TextDocumentPositionParams) => {
    const { view, offset } = asked(state, params);
    const found = signatureHelpAt(view, offset);
    return found === undefined ? null : protocol.signatures(found);
  },
  "textDocument/definition": placesBy(definitionsAt),
  "textDocument/declaration": placesBy(definitionsAt),
  "textDocument/typeDefinition": placesBy(typeDefinitionsAt),
  "textDocument/implementation": placesBy(implementationsAt),
  "textDocument/references": references,
  "textDocument/documentHighlight": (state, params: TextDocumentPositionParams) => {
    const { view, lines, offset } = asked(state, params);
    return highlightsAt(view, offset).flatMap((each) => protocol.highlight(each, lines));
  },
  "textDocument/documentSymbol": (state, params: DocumentParams) => {
    const { view, lines } = document(state, params);
    return fileSymbols(view).map((each) => protocol.documentSymbol(each, lines));
  },
  "workspace/symbol": (state, params: { query: string }) =>
    workspaceSymbols(state.index, String(params.query ?? ""))
      .map((each) => protocol.workspaceSymbol(each, state.linesAt)),
  "textDocument/prepareRename": prepareRename,
  "textDocument/rename": rename,
  "textDocument/codeAction": codeActions,
  "textDocument/codeLens": (state, params: DocumentParams) => {
    const { view, lines } = document(state, params);
    const { uri } = params.textDocument;
    return [...codeLenses(state.index, view), ...liveLenses(state, view)]
      .map((each) => protocol.lens(each, lines, uri));
  },
  "textDocument/formatting": (state, params: DocumentParams) => {
    const { view, lines } = document(state, params);
    return protocol.textEdits(formatEdits(view), lines);
  },
  "textDocument/rangeFormatting": (state, params: DocumentRangeFormattingParams) => {
    const { view, lines } = document(state, params);
    return protocol.textEdits(formatRangeEdits(view, lines.span(params.range)), lines);
  },
  "textDocument/onTypeFormatting": (
    state,
    params: TextDocumentPositionParams & { readonly ch: string },
  ) => {
    const { view, lines, offset } = asked(state, params);
    return protocol.textEdits(onTypeEdits(view, offset, params.ch), lines);
  },
  "textDocument/semanticTokens/full": (state, params: DocumentParams) => {
    const { view, lines } = document(state, params);
    return tokensFull(view.path, protocol.encodedTokens(semanticTokens(view), lines));
  },
  "textDocument/semanticTokens/full/delta": (state, params: SemanticTokensDeltaParams) => {
    const { view, lines } = document(state, params);
    const data = protocol.encodedTokens(semanticTokens(view), lines);
    return tokensDelta(view.path, params.previousResultId, data);
  },
  "textDocument/semanticTokens/range": (state, params: SemanticTokensRangeParams) => {
    const { view, lines } = document(state, params);
    const tokens = semanticTokens(view, lines.span(params.range));
    return { data: protocol.encodedTokens(tokens, lines) };
  },
  "textDocument/inlayHint": (state, params: InlayHintParams) => {
    const { view, lines } = document(state, params);
    return liveHints(state, view, lines, lines.span(params.range));
  },
  "textDocument/foldingRange": (state, params: DocumentParams) => {
    const { view, lines } = document(state, params);
    return foldingRanges(view).map((each) => protocol.fold(each, lines))
      .filter(({ startLine, endLine }) => endLine > startLine);
  },
  "textDocument/selectionRange": (state, params: SelectionRangeParams) => {
    const { view, lines } = document(state, params);
    return params.positions.map((position) =>
      protocol.selectionChain(selectionsAt(view, lines.offset(position)), lines)
    );
  },
  "textDocument/prepareCallHierarchy": (state, params: TextDocumentPositionParams) => {
    const { view, offset } = asked(state, params);
    return callItemsAt(state.index, view, offset)
      .map((each) => protocol.callItem(each, state.linesAt));
  },
  "callHierarchy/incomingCalls": incoming,
  "callHierarchy/outgoingCalls": outgoing,
  "textDocument/prepareTypeHierarchy": (state, params: TextDocumentPositionParams) => {
    const { view, offset } = asked(state, params);
    const of = typeItemAt(view, offset);
    return of === undefined ? null : [protocol.typeItem(of, state.linesAt)];
  },
  "typeHierarchy/supertypes": relatedTypes(supertypes),
  "typeHierarchy/subtypes": relatedTypes(subtypes),
  "textDocument/documentLink": (state, params: DocumentParams) => {
    const { view, lines } = document(state, params);
    return documentLinks(view).map((each) => protocol.link(each, lines));
  },
  "textDocument/linkedEditingRange": (state, params: TextDocumentPositionParams) => {
    const { view, lines, offset } = asked(state, params);
    const spans = linkedNamesAt(view, offset);
    return spans.length === 0 ? null : { ranges: spans.map((span) => lines.range(span)) };
  },
  "textDocument/diagnostic": fileDiagnostics,
  "workspace/diagnostic": workspaceDiagnostics,
};

/**
 * What the server tells a client that it can do.
 * @module
 */
import {
  type ClientCapabilities,
  CodeActionKind,
  type ServerCapabilities,
  TextDocumentSyncKind,
} from "vscode-languageserver/node";
import type { PositionEncoding } from "./line_index.ts";
import { TOKEN_MODIFIERS, TOKEN_TYPES } from "./semantic_tokens.ts";

const FILES = {
  filters: [{ scheme: "file", pattern: { glob: "**/*.bt", matches: "file" as const } }],
};

/** The encoding of columns: the first that the client names and the server has. */
export function chosenEncoding(capabilities: ClientCapabilities): PositionEncoding {
  const wanted = capabilities.general?.positionEncodings;
  const found = Array.isArray(wanted)
    ? wanted.find((each) => each === "utf-8" || each === "utf-16")
    : undefined;
  return found === "utf-8" ? "utf-8" : "utf-16";
}

/** Everything that the server can do. */
export function serverCapabilities(encoding: PositionEncoding): ServerCapabilities {
  return {
    positionEncoding: encoding,
    textDocumentSync: {
      openClose: true,
      change: TextDocumentSyncKind.Incremental,
      save: { includeText: false },
    },
    completionProvider: { triggerCharacters: [" ", ".", "#", ":", "@"], resolveProvider: true },
    hoverProvider: true,
    signatureHelpProvider: { triggerCharacters: [":", " "], retriggerCharacters: [" "] },
    definitionProvider: true,
    declarationProvider: true,
    typeDefinitionProvider: true,
    implementationProvider: true,
    referencesProvider: { workDoneProgress: true },
    documentHighlightProvider: true,
    documentSymbolProvider: { label: "Beamtalk" },
    workspaceSymbolProvider: true,
    renameProvider: { prepareProvider: true },
    codeActionProvider: {
      codeActionKinds: [
        CodeActionKind.QuickFix,
        CodeActionKind.RefactorExtract,
        CodeActionKind.RefactorInline,
        CodeActionKind.RefactorRewrite,
        CodeActionKind.SourceOrganizeImports,
      ],
    },
    codeLensProvider: {},
    documentFormattingProvider: true,
    documentRangeFormattingProvider: true,
    documentOnTypeFormattingProvider: {
      firstTriggerCharacter: "\n",
      moreTriggerCharacter: ["]", ")", "}"],
    },
    semanticTokensProvider: {
      legend: { tokenTypes: [...TOKEN_TYPES], tokenModifiers: [...TOKEN_MODIFIERS] },
      full: { delta: true },
      range: true,
    },
    inlayHintProvider: true,
    foldingRangeProvider: true,
    selectionRangeProvider: true,
    callHierarchyProvider: true,
    typeHierarchyProvider: true,
    documentLinkProvider: { resolveProvider: false },
    linkedEditingRangeProvider: true,
    diagnosticProvider: {
      identifier: "beamtalk",
      interFileDependencies: true,
      workspaceDiagnostics: true,
      workDoneProgress: true,
    },
    workspace: {
      workspaceFolders: { supported: true, changeNotifications: true },
      fileOperations: { didCreate: FILES, didDelete: FILES, didRename: FILES },
    },
  };
}

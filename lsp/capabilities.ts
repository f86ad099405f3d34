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

const DIAGNOSTICS = {
  identifier: "beamtalk",
  interFileDependencies: true,
  workspaceDiagnostics: true,
  workDoneProgress: true,
};

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

/**
 * How findings reach a client. `pulled`: it asks, and asks again when it is told that there is more to
 * know. `pushed`: it would ask, but not again; findings that come when the project has been read
 * would stay unseen. `either`: it says nothing of asking.
 */
export type FindingsDelivery = "pulled" | "pushed" | "either";

/** How findings reach a client with these capabilities. */
export function findingsDelivery(capabilities: ClientCapabilities): FindingsDelivery {
  if (capabilities.textDocument?.diagnostic === undefined) return "either";
  return capabilities.workspace?.diagnostics?.refreshSupport === true ? "pulled" : "pushed";
}

/** Everything that the server can do for a client that gets its findings so. */
export function serverCapabilities(
  encoding: PositionEncoding,
  delivery: FindingsDelivery = "either",
): ServerCapabilities {
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
    ...(delivery === "pushed" ? {} : { diagnosticProvider: DIAGNOSTICS }),
    workspace: {
      workspaceFolders: { supported: true, changeNotifications: true },
      fileOperations: { didCreate: FILES, didDelete: FILES, didRename: FILES },
    },
  };
}

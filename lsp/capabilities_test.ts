import { assert, assertEquals } from "@std/assert";
import { chosenEncoding, findingsDelivery, serverCapabilities } from "./capabilities.ts";
import { REQUESTS } from "./requests.ts";

/** The request that a capability promises. */
const PROMISED: Readonly<Record<string, readonly string[]>> = {
  completionProvider: ["textDocument/completion", "completionItem/resolve"],
  hoverProvider: ["textDocument/hover"],
  signatureHelpProvider: ["textDocument/signatureHelp"],
  definitionProvider: ["textDocument/definition"],
  declarationProvider: ["textDocument/declaration"],
  typeDefinitionProvider: ["textDocument/typeDefinition"],
  implementationProvider: ["textDocument/implementation"],
  referencesProvider: ["textDocument/references"],
  documentHighlightProvider: ["textDocument/documentHighlight"],
  documentSymbolProvider: ["textDocument/documentSymbol"],
  workspaceSymbolProvider: ["workspace/symbol"],
  renameProvider: ["textDocument/rename", "textDocument/prepareRename"],
  codeActionProvider: ["textDocument/codeAction"],
  codeLensProvider: ["textDocument/codeLens"],
  documentFormattingProvider: ["textDocument/formatting"],
  documentRangeFormattingProvider: ["textDocument/rangeFormatting"],
  documentOnTypeFormattingProvider: ["textDocument/onTypeFormatting"],
  semanticTokensProvider: [
    "textDocument/semanticTokens/full",
    "textDocument/semanticTokens/full/delta",
    "textDocument/semanticTokens/range",
  ],
  inlayHintProvider: ["textDocument/inlayHint"],
  foldingRangeProvider: ["textDocument/foldingRange"],
  selectionRangeProvider: ["textDocument/selectionRange"],
  callHierarchyProvider: [
    "textDocument/prepareCallHierarchy",
    "callHierarchy/incomingCalls",
    "callHierarchy/outgoingCalls",
  ],
  typeHierarchyProvider: [
    "textDocument/prepareTypeHierarchy",
    "typeHierarchy/supertypes",
    "typeHierarchy/subtypes",
  ],
  documentLinkProvider: ["textDocument/documentLink"],
  linkedEditingRangeProvider: ["textDocument/linkedEditingRange"],
  diagnosticProvider: ["textDocument/diagnostic", "workspace/diagnostic"],
};

Deno.test("what is promised is answered, and what is answered is promised", () => {
  const capabilities = serverCapabilities("utf-16");
  const promised = Object.keys(capabilities).filter((name) => name.endsWith("Provider")).sort();
  assertEquals(promised, Object.keys(PROMISED).sort());
  assertEquals(Object.values(PROMISED).flat().sort(), Object.keys(REQUESTS).sort());
});

Deno.test("a client that would ask for findings once gets them sent instead", () => {
  const asks = { textDocument: { diagnostic: {} } };
  const asksAgain = { ...asks, workspace: { diagnostics: { refreshSupport: true } } };
  assertEquals(findingsDelivery({}), "either");
  assertEquals(findingsDelivery(asks), "pushed");
  assertEquals(findingsDelivery(asksAgain), "pulled");
  assertEquals(serverCapabilities("utf-16", "pushed").diagnosticProvider, undefined);
  assert(serverCapabilities("utf-16", "pulled").diagnosticProvider !== undefined);
});

Deno.test("the first encoding that the client names and the server has", () => {
  const chosen = (positionEncodings: string[]) =>
    chosenEncoding({ general: { positionEncodings } });
  assertEquals(chosen(["utf-32", "utf-8", "utf-16"]), "utf-8");
  assertEquals(chosen(["utf-16", "utf-8"]), "utf-16");
  assertEquals(chosenEncoding({}), "utf-16");
  assert(serverCapabilities("utf-8").positionEncoding === "utf-8");
});

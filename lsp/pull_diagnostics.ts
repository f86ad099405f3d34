/**
 * Findings that the client asks for, of one file and of all.
 * @module
 */
import type { Diagnostic as ProtocolDiagnostic } from "vscode-languageserver/node";
import type { FileView } from "./file_view.ts";
import { diagnosticsOf } from "./diagnostics.ts";
import { mergeDiagnostics } from "./merge.ts";
import type { ServerState } from "./state.ts";
import * as protocol from "./to_protocol.ts";
import { uriOf } from "./uris.ts";

/** The findings of a file as the client is told them; the workspace is asked where `usesLive`. */
export function diagnosticsFor(
  state: ServerState,
  view: FileView,
  usesLive = true,
): ProtocolDiagnostic[] {
  const isJoined = usesLive && state.live.status(view.path).kind === "connected";
  const live = isJoined ? (name: string) => state.live.knownClass(view.path, name) : undefined;
  const found = mergeDiagnostics(diagnosticsOf(view, state.isProjectKnown), view, live);
  const root = state.index.rootOf(view.path);
  const lines = state.linesOf(view);
  return found.map((each) => {
    // Facts hold whole paths; people read those of their project.
    const message = root === undefined ? each.message : each.message.replaceAll(`${root}/`, "");
    return protocol.diagnostic({ ...each, message }, lines, state.linesAt);
  });
}

/** Names the findings by what they were made from; equal findings have equal names. */
function resultId(items: readonly ProtocolDiagnostic[]): string {
  const text = JSON.stringify(items);
  let hash = 0;
  for (let index = 0; index < text.length; index++) {
    hash = (Math.imul(hash, 31) + text.charCodeAt(index)) | 0;
  }
  return `${text.length.toString(36)}-${(hash >>> 0).toString(36)}`;
}

function report(items: ProtocolDiagnostic[], previous: string | undefined) {
  const id = resultId(items);
  return id === previous
    ? { kind: "unchanged", resultId: id }
    : { kind: "full", resultId: id, items };
}

/** The findings of one document. */
export function fileDiagnostics(
  state: ServerState,
  params: {
    readonly textDocument: { readonly uri: string };
    readonly previousResultId?: string;
  },
) {
  const view = state.view(params.textDocument.uri);
  return report(diagnosticsFor(state, view), params.previousResultId);
}

/** The findings of all files that the user may edit; a step a file. */
export function* workspaceDiagnostics(
  state: ServerState,
  params: {
    readonly previousResultIds?: readonly { readonly uri: string; readonly value: string }[];
  },
) {
  const previous = new Map((params.previousResultIds ?? []).map(({ uri, value }) => [uri, value]));
  const items: unknown[] = [];
  for (const path of state.index.paths()) {
    if (!state.index.isEditable(path)) continue;
    const view = state.index.view(path);
    if (view === undefined) continue;
    const uri = uriOf(path);
    const found = report(diagnosticsFor(state, view), previous.get(uri));
    items.push({ ...found, uri, version: state.versionOf(path) });
    yield;
  }
  return { items };
}

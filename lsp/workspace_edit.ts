/**
 * Renamings and other changes of several files as the protocol has them, with a preview where the
 * client can show one: what is uncertain, and files that move, ask to be confirmed.
 * @module
 */
import type { TextEdit as ProtocolEdit, WorkspaceEdit } from "vscode-languageserver/node";
import type { Renaming } from "./rename.ts";
import { type LinesOf, textEdits } from "./to_protocol.ts";
import { uriOf } from "./uris.ts";

/** How much of a workspace edit the client understands. */
export interface EditAbilities {
  readonly documentChanges: boolean;
  readonly annotations: boolean;
  readonly renameFiles: boolean;
}

/** Why a file is moved, for people. */
const FILE_MOVE = "the file takes the name of its class";

/** Changes of files; doubtful ones ask to be confirmed where the client can do that. */
export function workspaceEdit(
  renaming: Extract<Renaming, { kind: "edits" }>,
  lines: LinesOf,
  abilities: EditAbilities,
  versionOf: (path: string) => number | null,
): WorkspaceEdit {
  const hasPreview = abilities.documentChanges && abilities.annotations;
  const edits = renaming.edits.filter(({ isMention }) => hasPreview || !isMention);
  const byPath = Map.groupBy(edits, ({ path }) => path);
  if (!abilities.documentChanges) {
    const changes: Record<string, ProtocolEdit[]> = {};
    for (const [path, edits] of byPath) {
      const own = lines(path);
      if (own !== undefined) changes[uriOf(path)] = textEdits(edits, own);
    }
    return { changes };
  }
  const annotations = new Annotations(abilities.annotations);
  const documentChanges: NonNullable<WorkspaceEdit["documentChanges"]> = [];
  for (const [path, edits] of byPath) {
    const own = lines(path);
    if (own === undefined) continue;
    documentChanges.push({
      textDocument: { uri: uriOf(path), version: versionOf(path) },
      edits: edits.map(({ span, newText, doubt }) => ({
        range: own.range(span),
        newText,
        ...annotations.asking(doubt),
      })),
    });
  }
  const { file } = renaming;
  if (file !== undefined && abilities.renameFiles) {
    const oldUri = uriOf(file.from);
    const newUri = uriOf(file.to);
    documentChanges.push({ kind: "rename", oldUri, newUri, ...annotations.asking(FILE_MOVE) });
  }
  return { documentChanges, ...annotations.all() };
}

type ChangeAnnotations = NonNullable<WorkspaceEdit["changeAnnotations"]>;

/** The reasons for which changes ask to be confirmed; none where the client knows none. */
class Annotations {
  readonly #areKnown: boolean;
  readonly #found: ChangeAnnotations = {};

  constructor(areKnown: boolean) {
    this.#areKnown = areKnown;
  }

  /** What a change says of itself that is to be confirmed for a reason. */
  asking(reason: string | undefined): { annotationId: string } | Record<never, never> {
    if (reason === undefined || !this.#areKnown) return {};
    this.#found[reason] = { label: reason, needsConfirmation: true };
    return { annotationId: reason };
  }

  all(): { changeAnnotations: ChangeAnnotations } | Record<never, never> {
    const hasAny = Object.keys(this.#found).length > 0;
    return hasAny ? { changeAnnotations: this.#found } : {};
  }
}

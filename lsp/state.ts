/**
 * What a running server knows: the index, the lines of files, what the client can do.
 * @module
 */
import type { ClientCapabilities } from "vscode-languageserver/node";
import { edit } from "../compiler/syntax/edit.ts";
import { parse, type SourceFile } from "../compiler/syntax/source_file.ts";
import type { ErlangModules } from "./completion_item.ts";
import type { FileView } from "./file_view.ts";
import { LineIndex, type LineRange, type PositionEncoding } from "./line_index.ts";
import type { LiveAnswers } from "./live_answers.ts";
import type { IndexedFile, ProjectIndex } from "./project_index.ts";
import { modeOf } from "./disk_index.ts";
import { pathOf } from "./uris.ts";

/** The request cannot be answered as it was put. */
export class InvalidRequest extends Error {
  override readonly name = "InvalidRequest";
}

/** A change of a document as the protocol tells it. */
export interface ContentChange {
  readonly range?: LineRange;
  readonly text: string;
}

/** Of how many files that are not open the lines are kept. */
const KEPT_LINES = 200;

/** The state behind one client. */
export class ServerState {
  readonly index: ProjectIndex;
  readonly erlang: ErlangModules;
  readonly live: LiveAnswers;
  capabilities: ClientCapabilities = {};
  encoding: PositionEncoding = "utf-16";
  /** Whether all files of the projects have been read. */
  isProjectKnown = false;
  readonly #versions = new Map<string, number>();
  readonly #diskLines = new Map<
    string,
    { readonly file: IndexedFile | undefined; readonly lines: LineIndex }
  >();
  readonly #lines = new WeakMap<SourceFile, LineIndex>();

  constructor(index: ProjectIndex, erlang: ErlangModules, live: LiveAnswers) {
    this.index = index;
    this.erlang = erlang;
    this.live = live;
  }

  /** The file of a document; throws an `InvalidRequest` where there is none. */
  view(uri: string): FileView {
    if (typeof uri !== "string") throw new InvalidRequest("the document has no uri");
    const view = this.index.view(pathOf(uri));
    if (view === undefined) throw new InvalidRequest(`no such document: ${uri}`);
    return view;
  }

  /** The lines of a view. */
  linesOf(view: FileView): LineIndex {
    return this.linesOfSource(view.source);
  }

  linesOfSource(source: SourceFile): LineIndex {
    let lines = this.#lines.get(source);
    if (lines === undefined) {
      lines = new LineIndex(source.text, this.encoding);
      this.#lines.set(source, lines);
    }
    return lines;
  }

  /** The lines of a file by its path; undefined where it cannot be read. */
  readonly linesAt = (path: string): LineIndex | undefined => {
    const open = this.index.openSource(path);
    if (open !== undefined) return this.linesOfSource(open);
    const file = this.index.file(path);
    const kept = this.#diskLines.get(path);
    if (kept !== undefined && kept.file === file) return kept.lines;
    const text = this.index.textOnDisk(path);
    if (text === undefined) return undefined;
    const lines = new LineIndex(text, this.encoding);
    this.#diskLines.set(path, { file, lines });
    const [oldest] = this.#diskLines.keys();
    if (this.#diskLines.size > KEPT_LINES && oldest !== undefined) this.#diskLines.delete(oldest);
    return lines;
  };

  /** The version of an open document; null for files on disk. */
  readonly versionOf = (path: string): number | null => this.#versions.get(path) ?? null;

  /** A document is shown. */
  open(uri: string, version: number, text: string): string {
    const path = pathOf(uri);
    this.#versions.set(path, version);
    this.index.setDocument(path, parse(text, { kind: modeOf(path) }));
    return path;
  }

  /** A document is edited; a document that was never opened is ignored. */
  change(uri: string, version: number, changes: readonly ContentChange[]): string | undefined {
    const path = pathOf(uri);
    let source = this.index.openSource(path);
    if (source === undefined) return undefined;
    for (const change of changes) source = this.#changed(source, change);
    this.#versions.set(path, version);
    this.index.setDocument(path, source);
    return path;
  }

  #changed(source: SourceFile, { range, text }: ContentChange): SourceFile {
    if (range === undefined) return parse(text, { kind: source.kind });
    const { start, end } = this.linesOfSource(source).span(range);
    return edit(source, { start, end, newText: text });
  }

  /** A document is no longer shown. */
  close(uri: string): string {
    const path = pathOf(uri);
    this.#versions.delete(path);
    this.index.closeDocument(path);
    return path;
  }
}

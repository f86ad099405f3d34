/**
 * Sources with a marked cursor, for the tests of features.
 *
 * `<|>` is the cursor. `<[` and `]>` are the ends of a selection.
 * @module
 */
import { dirname, fromFileUrl, join } from "@std/path";
import { fileFacts } from "../compiler/analysis/file_facts.ts";
import { looseNaming, moduleNaming } from "../compiler/analysis/module_naming.ts";
import type { Span } from "../compiler/syntax/ast.ts";
import { parse } from "../compiler/syntax/source_file.ts";
import { modeOf } from "./disk_index.ts";
import type { FileView, Place } from "./file_view.ts";
import { mentionsOf } from "./mentions.ts";
import { type IndexedFile, ProjectIndex } from "./project_index.ts";

/** The folder in which the files of a test stand. */
export const ROOT = "/project";

const libraryFolder = join(dirname(dirname(fromFileUrl(import.meta.url))), "stdlib");
let library: readonly IndexedFile[] | undefined;

function libraryFiles(folder: string): IndexedFile[] {
  return [...Deno.readDirSync(folder)].flatMap((entry): IndexedFile[] => {
    const path = join(folder, entry.name);
    if (entry.isDirectory) return entry.name === "test" ? [] : libraryFiles(path);
    if (!entry.name.endsWith(".bt")) return [];
    return [indexed(path, Deno.readTextFileSync(path), "stdlib")];
  });
}

function indexed(path: string, text: string, packageName?: string): IndexedFile {
  const mode = modeOf(path);
  const naming = packageName === undefined
    ? looseNaming(path)
    : moduleNaming(packageName, path.slice(path.lastIndexOf("/") + 1));
  const source = parse(text, { kind: mode });
  const facts = fileFacts(source, { file: path, naming });
  return { path, naming, mode, facts, mentions: mentionsOf(source) };
}

/** A project in memory, with the class library. */
export interface TestProject {
  readonly index: ProjectIndex;
  /** The file that holds the mark, or the first. */
  readonly view: FileView;
  /** Where the cursor is. */
  readonly offset: number;
  /** What is marked as selected; empty at the cursor where nothing is. */
  readonly selection: Span;
  /** The text of a file, without marks. */
  text(path: string): string;
  /** A place as `file:line:column text`, from 1. */
  shown(place: Place): string;
}

/** A project of one file. */
export function marked(text: string): TestProject {
  return markedFiles({ "main.bt": text });
}

/** A project of several files; at most one of them has marks. */
export function markedFiles(files: Readonly<Record<string, string>>): TestProject {
  library ??= libraryFiles(libraryFolder);
  const texts = new Map<string, string>();
  let main: string | undefined;
  let offset = 0;
  let selection: Span = { start: 0, end: 0 };
  for (const [name, written] of Object.entries(files)) {
    const path = join(ROOT, name);
    const read = withoutMarks(written);
    texts.set(path, read.text);
    if (read.isMarked || main === undefined) {
      main = path;
      ({ offset, selection } = read);
    }
  }
  const index = new ProjectIndex({
    readText: (path) =>
      texts.get(path) ?? (path.startsWith(libraryFolder) ? Deno.readTextFileSync(path) : undefined),
    describe: (path) => ({ naming: looseNaming(path), mode: modeOf(path) }),
  });
  index.setLibrary(library);
  const indexedFiles = [...texts].map(([path, text]) => indexed(path, text));
  const paths = new Set(texts.keys());
  index.setProgram({ root: ROOT, package: "user", paths }, indexedFiles);
  const view = index.view(main ?? "");
  if (view === undefined) throw new Error("a test project needs a file");
  const text = (path: string) => texts.get(path) ?? Deno.readTextFileSync(path);
  const shown = ({ path, span }: Place) => {
    const before = text(path).slice(0, span.start).split("\n");
    const name = path.startsWith(`${ROOT}/`) ? path.slice(ROOT.length + 1) : path.split("/").at(-1);
    const column = (before.at(-1) ?? "").length + 1;
    return `${name}:${before.length}:${column} ${text(path).slice(span.start, span.end)}`;
  };
  return { index, view, offset, selection, text, shown };
}

function withoutMarks(written: string) {
  const start = written.indexOf("<[");
  const end = written.indexOf("]>");
  if (start >= 0 && end > start) {
    const text = written.slice(0, start) + written.slice(start + 2, end) + written.slice(end + 2);
    return { text, offset: start, selection: { start, end: end - 2 }, isMarked: true };
  }
  const cursor = written.indexOf("<|>");
  const text = written.replace("<|>", "");
  const offset = Math.max(0, cursor);
  return { text, offset, selection: { start: offset, end: offset }, isMarked: cursor >= 0 };
}

/** A text after edits, which may come in any order. */
export function applied(
  text: string,
  edits: readonly { readonly span: Span; readonly newText: string }[],
): string {
  let result = text;
  for (const { span, newText } of [...edits].sort((a, b) => b.span.start - a.span.start)) {
    result = result.slice(0, span.start) + newText + result.slice(span.end);
  }
  return result;
}

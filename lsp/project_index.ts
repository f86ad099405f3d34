/**
 * All files that the server knows, in memory: the user's projects, what they depend on, the class
 * library. Open documents stand in for their files. Nothing here reads the disk by itself.
 * @module
 */
import type { FileFacts } from "../compiler/analysis/class_facts.ts";
import { buildEnvironment, type ProgramEnvironment } from "../compiler/analysis/environment.ts";
import { fileFacts } from "../compiler/analysis/file_facts.ts";
import { LIBRARY_PACKAGE, type ModuleNaming } from "../compiler/analysis/module_naming.ts";
import type { FileMode } from "../compiler/analysis/rule.ts";
import { parse, type SourceFile } from "../compiler/syntax/source_file.ts";
import type { FileView, ProjectView } from "./file_view.ts";
import { type Mentions, mentionsOf } from "./mentions.ts";

/** What is known of a file without its tree. */
export interface IndexedFile {
  readonly path: string;
  readonly naming: ModuleNaming;
  readonly mode: FileMode;
  readonly facts: FileFacts;
  readonly mentions: Mentions;
}

/** Files that are compiled together. */
export interface IndexedProgram {
  /** The folder of the project. */
  readonly root: string;
  readonly package: string;
  /** Own files and those of dependencies. */
  readonly paths: ReadonlySet<string>;
}

/** The nearest program whose folder a file is in. */
export function programAround(
  programs: Iterable<IndexedProgram>,
  path: string,
): IndexedProgram | undefined {
  let nearest: IndexedProgram | undefined;
  for (const program of programs) {
    const isAround = path.startsWith(`${program.root}/`);
    if (isAround && program.root.length > (nearest?.root.length ?? -1)) nearest = program;
  }
  return nearest;
}

/** Tells whether a file on disk and what it depends on are as they were. */
export interface FileStamp {
  readonly file: IndexedFile;
  readonly version: object | undefined;
}

/** How a document that is in no program is taken: its package and whether it is a script. */
export type DescribeFile = (path: string) => Pick<IndexedFile, "naming" | "mode">;

/** What the index asks of the world. */
export interface IndexSources {
  /** The text of a file on disk; undefined where there is none. */
  readText(path: string): string | undefined;
  describe: DescribeFile;
}

interface OpenDocument {
  readonly source: SourceFile;
  readonly file: Pick<IndexedFile, "naming" | "mode">;
  readonly facts: FileFacts;
  mentions: Mentions | undefined;
}

/** How many trees of files that are not open are kept. */
const KEPT_TREES = 48;

/** The index. */
export class ProjectIndex implements ProjectView {
  readonly #sources: IndexSources;
  readonly #files = new Map<string, IndexedFile>();
  readonly #documents = new Map<string, OpenDocument>();
  readonly #programs = new Map<string, IndexedProgram>();
  readonly #environments = new Map<string, { revision: number; environment: ProgramEnvironment }>();
  readonly #trees = new Map<string, { readonly source: SourceFile; readonly facts: FileFacts }>();
  #library = new Set<string>();
  #revision = 1;

  constructor(sources: IndexSources) {
    this.#sources = sources;
  }

  /** Grows with every change that an answer could depend on. */
  get revision(): number {
    return this.#revision;
  }

  /** All programs, those of the user. */
  programs(): readonly IndexedProgram[] {
    return [...this.#programs.values()];
  }

  /** Makes these files the class library. */
  setLibrary(files: Iterable<IndexedFile>): void {
    this.#library = new Set();
    for (const file of files) {
      this.#files.set(file.path, file);
      this.#library.add(file.path);
    }
    this.#revision++;
  }

  /** Adds or replaces a program with the files that are not known yet or have changed. */
  setProgram(program: IndexedProgram, files: Iterable<IndexedFile>): void {
    for (const file of files) this.#putFile(file);
    this.#programs.set(program.root, program);
    this.#revision++;
  }

  /** Takes a program out; files that no other program has are forgotten. */
  removeProgram(root: string): void {
    const gone = this.#programs.get(root);
    this.#programs.delete(root);
    for (const path of gone?.paths ?? []) {
      if (!this.programs().some(({ paths }) => paths.has(path)) && !this.#library.has(path)) {
        this.#forget(path);
      }
    }
    this.#revision++;
  }

  /** A file has been written. */
  setFile(file: IndexedFile): void {
    this.#putFile(file);
    this.#revision++;
  }

  /** A file is gone from the disk. */
  removeFile(path: string): void {
    this.#forget(path);
    this.#library.delete(path);
    for (const program of this.programs()) {
      if (!program.paths.has(path)) continue;
      const paths = new Set(program.paths);
      paths.delete(path);
      this.#programs.set(program.root, { ...program, paths });
    }
    this.#revision++;
  }

  /** What is known of a file on disk. */
  file(path: string): IndexedFile | undefined {
    return this.#files.get(path);
  }

  /** An editor shows the file with this text, from now on or after an edit. */
  setDocument(path: string, source: SourceFile): void {
    const before = this.#documents.get(path);
    const known = this.#files.get(path);
    const file = known ?? before?.file ?? this.#sources.describe(path);
    const facts = fileFacts(source, { file: path, naming: file.naming });
    this.#documents.set(path, { source, file, facts, mentions: undefined });
    this.#trees.delete(path);
    // Environments hold facts with places, so each edit needs a new one; where it changed nothing
    // but places, the new one is of the same version.
    this.#revision++;
  }

  /** The editor no longer shows the file. */
  closeDocument(path: string): void {
    if (this.#documents.delete(path)) this.#revision++;
  }

  isOpen(path: string): boolean {
    return this.#documents.has(path);
  }

  /** The text that an editor shows, without all that a view knows of other files. */
  openSource(path: string): SourceFile | undefined {
    return this.#documents.get(path)?.source;
  }

  openPaths(): readonly string[] {
    return [...this.#documents.keys()];
  }

  /** The text of a file that is not open. */
  textOnDisk(path: string): string | undefined {
    return this.#trees.get(path)?.source.text ?? this.#sources.readText(path);
  }

  paths(): readonly string[] {
    return [...new Set([...this.#files.keys(), ...this.#documents.keys()])];
  }

  factsOf(path: string): FileFacts | undefined {
    return this.#documents.get(path)?.facts ?? this.#files.get(path)?.facts;
  }

  isEditable(path: string): boolean {
    if (this.programs().some(({ root }) => path.startsWith(`${root}/`))) return true;
    return this.#documents.has(path) && !this.#library.has(path);
  }

  view(path: string): FileView | undefined {
    const tree = this.#documents.get(path) ?? this.#tree(path);
    if (tree === undefined) return undefined;
    const file = this.#documents.get(path)?.file ?? this.#files.get(path);
    if (file === undefined) return undefined;
    const packageName = file.naming.package;
    return {
      path,
      source: tree.source,
      facts: tree.facts,
      environment: this.#environmentOf(path, packageName),
      package: packageName,
      naming: file.naming,
      mode: file.mode,
    };
  }

  /** Undefined where the file is not known. */
  stampOf(path: string): FileStamp | undefined {
    const file = this.#files.get(path);
    if (file === undefined) return undefined;
    return { file, version: this.#environmentOf(path, file.naming.package).version };
  }

  filesMentioning(name: string): readonly string[] {
    return this.paths().filter((path) => {
      const mentions = this.#mentionsOf(path);
      return mentions !== undefined &&
        (mentions.sends[name] !== undefined || mentions.names[name] !== undefined);
    });
  }

  sendCount(selector: string): number {
    let count = 0;
    for (const path of this.paths()) count += this.#mentionsOf(path)?.sends[selector] ?? 0;
    return count;
  }

  /** The root of the program that a file belongs to: the nearest around it. */
  rootOf(path: string): string | undefined {
    return this.#programOf(path)?.root;
  }

  /** A file of a dependency may be outside the project that has it. */
  #programOf(path: string): IndexedProgram | undefined {
    return programAround(this.#programs.values(), path) ??
      this.programs().find(({ paths }) => paths.has(path));
  }

  #mentionsOf(path: string): Mentions | undefined {
    const document = this.#documents.get(path);
    if (document === undefined) return this.#files.get(path)?.mentions;
    return document.mentions ??= mentionsOf(document.source);
  }

  #tree(path: string): { readonly source: SourceFile; readonly facts: FileFacts } | undefined {
    const kept = this.#trees.get(path);
    if (kept !== undefined) return kept;
    const file = this.#files.get(path);
    const text = this.#sources.readText(path);
    if (file === undefined || text === undefined) return undefined;
    const source = parse(text, { kind: file.mode });
    const tree = { source, facts: this.#factsFitting(file, source) };
    this.#trees.set(path, tree);
    const [oldest] = this.#trees.keys();
    if (this.#trees.size > KEPT_TREES && oldest !== undefined) this.#trees.delete(oldest);
    return tree;
  }

  /** The facts of the index, so that they are those of the environment, if the text still fits. */
  #factsFitting(file: IndexedFile, source: SourceFile): FileFacts {
    const facts = fileFacts(source, { file: file.path, naming: file.naming });
    return JSON.stringify(facts) === JSON.stringify(file.facts) ? file.facts : facts;
  }

  #putFile(file: IndexedFile): void {
    this.#files.set(file.path, file);
    this.#trees.delete(file.path);
  }

  #forget(path: string): void {
    this.#files.delete(path);
    this.#trees.delete(path);
  }

  #environmentOf(path: string, packageName: string): ProgramEnvironment {
    const program = this.#programOf(path);
    const isOwn = program?.paths.has(path) === true;
    const key = `${program?.root ?? ""} ${packageName} ${isOwn ? "" : path}`;
    const known = this.#environments.get(key);
    if (known?.revision === this.#revision) return known.environment;
    const paths = new Set([...this.#library, ...program?.paths ?? [], path]);
    const facts: FileFacts[] = [];
    for (const each of paths) {
      const found = this.#environmentFacts(each);
      if (found !== undefined) facts.push(found);
    }
    const environment = buildEnvironment(facts, packageName, known?.environment);
    this.#environments.set(key, { revision: this.#revision, environment });
    return environment;
  }

  /** Scripts declare nothing for other files. */
  #environmentFacts(path: string): FileFacts | undefined {
    return this.#documents.get(path)?.facts ?? this.#trees.get(path)?.facts ??
      this.#files.get(path)?.facts;
  }

  /** Whether the file is of the class library. */
  isLibrary(path: string): boolean {
    return this.#library.has(path) ||
      this.#files.get(path)?.naming.package === LIBRARY_PACKAGE;
  }
}

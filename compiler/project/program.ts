/**
 * A program as queries: from the texts of its files to trees, facts, findings and code. The build,
 * the language server and a running node's requests all ask these.
 * @module
 */
import { analyze } from "../analysis/analyze.ts";
import type { FileFacts } from "../analysis/class_facts.ts";
import { buildEnvironment, type ProgramEnvironment } from "../analysis/environment.ts";
import { fileFacts } from "../analysis/file_facts.ts";
import type { ModuleNaming } from "../analysis/module_naming.ts";
import { generate, type GeneratedModule, type GenerateOptions } from "../codegen/mod.ts";
import type { Diagnostic } from "../syntax/diagnostic.ts";
import { parse, type SourceFile, type SourceKind } from "../syntax/source_file.ts";
import { answersHash, type Questions, recordingEnvironment } from "./dependencies.ts";
import { Database, type Input, type Query } from "./queries.ts";

/** A file as a program takes it in. */
export interface ProgramFile {
  /** Names the file in the program. */
  readonly path: string;
  /** As messages and stack traces show it. */
  readonly shown: string;
  readonly naming: ModuleNaming;
  readonly text: string;
  readonly kind: SourceKind;
  /** Where the text is a part of something: the line there of each of its own. */
  readonly lines?: readonly number[] | undefined;
}

/** What became of compiling a file. */
export interface CompiledFile {
  /** All findings, of syntax and of analysis, in the order of their places. */
  readonly diagnostics: readonly Diagnostic[];
  /** The modules; undefined where there are errors. */
  readonly modules: readonly GeneratedModule[] | undefined;
  /** What was asked of other files. */
  readonly questions: Questions;
  /** Hash of the answers. */
  readonly answers: string;
}

/** What code is like. */
export type CodeOptions = Pick<GenerateOptions, "compact" | "coverage">;

/** The files of a program and all that is known of them. */
export class Program {
  readonly #library: readonly FileFacts[];
  readonly #code: CodeOptions;
  readonly #files: Input<ProgramFile>;
  readonly #knownFacts: Input<FileFacts>;
  readonly #paths: Input<readonly string[]>;
  readonly #trees: Query<SourceFile>;
  readonly #facts: Query<FileFacts>;
  readonly #environments: Query<ProgramEnvironment>;
  readonly #compiled: Query<CompiledFile>;

  /**
   * `library` are the facts of the class library and of other compiled code. `options`
   * say what code is like.
   */
  constructor(library: readonly FileFacts[], options: CodeOptions = {}) {
    this.#library = library;
    this.#code = options;
    const database = new Database();
    this.#files = database.input<ProgramFile>(isSameFile);
    this.#knownFacts = database.input<FileFacts>();
    this.#paths = database.input<readonly string[]>(isSameList);
    this.#paths.set("", []);
    this.#trees = database.query("tree", (path) => {
      const { text, kind } = this.#file(path);
      return parse(text, { kind });
    });
    this.#facts = database.query("facts", (path) => this.#computeFacts(path), isSameData);
    this.#environments = database.query(
      "environment",
      (packageName) => buildEnvironment(this.#allFacts(), packageName),
    );
    this.#compiled = database.query("compiled", (path) => this.#compile(path));
  }

  /** The paths of all files, sorted. */
  get paths(): readonly string[] {
    return this.#paths.get("") ?? [];
  }

  /** Adds or changes a file. `facts` spares parsing where they are known of this very text. */
  setFile(file: ProgramFile, facts?: FileFacts): void {
    this.#files.set(file.path, file);
    if (facts === undefined) this.#knownFacts.remove(file.path);
    else this.#knownFacts.set(file.path, facts);
    if (!this.paths.includes(file.path)) this.#paths.set("", [...this.paths, file.path].sort());
  }

  /** Adds many files at once. */
  setFiles(files: Iterable<{ readonly file: ProgramFile; readonly facts?: FileFacts }>): void {
    const paths = new Set(this.paths);
    for (const { file, facts } of files) {
      this.#files.set(file.path, file);
      if (facts !== undefined) this.#knownFacts.set(file.path, facts);
      paths.add(file.path);
    }
    this.#paths.set("", [...paths].sort());
  }

  /** Removes a file. */
  removeFile(path: string): void {
    this.#paths.set("", this.paths.filter((known) => known !== path));
    this.#files.remove(path);
    this.#knownFacts.remove(path);
  }

  /** Lets go of a file's tree and code, which a build is done with when they are sent away. */
  forgetCode(path: string): void {
    this.#compiled.forget(path);
    this.#trees.forget(path);
  }

  /** The tree of a file. */
  tree(path: string): SourceFile {
    return this.#trees.get(path);
  }

  /** What a file declares. */
  facts(path: string): FileFacts {
    return this.#facts.get(path);
  }

  /** What is known in a package: of its own files, of the others and of the class library. */
  environment(packageName: string): ProgramEnvironment {
    return this.#environments.get(packageName);
  }

  /** The findings of a file, of syntax and of analysis. */
  diagnostics(path: string): readonly Diagnostic[] {
    return this.#compiled.get(path).diagnostics;
  }

  /** The findings and the code of a file. */
  compiled(path: string): CompiledFile {
    return this.#compiled.get(path);
  }

  #file(path: string): ProgramFile {
    const file = this.#files.get(path);
    if (file === undefined) throw new RangeError(`no such file in the program: ${path}`);
    return file;
  }

  #computeFacts(path: string): FileFacts {
    const known = this.#knownFacts.get(path);
    if (known !== undefined) return known;
    const { shown, naming } = this.#file(path);
    return fileFacts(this.#trees.get(path), { file: shown, naming });
  }

  #allFacts(): FileFacts[] {
    return [...this.#library, ...this.paths.map((path) => this.#facts.get(path))];
  }

  #compile(path: string): CompiledFile {
    const file = this.#file(path);
    const tree = this.#trees.get(path);
    const facts = this.#facts.get(path);
    const plain = this.#environments.get(file.naming.package);
    const { environment, questions } = recordingEnvironment(plain);
    const found = analyze(tree, facts, environment, {
      file: file.shown,
      package: file.naming.package,
      mode: file.kind,
    });
    const diagnostics = [...tree.diagnostics, ...found]
      .sort((a, b) => a.span.start - b.span.start);
    const hasErrors = diagnostics.some(({ severity }) => severity === "error");
    const modules = hasErrors ? undefined : generate(tree, {
      file: file.shown,
      naming: file.naming,
      lines: file.lines,
      environment,
      ...this.#code,
    });
    const asked = questions();
    return { diagnostics, modules, questions: asked, answers: answersHash(plain, asked) };
  }
}

function isSameFile(a: ProgramFile, b: ProgramFile): boolean {
  return a.text === b.text && a.shown === b.shown && a.kind === b.kind &&
    a.naming.package === b.naming.package && isSameList(a.naming.folders, b.naming.folders) &&
    (a.lines === b.lines || isSameList(a.lines ?? [], b.lines ?? []));
}

function isSameList<T>(a: readonly T[], b: readonly T[]): boolean {
  return a.length === b.length && a.every((item, index) => item === b[index]);
}

/** Facts are plain data: equal when they print the same. */
function isSameData(a: unknown, b: unknown): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}

/**
 * The program of a workspace as the toolchain knows it: the sources of the project and of loaded
 * files, kept compiled, so that a change is a change of one file.
 * @module
 */
import type { ClassFacts, FileFacts } from "../compiler/analysis/class_facts.ts";
import type { ProgramEnvironment } from "../compiler/analysis/environment.ts";
import { extensionModule, LOOSE_PACKAGE } from "../compiler/analysis/module_naming.ts";
import { answersHash, type Questions } from "../compiler/project/dependencies.ts";
import { Program } from "../compiler/project/program.ts";
import type { SourceFile } from "../compiler/project/sources.ts";
import type { Diagnostic } from "../compiler/syntax/diagnostic.ts";
import { lineOf } from "../compiler/syntax/source_file.ts";
import type { PortProgram } from "../bridge/mod.ts";
import { compileModules } from "./build_compile.ts";

/** A module ready to be loaded. */
export interface LoadableModule {
  readonly module: string;
  /** As stack traces and `sourceFile` show it. */
  readonly file: string;
  readonly beam: Uint8Array;
}

/** A file with what was found in it. */
export interface FileFindings {
  readonly source: SourceFile;
  readonly text: string;
  readonly diagnostics: readonly Diagnostic[];
}

/** A file cannot be loaded as it is. */
export class SourceError extends Error {
  override readonly name = "SourceError";
  constructor(message: string, readonly findings: readonly FileFindings[] = []) {
    super(message);
  }
}

interface Known {
  readonly source: SourceFile;
  text: string;
  readonly lines?: readonly number[] | undefined;
  questions: Questions | undefined;
  answers: string;
}

/** A file and the text that it is to have. */
export interface TextChange {
  readonly source: SourceFile;
  readonly text: string;
  /** Where the text is a part of something: the line there of each of its own. */
  readonly lines?: readonly number[] | undefined;
}

/** What compiling some files gave. */
export interface CompiledSources {
  readonly modules: readonly LoadableModule[];
  /** Warnings and hints of the compiled files. */
  readonly findings: readonly FileFindings[];
  /** The classes that the named files declare. */
  readonly classes: readonly ClassFacts[];
}

/** Sources, facts and code of one workspace. */
export class LiveProgram {
  readonly #program: Program;
  readonly #port: PortProgram;
  readonly #files = new Map<string, Known>();
  readonly #refused = new Set<string>();
  /** What files said when their texts were compiled, without live changes. */
  readonly #saved = new Map<string, string>();
  #turn: Promise<unknown> = Promise.resolve();

  /** The package of the project, also where none of its files can be taken in. */
  ownPackage: string | undefined;

  /** The revision of the node's log of changes that the texts are of. */
  revision = 0;

  /** With `coverage` what it compiles counts how often its lines are reached. */
  constructor(
    library: readonly FileFacts[],
    port: PortProgram,
    readonly root: string = ".",
    coverage = false,
  ) {
    this.#program = new Program(library, { compact: true, coverage });
    this.#port = port;
  }

  /** Runs work that reads and changes the program, after all such work before it. */
  async inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(work, work);
    this.#turn = turn.catch(() => {});
    return await turn;
  }

  /** Takes in files that are compiled and loaded already. */
  takeIn(
    files: Iterable<{
      readonly source: SourceFile;
      readonly text: string;
      readonly facts: FileFacts;
      readonly asked: { readonly questions: Questions; readonly answers: string } | undefined;
    }>,
  ): void {
    const entries = [...files];
    this.#program.setFiles(entries.map(({ source, text, facts }) => ({
      file: programFile({ source, text }),
      facts,
    })));
    for (const { source, text, asked } of entries) {
      const { questions, answers } = asked ?? { questions: undefined, answers: "" };
      this.#files.set(source.path, { source, text, questions, answers });
      this.#saved.set(source.path, text);
    }
  }

  /** Gives a file a text that another toolchain has compiled and loaded. */
  replaceText(source: SourceFile, text: string): void {
    if (this.#files.get(source.path)?.text === text) return;
    this.#program.setFile(programFile({ source, text }));
    this.#files.set(source.path, { source, text, questions: undefined, answers: "" });
  }

  /**
   * Gives a file, as it is saved now, the text that it has with the live changes of other toolchains. Whether
   * one of them has loaded it since it was saved is not known: the next sync or save loads it.
   */
  takeInSaved(source: SourceFile, saved: string, text: string): void {
    const isOther = this.#saved.get(source.path) !== saved && this.textOf(source.path) !== text;
    this.#saved.set(source.path, saved);
    this.replaceText(source, text);
    if (isOther) this.setRefused([source.path]);
  }

  /** Compiles known files as they are, without those that depend on them. */
  compileKnown(paths: readonly string[]): Promise<CompiledSources> {
    return this.#compilePaths(paths, []);
  }

  /** What is known, as seen from a package. */
  environment(packageName: string = this.mainPackage): ProgramEnvironment {
    return this.#program.environment(packageName);
  }

  /** The package of the project, whose sources are under its root, or that of loose files. */
  get mainPackage(): string {
    if (this.ownPackage !== undefined) return this.ownPackage;
    const sources = [...this.#files.values()].map(({ source }) => source)
      .filter((source) => source.package !== LOOSE_PACKAGE);
    const own = sources.find(({ path }) => path.startsWith(`${this.root}/src/`)) ??
      sources.find(({ path }) => path.startsWith(`${this.root}/`));
    return (own ?? sources[0])?.package ?? LOOSE_PACKAGE;
  }

  /** The file that declares a class. */
  sourceOf(className: string): SourceFile | undefined {
    for (const { source } of this.#files.values()) {
      const { classes } = this.#program.facts(source.path);
      if (classes.some(({ name }) => name === className)) return source;
    }
    return undefined;
  }

  /** The file that extends a class by a method; none of those that were typed. */
  extensionSource(
    className: string,
    classSide: boolean,
    selector: string,
  ): SourceFile | undefined {
    return this.sources.find(({ path }) =>
      !path.startsWith("typed:") &&
      this.#program.facts(path).extensions.some((each) =>
        each.target === className && each.classSide === classSide &&
        each.method.selector === selector
      )
    );
  }

  /** The module of a file's extensions and protocols; none where it has neither. */
  extensionModules(path: string): readonly string[] {
    const source = this.known(path);
    if (source === undefined) return [];
    const { extensions, protocols } = this.#program.facts(path);
    return extensions.length + protocols.length === 0 ? [] : [extensionModule(source.naming)];
  }

  /** The names of the classes that a file declares. */
  classesOf(path: string): readonly string[] {
    if (!this.#files.has(path)) return [];
    return this.#program.facts(path).classes.map(({ name }) => name);
  }

  /** The modules of a file; none where it has errors. */
  modulesOf(path: string): readonly string[] {
    if (!this.#files.has(path)) return [];
    return (this.#program.compiled(path).modules ?? []).map(({ module }) => module);
  }

  /** What is wrong with the files. */
  findings(): readonly FileFindings[] {
    return [...this.#files.values()].flatMap(({ source, text }) => {
      const diagnostics = this.#program.diagnostics(source.path);
      return diagnostics.length === 0 ? [] : [{ source, text, diagnostics }];
    });
  }

  /** Whether the file belongs to the program, and the source that it is known as. */
  known(path: string): SourceFile | undefined {
    return this.#files.get(path)?.source;
  }

  /** All files. */
  get sources(): readonly SourceFile[] {
    return [...this.#files.values()].map(({ source }) => source);
  }

  /** The lines elsewhere of a text that is a part of something. */
  linesOf(path: string): readonly number[] | undefined {
    return this.#files.get(path)?.lines;
  }

  /** The text of a file as it was last compiled. */
  textOf(path: string): string | undefined {
    return this.#files.get(path)?.text;
  }

  /**
   * Compiles files with new texts, and all others whose code depends on what changed. The program
   * is as before when this throws.
   */
  async compile(
    changed: readonly TextChange[],
  ): Promise<CompiledSources> {
    const before = changed.map(({ source }) => ({ source, known: this.#files.get(source.path) }));
    for (const each of changed) this.#program.setFile(programFile(each));
    try {
      const paths = [...changed.map(({ source }) => source.path), ...this.#dependents(changed)];
      return await this.#compilePaths(paths, changed);
    } catch (error) {
      for (const { source, known } of before) this.#restore(source, known);
      throw error;
    }
  }

  /** As `compile`, but the program stays as it is also when all is well. */
  async tryCompile(changed: readonly TextChange[]): Promise<CompiledSources> {
    const before = changed.map(({ source }) => ({ source, known: this.#files.get(source.path) }));
    const compiled = await this.compile(changed);
    for (const { source, known } of before) {
      if (known === undefined) this.remove(source.path);
      else {
        this.#files.set(source.path, known);
        this.#restore(source, known);
      }
    }
    return compiled;
  }

  /** Files, apart from the changed ones, that were answered something else before. */
  #dependents(changed: readonly { readonly source: SourceFile }[]): string[] {
    const own = new Set(changed.map(({ source }) => source.path));
    const found: string[] = [];
    for (const [path, known] of this.#files) {
      if (own.has(path)) continue;
      const environment = this.#program.environment(known.source.naming.package);
      if (known.questions === undefined) {
        // What it asked is not known. One with errors stays as it is loaded.
        if (this.#program.compiled(path).modules !== undefined) found.push(path);
        continue;
      }
      if (answersHash(environment, known.questions) !== known.answers) found.push(path);
    }
    return found;
  }

  async #compilePaths(
    paths: readonly string[],
    changed: readonly TextChange[],
  ): Promise<CompiledSources> {
    const texts = new Map(changed.map((each) => [each.source.path, each]));
    const findings: FileFindings[] = [];
    const files = paths.map((path) => {
      const { source, text, lines } = texts.get(path) ?? this.#files.get(path)!;
      const compiled = this.#program.compiled(path);
      const { diagnostics } = compiled;
      if (diagnostics.length > 0) findings.push({ source, text, diagnostics });
      return { source, text, lines, compiled };
    });
    const broken = files.filter(({ compiled }) => compiled.modules === undefined);
    if (broken.length > 0) {
      const shown = broken.map(({ source }) => source.shown).join(", ");
      throw new SourceError(`${shown} cannot be loaded: it has errors`, findings);
    }
    const cores = files.flatMap(({ source, compiled }) =>
      (compiled.modules ?? []).map((core) => ({ core: core.core, source }))
    );
    const beams = await compileModules(this.#port, cores.map(({ core }) => core), "quick");
    for (const { source, text, lines, compiled } of files) {
      const { questions, answers } = compiled;
      this.#files.set(source.path, { source, text, lines, questions, answers });
    }
    return {
      modules: beams.map(({ module, beam }, index) => ({
        module,
        beam,
        file: cores[index]!.source.shown,
      })),
      findings,
      classes: changed.flatMap(({ source }) => this.#program.facts(source.path).classes),
    };
  }

  #restore(source: SourceFile, known: Known | undefined): void {
    if (known === undefined) this.#program.removeFile(source.path);
    else this.#program.setFile(programFile(known));
  }

  /** The node has refused these files, or may not have them as they are: they are to be loaded still. */
  setRefused(paths: readonly string[]): void {
    for (const path of paths) this.#refused.add(path);
  }

  /** These files are loaded as they are saved. */
  setLoaded(files: readonly { readonly path: string; readonly saved: string }[]): void {
    for (const { path, saved } of files) {
      this.#refused.delete(path);
      this.#saved.set(path, saved);
    }
  }

  /** Whether the node has refused the file as it is, or may not have it. */
  isRefused(path: string): boolean {
    return this.#refused.has(path);
  }

  /** Forgets a file. */
  remove(path: string): void {
    this.#files.delete(path);
    this.#refused.delete(path);
    this.#saved.delete(path);
    this.#program.removeFile(path);
  }
}

function programFile({ source, text, lines }: TextChange) {
  const { path, shown, naming } = source;
  return { path, shown, naming, text, lines, kind: "file" as const };
}

/** Reads a source file; one that is not UTF-8 is a `SourceError` with the place. */
export async function readSourceText(
  source: Pick<SourceFile, "path" | "shown">,
): Promise<string> {
  // A pipe or a device may never end.
  if (!(await Deno.stat(source.path)).isFile) {
    throw new SourceError(`${source.shown} is not a regular file`);
  }
  const bytes = await Deno.readFile(source.path);
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
    const line = lineOf(text, text.indexOf("\ufffd"));
    throw new SourceError(`${source.shown}:${line}: the file is not UTF-8; save it as UTF-8`);
  }
}

/**
 * Builds a program: sources to facts, findings, Core Erlang and BEAM files. Only what changed, or
 * depends on what changed, is compiled; files are written when all is compiled, whole or not at all.
 * @module
 */
import { join } from "@std/path";
import type { FileFacts } from "../compiler/analysis/class_facts.ts";
import type { ProgramEnvironment } from "../compiler/analysis/environment.ts";
import { type CachedFile, readCache, writeCache } from "../compiler/project/build_cache.ts";
import { answersHash, type Questions } from "../compiler/project/dependencies.ts";
import { Program } from "../compiler/project/program.ts";
import {
  allFiles,
  allNative,
  entriesOf,
  type SourceFile,
  type SourceSet,
} from "../compiler/project/sources.ts";
import type { Diagnostic } from "../compiler/syntax/diagnostic.ts";
import type { PortProgram } from "../bridge/mod.ts";
import { type CompileMode, CompilerFault, ModuleCompiler } from "./build_compile.ts";
import { buildNative } from "./build_native.ts";
import { contentHash, readBytesIfThere, whileLocked, writeAllWhole } from "./build_files.ts";
import { type Installation, toolchainVersion } from "./installation.ts";

/** How a program is built. */
export interface BuildOptions {
  readonly installation: Installation;
  /** What is known of code that is compiled already: the class library. */
  readonly library: readonly FileFacts[];
  /** Answers the port program; asked only when something must be compiled. */
  readonly port: () => Promise<PortProgram>;
  /** The folder for `ebin` and the cache. */
  readonly output: string;
  readonly mode: CompileMode;
  /** Whether the files that are for tests are compiled too. */
  readonly tests: boolean;
  /** Whether the code counts how often each line is reached. */
  readonly coverage?: boolean;
  /** Stop after the findings: compile and write nothing. */
  readonly checkOnly?: boolean;
  /**
   * Lets another process build the same into the same folder first, where there is something to
   * compile. What it did not do is done here.
   */
  readonly ahead?: () => Promise<void>;
}

/** What became of one file. */
export interface BuiltFile {
  readonly source: SourceFile;
  /** Empty where the file is not UTF-8 or could not be read. */
  readonly text: string;
  readonly diagnostics: readonly Diagnostic[];
  readonly facts: FileFacts;
  /** Its modules; undefined where it did not compile. */
  readonly modules: readonly string[] | undefined;
  /** Whether it was compiled now. */
  readonly compiled: boolean;
  /** What compiling it asked of other files; undefined where it did not compile. */
  readonly asked: { readonly questions: Questions; readonly answers: string } | undefined;
}

/** What became of a build. */
export interface BuildResult {
  readonly files: readonly BuiltFile[];
  readonly ebin: string;
  /** All modules of the program that are up to date in `ebin`. */
  readonly modules: readonly string[];
  /** What the program's own package knows. */
  readonly environment: ProgramEnvironment;
  readonly hasErrors: boolean;
}

/** Builds the program; waits while another process builds into the same folder. */
export async function build(set: SourceSet, options: BuildOptions): Promise<BuildResult> {
  const { ahead, checkOnly, output } = options;
  if (checkOnly === true) return await new Build(set, options).run();
  if (ahead !== undefined) {
    const fresh = await whileLocked(output, () => new Build(set, options).runIfFresh());
    if (fresh !== undefined) return fresh;
    await ahead();
  }
  return await whileLocked(output, () => new Build(set, options).run());
}

const NO_FACTS: FileFacts = { classes: [], extensions: [], aliases: [], protocols: [] };

/** One file on its way through the build. */
interface Work {
  readonly source: SourceFile;
  readonly text: string;
  readonly hash: string;
  /** Why the text could not be read. */
  readonly unreadable: Diagnostic | undefined;
}

class Build {
  readonly #set: SourceSet;
  readonly #options: BuildOptions;
  readonly #program: Program;
  readonly #ebin: string;
  readonly #cacheFile: string;
  readonly #version: string;
  #cache: ReadonlyMap<string, CachedFile> = new Map();

  constructor(set: SourceSet, options: BuildOptions) {
    this.#set = set;
    this.#options = options;
    this.#program = new Program(options.library, {
      compact: options.mode === "quick",
      coverage: options.coverage ?? false,
    });
    this.#ebin = join(options.output, "ebin");
    this.#cacheFile = join(options.output, "cache.msgpack");
    this.#version = toolchainVersion(options.installation) +
      contentHash(options.mode, String(options.coverage ?? false));
  }

  async run(): Promise<BuildResult> {
    const sources = await this.#readCache();
    const isFirst = this.#cache.size === 0 && sources.length > 0;
    if (isFirst && this.#options.checkOnly !== true) this.#startPort();
    return await this.#run(await Promise.all(sources.map(readSource)));
  }

  /** Undefined, with nothing done, where a file is new or changed. */
  async runIfFresh(): Promise<BuildResult | undefined> {
    const works = await Promise.all((await this.#readCache()).map(readSource));
    return this.#mayCompile(works) ? undefined : await this.#run(works);
  }

  /** Reads what the last build has left; answers the files of this one. */
  async #readCache(): Promise<readonly SourceFile[]> {
    this.#cache = readCache(await readBytesIfThere(this.#cacheFile), this.#version);
    return allFiles(this.#set).filter(({ test }) => this.#options.tests || !test);
  }

  async #run(works: readonly Work[]): Promise<BuildResult> {
    this.#takeIn(works);
    if (this.#mayCompile(works)) this.#startPort();
    const present = await this.#beamsPresent();
    const compiler = new ModuleCompiler(this.#options.port, this.#options.mode);
    const built: BuiltFile[] = [];
    const entries = new Map<string, CachedFile>();
    for (const work of works) {
      const { file, entry } = await this.#buildFile(work, present, compiler);
      built.push(file);
      if (entry !== undefined) entries.set(work.source.path, entry);
    }
    const result: BuildResult = {
      files: built,
      ebin: this.#ebin,
      modules: built.flatMap(({ modules }) => modules ?? []),
      environment: this.#program.environment(this.#set.package),
      hasErrors: built.some(({ diagnostics }) => diagnostics.some(isError)),
    };
    if (this.#options.checkOnly === true) return result;
    const beams = await compiler.finish();
    await buildNative(allNative(this.#set), this.#ebin);
    await this.#write(result, beams, entries);
    return result;
  }

  /** Whether a file is new or changed, so that there will be something to compile. */
  #mayCompile(works: readonly Work[]): boolean {
    if (this.#options.checkOnly === true) return false;
    return works.some(({ source, hash, unreadable }) =>
      unreadable === undefined && this.#cache.get(source.path)?.hash !== hash
    );
  }

  /** Erlang starts while files are parsed; whoever compiles first hears of a failure. */
  #startPort(): void {
    this.#options.port().catch(() => {});
  }

  /** Hands all texts to the program, with their facts where the last build knew the same text. */
  #takeIn(works: readonly Work[]): void {
    this.#program.setFiles(
      works.filter(({ unreadable }) => unreadable === undefined).map(({ source, text, hash }) => {
        const { path, shown, naming } = source;
        const file = { path, shown, naming, text, kind: "file" as const };
        const cached = this.#cache.get(path);
        return cached?.hash === hash ? { file, facts: cached.facts } : { file };
      }),
    );
  }

  async #buildFile(
    work: Work,
    present: ReadonlySet<string>,
    compiler: ModuleCompiler,
  ): Promise<{ file: BuiltFile; entry?: CachedFile }> {
    const { source, text, unreadable } = work;
    if (unreadable !== undefined) {
      const diagnostics = [unreadable];
      return {
        file: {
          source,
          text,
          diagnostics,
          facts: NO_FACTS,
          modules: undefined,
          compiled: false,
          asked: undefined,
        },
      };
    }
    const cached = this.#cache.get(source.path);
    if (cached !== undefined && this.#isFresh(work, cached, present)) {
      const { diagnostics, facts, modules } = cached;
      return {
        file: { source, text, diagnostics, facts, modules, compiled: false, asked: cached },
        entry: cached,
      };
    }
    return await this.#compileFile(work, compiler);
  }

  async #compileFile(
    work: Work,
    compiler: ModuleCompiler,
  ): Promise<{ file: BuiltFile; entry: CachedFile }> {
    const { source, text, hash } = work;
    const { diagnostics, modules, questions, answers } = this.#compiled(source);
    const facts = this.#program.facts(source.path);
    if (this.#options.checkOnly !== true) {
      for (const { core } of modules ?? []) await compiler.add(core);
    }
    const names = modules?.map(({ module }) => module);
    this.#program.forgetCode(source.path);
    return {
      file: {
        source,
        text,
        diagnostics,
        facts,
        modules: names,
        compiled: names !== undefined,
        asked: { questions, answers },
      },
      entry: { hash, facts, diagnostics, questions, answers, modules: names },
    };
  }

  #compiled(source: SourceFile) {
    try {
      return this.#program.compiled(source.path);
    } catch (error) {
      throw new CompilerFault(
        `the compiler failed on ${source.shown}: ${error instanceof Error ? error.stack : error}`,
      );
    }
  }

  #isFresh(work: Work, cached: CachedFile, present: ReadonlySet<string>): boolean {
    if (cached.hash !== work.hash) return false;
    const isCheck = this.#options.checkOnly === true;
    if (!isCheck && cached.modules?.some((module) => !present.has(module)) === true) return false;
    const environment = this.#program.environment(work.source.package);
    return answersHash(environment, cached.questions) === cached.answers;
  }

  async #beamsPresent(): Promise<ReadonlySet<string>> {
    const entries = await entriesOf(this.#ebin);
    return new Set(
      entries.filter(({ name }) => name.endsWith(BEAM)).map(({ name }) => moduleOfBeam(name)),
    );
  }

  async #write(
    result: BuildResult,
    beams: ReadonlyMap<string, Uint8Array>,
    entries: ReadonlyMap<string, CachedFile>,
  ): Promise<void> {
    await Deno.mkdir(this.#ebin, { recursive: true });
    const files: { path: string; content: string | Uint8Array }[] = [...beams].map((
      [module, beam],
    ) => ({ path: join(this.#ebin, beamName(module)), content: beam }));
    files.push({ path: this.#cacheFile, content: writeCache(entries, this.#version) });
    files.push({ path: join(this.#options.output, MODULE_LIST), content: lines(result.modules) });
    await writeAllWhole(files);
    const current = new Set(result.modules);
    for (const module of await this.#beamsPresent()) {
      if (module.startsWith("bt@") && !current.has(module)) {
        await Deno.remove(join(this.#ebin, beamName(module)));
      }
    }
  }
}

/** The file beside `ebin` that names the program's modules, one a line. */
export const MODULE_LIST = "modules.txt";

const BEAM = ".beam";

function beamName(module: string): string {
  return `${module}${BEAM}`;
}

function moduleOfBeam(file: string): string {
  return file.slice(0, -BEAM.length);
}

function lines(items: readonly string[]): string {
  return items.map((item) => `${item}\n`).join("");
}

function isError({ severity }: Diagnostic): boolean {
  return severity === "error";
}

/** Reads a file's text; a file that is not UTF-8 is a finding with the place of the first fault. */
async function readSource(source: SourceFile): Promise<Work> {
  let bytes: Uint8Array;
  try {
    bytes = await Deno.readFile(source.path);
  } catch (error) {
    return { source, text: "", hash: contentHash(source.path), unreadable: unreadable(error) };
  }
  const hash = contentHash(bytes, source.shown, source.naming.package, ...source.naming.folders);
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    return { source, text, hash, unreadable: undefined };
  } catch {
    return { source, ...notUtf8(bytes), hash };
  }
}

function unreadable(error: unknown): Diagnostic {
  const reason = error instanceof Deno.errors.NotFound ? "it is gone" : errorText(error);
  return {
    code: "BT9011",
    severity: "error",
    span: { start: 0, end: 0 },
    message: `the file cannot be read: ${reason}`,
  };
}

function errorText(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The text with replacement characters, and the finding at the first of them. */
function notUtf8(bytes: Uint8Array): { text: string; unreadable: Diagnostic } {
  const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
  const start = text.indexOf("\ufffd");
  const byte = bytes[new TextEncoder().encode(text.slice(0, start)).length] ?? 0;
  const hex = byte.toString(16).padStart(2, "0").toUpperCase();
  return {
    text,
    unreadable: {
      code: "BT9010",
      severity: "error",
      span: { start, end: start + 1 },
      message: `the file is not UTF-8: byte 0x${hex} here; save it as UTF-8`,
    },
  };
}

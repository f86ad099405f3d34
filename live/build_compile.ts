/**
 * From Core Erlang modules to BEAM files' bytes, through the port program, several at a time.
 * @module
 */
import { setImmediate } from "node:timers/promises";
import { encodeCore } from "../compiler/codegen/core_term.ts";
import type { CoreModule } from "../compiler/codegen/core.ts";
import { compileCore, type CompileResult, PortProgram } from "../bridge/mod.ts";
import type { Installation } from "./installation.ts";

/** A compiled module. */
export interface BeamFile {
  readonly module: string;
  readonly beam: Uint8Array;
}

/** How much the Erlang compiler optimises: `quick` for development, `full` for release. */
export type CompileMode = "quick" | "full";

/** The compiler refused a module that the generator made: a fault of the toolchain. */
export class CompilerFault extends Error {
  override readonly name = "CompilerFault";
}

/** Starts the port program of an installation. */
export function startPort(installation: Installation): Promise<PortProgram> {
  return PortProgram.start({ ebin: installation.ebin("port") });
}

/** Modules that are sent together: enough to keep the schedulers busy, few enough to overlap. */
const BATCH_SIZE = 8;
/** The first ones are sent sooner, since until then Erlang has nothing to do. */
const FIRST_BATCH_SIZE = 2;
/** Batches under way while the next one is being generated. */
const BATCHES_IN_FLIGHT = 3;

/** Compiles modules as they are handed in, while the caller makes the next ones. */
export class ModuleCompiler {
  readonly #port: () => Promise<PortProgram>;
  readonly #mode: CompileMode;
  readonly #running = new Set<Promise<void>>();
  readonly #compiled = new Map<string, Uint8Array>();
  #batch: EncodedModule[] = [];
  #batchSize = FIRST_BATCH_SIZE;
  #failure: unknown;

  /** `port` is called when there is something to compile. */
  constructor(port: () => Promise<PortProgram>, mode: CompileMode) {
    this.#port = port;
    this.#mode = mode;
  }

  /** Takes in a module; waits while enough are under way. */
  async add(module: CoreModule): Promise<void> {
    // Encoded at once: a tree that is kept for longer costs the garbage collector.
    this.#batch.push(encoded(module));
    if (this.#batch.length < this.#batchSize) return;
    this.#batchSize = Math.min(BATCH_SIZE, this.#batchSize * 2);
    this.#sendBatch();
    // What is to be written, and what has been answered, waits for the caller's turn to end.
    await setImmediate();
    if (this.#running.size >= BATCHES_IN_FLIGHT) await Promise.race(this.#running);
  }

  /** The code of all modules by name, once they are compiled. */
  async finish(): Promise<ReadonlyMap<string, Uint8Array>> {
    this.#sendBatch();
    await Promise.all(this.#running);
    if (this.#failure !== undefined) throw this.#failure;
    return this.#compiled;
  }

  #sendBatch(): void {
    const batch = this.#batch;
    if (batch.length === 0) return;
    this.#batch = [];
    const work = this.#compile(batch)
      .catch((error: unknown) => void (this.#failure ??= error))
      .finally(() => this.#running.delete(work));
    this.#running.add(work);
  }

  async #compile(batch: readonly EncodedModule[]): Promise<void> {
    const results = await compileEncoded(await this.#port(), batch, this.#mode);
    for (const { module, beam } of results) this.#compiled.set(module, beam);
  }
}

/** A module's name and its Core Erlang as the port program reads it. */
interface EncodedModule {
  readonly name: string;
  readonly bytes: Uint8Array;
}

function encoded(module: CoreModule): EncodedModule {
  return { name: module.name, bytes: encodeCore(module) };
}

/** Compiles modules in one request. */
export function compileModules(
  port: PortProgram,
  modules: readonly CoreModule[],
  mode: CompileMode,
): Promise<readonly BeamFile[]> {
  return compileEncoded(port, modules.map(encoded), mode);
}

async function compileEncoded(
  port: PortProgram,
  modules: readonly EncodedModule[],
  mode: CompileMode,
): Promise<readonly BeamFile[]> {
  const results = await compileCore(port, modules.map(({ bytes }) => bytes), { mode });
  return results.map((result, index) => codeOf(result, modules[index]?.name ?? ""));
}

function codeOf(result: CompileResult, name: string): BeamFile {
  if (result.kind === "compiled") return { module: result.module, beam: result.beam };
  const said = result.errors.map(({ line, message }) => `line ${line}: ${message}`).join("\n");
  throw new CompilerFault(`the Erlang compiler refused ${name}: ${said}`);
}

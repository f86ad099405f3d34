/**
 * What the commands that compile share: the installation, what is known of the class library, and
 * one port program that is started when it is first needed.
 * @module
 */
import { join } from "@std/path";
import type { FileFacts } from "../compiler/analysis/class_facts.ts";
import { LIBRARY_PACKAGE } from "../compiler/analysis/module_naming.ts";
import { findTargets, NoSuchPath, type Target } from "../compiler/project/targets.ts";
import { type ManifestFinding, ProjectError, type SourceSet } from "../compiler/project/sources.ts";
import { type PortProgram, PortStartError } from "../bridge/mod.ts";
import { build, type BuildResult } from "../live/build.ts";
import { type CompileMode, startPort } from "../live/build_compile.ts";
import { type Installation, installation } from "../live/installation.ts";
import { libraryFacts } from "../live/library.ts";
import { CommandFailure, type Context, ExitCode, UsageError } from "./command.ts";
import { buildByDaemon } from "./build_by_daemon.ts";
import { daemonMayRun } from "./daemon_client.ts";
import {
  countsText,
  diagnosticData,
  displayPath,
  type FileDiagnostic,
  renderDiagnostic,
} from "./diagnostic_text.ts";

/** How a target is built. */
export interface BuildRequest {
  readonly mode: CompileMode;
  readonly tests: boolean;
  readonly checkOnly?: boolean;
  /** Whether the code counts how often each line is reached. */
  readonly coverage?: boolean;
  /** Where to; the project's `_build`, or a temporary folder for loose files, unless said. */
  readonly output?: string;
  /** Whether a daemon that runs compiles what is new. */
  readonly byDaemon?: boolean;
}

/** The compiler as a command uses it. Close it at the end. */
export class Toolchain {
  readonly installation: Installation;
  readonly #context: Context;
  readonly #base: Toolchain | undefined;
  #library: Promise<readonly FileFacts[]> | undefined;
  #port: Promise<PortProgram> | undefined;
  readonly #temporary: string[] = [];
  readonly #onUnload = () => this.removeTemporary();
  readonly #looseOutputs = new Map<string, Promise<string>>();

  /** With a `base`, what is known of the library and the port program are the base's. */
  constructor(context: Context, base?: Toolchain) {
    this.installation = installation();
    this.#context = context;
    this.#base = base;
  }

  /** The programs that the paths name; wrong paths are wrong use. */
  async targets(
    paths: readonly string[],
    options: { readonly library?: boolean } = {},
  ): Promise<Target[]> {
    try {
      return await findTargets(paths, {
        workingFolder: this.#context.workingFolder,
        libraryFolder: join(this.installation.root, "stdlib"),
        ...options,
      });
    } catch (error) {
      if (error instanceof NoSuchPath) throw new UsageError(error.message);
      if (error instanceof ProjectError) throw projectFailure(error, this.#context);
      throw error;
    }
  }

  /** Builds a program. */
  async build(sources: SourceSet, request: BuildRequest): Promise<BuildResult> {
    const output = request.output ?? await this.#outputFor(sources, request);
    const tell = (warning: string) => this.#context.terminal.writeError(warning);
    const byDaemon = request.byDaemon === true && this.#port === undefined && daemonMayRun();
    return await build(sources, {
      installation: this.installation,
      library: sources.package === LIBRARY_PACKAGE ? [] : await this.library(),
      port: () => this.port(),
      output,
      mode: request.mode,
      tests: request.tests,
      ...(request.checkOnly === undefined ? {} : { checkOnly: request.checkOnly }),
      ...(request.coverage === undefined ? {} : { coverage: request.coverage }),
      ...(byDaemon ? { ahead: () => buildByDaemon(sources, request, output, tell) } : {}),
    });
  }

  /** What is known of the class library. */
  async library(): Promise<readonly FileFacts[]> {
    if (this.#base !== undefined) return await this.#base.library();
    this.#library ??= libraryFacts(this.installation);
    const facts = await this.#library;
    if (facts.length === 0) {
      throw new CommandFailure("the class library is not compiled", "run beamtalk setup");
    }
    return facts;
  }

  /** The port program, started now if it is not running. */
  port(): Promise<PortProgram> {
    if (this.#base !== undefined) return this.#base.port();
    this.#port ??= startPort(this.installation).catch((error: unknown) => {
      // The shell's code for a program that is not found.
      const isMissing = error instanceof PortStartError && error.message.includes("code 127");
      if (!isMissing) throw error;
      throw new CommandFailure(
        "Erlang is not here: erl is not on the PATH",
        "beamtalk setup installs it",
      );
    });
    return this.#port;
  }

  /** A folder of its own, removed at the end. */
  async temporaryFolder(): Promise<string> {
    const folder = await Deno.makeTempDir({ prefix: "beamtalk-" });
    this.#temporary.push(folder);
    // Output that nobody reads any more ends the process where it stands.
    addEventListener("unload", this.#onUnload);
    return folder;
  }

  /** Removes temporary folders at once, for a process that is about to end. */
  removeTemporary(): void {
    for (const folder of this.#temporary.splice(0)) removeAtOnce(folder);
  }

  /** Ends the port program and removes temporary folders. */
  async close(): Promise<void> {
    removeEventListener("unload", this.#onUnload);
    const port = this.#port;
    this.#port = undefined;
    if (port !== undefined) await port.then((started) => started.close(), () => {});
    for (const folder of this.#temporary.splice(0)) {
      await Deno.remove(folder, { recursive: true }).catch(() => removeAtOnce(folder));
    }
  }

  async #outputFor(sources: SourceSet, request: BuildRequest): Promise<string> {
    if (sources.manifest === undefined) return await this.#looseOutput(sources, request);
    if (request.coverage === true) return join(sources.root, "_build", "test-coverage");
    return join(sources.root, "_build", request.tests ? "test" : "dev");
  }

  /** The same for all builds of the same loose files, so that what has not changed is kept. */
  #looseOutput({ root, package: name }: SourceSet, request: BuildRequest): Promise<string> {
    const key = JSON.stringify([root, name, request.coverage ?? false]);
    const known = this.#looseOutputs.get(key) ?? this.temporaryFolder();
    this.#looseOutputs.set(key, known);
    return known;
  }
}

/** What a command says of a project that cannot be read. */
export function projectFailure(error: ProjectError, context: Context): CommandFailure {
  if (error.findings.length === 0) return new CommandFailure(error.message);
  return new ManifestFailure(error.findings, context);
}

/** A project that cannot be read; commands that tell findings tell these as they tell others. */
export class ManifestFailure extends CommandFailure {
  readonly findings: readonly FileDiagnostic[];

  constructor(found: readonly ManifestFinding[], { terminal, workingFolder }: Context) {
    const findings = found.map((each) => shownFinding(each, workingFolder));
    const details = findings.map((each) => renderDiagnostic(each, terminal.errorColors));
    super(`${findings[0]?.file} has mistakes\n${details.join("\n")}`.trimEnd());
    this.findings = findings;
  }
}

function shownFinding(found: ManifestFinding, workingFolder: string): FileDiagnostic {
  const { path, text, diagnostic } = found;
  return { file: displayPath(path, workingFolder), text, diagnostic };
}

/** How often a folder is tried to be removed in which a node is still writing, and the wait between. */
const REMOVALS = { most: 50, waitMs: 10 } as const;

/** Removes a folder while the process waits: nodes that are ending may still write into it. */
function removeAtOnce(folder: string): void {
  const sleeping = new Int32Array(new SharedArrayBuffer(4));
  for (let tries = 0; tries < REMOVALS.most; tries++) {
    try {
      Deno.removeSync(folder, { recursive: true });
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return;
      Atomics.wait(sleeping, 0, 0, REMOVALS.waitMs);
    }
  }
}

/** Runs a command's work with a toolchain and closes it, whatever happens. */
export async function withToolchain<T>(
  context: Context,
  work: (toolchain: Toolchain) => Promise<T>,
): Promise<T> {
  const toolchain = context.services?.toolchain(context) ?? new Toolchain(context);
  try {
    return await work(toolchain);
  } finally {
    await toolchain.close();
  }
}

/** All findings of a build, with the files' names as the user would write them. */
export function findingsOf(result: BuildResult, workingFolder: string): FileDiagnostic[] {
  return result.files.flatMap(({ source: { path }, text, diagnostics }) =>
    diagnostics.map((diagnostic) => shownFinding({ path, text, diagnostic }, workingFolder))
  );
}

/** What is odd in a project's manifest. */
export function manifestWarnings(sources: SourceSet, workingFolder: string): FileDiagnostic[] {
  return sources.warnings.map((each) => shownFinding(each, workingFolder));
}

/** Runs what tells findings; of a project that cannot be read, it tells what is wrong with it. */
export async function tellingFindings(
  context: Context,
  json: boolean,
  work: () => Promise<number>,
): Promise<number> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof ManifestFailure)) throw error;
    printFindings(error.findings, context, json);
    return ExitCode.failed;
  }
}

/** Prints findings to standard error with their counts; as JSON to standard output if wanted. */
export function printFindings(
  findings: readonly FileDiagnostic[],
  { terminal }: Context,
  json = false,
): void {
  if (json) {
    terminal.write(`${JSON.stringify(findings.map(diagnosticData))}\n`);
    return;
  }
  const colors = terminal.errorColors;
  for (const finding of findings) terminal.writeError(`${renderDiagnostic(finding, colors)}\n`);
  const counts = countsText(findings.map(({ diagnostic }) => diagnostic));
  if (counts !== "") terminal.writeError(`${counts}\n`);
}

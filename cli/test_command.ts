/**
 * One run of `beamtalk test`: builds what the paths name, then runs suites, scripts or examples.
 * @module
 */
import { basename, join, resolve } from "@std/path";
import { LIBRARY_PACKAGE, LOOSE_PACKAGE } from "../compiler/analysis/module_naming.ts";
import type { SourceSet } from "../compiler/project/sources.ts";
import type { Target } from "../compiler/project/targets.ts";
import type { BuildResult, BuiltFile } from "../live/build.ts";
import { type Arguments, CommandFailure, type Context, ExitCode, UsageError } from "./command.ts";
import type { OnCovered } from "../live/covered_lines.ts";
import { Coverage, coverageCounts, mergedFiles, percentage } from "./coverage.ts";
import { writeCoverage } from "./coverage_files.ts";
import { displayPath, positionOf, renderDiagnostic } from "./diagnostic_text.ts";
import { plainColors } from "./terminal.ts";
import { discover, type Selection, testFilter } from "./test_discovery.ts";
import { fixturesOf, withoutBroken } from "./test_fixtures.ts";
import { shuffled } from "./test_order.ts";
import { clashesOf, programsOf } from "./test_programs.ts";
import { type Reporter, Tally, type TestReport, type TestSummary } from "./test_report.ts";
import { REPORTERS } from "./test_reporters.ts";
import { runSuites } from "./test_run.ts";
import type { StepTestOptions } from "./test_scripts.ts";
import type { TestHistory } from "./test_watch.ts";
import type { Toolchain } from "./toolchain.ts";

const DEFAULT_TIMEOUT_S = 30;

/** One run of `beamtalk test`. */
export class TestCommand {
  readonly #args: Arguments;
  readonly #context: Context;
  readonly #toolchain: Toolchain;
  readonly #reporter: Reporter;
  readonly #tally = new Tally();
  readonly #failFast: boolean;
  readonly #seed: number | undefined;
  readonly #jobs: number;
  /** For one test, or one statement of a script. */
  readonly #timeoutMs: number;
  readonly #coverages: { readonly coverage: Coverage; readonly root: string }[] = [];

  /** Broken fixtures, left out of the programs. */
  readonly #dropped = new Set<BuiltFile>();
  readonly #history: TestHistory | undefined;
  #lineIsOpen = false;

  /** With a history only what changed since the last round is tested. */
  constructor(args: Arguments, context: Context, toolchain: Toolchain, history?: TestHistory) {
    this.#history = history;
    this.#args = args;
    this.#context = context;
    this.#toolchain = toolchain;
    this.#failFast = args.flag("fail-fast");
    this.#seed = args.integer("seed");
    this.#jobs = args.integer("jobs", 1) ?? 1;
    this.#timeoutMs = (args.integer("timeout", 1) ?? DEFAULT_TIMEOUT_S) * 1000;
    const name = args.text("reporter") ?? (args.flag("json") ? "json" : "pretty");
    const make = REPORTERS[name];
    if (make === undefined) {
      throw new UsageError(
        `no reporter ${name}: there are ${Object.keys(REPORTERS).join(", ")}`,
      );
    }
    this.#reporter = make(context.terminal);
  }

  async run(): Promise<number> {
    const { paths, classes } = await this.#pathsAndClasses();
    const library = this.#args.flag("doc");
    const targets = await this.#toolchain.targets(paths, { library });
    for (const target of targets) {
      if (!await this.#runTarget(target, classes)) break;
    }
    if (this.#history?.isTested === true && this.#tally.summary(undefined).total === 0) {
      this.#context.terminal.writeError("no test is affected\n");
      return ExitCode.ok;
    }
    if (this.#history !== undefined) this.#history.isTested = true;
    const summary = this.tellSummary();
    if (this.#args.flag("coverage")) await this.#tellCoverage();
    const narrowed = classes.size > 0 || this.#args.text("filter") !== undefined;
    if (summary.total === 0 && narrowed && this.#history === undefined) {
      throw new CommandFailure("no test matches");
    }
    return this.#tally.hasFailed ? ExitCode.failed : ExitCode.ok;
  }

  /** Has the counts so far shown. */
  tellSummary(): TestSummary {
    const summary = this.#tally.summary(this.#seed);
    this.#closeLine();
    this.#reporter.end(summary);
    return summary;
  }

  /** An argument that looks like a class name and is no path names a class. */
  async #pathsAndClasses(): Promise<{ paths: string[]; classes: Set<string> }> {
    const paths: string[] = [];
    const classes = new Set<string>();
    for (const argument of this.#args.positional) {
      const isName = /^[A-Z][A-Za-z0-9_]*$/.test(argument);
      if (isName && !await exists(argument, this.#context)) classes.add(argument);
      else paths.push(argument);
    }
    return { paths, classes };
  }

  /** Answers false if the run is to stop. */
  async #runTarget(target: Target, classes: ReadonlySet<string>): Promise<boolean> {
    const whole = await this.#buildOnce(target.sources);
    const changed = await this.#history?.narrow(whole, target);
    const isLoose = target.sources.package === LOOSE_PACKAGE;
    const programs = isLoose ? programsOf(target, whole.files) : [target];
    if (programs.length > 1) this.#tellClashes(whole);
    for (const program of programs) {
      const result = await this.#build(program.sources, program === target ? whole : undefined);
      const files = changed?.intersection(program.selected) ?? program.selected;
      this.#reportBroken(result, program, classes, target.selected.difference(program.selected));
      if (this.#failFast && this.#tally.hasFailed) return false;
      if (!await this.#runProgram(result, { ...program, selected: files }, classes)) return false;
    }
    return true;
  }

  async #runProgram(
    result: BuildResult,
    target: Target,
    classes: ReadonlySet<string>,
  ): Promise<boolean> {
    const matches = testFilter(this.#args.text("filter"));
    const selection: Selection = { files: target.selected, classes, matches };
    const onCovered = this.#coverageOf(result, target);
    if (this.#args.flag("doc")) {
      return await this.#runExamples(result, target, selection, onCovered);
    }
    if (!await this.#runSuites(result, target, selection, onCovered)) return false;
    if (classes.size > 0) return true;
    return await this.#runScripts(target, selection, onCovered);
  }

  /** Takes what the nodes of a program tell of its lines; undefined where nobody asked for it. */
  #coverageOf(result: BuildResult, { sources }: Target): OnCovered | undefined {
    if (!this.#args.flag("coverage")) return undefined;
    const coverage = new Coverage(result, sources.package);
    this.#coverages.push({ coverage, root: sources.root });
    return (module, lines) => coverage.add(module, lines);
  }

  /** Builds the program, without the fixtures of its tests that are broken. */
  async #build(sources: SourceSet, whole: BuildResult | undefined): Promise<BuildResult> {
    const { workingFolder } = this.#context;
    const named = new Set(this.#args.positional.map((path) => resolve(workingFolder, path)));
    const fixtures = await fixturesOf(sources, named);
    let result = whole ?? await this.#buildOnce(sources);
    for (let wanted = sources;;) {
      const rest = withoutBroken(wanted, result, fixtures);
      if (rest === undefined) return result;
      const kept = new Set(rest.files.map(({ path }) => path));
      for (const file of result.files) if (!kept.has(file.source.path)) this.#dropped.add(file);
      wanted = rest;
      result = await this.#buildOnce(wanted);
    }
  }

  #buildOnce(sources: SourceSet): Promise<BuildResult> {
    return this.#toolchain.build(sources, {
      mode: "quick",
      tests: true,
      // The library's own classes are in every node: for their examples nothing is compiled.
      checkOnly: sources.package === LIBRARY_PACKAGE,
      coverage: this.#args.flag("coverage"),
      byDaemon: true,
    });
  }

  #tellClashes({ files }: BuildResult): void {
    const { terminal, workingFolder } = this.#context;
    for (const { subject, paths } of clashesOf(files)) {
      if (subject.startsWith("Module ")) continue;
      const named = paths.slice(0, paths.length > 3 ? 2 : 3);
      const places = named.map((path) => `in ${displayPath(path, workingFolder)}`);
      if (named.length < paths.length) places.push(`${paths.length - named.length} more files`);
      const where = places.join(" and ");
      terminal.writeError(
        `warning: ${subject} is declared ${where}: their tests run in programs of their own\n`,
      );
    }
  }

  /** Each script runs on a node of its own. */
  async #runScripts(
    target: Target,
    selection: Selection,
    onCovered: OnCovered | undefined,
  ): Promise<boolean> {
    const scripts = target.sources.scripts.filter((path) => selection.files.has(path));
    if (scripts.length === 0) return true;
    const { runScripts } = await import("./test_scripts.ts");
    return await runScripts(scripts, {
      ...await this.#stepOptions(selection.matches, onCovered),
      jobs: this.#jobs,
    });
  }

  /** The examples of documentation comments, instead of tests. */
  async #runExamples(
    result: BuildResult,
    target: Target,
    { classes, matches }: Selection,
    onCovered: OnCovered | undefined,
  ): Promise<boolean> {
    const { runDocTests } = await import("./test_docs.ts");
    const compiled = new Set(
      result.files.filter(({ modules }) => modules !== undefined).map(({ source }) => source.path),
    );
    const paths = target.sources.files.map(({ path }) => path);
    const isWanted = (owner: string, name: string) =>
      (classes.size === 0 || classes.has(owner)) && matches(owner, name);
    return await runDocTests(target, {
      ...await this.#stepOptions(isWanted, onCovered),
      broken: new Set(paths.filter((path) => !compiled.has(path))),
    });
  }

  async #stepOptions(
    matches: StepTestOptions["matches"],
    onCovered: OnCovered | undefined,
  ): Promise<StepTestOptions> {
    const { workingFolder } = this.#context;
    return {
      installation: this.#toolchain.installation,
      library: await this.#toolchain.library(),
      temporaryFolder: () => this.#toolchain.temporaryFolder(),
      workingFolder,
      timeoutMs: this.#timeoutMs,
      failFast: this.#failFast,
      onCovered,
      shown: (path) => displayPath(path, workingFolder),
      matches,
      onReport: (report) => this.#report(report),
      onOutput: (output) => this.#show(output),
    };
  }

  /** Writes the report beside the program, where several are tested beside the first. */
  async #tellCoverage(): Promise<void> {
    const { workingFolder, terminal } = this.#context;
    const files = mergedFiles(
      this.#coverages.flatMap(({ coverage }) =>
        coverage.files((path) => displayPath(path, workingFolder))
      ),
    );
    const folder = join(this.#coverages[0]?.root ?? workingFolder, "_build", "coverage");
    await writeCoverage(files, folder);
    const counts = coverageCounts(files);
    terminal.writeError(
      `coverage ${percentage(counts)}: ${counts.reached} of ${counts.total} lines; ` +
        `${displayPath(join(folder, "index.html"), workingFolder)}\n`,
    );
  }

  #show(text: string): void {
    const { terminal } = this.#context;
    if (this.#reporter.output === "stdout") terminal.write(text);
    else terminal.writeError(text);
    if (text !== "") this.#lineIsOpen = !text.endsWith("\n");
  }

  /** Ends the line that the output of tests has left open. */
  #closeLine(): void {
    if (this.#lineIsOpen) this.#show("\n");
  }

  async #runSuites(
    result: BuildResult,
    target: Target,
    selection: Selection,
    onCovered: OnCovered | undefined,
  ): Promise<boolean> {
    const found = discover(result, selection);
    const seed = this.#seed;
    const suites = seed === undefined
      ? found
      : shuffled(found, seed).map((suite) => ({ ...suite, tests: shuffled(suite.tests, seed) }));
    const { workingFolder } = this.#context;
    const decoder = new TextDecoder();
    return await runSuites(suites, {
      node: {
        installation: this.#toolchain.installation,
        paths: [result.ebin],
        workingFolder: target.sources.manifest === undefined ? workingFolder : target.sources.root,
        onOutput: (bytes) => this.#show(decoder.decode(bytes, { stream: true })),
        onCovered,
      },
      modules: result.modules,
      jobs: this.#jobs,
      timeoutMs: this.#timeoutMs,
      failFast: this.#failFast,
      seed,
      shown: (path) => displayPath(path, workingFolder),
      onReport: (report) => this.#report(report),
    });
  }

  /**
   * A file that does not compile is one failure, if its tests were asked for or others need it; one
   * whose tests run in another program is told of there.
   */
  #reportBroken(
    result: BuildResult,
    target: Target,
    classes: ReadonlySet<string>,
    elsewhere: ReadonlySet<string>,
  ): void {
    for (const file of result.files) {
      if (elsewhere.has(file.source.path)) continue;
      const names = file.facts.classes.map(({ name }) => name);
      const isAsked = classes.size === 0 || names.length === 0 ||
        names.some((name) => classes.has(name)) || !target.selected.has(file.source.path);
      if (file.modules === undefined && isAsked) this.#report(this.#brokenFile(file));
    }
  }

  #brokenFile(file: BuiltFile): TestReport {
    const { source, text, diagnostics, facts } = file;
    const error = diagnostics.find(({ severity }) => severity === "error");
    return {
      class: facts.classes[0]?.name ?? basename(source.path, ".bt"),
      name: "compiles",
      status: "failed",
      message: this.#whyBroken(file),
      file: displayPath(source.path, this.#context.workingFolder),
      line: positionOf(text, error?.span.start ?? 0).line,
      durationMs: 0,
      assertions: 0,
      details: [],
      trace: [],
    };
  }

  #whyBroken({ source, text, diagnostics }: BuiltFile): string {
    const shown = displayPath(source.path, this.#context.workingFolder);
    const errors = diagnostics.filter(({ severity }) => severity === "error").map((diagnostic) =>
      renderDiagnostic({ file: shown, text, diagnostic }, plainColors)
    );
    return [`${shown} does not compile`, ...errors].join("\n").trimEnd();
  }

  #report(report: TestReport): void {
    const told = { ...report, message: report.message + this.#whyMissing(report.message) };
    this.#tally.add(told);
    this.#closeLine();
    this.#reporter.test(told);
  }

  /** Where a class is missing because its fixture is broken, what is wrong there. */
  #whyMissing(message: string): string {
    const missing = /Class '([^']+)' not found/.exec(message)?.[1];
    const declares = ({ facts }: BuiltFile) => facts.classes.some(({ name }) => name === missing);
    const file = missing === undefined ? undefined : [...this.#dropped].find(declares);
    return file === undefined ? "" : `\n${this.#whyBroken(file)}`;
  }
}

async function exists(path: string, { workingFolder }: Context): Promise<boolean> {
  try {
    await Deno.stat(`${workingFolder}/${path}`);
    return true;
  } catch {
    return false;
  }
}

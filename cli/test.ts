/**
 * `beamtalk test`: runs test classes and scripts of projects, folders and loose files.
 * @module
 */
import { basename, join, resolve } from "@std/path";
import { LIBRARY_PACKAGE, LOOSE_PACKAGE } from "../compiler/analysis/module_naming.ts";
import type { SourceSet } from "../compiler/project/sources.ts";
import type { Target } from "../compiler/project/targets.ts";
import type { BuildResult, BuiltFile } from "../live/build.ts";
import {
  type Arguments,
  type Command,
  CommandFailure,
  type Context,
  ExitCode,
  UsageError,
} from "./command.ts";
import { Coverage, coverageCounts, percentage } from "./coverage.ts";
import { writeCoverage } from "./coverage_files.ts";
import { displayPath, positionOf, renderDiagnostic } from "./diagnostic_text.ts";
import { plainColors } from "./terminal.ts";
import { discover, type Selection, testFilter } from "./test_discovery.ts";
import { fixturesOf, withoutBroken } from "./test_fixtures.ts";
import { shuffled } from "./test_order.ts";
import { clashesOf, programsOf } from "./test_programs.ts";
import { type Reporter, Tally, type TestReport } from "./test_report.ts";
import { REPORTERS } from "./test_reporters.ts";
import { runSuites } from "./test_run.ts";
import type { TestHistory } from "./test_watch.ts";
import { type Toolchain, withToolchain } from "./toolchain.ts";

/** The command. */
export const command: Command = {
  usage: ["beamtalk test [PATH|CLASS...]"],
  description:
    "PATH is a project's folder, a folder, a .bt file or a .btscript file; CLASS the name of a\n" +
    "test class. Without any, all tests of the project around the working folder are run. Classes\n" +
    "in the files given, and in fixtures folders beside them, can be used by the tests. Loose files\n" +
    "that declare the same class are tested in programs of their own.",
  options: [
    {
      name: "filter",
      short: "f",
      value: "TEXT",
      summary: "only tests with TEXT, or /PATTERN/, in Class>>selector",
    },
    { name: "doc", summary: "run the examples of documentation comments instead of tests" },
    { name: "reporter", short: "r", value: "NAME", summary: "pretty, json, junit or tap" },
    { name: "json", summary: "the same as --reporter json" },
    {
      name: "seed",
      value: "NUMBER",
      summary: "run in the random order of the seed, with its random values in property tests",
    },
    { name: "watch", short: "w", summary: "after each change run the tests that it affects" },
    { name: "fail-fast", summary: "stop at the first test that does not pass" },
    { name: "jobs", short: "j", value: "NUMBER", summary: "classes at a time; 1 unless given" },
    {
      name: "coverage",
      summary: "tell which lines the tests of classes reach; pages and lcov in _build/coverage",
    },
    { name: "timeout", value: "SECONDS", summary: "limit for one test; 30 unless given" },
  ],
  examples: [
    { line: "beamtalk test", does: "run all tests of the project" },
    { line: "beamtalk test CounterTest --filter Increment", does: "some tests of one class" },
    { line: "beamtalk test --doc src/", does: "run the examples in the comments" },
    { line: "beamtalk test tests/ --reporter junit > report.xml", does: "a report for a server" },
  ],
  run: (args, context) =>
    withToolchain(
      context,
      (tools) =>
        args.flag("watch")
          ? watchTests(args, context, tools)
          : new TestCommand(args, context, tools).run(),
    ),
};

/** Runs all tests, then after each change those that it affects, until it is interrupted. */
async function watchTests(
  args: Arguments,
  context: Context,
  toolchain: Toolchain,
): Promise<number> {
  const { SourceWatch, TestHistory } = await import("./test_watch.ts");
  const history = new TestHistory();
  const watch = new SourceWatch();
  const interrupted = new AbortController();
  const interrupt = () => interrupted.abort();
  let code: number = ExitCode.ok;
  while (!interrupted.signal.aborted) {
    // What changes while the tests run is seen after them.
    await watch.remember(history.folders);
    code = await round(new TestCommand(args, context, toolchain, history), context);
    if (history.folders.length === 0) return code;
    context.terminal.writeError("waiting for changes; Ctrl-C ends\n");
    Deno.addSignalListener("SIGINT", interrupt);
    await watch.change(history.folders, interrupted.signal);
    Deno.removeSignalListener("SIGINT", interrupt);
  }
  return code;
}

/** A round that cannot be run, as when a file is gone, ends itself and not the watch. */
async function round(command: TestCommand, { terminal }: Context): Promise<number> {
  try {
    return await command.run();
  } catch (error) {
    if (!(error instanceof CommandFailure)) throw error;
    terminal.writeError(`${error.message}\n`);
    return ExitCode.failed;
  }
}

const DEFAULT_TIMEOUT_S = 30;

class TestCommand {
  readonly #args: Arguments;
  readonly #context: Context;
  readonly #toolchain: Toolchain;
  readonly #reporter: Reporter;
  readonly #tally = new Tally();
  readonly #failFast: boolean;
  readonly #seed: number | undefined;
  readonly #coverages: { readonly coverage: Coverage; readonly root: string }[] = [];

  /** Broken fixtures, left out of the programs. */
  readonly #dropped = new Set<BuiltFile>();
  readonly #history: TestHistory | undefined;

  /** With a history only what changed since the last round is tested. */
  constructor(args: Arguments, context: Context, toolchain: Toolchain, history?: TestHistory) {
    this.#history = history;
    this.#args = args;
    this.#context = context;
    this.#toolchain = toolchain;
    this.#failFast = args.flag("fail-fast");
    if (args.flag("doc") && args.flag("coverage")) {
      throw new UsageError("--coverage is of the tests of classes, not of --doc");
    }
    this.#seed = args.integer("seed");
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
    const summary = this.#tally.summary(this.#seed);
    this.#reporter.end(summary);
    if (this.#args.flag("coverage")) await this.#tellCoverage();
    const narrowed = classes.size > 0 || this.#args.text("filter") !== undefined;
    if (summary.total === 0 && narrowed && this.#history === undefined) {
      throw new CommandFailure("no test matches");
    }
    return this.#tally.hasFailed ? ExitCode.failed : ExitCode.ok;
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
    if (this.#args.flag("doc")) return await this.#runExamples(result, target, selection);
    if (!await this.#runSuites(result, target, selection)) return false;
    if (classes.size > 0) return true;
    return await this.#runScripts(target, selection);
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
    });
  }

  #tellClashes({ files }: BuildResult): void {
    const { terminal, workingFolder } = this.#context;
    for (const { subject, paths } of clashesOf(files)) {
      if (subject.startsWith("Module ")) continue;
      const where = paths.map((path) => displayPath(path, workingFolder)).join(" and in ");
      terminal.writeError(
        `warning: ${subject} is declared in ${where}: their tests run in programs of their own\n`,
      );
    }
  }

  /** Each script runs on a node of its own. */
  async #runScripts(target: Target, selection: Selection): Promise<boolean> {
    const scripts = target.sources.scripts.filter((path) => selection.files.has(path));
    if (scripts.length === 0) return true;
    const { runScripts } = await import("./test_scripts.ts");
    const { workingFolder } = this.#context;
    return await runScripts(scripts, {
      installation: this.#toolchain.installation,
      library: await this.#toolchain.library(),
      workingFolder,
      jobs: this.#args.integer("jobs", 1) ?? 1,
      timeoutMs: this.#timeoutMs(),
      failFast: this.#failFast,
      shown: (path) => displayPath(path, workingFolder),
      matches: selection.matches,
      onReport: (report) => this.#report(report),
      onOutput: (output) => this.#show(output),
    });
  }

  /** The examples of documentation comments, instead of tests. */
  async #runExamples(
    result: BuildResult,
    target: Target,
    { classes, matches }: Selection,
  ): Promise<boolean> {
    const { runDocTests } = await import("./test_docs.ts");
    const { workingFolder } = this.#context;
    const broken = result.files.filter(({ modules }) => modules === undefined);
    return await runDocTests(target, {
      installation: this.#toolchain.installation,
      library: await this.#toolchain.library(),
      workingFolder,
      timeoutMs: this.#timeoutMs(),
      failFast: this.#failFast,
      broken: new Set(broken.map(({ source }) => source.path)),
      shown: (path) => displayPath(path, workingFolder),
      matches: (owner, name) => (classes.size === 0 || classes.has(owner)) && matches(owner, name),
      onReport: (report) => this.#report(report),
      onOutput: (output) => this.#show(output),
    });
  }

  /** Writes the report beside the program, where several are tested beside the first. */
  async #tellCoverage(): Promise<void> {
    const { workingFolder, terminal } = this.#context;
    const files = this.#coverages.flatMap(({ coverage }) =>
      coverage.files((path) => displayPath(path, workingFolder))
    );
    const folder = join(this.#coverages[0]?.root ?? workingFolder, "_build", "coverage");
    await writeCoverage(files, folder);
    const counts = coverageCounts(files);
    terminal.writeError(
      `coverage ${percentage(counts)}: ${counts.reached} of ${counts.total} lines; ` +
        `${displayPath(join(folder, "index.html"), workingFolder)}\n`,
    );
  }

  #timeoutMs(): number {
    return (this.#args.integer("timeout", 1) ?? DEFAULT_TIMEOUT_S) * 1000;
  }

  #show(text: string): void {
    const { terminal } = this.#context;
    if (this.#reporter.output === "stdout") terminal.write(text);
    else terminal.writeError(text);
  }

  async #runSuites(result: BuildResult, target: Target, selection: Selection): Promise<boolean> {
    const found = discover(result, selection);
    const seed = this.#seed;
    const suites = seed === undefined
      ? found
      : shuffled(found, seed).map((suite) => ({ ...suite, tests: shuffled(suite.tests, seed) }));
    const { workingFolder } = this.#context;
    const coverage = new Coverage(result, target.sources.package);
    this.#coverages.push({ coverage, root: target.sources.root });
    const decoder = new TextDecoder();
    return await runSuites(suites, {
      node: {
        installation: this.#toolchain.installation,
        paths: [result.ebin],
        workingFolder: target.sources.manifest === undefined ? workingFolder : target.sources.root,
        onOutput: (bytes) => this.#show(decoder.decode(bytes, { stream: true })),
        onCovered: (module, lines) => coverage.add(module, lines),
      },
      modules: result.modules,
      jobs: this.#args.integer("jobs", 1) ?? 1,
      timeoutMs: this.#timeoutMs(),
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

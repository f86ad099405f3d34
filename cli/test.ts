/**
 * `beamtalk test`: runs test classes and scripts of projects, folders and loose files.
 * @module
 */
import { type Arguments, type Command, CommandFailure, type Context, ExitCode } from "./command.ts";
import { untilInterrupted } from "./interruption.ts";
import { type Toolchain, withToolchain } from "./toolchain.ts";
import { TestCommand } from "./test_command.ts";

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
      summary:
        "tell which lines tests, scripts and examples reach; pages and lcov in _build/coverage",
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
          : uninterrupted(new TestCommand(args, context, tools), tools),
    ),
};

/** Runs the tests; when it is interrupted, what they have told so far is summed up. */
function uninterrupted(tests: TestCommand, toolchain: Toolchain): Promise<number> {
  return untilInterrupted(() => {
    tests.tellSummary();
    toolchain.removeTemporary();
  }, () => tests.run());
}

/** Runs all tests, then after each change those that it affects, until it is interrupted. */
async function watchTests(
  args: Arguments,
  context: Context,
  toolchain: Toolchain,
): Promise<number> {
  const { SourceWatch, TestHistory } = await import("./test_watch.ts");
  const history = new TestHistory();
  const watch = new SourceWatch();
  let code: number = ExitCode.ok;
  const end = () => {
    toolchain.removeTemporary();
    Deno.exit(code);
  };
  return await untilInterrupted(end, async () => {
    for (;;) {
      code = await round(new TestCommand(args, context, toolchain, history), context);
      if (history.folders.length === 0) return code;
      context.terminal.writeError("waiting for changes; Ctrl-C ends\n");
      await watch.change(history);
    }
  });
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

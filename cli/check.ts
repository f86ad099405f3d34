/**
 * `beamtalk check`: reports mistakes and writes nothing.
 * @module
 */
import { type Arguments, type Command, type Context, ExitCode, UsageError } from "./command.ts";
import {
  findingsOf,
  manifestWarnings,
  printFindings,
  tellingFindings,
  withToolchain,
} from "./toolchain.ts";

/** The command. */
export const command: Command = {
  usage: ["beamtalk check [PATH...]"],
  description: "PATH is a project's folder or a .bt file; the project around the working folder\n" +
    "where there is none. Sources and tests are checked. The exit code is 1 if there are errors.",
  options: [
    { name: "json", summary: "print findings as JSON" },
    { name: "strict", summary: "fail on warnings too" },
  ],
  run: (args, context) => tellingFindings(context, args.flag("json"), () => check(args, context)),
};

function check(args: Arguments, context: Context): Promise<number> {
  const script = args.positional.find((path) => path.endsWith(".btscript"));
  if (script !== undefined) {
    throw new UsageError(`${script} is a script: beamtalk test runs it and tells its mistakes`);
  }
  return withToolchain(context, async (toolchain) => {
    const findings = [];
    const targets = await toolchain.targets(args.positional, { library: true });
    for (const { sources, selected } of targets) {
      findings.push(...manifestWarnings(sources, context.workingFolder));
      const result = await toolchain.build(sources, {
        mode: "quick",
        tests: true,
        checkOnly: true,
      });
      const asked = result.files.filter(({ source }) => selected.has(source.path));
      findings.push(...findingsOf({ ...result, files: asked }, context.workingFolder));
    }
    printFindings(findings, context, args.flag("json"));
    const severities = new Set(findings.map(({ diagnostic }) => diagnostic.severity));
    const failed = severities.has("error") || (args.flag("strict") && severities.has("warning"));
    if (!failed && findings.length === 0 && !args.flag("json")) {
      context.terminal.writeError("no mistakes found\n");
    }
    return failed ? ExitCode.failed : ExitCode.ok;
  });
}

/**
 * `beamtalk fmt`: formats sources in place.
 * @module
 */
import { allFiles } from "../compiler/project/sources.ts";
import { format } from "../compiler/syntax/format.ts";
import { parse } from "../compiler/syntax/source_file.ts";
import { writeWhole } from "../live/build_files.ts";
import { type Command, type Context, ExitCode } from "./command.ts";
import { displayPath, type FileDiagnostic } from "./diagnostic_text.ts";
import { printFindings, Toolchain } from "./toolchain.ts";

/** The command. */
export const command: Command = {
  usage: ["beamtalk fmt [PATH...]"],
  description:
    "PATH is a project's folder, a folder, a .bt file or a .btscript file; the project\n" +
    "around the working folder where there is none. A file with syntax errors stays as it is.",
  options: [{ name: "check", summary: "write nothing; fail if a file is not formatted" }],
  async run(args, context) {
    const paths = new Map<string, boolean>();
    const targets = await new Toolchain(context).targets(args.positional, { library: true });
    for (const { sources, selected } of targets) {
      for (const { path } of allFiles(sources)) if (selected.has(path)) paths.set(path, false);
      for (const path of sources.scripts) if (selected.has(path)) paths.set(path, true);
    }
    const findings: FileDiagnostic[] = [];
    const changed: string[] = [];
    for (const [path, isScript] of paths) {
      const text = await Deno.readTextFile(path);
      const formatted = formattedText(path, text, isScript, findings, context);
      if (formatted === undefined || formatted === text) continue;
      changed.push(displayPath(path, context.workingFolder));
      if (!args.flag("check")) await writeWhole(path, formatted);
    }
    printFindings(findings, context);
    return tell(changed, paths.size, args.flag("check"), findings.length > 0, context);
  },
};

/** The formatted text; undefined where the file has syntax errors, which are added. */
function formattedText(
  path: string,
  text: string,
  isScript: boolean,
  findings: FileDiagnostic[],
  { workingFolder }: Context,
): string | undefined {
  const tree = parse(text, { kind: isScript ? "script" : "file" });
  const errors = tree.diagnostics.filter(({ severity }) => severity === "error");
  const file = displayPath(path, workingFolder);
  findings.push(...errors.map((diagnostic) => ({ file, text, diagnostic })));
  return errors.length > 0 ? undefined : format(tree);
}

function tell(
  changed: readonly string[],
  total: number,
  checkOnly: boolean,
  hasErrors: boolean,
  { terminal }: Context,
): number {
  for (const path of changed) {
    terminal.write(checkOnly ? `not formatted: ${path}\n` : `formatted ${path}\n`);
  }
  if (changed.length === 0 && !hasErrors) terminal.writeError(`${total} files are formatted\n`);
  return hasErrors || (checkOnly && changed.length > 0) ? ExitCode.failed : ExitCode.ok;
}

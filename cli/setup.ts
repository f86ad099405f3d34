/**
 * `beamtalk setup`: installs what is missing and compiles the toolchain's own parts.
 * @module
 */
import { join } from "@std/path";
import { buildErlang } from "../live/build_erlang.ts";
import { whileLocked } from "../live/build_files.ts";
import { type Installation, installation } from "../live/installation.ts";
import { writeModuleVersions } from "../live/module_versions.ts";
import { type Command, CommandFailure, type Context, ExitCode } from "./command.ts";
import { installErlang } from "./erlang_install.ts";

/** The command. */
export const command: Command = {
  usage: ["beamtalk setup"],
  description: "Installs Erlang from the system's package manager where it is missing, and\n" +
    "compiles the Erlang applications and the class library. Does nothing when all is there.",
  options: [],
  async run(_args, context) {
    await installErlang((line) => context.terminal.writeError(`${line}\n`));
    const home = installation();
    if (!await hasSources(home.root)) return ExitCode.ok;
    const failures = await whileLocked(join(home.root, "_build"), async () => {
      const failed = [...await compileErlang(home, context), ...await compileLibrary(context)];
      await writeModuleVersions(home);
      return failed;
    });
    if (failures.length > 0) throw new CommandFailure(failures.join("\n"));
    return ExitCode.ok;
  },
};

/** The executable carries everything compiled; only the source tree has something to compile. */
async function hasSources(root: string): Promise<boolean> {
  try {
    return (await Deno.stat(join(root, "erlang"))).isDirectory;
  } catch {
    return false;
  }
}

/** Answers what does not compile; the rest does all the same. */
async function compileErlang(home: Installation, { terminal }: Context): Promise<string[]> {
  const failures: string[] = [];
  for (const { application, compiled, errors } of await buildErlang(home)) {
    if (compiled.length > 0) {
      terminal.writeError(`compiled ${compiled.length} Erlang modules of ${application}\n`);
    }
    if (errors !== "") failures.push(`Erlang modules of ${application} do not compile:\n${errors}`);
  }
  return failures;
}

/** The compiler is imported only now: what it stands on has just been made. */
async function compileLibrary(context: Context): Promise<string[]> {
  const { buildLibrary } = await import("../live/build_library.ts");
  const { findingsOf, printFindings, withToolchain } = await import("./toolchain.ts");
  const result = await withToolchain(
    context,
    (toolchain) => buildLibrary(toolchain.installation, () => toolchain.port()),
  );
  const compiled = result.files.filter((file) => file.compiled).length;
  if (compiled > 0) {
    context.terminal.writeError(`compiled ${compiled} files of the class library\n`);
  }
  if (!result.hasErrors) return [];
  const errors = findingsOf(result, context.workingFolder)
    .filter(({ diagnostic }) => diagnostic.severity === "error");
  printFindings(errors, context);
  return ["the class library does not compile"];
}

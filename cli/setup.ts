/**
 * `beamtalk setup`: installs what is missing and compiles the toolchain's own parts.
 * @module
 */
import { installErlang } from "./erlang_install.ts";
import { type Command, CommandFailure, ExitCode } from "./command.ts";
import { buildErlang } from "../live/build_erlang.ts";
import { whileLocked } from "../live/build_files.ts";
import { installation } from "../live/installation.ts";
import { join } from "@std/path";

/** The command. */
export const command: Command = {
  usage: ["beamtalk setup"],
  description: "Installs Erlang from the system's package manager where it is missing, and\n" +
    "compiles the Erlang applications and the class library. Does nothing when all is there.",
  options: [],
  async run(_args, { terminal }) {
    const say = (line: string) => terminal.writeError(`${line}\n`);
    await installErlang(say);
    const home = installation();
    const failed = await whileLocked(join(home.root, "_build"), async () => {
      let errors = "";
      for (const build of await buildErlang(home)) {
        if (build.compiled.length > 0) {
          say(`compiled ${build.compiled.length} Erlang modules of ${build.application}`);
        }
        errors += build.errors === "" ? "" : `${build.errors}\n`;
      }
      return errors;
    });
    if (failed !== "") throw new CommandFailure(`Erlang modules do not compile:\n${failed}`);
    return ExitCode.ok;
  },
};

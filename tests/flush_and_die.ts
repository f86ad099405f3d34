/**
 * A toolchain that flushes the changes of a project and is killed at one step: `ROOT HOME STEP`.
 * @module
 */
import { PortProgram } from "../bridge/mod.ts";
import { flushChanges } from "../live/flush.ts";
import { installation } from "../live/installation.ts";
import { libraryFacts } from "../live/library.ts";
import { openWorkspace } from "../live/open_workspace.ts";

const [root = "", home = "", last = ""] = Deno.args;
const { workspace, program } = await openWorkspace(root, {
  installation: installation(),
  library: await libraryFacts(installation()),
  port: await PortProgram.start({ ebin: installation().ebin("port") }),
  home,
  idleSeconds: 60,
});
await flushChanges(workspace, program, {}, (step) => {
  if (step === last) Deno.kill(Deno.pid, "SIGKILL");
});

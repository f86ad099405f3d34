/**
 * Builds that a daemon does for a command which then runs what was built by itself, such as `test`.
 * The command's own build comes after it and finds nothing left to compile; what the daemon did not
 * do, it does. So the outcome is the same with a daemon, without one, and with one that fails.
 * @module
 */
import { join } from "@std/path";
import { entriesOf, type SourceSet } from "../compiler/project/sources.ts";
import { whileLocked } from "../live/build_files.ts";
import { isObject, type Json, type RpcConnection } from "../live/json_rpc.ts";
import {
  connectDaemon,
  installationMark,
  requestOfLiving,
  SilentDaemon,
  WITHOUT_DAEMON,
} from "./daemon_client.ts";
import type { BuildRequest } from "./toolchain.ts";

/** Has a daemon that runs build a program into a folder. Never throws; `tell` hears of one that hangs. */
export async function buildByDaemon(
  sources: SourceSet,
  request: BuildRequest,
  output: string,
  tell: (warning: string) => void,
): Promise<void> {
  let daemon: RpcConnection | undefined;
  try {
    daemon = await connectDaemon();
    if (daemon !== undefined) await buildBy(daemon, sources, request, output);
  } catch (error) {
    // The command builds by itself, and tells what else is wrong.
    if (error instanceof SilentDaemon) tell(WITHOUT_DAEMON);
  } finally {
    daemon?.close();
  }
}

async function buildBy(
  daemon: RpcConnection,
  sources: SourceSet,
  { mode, tests, coverage = false }: BuildRequest,
  output: string,
): Promise<void> {
  const answer = await requestOfLiving(daemon, "build", {
    installation: installationMark(),
    // A program of loose files is built into a folder of the daemon's, which keeps it.
    ...(sources.manifest === undefined ? {} : { output }),
    ...{ mode, tests, coverage, sources: JSON.parse(JSON.stringify(sources)) as Json },
  });
  if (!isObject(answer)) return;
  if (answer["other"] === true) {
    await daemon.request("stop");
    await daemon.closed;
    const { restartDaemon } = await import("./daemon.ts");
    await restartDaemon();
  }
  const kept = answer["output"];
  if (typeof kept === "string" && kept !== output) await copyBuild(kept, output);
}

/** Copies what a build has left; a later build there does not reach the copy. */
async function copyBuild(from: string, to: string): Promise<void> {
  if (!(await Deno.stat(from)).isDirectory) return;
  await whileLocked(from, async () => {
    await Deno.mkdir(join(to, "ebin"), { recursive: true });
    for (const folder of ["ebin", ""]) {
      const files = (await entriesOf(join(from, folder))).filter(({ name, isFile }) =>
        isFile && !name.startsWith(".")
      );
      await Promise.all(
        files.map(({ name }) => Deno.copyFile(join(from, folder, name), join(to, folder, name))),
      );
    }
  });
}

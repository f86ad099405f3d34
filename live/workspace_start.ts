/**
 * Starting and ending workspace nodes: detached `erl` processes that belong to a project and
 * survive the command that started them.
 * @module
 */
import { join } from "@std/path";
import { readTextIfThere, whileLocked } from "./build_files.ts";
import { type Installation, ownCommand } from "./installation.ts";
import { runtimeVersion } from "./module_versions.ts";
import {
  createRecord,
  findRunning,
  nodeName,
  nodesFolder,
  readRecord,
  recordFolder,
  removeIfThere,
  type RunningWorkspace,
  type WorkspaceRecord,
} from "./workspace_record.ts";
import { stopRecorded } from "./workspace_stop.ts";

/** How a workspace is started. */
export interface StartOptions {
  readonly installation: Installation;
  readonly home: string;
  /** The project's root, absolute; also the node's working folder. */
  readonly root: string;
  /** Seconds without a client until it stops; never where left out. */
  readonly idleSeconds?: number;
  /** Seconds after its last client has gone; as `idleSeconds` where left out. */
  readonly goneSeconds?: number;
  /** Tells several nodes of one root apart. */
  readonly label?: string;
}

/** The node did not start, with what it said. */
export class WorkspaceStartError extends Error {
  override readonly name = "WorkspaceStartError";
}

const START_LIMIT = 20_000;

/** A running workspace, and whether this call started it. */
export interface StartedWorkspace {
  readonly record: RunningWorkspace;
  readonly isNew: boolean;
}

/** Finds the workspace of a root, or starts it. Several callers at once get the same one. */
export async function ensureWorkspace(options: StartOptions): Promise<StartedWorkspace> {
  const { home, root } = options;
  const folder = recordFolder(home, root, options.label);
  const found = await findRunning(home, folder);
  if (found !== undefined) return { record: found, isNew: false };
  return await whileLocked(`${folder}.starting`, async () => {
    const meanwhile = await findRunning(home, folder);
    if (meanwhile !== undefined) return { record: meanwhile, isNew: false };
    return await startAnew(options, folder);
  });
}

/** Starts the workspace of a record again, unless somebody else has done so meanwhile. */
export async function restartWorkspace(
  options: StartOptions,
  { folder, node }: RunningWorkspace,
): Promise<StartedWorkspace> {
  return await whileLocked(`${folder}.starting`, async () => {
    const found = await findRunning(options.home, folder);
    if (found !== undefined && found.node.osPid !== node.osPid) {
      return { record: found, isNew: false };
    }
    if (found !== undefined) await stopRecorded(options.home, found);
    return await startAnew(options, folder);
  });
}

async function startAnew(options: StartOptions, folder: string): Promise<StartedWorkspace> {
  const unreachable = await readRecord(folder);
  if (unreachable?.node !== undefined) await stopRecorded(options.home, unreachable);
  await createRecord(options.home, folder, options.root);
  await Deno.writeTextFile(join(folder, RUNTIME_FILE), await runtimeVersion(options.installation));
  return { record: await start(options, folder), isNew: true };
}

const RUNTIME_FILE = "runtime";

/** Whether the node of a record was started with this installation's runtime and library. */
export async function isCurrent(
  record: WorkspaceRecord,
  installation: Installation,
): Promise<boolean> {
  const started = await readTextIfThere(join(record.folder, RUNTIME_FILE));
  return started === await runtimeVersion(installation);
}

async function start(
  options: StartOptions,
  folder: string,
): Promise<RunningWorkspace> {
  await removeIfThere(join(folder, "failed"));
  const { success, stderr } = await new Deno.Command("erl", {
    args: nodeArguments(options, folder),
    env: nodeEnvironment(options, folder),
    cwd: options.root,
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).output();
  if (!success) {
    throw new WorkspaceStartError(`erl does not start: ${new TextDecoder().decode(stderr)}`);
  }
  return await ready(options.home, folder);
}

function nodeArguments(options: StartOptions, folder: string): string[] {
  const { installation } = options;
  const paths = [...installation.runtimePaths, installation.ebin("workspace")];
  const log = logFile(options, folder).replaceAll("\\", "\\\\").replaceAll('"', '\\"');
  return [
    // A scheduler that is held up, as by a huge binary, does not keep the others' processes.
    ...[
      "-detached",
      "-noinput",
      "+fnu",
      "+sfwi",
      "100",
      "+sbwt",
      "none",
      "+sbwtdcpu",
      "none",
      "+sbwtdio",
      "none",
    ],
    ...["-name", nodeName(options.root, options.label), "-start_epmd", "false"],
    ...["-epmd_module", "beamtalk_workspace_epmd"],
    ...["-kernel", "inet_dist_use_interface", "{127,0,0,1}"],
    ...["-kernel", "prevent_overlapping_partitions", "false"],
    ...["-kernel", "logger", `[{handler,default,logger_std_h,#{config=>#{file=>"${log}"}}}]`],
    ...["-pa", ...paths],
    ...["-s", "beamtalk_workspace_node"],
  ];
}

/**
 * A node that ends with its command may outlive its folder by a moment: writing a log would make the
 * folder again, which nobody reads.
 */
function logFile({ goneSeconds }: StartOptions, folder: string): string {
  return goneSeconds === undefined ? join(folder, "log") : "/dev/null";
}

/** HOME is where Erlang looks for the cookie; the node puts the user's own back at once. */
function nodeEnvironment(options: StartOptions, folder: string): Record<string, string> {
  return {
    HOME: folder,
    BEAMTALK_USER_HOME: Deno.env.get("HOME") ?? "",
    BEAMTALK_RECORD: folder,
    BEAMTALK_NODES: nodesFolder(options.home),
    BEAMTALK_HOME: options.home,
    BEAMTALK_TOOLCHAIN: ownCommand().join("\n"),
    BEAMTALK_IDLE: idleLimits(options),
    ERL_CRASH_DUMP: join(folder, "erl_crash.dump"),
  };
}

function idleLimits({ idleSeconds, goneSeconds }: StartOptions): string {
  if (idleSeconds === undefined) return "never";
  return goneSeconds === undefined ? String(idleSeconds) : `${idleSeconds} ${goneSeconds}`;
}

async function ready(
  home: string,
  folder: string,
): Promise<RunningWorkspace> {
  const deadline = Date.now() + START_LIMIT;
  while (Date.now() < deadline) {
    const found = await findRunning(home, folder);
    if (found !== undefined) return found;
    const failure = await readTextIfThere(join(folder, "failed"));
    if (failure !== undefined) {
      throw new WorkspaceStartError(`the workspace does not start: ${failure}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  const log = await readTextIfThere(join(folder, "log")) ?? "";
  throw new WorkspaceStartError(
    `the workspace was not ready within ${START_LIMIT / 1000} s; its log ends with:\n` +
      log.split("\n").slice(-10).join("\n"),
  );
}

/**
 * Finding or starting the node of a workspace, and connecting to it.
 * @module
 */
import { NodeError } from "../bridge/mod.ts";
import { neededFor, otherWorkspace } from "./node_build.ts";
import { type Connections, NodeRefusal, type Workspace } from "./workspace.ts";
import { readCookie, type RunningWorkspace } from "./workspace_record.ts";
import {
  ensureWorkspace,
  isCurrent,
  restartWorkspace,
  type StartedWorkspace,
  type StartOptions,
} from "./workspace_start.ts";

/**
 * Starts or finds the node and joins it. One that another build has started is started anew where
 * nothing would be lost by that, and refused otherwise: the code that this toolchain compiles is for
 * the runtime that belongs to it.
 */
export async function joinOfThisBuild(
  connections: Connections,
  options: StartOptions & { readonly restarts?: boolean },
  tries = 2,
): Promise<JoinedWorkspace> {
  const started = await startAndJoin(connections, options);
  const { record, workspace } = started;
  if (started.isNew || await isCurrent(record, options.installation)) {
    return { ...started, isRenewed: false };
  }
  try {
    const needs = options.restarts === false ? ["its own code"] : await neededFor(workspace);
    if (needs.length > 0) throw await otherWorkspace(workspace, needs);
    const renewed = await restartWorkspace(options, record);
    const joined = await joinRecord(connections, renewed.record);
    return { ...renewed, workspace: joined, isRenewed: true };
  } catch (error) {
    // Another toolchain may be starting it anew just then.
    const isGone = error instanceof NodeError ||
      error instanceof NodeRefusal && error.kind === "stopping";
    if (!isGone || tries === 0) throw error;
    return await joinOfThisBuild(connections, options, tries - 1);
  }
}

/** A running workspace, connected. */
export interface JoinedWorkspace extends StartedWorkspace {
  readonly workspace: Workspace;
  /** Whether it ran another build before. */
  readonly isRenewed: boolean;
}

/** A node that answered when it was looked for may be gone when it is joined: another one is started. */
async function startAndJoin(connections: Connections, options: StartOptions, tries = 2) {
  const started = await ensureWorkspace(options);
  try {
    return { ...started, workspace: await joinRecord(connections, started.record) };
  } catch (error) {
    // One that is killed just then may break off the handshake.
    const isGone = error instanceof NodeError &&
      (error.kind === "dead_host" || error.kind === "handshake_failed");
    if (!isGone || tries === 0) throw error;
    return await startAndJoin(connections, options, tries - 1);
  }
}

/** Connects to the node of a record. */
export async function joinRecord(
  connections: Connections,
  record: RunningWorkspace,
): Promise<Workspace> {
  const { name, port } = record.node;
  return await connections.connect({ name, port, cookie: await readCookie(record.folder) });
}

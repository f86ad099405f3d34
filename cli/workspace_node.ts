/**
 * Asking the node of a workspace without a toolchain: nothing is built, loaded or started.
 * @module
 */
import type { Workspace } from "../live/workspace.ts";
import { readCookie, type RunningWorkspace } from "../live/workspace_record.ts";

/** Connects for one piece of work. What that needs is imported only now: other questions do without. */
export async function atNode<T>(
  record: RunningWorkspace,
  work: (workspace: Workspace) => Promise<T>,
): Promise<T> {
  const { PortProgram } = await import("../bridge/mod.ts");
  const { installation } = await import("../live/installation.ts");
  const { Connections } = await import("../live/workspace.ts");
  const port = await PortProgram.start({ ebin: installation().ebin("port") });
  try {
    const { name, port: listening } = record.node;
    const cookie = await readCookie(record.folder);
    return await work(await new Connections(port).connect({ name, port: listening, cookie }));
  } finally {
    await port.close();
  }
}

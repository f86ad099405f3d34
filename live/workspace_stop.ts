/**
 * Ending the nodes of workspaces with nothing but what is on disk of them: it works also where the
 * project, the toolchain's own build or the node's code is broken.
 * @module
 */
import { forgetNode, type RunningNode, type WorkspaceRecord } from "./workspace_record.ts";

/** How long a node may take to end in good order. */
const PATIENCE_MS = 10_000;

/** Ends the node of a record, by force where it does not end by itself; false where none ran. */
export async function stopRecorded(home: string, record: WorkspaceRecord): Promise<boolean> {
  const { node } = record;
  if (node === undefined) return false;
  const ran = await isRunning(node);
  if (ran) await end(node);
  await forgetNode(home, record);
  return ran;
}

async function end(node: RunningNode): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  signal(node, "SIGTERM");
  while (await isRunning(node)) {
    if (Date.now() > deadline) {
      signal(node, "SIGKILL");
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function signal({ osPid }: RunningNode, name: "SIGTERM" | "SIGKILL"): void {
  try {
    Deno.kill(osPid, name);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

/** Whether the process is there and is that node, not another that was given its number since. */
async function isRunning({ osPid, name }: RunningNode): Promise<boolean> {
  try {
    const commandLine = await new Deno.Command("ps", {
      args: ["-ww", "-o", "stat=,args=", "-p", String(osPid)],
      stderr: "null",
    }).output();
    const shown = new TextDecoder().decode(commandLine.stdout).trim();
    return shown.includes(name) && !shown.startsWith("Z");
  } catch {
    // Without `ps` the number has to do.
    return await Deno.stat(`/proc/${osPid}`).then(() => true, () => false);
  }
}

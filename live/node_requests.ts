/**
 * Answers what code in an open workspace asks of its toolchain.
 * @module
 */
import { compileRequests } from "./compile_requests.ts";
import type { OpenWorkspace } from "./open_workspace.ts";
import { otherNodes, type WantedNodes } from "./other_nodes.ts";

/** Lets code in the node ask for files and methods to be compiled and loaded. */
export async function answerNode(open: OpenWorkspace): Promise<void> {
  const { connections, workspace, program } = open;
  const others = (wanted: WantedNodes) => otherNodes(open, wanted);
  connections.onCompileRequest(compileRequests(workspace, program, others));
  await workspace.attach();
}

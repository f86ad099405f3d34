/**
 * Answers what code in an open workspace asks of its toolchain.
 * @module
 */
import { compileRequests } from "./compile_requests.ts";
import { filesOnDisk, loadFiles, type OpenWorkspace, sourcesAt } from "./open_workspace.ts";
import { loadChanges } from "./prompt_declarations.ts";

/** Lets code in the node ask for files and methods to be compiled and loaded. */
export async function answerNode(open: OpenWorkspace): Promise<void> {
  const { connections, workspace, program, root } = open;
  connections.onCompileRequest(compileRequests({
    root,
    program,
    load: (sources) => loadFiles([workspace], program, sources),
    sourcesAt: (path) => sourcesAt(program, path, root),
    projectFiles: () => filesOnDisk(root),
    loadChanges: async (changes) => void await loadChanges(workspace, program, changes),
  }));
  await workspace.attach();
}

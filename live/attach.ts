/**
 * Joining a node that Beamtalk did not start: what it lacks of the runtime is sent over
 * distribution, and taken away on leaving.
 * @module
 */
import { join } from "@std/path";
import { atom, charlist, type Term, text, Tuple } from "../bridge/mod.ts";
import { withoutDebugInfo } from "./beam_file.ts";
import type { Installation } from "./installation.ts";
import { LiveProgram } from "./live_program.ts";
import { answerNode } from "./node_requests.ts";
import { numberField } from "./node_terms.ts";
import { joinProgram, type OpenOptions, type OpenWorkspace } from "./open_workspace.ts";
import { workspaceRoot } from "./workspace_record.ts";
import { Connections, type NodeAddress, NodeRefusal, type Workspace } from "./workspace.ts";

/** A node that was joined. */
export interface AttachedNode {
  readonly open: OpenWorkspace;
  /** The modules that it was sent. */
  readonly sent: readonly string[];
  /** Ends the attachment. Who leaves last takes away what was sent, unless it is kept. */
  leave(keep?: boolean): Promise<Left>;
}

/** What leaving did. */
export interface Left {
  /** Actors that could not live on without what was taken away. */
  readonly stopped: number;
  readonly unloaded: number;
}

/** Joins a node and makes it able to run Beamtalk. */
export async function attachNode(
  address: NodeAddress,
  folder: string,
  options: OpenOptions,
): Promise<AttachedNode> {
  const connections = new Connections(options.port);
  const workspace = await connections.connect(address);
  const sent = await settle(workspace, options.installation);
  if (sent === undefined) {
    const open = await joinProgram(address, folder, options);
    await answerNode(open);
    return { open, sent: [], leave: () => Promise.resolve({ stopped: 0, unloaded: 0 }) };
  }
  const root = await workspaceRoot(folder);
  const program = new LiveProgram(options.library, options.port, root);
  const node = { name: address.name, port: address.port ?? 0, osPid: 0, otpRelease: "" };
  const open: OpenWorkspace = {
    options,
    root,
    workspace,
    connections,
    program,
    record: { folder: "", root, node },
    isNew: false,
    built: undefined,
    report: undefined,
    refused: undefined,
    warnings: [],
  };
  await answerNode(open);
  return {
    open,
    sent,
    leave: (keep = false) => leave(workspace, keep),
  };
}

/** Sends what the node lacks. Undefined where the workspace there is the node's own. */
async function settle(
  workspace: Workspace,
  installation: Installation,
): Promise<readonly string[] | undefined> {
  const registered = (name: string) => workspace.call("erlang", "whereis", [atom(name)]);
  const [running, guest, files] = await Promise.all([
    registered("beamtalk_workspace_sup"),
    registered(GUEST),
    moduleFiles(installation),
  ]);
  const isFirst = guest === atom("undefined");
  if (running !== atom("undefined") && isFirst) return undefined;
  const part = async (module: string) => {
    const beam = withoutDebugInfo(await Deno.readFile(files.get(module)!));
    return new Tuple([atom(module), charlist(`${module}.beam`), beam]);
  };
  if (isFirst) await workspace.call("code", "load_binary", (await part(GUEST)).elements);
  await workspace.call(GUEST, "start", []);
  const names = [...files.keys()].map(atom);
  const lacking = listOf(await workspace.call(GUEST, "lacking", [names])).map((each) => text(each));
  const parts = await Promise.all(lacking.map(part));
  if (parts.length > 0) taken(await workspace.call(GUEST, "take", [parts], 60_000));
  const client = await workspace.connections.client();
  taken(await workspace.call(GUEST, "settle", [client], 60_000));
  return isFirst ? [GUEST, ...lacking].sort() : lacking;
}

/** The files of all modules that a node needs, by the names of the modules. */
async function moduleFiles(installation: Installation): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  for (const folder of [...installation.runtimePaths, installation.ebin("workspace")]) {
    for await (const { name } of Deno.readDir(folder)) {
      if (name.endsWith(".beam")) files.set(name.slice(0, -".beam".length), join(folder, name));
    }
  }
  return files;
}

const GUEST = "beamtalk_workspace_guest";

function listOf(term: Term): readonly Term[] {
  return Array.isArray(term) ? term : [];
}

/** Throws where the node says `{error, Why}`. */
function taken(answer: Term): void {
  if (!(answer instanceof Tuple)) return;
  throw new NodeRefusal(text(answer.elements[1]!), "not_loadable", undefined);
}

async function leave(workspace: Workspace, keep: boolean): Promise<Left> {
  const client = await workspace.connections.client();
  const left = await workspace.call(GUEST, "leave", [client, atom(String(keep))], 60_000);
  const unloaded = numberField(left, "unloaded");
  if (unloaded > 0) await workspace.call("code", "purge", [atom(GUEST)]);
  return { stopped: numberField(left, "stopped"), unloaded };
}

/**
 * Joining a node that Beamtalk did not start: what it lacks of the runtime is sent over
 * distribution, and taken away on leaving.
 * @module
 */
import { atom, charlist, type Term, text, Tuple } from "../bridge/mod.ts";
import { withoutDebugInfo } from "./beam_file.ts";
import type { Installation } from "./installation.ts";
import { LiveProgram } from "./live_program.ts";
import { moduleFiles } from "./module_versions.ts";
import {
  compare,
  GUEST,
  isUndefined,
  otherBuild,
  type OtherModule,
  ownBuildHint,
} from "./node_build.ts";
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
  const settled = await settle(workspace, options.installation);
  if (settled === undefined) {
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
    sent: settled.sent,
    leave: (keep = false) => leave(workspace, keep || settled.keeps),
  };
}

/** A node that has what it needs to run Beamtalk. */
interface Settled {
  /** The modules that it was sent. */
  readonly sent: readonly string[];
  /** Whether what it was sent before was to stay. */
  readonly keeps: boolean;
}

/**
 * Sends what the node lacks. Undefined where the workspace there is the node's own. Where it has
 * modules of another build, nothing is sent; what another toolchain has sent and nobody needs goes.
 */
async function settle(
  workspace: Workspace,
  installation: Installation,
): Promise<Settled | undefined> {
  const [guest, place, files] = await Promise.all([
    workspace.call("erlang", "whereis", [atom(GUEST)]),
    workspace.call("code", "which", [atom(GUEST)]),
    moduleFiles(installation),
  ]);
  const part = async (module: string) => {
    const beam = withoutDebugInfo(await Deno.readFile(files.get(module)!));
    return new Tuple([atom(module), charlist(`${module}.beam`), beam]);
  };
  const isBare = place === atom("non_existing");
  if (isBare) await workspace.call("code", "load_binary", (await part(GUEST)).elements);
  const { lacking, others } = await compare(workspace, installation);
  if (others.length > 0) {
    if (guest !== atom("undefined")) {
      const keeps = await withdraw(workspace, others);
      const again = await settle(workspace, installation);
      return again === undefined ? undefined : { ...again, keeps: keeps || again.keeps };
    }
    if (isBare) await takeBack(workspace);
    throw otherBuild(workspace, others, await ownBuildHint(workspace, installation));
  }
  if (await workspace.call(GUEST, "start", []) === atom("resident")) return undefined;
  const parts = await Promise.all(lacking.map(part));
  if (parts.length > 0) taken(await workspace.call(GUEST, "take", [parts], 60_000));
  const client = await workspace.connections.client();
  taken(await workspace.call(GUEST, "settle", [client], 60_000));
  return { sent: isBare ? [GUEST, ...lacking].sort() : lacking, keeps: false };
}

/** Takes away what a toolchain of another build has sent; answers whether it was to be kept. */
async function withdraw(
  workspace: Workspace,
  others: readonly OtherModule[],
): Promise<boolean> {
  const again = "leave with the toolchain that sent it, without --keep, or restart the node";
  try {
    const [word, said] = (await workspace.call(GUEST, "withdraw", [], 60_000) as Tuple).elements;
    if (word === atom("withdrawn")) {
      await workspace.call("code", "purge", [atom(GUEST)]);
      return said === atom("true");
    }
    const needs = listOf(said!).map((each) => text(each)).join(", ");
    throw otherBuild(workspace, others, `what it was sent is needed there (${needs}): ${again}`);
  } catch (error) {
    if (isUndefined(error)) throw otherBuild(workspace, others, again);
    throw error;
  }
}

/** The module that compares goes where nothing follows it. */
async function takeBack(workspace: Workspace): Promise<void> {
  await workspace.call("code", "delete", [atom(GUEST)]);
  await workspace.call("code", "purge", [atom(GUEST)]);
}

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

/**
 * The nodes beside a workspace that are changed with it: some that are named, or its whole cluster.
 * @module
 */
import { joinRecord } from "./join_workspace.ts";
import { joinCluster, type OpenWorkspace } from "./open_workspace.ts";
import { textField } from "./node_terms.ts";
import { otherWorkspace } from "./node_build.ts";
import { NodeRefusal, type Workspace } from "./workspace.ts";
import { allRecords, readCookie } from "./workspace_record.ts";
import { isCurrent } from "./workspace_start.ts";

/** Which nodes beside the workspace are meant. */
export interface WantedNodes {
  readonly nodes: readonly string[];
  /** All members of the cluster that are up. */
  readonly cluster: boolean;
}

/**
 * The other nodes that are wanted, connected, joined and up to date. A member of the cluster that is
 * away gets what is loaded when it comes back; `onAway` hears of it.
 */
export async function otherNodes(
  open: OpenWorkspace,
  { nodes, cluster }: WantedNodes,
  onAway: (name: string, state: string) => void = () => {},
): Promise<readonly Workspace[]> {
  const wanted = new Set(nodes.flatMap((each) => each.split(",")).filter((name) => name !== ""));
  for (const { name, state } of cluster ? await members(open) : []) {
    if (state === "up") wanted.add(name);
    else if (!wanted.has(name)) onAway(name, state);
  }
  wanted.delete(open.workspace.node);
  if (wanted.size === 0) return [];
  const records = await allRecords(open.options.home);
  const others = await Promise.all([...wanted].map(async (name) => {
    const record = records.find(({ node }) => node?.name === name);
    if (record?.node === undefined) {
      throw new NodeRefusal(
        `no workspace node is named ${name}`,
        "unknown_node",
        "see beamtalk workspace list",
      );
    }
    const workspace = await joinRecord(open.connections, { ...record, node: record.node });
    if (!await isCurrent(record, open.options.installation)) {
      throw await otherWorkspace(workspace, []);
    }
    return { workspace, cookie: await readCookie(record.folder) };
  }));
  const own = { workspace: open.workspace, cookie: await readCookie(open.record.folder) };
  await joinCluster([own, ...others]);
  return others.map(({ workspace }) => workspace);
}

/** The other members of the node's cluster. */
async function members({ workspace }: OpenWorkspace): Promise<{ name: string; state: string }[]> {
  const known = await workspace.call("beamtalk_workspace_cluster", "settled", [], 60_000);
  return (Array.isArray(known) ? known : []).flatMap((each) => {
    const state = textField(each, "state") ?? "";
    const name = textField(each, "name");
    return name === undefined || state === "here" || state === "visitor" ? [] : [{ name, state }];
  });
}

/**
 * Joining a node that Beamtalk did not start: what it lacks of the runtime is sent over
 * distribution, and taken away on leaving.
 * @module
 */
import { join } from "@std/path";
import { atom, charlist, type Term, text, Tuple } from "../bridge/mod.ts";
import { LiveProgram } from "./live_program.ts";
import { answerNode } from "./node_requests.ts";
import type { OpenOptions, OpenWorkspace } from "./open_workspace.ts";
import { workspaceRoot } from "./workspace_record.ts";
import { Connections, type NodeAddress, type Workspace } from "./workspace.ts";

/** A node that was joined. */
export interface AttachedNode {
  readonly open: OpenWorkspace;
  /** The modules that it was sent. */
  readonly sent: readonly string[];
  /** Takes away what it was sent and ends the connection. */
  leave(): Promise<void>;
}

/** Joins a node and makes it able to run Beamtalk. */
export async function attachNode(
  address: NodeAddress,
  folder: string,
  options: OpenOptions,
): Promise<AttachedNode> {
  const connections = new Connections(options.port);
  const workspace = await connections.connect(address);
  const sent = await sendMissing(workspace, options);
  await startApplications(workspace);
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
    warnings: [],
  };
  await answerNode(open);
  return { open, sent, leave: () => leave(workspace, sent) };
}

/** Modules of runtime, workspace and class library that the node cannot load by itself. */
async function sendMissing(workspace: Workspace, options: OpenOptions): Promise<string[]> {
  const { installation } = options;
  const known = await workspace.call("code", "which", [atom("beamtalk_workspace_session")]);
  if (known !== atom("non_existing")) return [];
  const folders = [...installation.runtimePaths, installation.ebin("workspace")];
  const sent: string[] = [];
  for (const folder of folders) {
    const parts: Term[] = [];
    for await (const { name } of Deno.readDir(folder)) {
      if (!name.endsWith(".beam")) continue;
      const module = name.slice(0, -".beam".length);
      const beam = await Deno.readFile(join(folder, name));
      parts.push(new Tuple([atom(module), charlist(name), beam]));
      sent.push(module);
    }
    await workspace.call("code", "atomic_load", [parts], 60_000);
  }
  return sent;
}

/** Without application files on the node, what the applications hold together is said here. */
async function startApplications(workspace: Workspace): Promise<void> {
  const started = await workspace.call("erlang", "whereis", [atom("beamtalk_workspace_sup")]);
  if (started !== atom("undefined")) return;
  for (const [name, module, needs] of APPLICATIONS) {
    const specification = new Tuple([
      atom("application"),
      atom(name),
      [
        new Tuple([atom("vsn"), charlist("0.1.0")]),
        new Tuple([atom("modules"), []]),
        new Tuple([atom("registered"), []]),
        new Tuple([atom("applications"), needs.map(atom)]),
        new Tuple([atom("mod"), new Tuple([atom(module), []])]),
      ],
    ]);
    await workspace.call("application", "load", [specification]);
    await workspace.call("application", "ensure_all_started", [atom(name)]);
  }
  const modules = await workspace.call("code", "all_loaded", []);
  const classes = (modules as readonly Term[]).flatMap((each) => {
    const module = each instanceof Tuple ? each.elements[0] : undefined;
    return module !== undefined && String(module).startsWith("bt@") ? [module] : [];
  });
  await workspace.call("beamtalk_registry", "register", [classes], 60_000);
}

const APPLICATIONS = [
  ["beamtalk_runtime", "beamtalk_runtime_app", ["kernel", "stdlib"]],
  ["beamtalk_workspace", "beamtalk_workspace_app", ["kernel", "stdlib", "beamtalk_runtime"]],
] as const;

async function leave(workspace: Workspace, sent: readonly string[]): Promise<void> {
  if (sent.length === 0) return;
  // Classes that were loaded there cannot do without the runtime.
  const entered = await workspace.call("beamtalk_registry", "modules", []) as readonly Term[];
  const made = entered.map((module) => text(module)).filter((module) => !sent.includes(module));
  const all = [...made, ...sent];
  for (const [name] of [...APPLICATIONS].reverse()) {
    await workspace.call("application", "stop", [atom(name)]);
    await workspace.call("application", "unload", [atom(name)]);
  }
  for (const module of all) await workspace.call("code", "delete", [atom(module)]);
  for (const module of all) await workspace.call("code", "soft_purge", [atom(module)]);
}

/**
 * Whether a node has the runtime, the class library and the workspace application that this toolchain
 * has. Those of two builds are not mixed: a node that has others is refused, with the way out.
 * @module
 */
import { atom, charlist, ErlangError, type Term, text, Tuple, tuple } from "../bridge/mod.ts";
import type { Installation } from "./installation.ts";
import { moduleVersions } from "./module_versions.ts";
import { listField, type Plain } from "./node_terms.ts";
import { NodeRefusal, type Workspace } from "./workspace.ts";

/** The module that compares; a node that lacks it is sent it first. */
export const GUEST = "beamtalk_workspace_guest";

/** What a node has of this toolchain's modules. */
export interface Comparison {
  readonly lacking: readonly string[];
  /** Modules that are there in another version, with the files that they came from. */
  readonly others: readonly OtherModule[];
}

/** A module that is not as this toolchain has it. */
export interface OtherModule {
  readonly module: string;
  readonly file: string;
}

/** Asks a node that has the module which compares; an older one of that does not know how. */
export async function compare(
  workspace: Workspace,
  installation: Installation,
): Promise<Comparison> {
  const versions = [...await moduleVersions(installation)]
    .map(([module, version]) => tuple(atom(module), BigInt(version)));
  try {
    const answer = await workspace.call(GUEST, "compared", [versions], 60_000);
    return {
      lacking: listField(answer, "lacking").map((each) => text(each)),
      others: listField(answer, "others").map((each) => {
        const [module, file] = elements(each);
        return { module: text(module!), file: text(file!) };
      }),
    };
  } catch (error) {
    if (!isUndefined(error)) throw error;
    return { lacking: [], others: [{ module: GUEST, file: await fileOf(workspace, GUEST) }] };
  }
}

/** What a node says whose own modules are those of another build. */
export function otherBuild(
  { node }: Workspace,
  others: readonly OtherModule[],
  hint: string,
): NodeRefusal {
  const [{ module, file }, ...more] = others as readonly [OtherModule, ...OtherModule[]];
  const are = more.length === 0 ? "is" : `and ${more.length} more are`;
  return new NodeRefusal(
    `${node} has Beamtalk of another build: ${module} (${file}) ${are} not as in this toolchain`,
    "other_build",
    hint,
  );
}

/** The way out where the node's own Beamtalk is another. */
export async function ownBuildHint(
  workspace: Workspace,
  { runtimePaths }: Installation,
): Promise<string> {
  const command = await workspace.call("os", "getenv", [charlist("BEAMTALK_TOOLCHAIN")]);
  if (command !== atom("false")) return workspaceHint(text(command));
  return `start that node with this toolchain's runtime (-pa ${
    runtimePaths.join(" ")
  }), or attach ` +
    "with the toolchain that its runtime belongs to";
}

/** What says of a workspace that it runs another build. */
export async function otherWorkspace(
  workspace: Workspace,
  needs: readonly string[],
): Promise<NodeRefusal> {
  const command = await workspace.call("os", "getenv", [charlist("BEAMTALK_TOOLCHAIN")]);
  const used = needs.length === 0 ? "" : `, and is in use: ${needs.join(", ")}`;
  return new NodeRefusal(
    `the workspace ${workspace.node} runs another build of Beamtalk${used}`,
    "other_build",
    workspaceHint(text(command)),
  );
}

/** What would be lost with a workspace, in words. */
export async function neededFor(workspace: Workspace): Promise<readonly string[]> {
  const size = async (question: string) =>
    (await workspace.info(question) as readonly Plain[]).length;
  const counts: readonly (readonly [number, string])[] = await Promise.all([
    size("actors").then((count) => [count, "actor"] as const),
    size("sessions").then((count) => [count, "session"] as const),
    size("globals").then((count) => [count, "binding"] as const),
    otherClients(workspace).then((count) => [count, "other client"] as const),
  ]);
  return counts.filter(([count]) => count > 0)
    .map(([count, word]) => `${count} ${word}${count === 1 ? "" : "s"}`);
}

/** How long a client may take to end: the daemon of the other build has perhaps just been told to. */
const PATIENCE_MS = 1000;
const LOOK_MS = 50;

async function otherClients(workspace: Workspace): Promise<number> {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    const nodes = await workspace.call("erlang", "nodes", [atom("connected")]) as readonly Term[];
    // One of them is this toolchain.
    const count = nodes.length - 1;
    if (count === 0 || Date.now() > deadline) return count;
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}

/** The way out where a workspace was started by another toolchain, which is known by its command. */
function workspaceHint(command: string): string {
  return "after `beamtalk workspace stop`, which ends its actors, the next command starts it with this " +
    `toolchain; it was started by: ${command.split("\n").join(" ")}`;
}

async function fileOf(workspace: Workspace, module: string): Promise<string> {
  return text(await workspace.call("code", "which", [atom(module)]));
}

/** Whether the function that was called is not there. */
export function isUndefined(error: unknown): boolean {
  return error instanceof ErlangError && error.errorClass === "error" &&
    error.reason === atom("undef");
}

function elements(term: Term): readonly Term[] {
  return term instanceof Tuple ? term.elements : [];
}

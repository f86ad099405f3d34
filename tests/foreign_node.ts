/**
 * Nodes that Beamtalk did not start: plain Erlang, and Elixir where it is installed.
 * @module
 */
import { join } from "@std/path";
import { PortProgram } from "../bridge/mod.ts";
import { installation } from "../live/installation.ts";
import { Connections, type Workspace } from "../live/workspace.ts";
import { beamtalk, type Outcome, runProgram } from "./command_line.ts";

/** A node, and how to attach to it. */
export interface ForeignNode {
  readonly name: string;
  readonly cookie: string;
  readonly port: number;
  readonly folder: string;
  /** The arguments of `attach` that name it. */
  readonly address: readonly string[];
  attach(...args: string[]): Promise<Outcome>;
}

/** A command line that starts a node from Erlang's arguments. */
export type NodeCommand = (erlang: readonly string[]) => readonly string[];

/** A node of plain Erlang. */
export const erl: NodeCommand = (erlang) => ["erl", "-noinput", ...erlang];

const elixir: NodeCommand = (erlang) => [
  ...["elixir", "--erl", erlang.join(" "), "--no-halt", "-e", ":ok"],
];

/** Each kind of node that can be started on this machine. */
export const kinds: readonly { readonly kind: string; readonly command: NodeCommand }[] = [
  { kind: "Erlang", command: erl },
  ...(await runProgram("sh", ["-c", "command -v elixir"])).code === 0
    ? [{ kind: "Elixir", command: elixir }]
    : [],
];

/** A port that nothing listens on. */
export function freePort(): number {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr as Deno.NetAddr;
  listener.close();
  return port;
}

/** Runs a test with a node of its own. */
export async function withNode(
  command: NodeCommand,
  test: (node: ForeignNode) => Promise<void>,
): Promise<void> {
  const folder = await Deno.realPath(await Deno.makeTempDir({ prefix: "beamtalk-attach-" }));
  const cookieFile = join(folder, ".erlang.cookie");
  const cookie = crypto.randomUUID().replaceAll("-", "");
  await Deno.writeTextFile(cookieFile, cookie, { mode: 0o400 });
  const port = freePort();
  const name = `plain${port}@127.0.0.1`;
  const [program = "", ...args] = command([
    ...["-name", name, "-start_epmd", "false", "-erl_epmd_port", String(port)],
    ...["-kernel", "inet_dist_use_interface", "{127,0,0,1}"],
  ]);
  const node = new Deno.Command(program, {
    args,
    cwd: folder,
    env: { HOME: folder },
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  const address = [name, "--port", String(port), "--cookie-file", cookieFile];
  try {
    await listening(port);
    await test({
      ...{ name, cookie, port, folder, address },
      attach: (...more) =>
        beamtalk(["attach", ...address, ...more], {
          folder,
          env: { BEAMTALK_HOME: join(folder, "home") },
        }),
    });
  } finally {
    node.kill("SIGKILL");
    await node.status;
    await Deno.remove(folder, { recursive: true });
  }
}

async function listening(port: number): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    try {
      (await Deno.connect({ hostname: "127.0.0.1", port })).close();
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  throw new Error("the node does not listen");
}

/** Asks the node with nothing of Beamtalk: its own processes, tables and code. */
export async function asking<T>(
  node: ForeignNode,
  ask: (there: Workspace) => Promise<T>,
): Promise<T> {
  const port = await PortProgram.start({ ebin: installation().ebin("port") });
  try {
    return await ask(await new Connections(port).connect(node));
  } finally {
    await port.close();
  }
}

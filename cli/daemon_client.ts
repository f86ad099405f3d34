/**
 * The daemon as commands ask it. Imports next to nothing: what a command saves by asking the daemon
 * is the start of a toolchain of its own.
 * @module
 */
import type { Json } from "../live/json_rpc.ts";
import { isObject, RpcConnection, RpcError } from "../live/json_rpc.ts";
import { CommandFailure, UsageError } from "./command.ts";

/** The folder for all that the toolchain keeps of its user. */
function home(): string {
  const own = Deno.env.get("BEAMTALK_HOME");
  if (own !== undefined && own !== "") return own;
  return `${Deno.env.get("HOME") ?? Deno.env.get("USERPROFILE") ?? "."}/.beamtalk`;
}

/** The socket of this user's daemon. */
export function daemonSocket(): string {
  return `${home()}/daemon/socket`;
}

/** Connects to the daemon; undefined where none runs or `BEAMTALK_DAEMON` is `off`. */
export async function connectDaemon(
  onNotification: (method: string, params: Json) => void = () => {},
): Promise<RpcConnection | undefined> {
  if (Deno.env.get("BEAMTALK_DAEMON") === "off") return undefined;
  try {
    const socket = await Deno.connect({ transport: "unix", path: daemonSocket() });
    return new RpcConnection(socket, undefined, onNotification);
  } catch {
    return undefined;
  }
}

/** Where a command stands and prints. */
export interface AnswerPlace {
  readonly workingFolder: string;
  readonly terminal: {
    write(text: string): void;
    writeError(text: string): void;
    readonly errorColors: { readonly isColorSupported: boolean };
  };
}

/**
 * Has the daemon carry out a command that prints; answers its exit code, or undefined where no
 * daemon runs.
 */
export async function runByDaemon(
  method: string,
  params: { readonly [key: string]: Json },
  { terminal, workingFolder }: AnswerPlace,
): Promise<number | undefined> {
  const daemon = await connectDaemon();
  if (daemon === undefined) return undefined;
  try {
    const answer = await daemon.request(method, {
      ...params,
      folder: workingFolder,
      colors: terminal.errorColors.isColorSupported,
    });
    if (!isObject(answer)) throw new CommandFailure("the daemon's answer cannot be read");
    terminal.writeError(String(answer["errors"] ?? ""));
    terminal.write(String(answer["output"] ?? ""));
    return Number(answer["code"] ?? 0);
  } catch (error) {
    if (!(error instanceof RpcError)) throw error;
    const data = isObject(error.data) ? error.data : {};
    if (typeof data["errors"] === "string") terminal.writeError(data["errors"]);
    if (data["usage"] === true) throw new UsageError(error.message);
    const hint = data["hint"];
    throw new CommandFailure(error.message, typeof hint === "string" ? hint : undefined);
  } finally {
    daemon.close();
  }
}

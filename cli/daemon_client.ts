/**
 * The daemon as commands ask it. Imports next to nothing: what a command saves by asking the daemon
 * is the start of a toolchain of its own.
 * @module
 */
import configuration from "../deno.json" with { type: "json" };
import { isObject, type Json, RpcConnection } from "../live/json_rpc.ts";

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

/**
 * Tells installations apart: a daemon carries out commands of its own installation only. Setting up
 * the class library anew makes another one; the folder of an executable is named by its content.
 */
export function installationMark(): string {
  // Every executable calls its files the same.
  if (Deno.build.standalone) {
    const { size, mtime } = Deno.statSync(Deno.execPath());
    return `${configuration.version} ${Deno.execPath()} ${size} ${mtime?.getTime()}`;
  }
  let changed = 0;
  try {
    const library = new URL("../_build/library/ebin", import.meta.url);
    changed = Deno.statSync(library).mtime?.getTime() ?? 0;
  } catch {
    // A bundle has no such folder beside it; its own is named by its content.
  }
  return `${configuration.version} ${import.meta.url} ${changed}`;
}

/** Whether a daemon is wanted, and there is a socket, of one that may have ended since. */
export function daemonMayRun(): boolean {
  if (Deno.env.get("BEAMTALK_DAEMON") === "off") return false;
  try {
    return Deno.statSync(daemonSocket()).isSocket === true;
  } catch {
    return false;
  }
}

/** Whether only this user can put something into a folder. */
export function isSafeFolder(folder: string): boolean {
  try {
    const { uid, mode } = Deno.statSync(folder);
    return uid === Deno.uid() && ((mode ?? 0) & 0o022) === 0;
  } catch {
    return false;
  }
}

/** Connects to the daemon; undefined where none runs, or where somebody else may have put a socket. */
export async function connectDaemon(
  onNotification: (method: string, params: Json) => void = () => {},
): Promise<RpcConnection | undefined> {
  const path = daemonSocket();
  if (!isSafeFolder(path.slice(0, path.lastIndexOf("/")))) return undefined;
  try {
    const socket = await Deno.connect({ transport: "unix", path });
    return new RpcConnection(socket, undefined, onNotification);
  } catch {
    return undefined;
  }
}

/** Where a command that the daemon carries out stands and prints. */
export interface AnswerPlace {
  readonly workingFolder: string;
  write(text: string): void;
  writeError(text: string): void;
  readonly colors: boolean;
  readonly errorColors: boolean;
}

/** What became of asking the daemon to carry out a command. */
export type DaemonAnswer =
  | { readonly kind: "done"; readonly code: number }
  /** None runs, or it went before anything was printed or evaluated. */
  | { readonly kind: "none" }
  /** It belongs to another installation, and has been told to end. */
  | { readonly kind: "other" };

/** Has the daemon carry out a command. */
export async function runByDaemon(
  args: readonly string[],
  place: AnswerPlace,
): Promise<DaemonAnswer> {
  if (!daemonMayRun()) return { kind: "none" };
  let hasBegun = false;
  const daemon = await connectDaemon((method, params) => {
    if (method === "begun") hasBegun = true;
    if (method !== "write" || !isObject(params)) return;
    hasBegun = true;
    const text = String(params["text"] ?? "");
    if (params["stream"] === "errors") place.writeError(text);
    else place.write(text);
  });
  if (daemon === undefined) return { kind: "none" };
  const onInterrupt = () => void daemon.notify("interrupt", {}).catch(() => Deno.exit(130));
  // Elsewhere Ctrl-C ends the command, as it does without the daemon.
  if (args[0] === "repl") Deno.addSignalListener("SIGINT", onInterrupt);
  try {
    const answer = await daemon.request("run", {
      args,
      folder: place.workingFolder,
      colors: place.colors,
      errorColors: place.errorColors,
      installation: installationMark(),
    });
    if (!isObject(answer)) return { kind: "none" };
    if (answer["other"] === true) {
      await daemon.request("stop");
      await daemon.closed;
      return { kind: "other" };
    }
    return { kind: "done", code: Number(answer["code"]) };
  } catch (error) {
    if (!hasBegun) return { kind: "none" };
    throw error;
  } finally {
    if (args[0] === "repl") Deno.removeSignalListener("SIGINT", onInterrupt);
    daemon.close();
  }
}

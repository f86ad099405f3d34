/**
 * The daemon as commands ask it. Imports next to nothing: what a command saves by asking the daemon
 * is the start of a toolchain of its own.
 * @module
 */
import configuration from "../deno.json" with { type: "json" };
import { isObject, type Json, RpcCode, RpcConnection, RpcError } from "../live/json_rpc.ts";

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

/** How long a daemon that is not busy may take to answer; one that compiles answers in between. */
const PATIENCE_MS = 2000;
/** While it carries out a command it is asked again and again, and may be busy for longer. */
const BUSY_PATIENCE_MS = 10_000;

/** A daemon has the socket and does not answer: it is stopped, or hangs. */
export class SilentDaemon extends Error {
  override readonly name = "SilentDaemon";
  constructor() {
    super("the daemon does not answer");
  }
}

/**
 * Connects to the daemon; undefined where none runs, or where somebody else may have put a socket. A
 * `SilentDaemon` says that it does not answer: nothing but a `ping` was sent to it.
 */
export async function connectDaemon(
  onNotification: (method: string, params: Json) => void = () => {},
): Promise<RpcConnection | undefined> {
  const path = daemonSocket();
  if (!isSafeFolder(path.slice(0, path.lastIndexOf("/")))) return undefined;
  let daemon: RpcConnection;
  try {
    const socket = await Deno.connect({ transport: "unix", path });
    daemon = new RpcConnection(socket, undefined, onNotification);
  } catch {
    return undefined;
  }
  const answer = await pinged(daemon, PATIENCE_MS);
  if (answer === "answers") return daemon;
  daemon.close();
  if (answer === "gone") return undefined;
  throw new SilentDaemon();
}

/** What becomes of asking for the shortest answer. An older daemon's is that it knows no such method. */
async function pinged(
  daemon: RpcConnection,
  patience: number,
): Promise<"answers" | "gone" | "silent"> {
  const silence = Promise.withResolvers<"silent">();
  const timer = setTimeout(() => silence.resolve("silent"), patience);
  const gone = daemon.closed.then(() => "gone" as const);
  const answer = daemon.request("ping").then(
    () => "answers" as const,
    (error: unknown) => isNoSuchMethod(error) ? "answers" as const : gone,
  );
  try {
    return await Promise.race([answer, silence.promise]);
  } finally {
    clearTimeout(timer);
  }
}

function isNoSuchMethod(error: unknown): boolean {
  return error instanceof RpcError && error.code === RpcCode.noSuchMethod;
}

/** Asks something that may take its time, and fails with `SilentDaemon` where the daemon hangs meanwhile. */
export async function requestOfLiving(
  daemon: RpcConnection,
  method: string,
  params: Json,
): Promise<Json> {
  const silent = Promise.withResolvers<never>();
  let isAsking = false;
  const timer = setInterval(async () => {
    if (isAsking) return;
    isAsking = true;
    if (await pinged(daemon, BUSY_PATIENCE_MS) === "silent") silent.reject(new SilentDaemon());
    isAsking = false;
  }, PATIENCE_MS);
  try {
    return await Promise.race([daemon.request(method, params), silent.promise]);
  } finally {
    clearInterval(timer);
  }
}

/** What is told where a command does without a daemon that hangs. */
export const WITHOUT_DAEMON =
  "warning: the daemon does not answer, and this is done without it; beamtalk daemon stop ends it\n";

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
  const daemon = await connectedOrTold(place, (method, params) => {
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
    const answer = await requestOfLiving(daemon, "run", {
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
    if (hasBegun) throw error;
    if (error instanceof SilentDaemon) place.writeError(WITHOUT_DAEMON);
    return { kind: "none" };
  } finally {
    if (args[0] === "repl") Deno.removeSignalListener("SIGINT", onInterrupt);
    daemon.close();
  }
}

async function connectedOrTold(
  place: AnswerPlace,
  onNotification: (method: string, params: Json) => void,
): Promise<RpcConnection | undefined> {
  try {
    return await connectDaemon(onNotification);
  } catch (error) {
    if (!(error instanceof SilentDaemon)) throw error;
    place.writeError(WITHOUT_DAEMON);
    return undefined;
  }
}

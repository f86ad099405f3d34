/**
 * The place of the only daemon of a user: a folder that nobody else can write to, with the socket,
 * the log and a lock that the daemon holds as long as it lives.
 * @module
 */
import { dirname, join } from "@std/path";
import { CommandFailure } from "./command.ts";
import { connectDaemon, daemonSocket, isSafeFolder, SilentDaemon } from "./daemon_client.ts";

/** How many bytes of path the system's socket addresses hold. */
const LONGEST_PATH = Deno.build.os === "darwin" ? 103 : 107;
/** How long another daemon may take to begin or to end. */
const PATIENCE_MS = 10_000;

/** The folder of socket, log and lock. */
export function daemonFolder(): string {
  return dirname(daemonSocket());
}

/** Makes the folder where it is missing; a `CommandFailure` says why no daemon can be there. */
export async function prepareFolder(): Promise<void> {
  const socket = daemonSocket();
  const length = new TextEncoder().encode(socket).length;
  if (length > LONGEST_PATH) {
    throw new CommandFailure(
      `the path of the daemon's socket has ${length} bytes, ${LONGEST_PATH} at most can be used: ${socket}`,
      "set BEAMTALK_HOME to a folder with a shorter path",
    );
  }
  const folder = dirname(socket);
  try {
    await Deno.mkdir(folder, { recursive: true, mode: 0o700 });
    if (Deno.statSync(folder).uid === Deno.uid()) await Deno.chmod(folder, 0o700);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CommandFailure(`the daemon's folder cannot be made: ${reason}`, OTHER_FOLDER);
  }
  if (!isSafeFolder(folder)) {
    throw new CommandFailure(`the daemon's folder ${folder} belongs to another user`, OTHER_FOLDER);
  }
}

const OTHER_FOLDER = "set BEAMTALK_HOME to a folder of your own";

/** Becomes the only daemon; the lock is released when the file is closed, or the process ends. */
export async function takePlace(): Promise<Deno.FsFile> {
  await prepareFolder();
  const lock = await Deno.open(join(daemonFolder(), "lock"), { create: true, write: true });
  try {
    const deadline = Date.now() + PATIENCE_MS;
    for (;;) {
      const isHeld = !await lock.tryLock(true);
      await refuseSecond();
      if (!isHeld) return await noted(lock);
      if (Date.now() > deadline) throw new CommandFailure("another daemon neither serves nor ends");
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  } catch (error) {
    lock.close();
    throw error;
  }
}

/** Who ends a daemon that does not answer needs to know its process. */
async function noted(lock: Deno.FsFile): Promise<Deno.FsFile> {
  await lock.truncate();
  await lock.write(new TextEncoder().encode(`${Deno.pid}\n`));
  return lock;
}

/** The process that holds the place; undefined where none does. */
export async function placeHolder(): Promise<number | undefined> {
  const path = join(daemonFolder(), "lock");
  const lock = await Deno.open(path, { read: true, write: true }).catch(() => undefined);
  if (lock === undefined) return undefined;
  try {
    if (await lock.tryLock(true)) return undefined;
    const pid = Number(await Deno.readTextFile(path));
    return Number.isInteger(pid) && pid > 0 ? pid : undefined;
  } finally {
    lock.close();
  }
}

async function refuseSecond(): Promise<void> {
  try {
    const running = await connectDaemon();
    if (running === undefined) return;
    running.close();
  } catch (error) {
    if (!(error instanceof SilentDaemon)) throw error;
  }
  throw new CommandFailure("a daemon runs already", "beamtalk daemon stop ends it");
}

/** Listens on a Unix socket that only its owner may open, from the first moment on. */
export function listenForOwner(path: string): Deno.Listener {
  const mask = Deno.umask(0o177);
  try {
    return Deno.listen({ transport: "unix", path });
  } finally {
    Deno.umask(mask);
  }
}

/**
 * What is kept on disk of workspaces: for each project a folder of its owner's with the node's name,
 * port and cookie. A folder is all that a command needs to find a running workspace again.
 * @module
 */
import { basename, dirname, join, resolve } from "@std/path";
import { createHash } from "node:crypto";
import { entriesOf, findProject } from "../compiler/project/sources.ts";
import { readTextIfThere } from "./build_files.ts";

/** A workspace as its folder tells of it. */
export interface WorkspaceRecord {
  /** The folder with record, cookie and log. */
  readonly folder: string;
  /** The project's root, or a name that the workspace was started for. */
  readonly root: string;
  /** Tells the nodes of one root apart; undefined for the first. */
  readonly label?: string;
  /** Undefined where the node has not written that it is ready, or has stopped in good order. */
  readonly node: RunningNode | undefined;
}

/** A workspace whose node has started. */
export interface RunningWorkspace extends WorkspaceRecord {
  readonly node: RunningNode;
}

/** Where a node that has started is. */
export interface RunningNode {
  readonly name: string;
  readonly port: number;
  readonly osPid: number;
  readonly otpRelease: string;
}

/** The folder for all that the toolchain keeps of its user: `BEAMTALK_HOME`, or `~/.beamtalk`. */
export function beamtalkHome(): string {
  const home = Deno.env.get("BEAMTALK_HOME");
  if (home !== undefined && home !== "") return home;
  return join(Deno.env.get("HOME") ?? Deno.env.get("USERPROFILE") ?? ".", ".beamtalk");
}

/** The root whose workspace a folder uses: its project's, or the folder itself. */
export async function workspaceRoot(folder: string): Promise<string> {
  return await Deno.realPath(await findProject(folder) ?? resolve(folder));
}

/** The folder in which nodes leave their ports for one another. */
export function nodesFolder(home: string): string {
  return join(home, "nodes");
}

/** Names a workspace: the SHA-256 of its project's root. */
export function workspaceId(root: string): string {
  return createHash("sha256").update(root).digest("hex");
}

/** The folder of a project's workspace, or of another node of it that a label tells apart. */
export function recordFolder(home: string, root: string, label?: string): string {
  const folder = join(home, "workspaces", workspaceId(root).slice(0, 32));
  return label === undefined ? folder : `${folder}-${label}`;
}

/** What is recorded of a project's workspace; undefined where there never was one. */
export async function readRecord(folder: string): Promise<WorkspaceRecord | undefined> {
  const root = await readTextIfThere(join(folder, "root"));
  if (root === undefined) return undefined;
  const ready = await readTextIfThere(join(folder, "ready"));
  const [, label] = /-([A-Za-z0-9_]+)$/.exec(basename(folder)) ?? [];
  const node = ready === undefined
    ? undefined
    : runningNode(ready) ?? await lostNode(folder, nodeName(root, label));
  return { ...{ folder, root, node }, ...(label === undefined ? {} : { label }) };
}

/** All workspaces that have a folder. */
export async function allRecords(home: string): Promise<WorkspaceRecord[]> {
  const folder = join(home, "workspaces");
  const records = await Promise.all(
    (await entriesOf(folder)).map(({ name }) => readRecord(join(folder, name))),
  );
  return records.filter((record) => record !== undefined);
}

/** The secret that a workspace's node and its clients share. */
export async function readCookie(folder: string): Promise<string> {
  const cookie = await readTextIfThere(join(folder, COOKIE_FILE));
  if (cookie === undefined) {
    throw new Error(
      `the workspace's cookie is gone from ${folder}; after beamtalk workspace stop it gets another`,
    );
  }
  return cookie.trim();
}

/** Erlang reads the cookie from a file of this name in the folder that it takes for HOME. */
const COOKIE_FILE = ".erlang.cookie";

/**
 * Makes the folder of a workspace, readable by its owner alone, with a random cookie. It keeps its
 * cookie for good, and the nodes of one root share theirs, so that they find one another again.
 */
export async function createRecord(home: string, folder: string, root: string): Promise<void> {
  await Deno.mkdir(folder, { recursive: true, mode: 0o700 });
  await Deno.chmod(folder, 0o700);
  await Deno.mkdir(nodesFolder(home), { recursive: true, mode: 0o700 });
  const main = recordFolder(home, root);
  const cookie = await readTextIfThere(join(folder, COOKIE_FILE)) ??
    await readTextIfThere(join(main, COOKIE_FILE)) ?? randomCookie();
  await writeSecret(join(folder, COOKIE_FILE), cookie.trim());
  await writeSecret(join(folder, "root"), root);
}

/** Takes away what a node that is gone has left. */
export async function forgetNode(home: string, record: WorkspaceRecord): Promise<void> {
  await removeIfThere(join(record.folder, "ready"));
  if (record.node !== undefined) await removeIfThere(join(nodesFolder(home), record.node.name));
}

/** Removes a file or a folder, if it is there. */
export async function removeIfThere(path: string): Promise<void> {
  try {
    await Deno.remove(path, { recursive: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

/** Whether something listens on the node's port. */
export async function answers(node: RunningNode): Promise<boolean> {
  try {
    const connection = await Deno.connect({ hostname: "127.0.0.1", port: node.port });
    connection.close();
    return true;
  } catch {
    return false;
  }
}

/** The record of a workspace whose node answers; what a dead one left is cleaned away. */
export async function findRunning(
  home: string,
  folder: string,
): Promise<RunningWorkspace | undefined> {
  const record = await readRecord(folder);
  if (record?.node === undefined) return undefined;
  const { node } = record;
  if (node.port > 0 && await answers(node)) return { ...record, node };
  // One that lives and cannot be reached is ended by who starts another.
  if (node.port > 0) await forgetNode(home, record);
  return undefined;
}

/** Names a node by its project, so that a person recognises it. */
export function nodeName(root: string, label?: string): string {
  const name = basename(root).replaceAll(/[^A-Za-z0-9_]/g, "_").slice(0, 30);
  const id = workspaceId(root).slice(0, 8);
  return `${name}_${id}${label === undefined ? "" : `_${label}`}@127.0.0.1`;
}

/** Undefined where the file is damaged. */
function runningNode(text: string): RunningNode | undefined {
  const [, name, port, osPid, otpRelease] = /^(\S+@\S+) (\d+) (\d+) (\S+)\s*$/.exec(text) ?? [];
  if (name === undefined || otpRelease === undefined) return undefined;
  return { name, port: Number(port), osPid: Number(osPid), otpRelease };
}

/**
 * The node of a folder whose record is damaged: its process by its command line, its port from the
 * file that other nodes find it by. Port 0 where that is not known either: it can only be ended.
 */
async function lostNode(folder: string, name: string): Promise<RunningNode | undefined> {
  const osPid = await processOf(folder, name);
  if (osPid === undefined) return undefined;
  const place = await readTextIfThere(join(nodesFolder(dirname(dirname(folder))), name));
  const [, port = "0"] = /^(\d{1,5})\n/.exec(place ?? "") ?? [];
  return { name, port: Number(port), osPid, otpRelease: "" };
}

/** The same project may have a node of that name in another home: each logs into its own folder. */
async function processOf(folder: string, name: string): Promise<number | undefined> {
  const { stdout } = await new Deno.Command("ps", {
    args: ["-ww", "-A", "-o", "pid=,args="],
    stderr: "null",
  }).output();
  const lines = new TextDecoder().decode(stdout).split("\n");
  const found = lines.find((line) =>
    line.includes(`-name ${name} `) && line.includes(`${folder}/log`)
  );
  return found === undefined ? undefined : Number.parseInt(found);
}

async function writeSecret(path: string, text: string): Promise<void> {
  await removeIfThere(path);
  await Deno.writeTextFile(path, text, { mode: 0o600, createNew: true });
}

function randomCookie(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(24));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * `beamtalk workspace forget`: what is gone for good, a node of a cluster or a project, is kept no more.
 * @module
 */
import { resolve } from "@std/path";
import { atom, type Term, text, Tuple } from "../bridge/mod.ts";
import {
  allRecords,
  answers,
  beamtalkHome,
  removeIfThere,
  type RunningWorkspace,
} from "../live/workspace_record.ts";
import { stopRecorded } from "../live/workspace_stop.ts";
import { CommandFailure } from "./command.ts";
import { atNode } from "./workspace_node.ts";

/** What was forgotten, as data and in words. */
export interface Forgotten {
  readonly data: unknown;
  readonly text: string;
}

/** Takes a node out of the cluster of a running workspace. */
export async function forgetMember(
  name: string,
  record: RunningWorkspace | undefined,
): Promise<Forgotten> {
  if (record === undefined) {
    throw new CommandFailure(
      `no workspace runs here, whose cluster could forget ${name}`,
      "go to the folder of a member that is there, or start it with beamtalk workspace start",
    );
  }
  const answer = await atNode(
    record,
    (workspace) => workspace.call("beamtalk_workspace_cluster", "forget", [atom(name)]),
  );
  const [word, said, kept] = (answer as Tuple).elements;
  if (word !== atom("ok")) throw notForgotten(name, text(said!));
  const members = (kept as readonly Term[]).map((each) => text(each));
  const loads = Number(said);
  const missed = loads === 0
    ? ""
    : ` and ${loads} ${loads === 1 ? "load" : "loads"} that it missed`;
  return {
    data: { forgotten: name, loads, kept: members },
    text: `Forgot ${name}${missed}\n` +
      members.map((each) => `${each} still has it as a member: forget it there too\n`).join(""),
  };
}

function notForgotten(name: string, reason: string): CommandFailure {
  switch (reason) {
    case "unknown":
      return new CommandFailure(
        `${name} is no member of the cluster`,
        "Workspace nodes tells who is",
      );
    case "here":
      return new CommandFailure(`${name} is the workspace's own node`);
    default:
      return new CommandFailure(
        `${name} is ${reason} and cannot be forgotten`,
        "a node that is gone for good is down; stop it first",
      );
  }
}

/** Removes what is kept of the workspaces of a folder. Where it is gone, nothing else ends its nodes. */
export async function forgetFolder(folder: string, workingFolder: string): Promise<Forgotten> {
  const home = beamtalkHome();
  const path = resolve(workingFolder, folder);
  const real = await Deno.realPath(path).catch(() => path);
  const isGone = !await Deno.stat(path).then((info) => info.isDirectory, () => false);
  const records = (await allRecords(home)).filter(({ root }) => root === real || root === path);
  if (records.length === 0) {
    throw new CommandFailure(
      `nothing is kept of a workspace of ${path}`,
      "see beamtalk workspace list",
    );
  }
  for (const record of records) {
    if (record.node !== undefined && !isGone && await answers(record.node)) {
      throw new CommandFailure(
        `${record.node.name} runs: only a stopped workspace can be forgotten`,
        "beamtalk workspace stop ends it",
      );
    }
  }
  for (const record of records) {
    await stopRecorded(home, record);
    for (const each of [record.folder, `${record.folder}.starting`]) await removeIfThere(each);
  }
  return { data: { forgotten: records.map(({ root }) => root) }, text: `Forgot ${path}\n` };
}

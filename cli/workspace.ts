/**
 * `beamtalk workspace`: start, stop and look at the nodes that belong to projects.
 * @module
 */
import { join } from "@std/path";
import { readTextIfThere } from "../live/build_files.ts";
import type { Plain } from "../live/node_terms.ts";
import { joinRecord } from "../live/open_workspace.ts";
import { workspaceRoot } from "../live/workspace_record.ts";
import { Connections, type Workspace } from "../live/workspace.ts";
import {
  allRecords,
  answers,
  beamtalkHome,
  forgetNode,
  recordFolder,
  type RunningNode,
  type WorkspaceRecord,
} from "../live/workspace_record.ts";
import { findRunning } from "../live/workspace_start.ts";
import {
  type Arguments,
  type Command,
  CommandFailure,
  type Context,
  ExitCode,
  UsageError,
} from "./command.ts";
import { tellingWhy, withWorkspace } from "./live_toolchain.ts";
import { withToolchain } from "./toolchain.ts";

type Running = WorkspaceRecord & { readonly node: RunningNode };

/** The command. */
export const command: Command = {
  usage: [
    "beamtalk workspace start [--idle SECONDS]",
    "beamtalk workspace stop [--all]",
    "beamtalk workspace list|status|logs",
  ],
  description:
    "A workspace is a detached Erlang node that belongs to the project around the working\n" +
    "folder. Commands that need it start it; it goes on when they end, until it is stopped or had\n" +
    "no client for its idle time.",
  options: [
    { name: "idle", value: "SECONDS", summary: "start: stop after this time without a client" },
    { name: "all", summary: "stop: every workspace of this user" },
    { name: "lines", value: "N", summary: "logs: how many lines (50)" },
    { name: "json", summary: "answer as JSON" },
  ],
  run(args, context) {
    const [action, ...rest] = args.positional;
    if (rest.length > 0) throw new UsageError(`workspace ${action} takes no ${rest.join(" ")}`);
    switch (action) {
      case "start":
        return start(args, context);
      case "stop":
        return stop(args, context);
      case "list":
        return list(args, context);
      case "status":
        return status(args, context);
      case "logs":
        return logs(args, context);
      case undefined:
        throw new UsageError("workspace needs one of start, stop, list, status, logs");
      default:
        throw new UsageError(`workspace has no ${action}: start, stop, list, status, logs`);
    }
  },
};

function start(args: Arguments, context: Context): Promise<number> {
  return withWorkspace(context, ({ record, isNew, root }) => {
    const { node } = record;
    answer(
      args,
      context,
      { root, node: node.name, port: node.port, started: isNew },
      () => `${isNew ? "Started" : "Already running:"} ${node.name} for ${root}\n`,
    );
    return Promise.resolve(ExitCode.ok);
  }, args.integer("idle", 1));
}

async function stop(args: Arguments, context: Context): Promise<number> {
  const home = beamtalkHome();
  const running = args.flag("all")
    ? (await allRecords(home)).filter((record): record is Running => record.node !== undefined)
    : [await runningHere(context)];
  const stopped = await withConnections(context, async (connections) => {
    const names: string[] = [];
    for (const record of running) {
      if (record === undefined || !await answers(record.node)) continue;
      await stopNode(connections, record);
      names.push(record.node.name);
    }
    return names;
  });
  for (const record of running) if (record !== undefined) await forgetNode(home, record);
  answer(
    args,
    context,
    { stopped },
    () =>
      stopped.length === 0
        ? "No workspace runs.\n"
        : stopped.map((name) => `Stopped ${name}\n`).join(""),
  );
  return ExitCode.ok;
}

async function stopNode(connections: Connections, record: Running): Promise<void> {
  const workspace = await joinRecord(connections, record);
  const { promise, resolve } = Promise.withResolvers<void>();
  connections.nodes.onEvent((event) => {
    if (event.kind === "down" && event.node === workspace.node) resolve();
  });
  await workspace.stop();
  await promise;
}

async function list(args: Arguments, context: Context): Promise<number> {
  const records = await allRecords(beamtalkHome());
  const rows = await Promise.all(records.map(async ({ root, node }) => ({
    root,
    node: node?.name ?? null,
    port: node?.port ?? null,
    running: node !== undefined && await answers(node),
  })));
  answer(
    args,
    context,
    rows,
    () =>
      rows.length === 0
        ? "No workspaces.\n"
        : rows.map(({ root, node, running }) =>
          `${running ? "running" : "stopped"}  ${root}${running ? `  ${node}` : ""}\n`
        ).join(""),
  );
  return ExitCode.ok;
}

async function status(args: Arguments, context: Context): Promise<number> {
  const record = await runningHere(context);
  if (record === undefined) {
    const root = await workspaceRoot(context.workingFolder);
    answer(args, context, { root, running: false }, () => `No workspace runs for ${root}\n`);
    return ExitCode.failed;
  }
  const facts = await withConnections(context, async (connections) => {
    const workspace = await joinRecord(connections, record);
    return await questions(workspace);
  });
  const { root } = record;
  answer(args, context, { root, running: true, ...facts }, () => statusText(root, facts));
  return ExitCode.ok;
}

interface Facts {
  readonly status: { readonly [key: string]: Plain };
  readonly classes: Plain;
  readonly actors: Plain;
  readonly sessions: Plain;
}

async function questions(workspace: Workspace): Promise<Facts> {
  const [status, classes, actors, sessions] = await Promise.all(
    ["status", "classes", "actors", "sessions"].map((question) => workspace.info(question)),
  );
  return {
    status: status as Facts["status"],
    classes: classes ?? [],
    actors: actors ?? [],
    sessions: sessions ?? [],
  };
}

function statusText(root: string, { status, classes, actors }: Facts): string {
  const names = (list: Plain, key: string) =>
    (list as readonly { readonly [key: string]: Plain }[]).map((each) => String(each[key]));
  const seconds = Math.round(Number(status["uptime"]) / 1000);
  const megabytes = (Number(status["memory"]) / 1048576).toFixed(1);
  return [
    `${status["node"]} for ${root}`,
    `  up ${seconds} s, Erlang/OTP ${status["otp"]}, process ${status["os_pid"]}, ${megabytes} MB`,
    `  classes   ${names(classes, "name").join(", ") || "none"}`,
    `  actors    ${names(actors, "text").slice(0, 20).join(", ") || "none"}`,
    `  sessions  ${status["sessions"]}`,
    "",
  ].join("\n");
}

async function logs(args: Arguments, context: Context): Promise<number> {
  const root = await workspaceRoot(context.workingFolder);
  const log = await readTextIfThere(join(recordFolder(beamtalkHome(), root), "log"));
  if (log === undefined) throw new CommandFailure(`there is no log: no workspace ran for ${root}`);
  const lines = log.trimEnd().split("\n").slice(-(args.integer("lines", 1) ?? 50));
  answer(args, context, lines, () => lines.map((line) => `${line}\n`).join(""));
  return ExitCode.ok;
}

async function runningHere(context: Context): Promise<Running | undefined> {
  const home = beamtalkHome();
  return await findRunning(home, recordFolder(home, await workspaceRoot(context.workingFolder)));
}

function withConnections<T>(
  context: Context,
  work: (connections: Connections) => Promise<T>,
): Promise<T> {
  return withToolchain(
    context,
    (toolchain) =>
      tellingWhy(context, async () => await work(new Connections(await toolchain.port()))),
  );
}

function answer(args: Arguments, context: Context, data: unknown, words: () => string): void {
  context.terminal.write(args.flag("json") ? `${JSON.stringify(data)}\n` : words());
}

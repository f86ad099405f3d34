/**
 * `beamtalk workspace`: start, stop and look at the nodes that belong to projects.
 * @module
 */
import { join } from "@std/path";
import { readTextIfThere } from "../live/build_files.ts";
import type { Plain } from "../live/node_terms.ts";
import type { Workspace } from "../live/workspace.ts";
import {
  allRecords,
  answers,
  beamtalkHome,
  findRunning,
  readRecord,
  recordFolder,
  type RunningWorkspace,
  workspaceRoot,
} from "../live/workspace_record.ts";
import { stopRecorded } from "../live/workspace_stop.ts";
import { atNode } from "./workspace_node.ts";
import {
  type Arguments,
  type Command,
  CommandFailure,
  type Context,
  ExitCode,
  UsageError,
} from "./command.ts";

/** The command. */
export const command: Command = {
  usage: [
    "beamtalk workspace start [--idle SECONDS]",
    "beamtalk workspace stop [--all]",
    "beamtalk workspace list|status|logs",
    "beamtalk workspace attach [-e EXPR]",
    "beamtalk workspace forget NAME@HOST|FOLDER",
  ],
  description:
    "A workspace is a detached Erlang node that belongs to the project around the working\n" +
    "folder. Commands that need it start it; it goes on when they end, until it is stopped or had\n" +
    "no client for its idle time. forget takes a node that is gone for good out of the cluster, or\n" +
    "removes what is kept of a stopped workspace, live changes that are in no file among it.",
  options: [
    { name: "idle", value: "SECONDS", summary: "start: stop after this time without a client" },
    {
      name: "label",
      value: "NAME",
      summary: "start, stop, status, logs, attach: another node of the project",
    },
    { name: "all", summary: "stop: every workspace of this user" },
    { name: "lines", value: "N", summary: "logs: how many lines (50)" },
    {
      name: "eval",
      short: "e",
      value: "EXPR",
      multiple: true,
      summary: "attach: evaluate and end",
    },
    { name: "timeout", value: "MS", summary: "attach: limit of each expression in milliseconds" },
    { name: "nodes", value: "A,B", multiple: true, summary: "attach: change these nodes too" },
    { name: "cluster", summary: "attach: change all nodes of the cluster" },
    { name: "json", summary: "answer as JSON" },
  ],
  run(args, context) {
    const [action, ...rest] = args.positional;
    if (action === "forget") return forget(rest, args, context);
    if (rest.length > 0) throw new UsageError(`workspace ${action} takes no ${rest.join(" ")}`);
    switch (action) {
      case "start":
        return start(args, context);
      case "stop":
        return stop(args, context);
      case "serve":
        return serve(context);
      case "list":
        return list(args, context);
      case "status":
        return status(args, context);
      case "attach":
        return import("./repl.ts").then(({ replOf }) => replOf(args, context, labelOf(args)));
      case "logs":
        return logs(args, context);
      case undefined:
        throw new UsageError(`workspace needs one of ${ACTIONS}`);
      default:
        throw new UsageError(`workspace has no ${action}: ${ACTIONS}`);
    }
  },
};

const ACTIONS = "start, stop, list, status, logs, attach, forget";

async function start(args: Arguments, context: Context): Promise<number> {
  const { withWorkspace } = await import("./live_toolchain.ts");
  const label = labelOf(args);
  const idle = args.integer("idle", 1);
  return await withWorkspace(
    context,
    async (open) => {
      const { openWorkspaceNode } = await import("../live/open_workspace.ts");
      const started = label === undefined ? open : await openWorkspaceNode(open, label, idle);
      const { isNew, root, record: { node } } = started;
      answer(
        args,
        context,
        { root, node: node.name, port: node.port, started: isNew },
        () => `${isNew ? "Started" : "Already running:"} ${node.name} for ${root}\n`,
      );
      if (!isNew && idle !== undefined) {
        const { yellow } = context.terminal.errorColors;
        context.terminal.writeError(
          `${yellow("warning:")} it keeps the idle time that it was started with\n`,
        );
      }
      return ExitCode.ok;
    },
    idle,
    { answers: false },
  );
}

/** Part of the name of a node and of a folder. */
function labelOf(args: Arguments): string | undefined {
  const label = args.text("label");
  if (label !== undefined && !/^[A-Za-z0-9_]{1,30}$/.test(label)) {
    throw new UsageError(`--label is letters, digits and _, got ${label}`);
  }
  return label;
}

/**
 * A toolchain for a node that has none: attached until its standard input ends. The node of a program
 * that has no workspace says first where it listens: its name, its port, its cookie.
 */
async function serve(context: Context): Promise<number> {
  const { withProgram, withWorkspace } = await import("./live_toolchain.ts");
  const lines = Deno.stdin.readable.pipeThrough(new TextDecoderStream()).getReader();
  const untilEnd = async () => {
    while (!(await lines.read()).done);
    return ExitCode.ok;
  };
  if (Deno.env.get("BEAMTALK_SERVES") !== "program") {
    // Code of the node asks, which would end with it.
    return await withWorkspace(context, untilEnd, undefined, { restarts: false });
  }
  const { value = "" } = await lines.read();
  const [name = "", port = "", cookie = ""] = value.trim().split(" ");
  return await withProgram(context, { name, port: Number(port), cookie }, untilEnd);
}

async function stop(args: Arguments, context: Context): Promise<number> {
  const home = beamtalkHome();
  const records = args.flag("all")
    ? await allRecords(home)
    : [await readRecord(await folderHere(args, context))];
  const stopped: string[] = [];
  for (const record of records) {
    if (record?.node === undefined) continue;
    if (await stopRecorded(home, record)) stopped.push(record.node.name);
  }
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

async function list(args: Arguments, context: Context): Promise<number> {
  const records = await allRecords(beamtalkHome());
  const rows = await Promise.all(records.map(async ({ root, label, node }) => ({
    root,
    label: label ?? null,
    node: node?.name ?? null,
    port: node?.port ?? null,
    running: node !== undefined && await answers(node),
    folderGone: !await isFolder(root),
  })));
  answer(
    args,
    context,
    rows,
    () =>
      rows.length === 0
        ? "No workspaces.\n"
        : rows.map(({ root, label, node, running, folderGone }) => {
          const name = running ? `  ${node}` : label === null ? "" : `  (${label})`;
          const gone = folderGone ? "  (folder gone)" : "";
          return `${running ? "running" : "stopped"}  ${root}${name}${gone}\n`;
        }).join(""),
  );
  if (!args.flag("json") && rows.some(({ folderGone }) => folderGone)) {
    const { cyan } = context.terminal.errorColors;
    context.terminal.writeError(
      `${
        cyan("hint:")
      } beamtalk workspace forget FOLDER removes what is kept of one whose folder is gone\n`,
    );
  }
  return ExitCode.ok;
}

async function status(args: Arguments, context: Context): Promise<number> {
  const record = await runningHere(args, context);
  if (record === undefined) {
    const root = await workspaceRoot(context.workingFolder);
    answer(args, context, { root, running: false }, () => `No workspace runs for ${root}\n`);
    return ExitCode.failed;
  }
  const { root, node } = record;
  const facts = await atNode(record, questions).catch((error: unknown) =>
    error instanceof Error ? error.message : String(error)
  );
  if (typeof facts === "string") {
    const data = { root, running: true, node: node.name, port: node.port, problem: facts };
    answer(args, context, data, () => `${node.name} for ${root} runs, but: ${facts}\n`);
    return ExitCode.failed;
  }
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
  const log = await readTextIfThere(join(await folderHere(args, context), "log"));
  if (log === undefined) throw new CommandFailure(`there is no log: no workspace ran for ${root}`);
  const lines = log.trimEnd().split("\n").slice(-(args.integer("lines", 1) ?? 50));
  answer(args, context, lines, () => lines.map((line) => `${line}\n`).join(""));
  return ExitCode.ok;
}

async function forget(
  names: readonly string[],
  args: Arguments,
  context: Context,
): Promise<number> {
  const [name, ...more] = names;
  if (name === undefined || more.length > 0) {
    throw new UsageError("workspace forget takes the name of one node, NAME@HOST, or one folder");
  }
  const { forgetFolder, forgetMember } = await import("./workspace_forget.ts");
  const here = await runningHere(args, context);
  const forgotten = /^[^@\s/]+@[^@\s/]+$/.test(name)
    ? await forgetMember(name, here)
    : await forgetFolder(name, context.workingFolder);
  answer(args, context, forgotten.data, () => forgotten.text);
  return ExitCode.ok;
}

async function isFolder(path: string): Promise<boolean> {
  return await Deno.stat(path).then((info) => info.isDirectory, () => false);
}

async function folderHere(args: Arguments, context: Context): Promise<string> {
  return recordFolder(beamtalkHome(), await workspaceRoot(context.workingFolder), labelOf(args));
}

async function runningHere(
  args: Arguments,
  context: Context,
): Promise<RunningWorkspace | undefined> {
  return await findRunning(beamtalkHome(), await folderHere(args, context));
}

function answer(args: Arguments, context: Context, data: unknown, words: () => string): void {
  context.terminal.write(args.flag("json") ? `${JSON.stringify(data)}\n` : words());
}

/**
 * `beamtalk daemon`: start, stop and look at the process that keeps a toolchain warm.
 * @module
 */
import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import process from "node:process";
import { dirname, join, resolve } from "@std/path";
import { isObject } from "../live/json_rpc.ts";
import {
  type Arguments,
  type Command,
  CommandFailure,
  type Context,
  ExitCode,
  UsageError,
} from "./command.ts";
import { connectDaemon, daemonSocket, SilentDaemon } from "./daemon_client.ts";
import { daemonFolder, placeHolder, prepareFolder, takePlace } from "./daemon_place.ts";

/** Hours without a request after which it ends, unless said. */
const IDLE_HOURS = 3;
const START_LIMIT_MS = 15_000;

/** The command. */
export const command: Command = {
  usage: ["beamtalk daemon start [--foreground] [--idle SECONDS]", "beamtalk daemon status|stop"],
  description:
    "Keeps compilers, port programs and connections to workspaces warm for build, check, load,\n" +
    "reload and repl -e, and compiles for test and run; all do the same without it. It speaks\n" +
    "JSON-RPC 2.0, a message a line, on a socket in ~/.beamtalk/daemon that only its owner may open:\n" +
    "compile, diagnostics, load, eval, status, stop; it tells of output and loads. A command of\n" +
    "another installation ends it and starts its own. BEAMTALK_DAEMON=off does without it.",
  options: [
    { name: "foreground", summary: "start: stay in this terminal" },
    { name: "idle", value: "SECONDS", summary: "start: end after this time without a request" },
    { name: "json", summary: "answer as JSON" },
  ],
  run(args, context) {
    const [action, ...rest] = args.positional;
    if (rest.length > 0) throw new UsageError(`daemon ${action} takes no ${rest.join(" ")}`);
    switch (action ?? (args.flag("foreground") ? "start" : undefined)) {
      case "start":
        return args.flag("foreground") ? serve(args, context) : start(args, context);
      case "status":
        return status(args, context);
      case "stop":
        return stop(context);
      default:
        throw new UsageError("daemon needs one of start, status, stop");
    }
  },
};

async function serve(args: Arguments, context: Context): Promise<number> {
  const idle = args.integer("idle", 1) ?? IDLE_HOURS * 3600;
  const place = await takePlace();
  try {
    const { DaemonServer } = await import("./daemon_server.ts");
    context.terminal.write(`Serving on ${daemonSocket()}\n`);
    await new DaemonServer().serve(daemonSocket(), idle);
  } finally {
    place.close();
  }
  return ExitCode.ok;
}

async function start(args: Arguments, context: Context): Promise<number> {
  const idle = args.integer("idle", 1);
  const found = await runs();
  if (found === "silent") {
    throw new CommandFailure("a daemon runs, but does not answer", "beamtalk daemon stop ends it");
  }
  if (found) return tell(context, "The daemon runs already.");
  await prepareFolder();
  const { readTextIfThere, whileLocked } = await import("../live/build_files.ts");
  return await whileLocked(join(daemonFolder(), "starting"), async () => {
    if (await runs() === true) return tell(context, "The daemon runs already.");
    const before = await readTextIfThere(logFile()) ?? "";
    const daemon = await spawnDetached(idle);
    const deadline = Date.now() + START_LIMIT_MS;
    while (Date.now() < deadline) {
      if (await runs() === true) return tell(context, "The daemon runs.");
      if (daemon.exitCode !== null) throw notStarted(await logSince(before));
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    throw notStarted("it does not answer");
  });
}

function logFile(): string {
  return join(daemonFolder(), "log");
}

async function runs(): Promise<boolean | "silent"> {
  const daemon = await connectDaemon().catch(silentOrThrow);
  if (daemon === "silent") return "silent";
  daemon?.close();
  return daemon !== undefined;
}

function silentOrThrow(error: unknown): "silent" {
  if (error instanceof SilentDaemon) return "silent";
  throw error;
}

function tell({ terminal }: Context, sentence: string): number {
  terminal.write(`${sentence}\n`);
  return ExitCode.ok;
}

function notStarted(reason: string): CommandFailure {
  return new CommandFailure(`the daemon did not start: ${reason}`, `its log is ${logFile()}`);
}

async function logSince(before: string): Promise<string> {
  return (await Deno.readTextFile(logFile())).slice(before.length).trimEnd();
}

/** Starts a daemon of this installation in place of one that has ended, and does not wait for it. */
export async function restartDaemon(): Promise<void> {
  await spawnDetached(undefined);
}

/** A process of its own that this one does not wait for; it holds no folder of whoever started it. */
async function spawnDetached(idle: number | undefined): Promise<ChildProcess> {
  const { ownCommand } = await import("../live/installation.ts");
  const [program = "", ...first] = ownCommand();
  const options = idle === undefined ? [] : ["--idle", String(idle)];
  const output = openSync(logFile(), "a", 0o600);
  try {
    const child = spawn(program, [...first, "daemon", "start", "--foreground", ...options], {
      detached: true,
      stdio: ["ignore", output, output],
      cwd: daemonFolder(),
      env: { ...process.env, BEAMTALK_HOME: dirname(resolve(daemonFolder())) },
    });
    child.unref();
    return child;
  } finally {
    closeSync(output);
  }
}

async function status(args: Arguments, context: Context): Promise<number> {
  const daemon = await connectDaemon().catch(silentOrThrow);
  if (daemon === "silent") {
    const data = `${JSON.stringify({ running: true, answers: false })}\n`;
    context.terminal.write(args.flag("json") ? data : "A daemon runs, but does not answer.\n");
    return ExitCode.failed;
  }
  if (daemon === undefined) {
    context.terminal.write(args.flag("json") ? `{"running":false}\n` : "No daemon runs.\n");
    return ExitCode.failed;
  }
  try {
    const facts = await daemon.request("status");
    if (args.flag("json")) {
      context.terminal.write(`${JSON.stringify({ running: true, ...Object(facts) })}\n`);
      return ExitCode.ok;
    }
    if (!isObject(facts)) throw new CommandFailure("the daemon's answer cannot be read");
    const workspaces = Array.isArray(facts["workspaces"]) ? facts["workspaces"] : [];
    const seconds = Math.round(Number(facts["uptimeMs"]) / 1000);
    const megabytes = (Number(facts["memory"]) / 1048576).toFixed(0);
    context.terminal.write(
      `process ${facts["pid"]}, beamtalk ${facts["version"]}, up ${seconds} s, ${megabytes} MB\n` +
        workspaces.map((each) => isObject(each) ? `  ${each["root"]}  ${each["node"]}\n` : "").join(
          "",
        ),
    );
    return ExitCode.ok;
  } finally {
    daemon.close();
  }
}

async function stop(context: Context): Promise<number> {
  const daemon = await connectDaemon().catch(silentOrThrow);
  if (daemon === "silent") return await stopSilent(context);
  if (daemon === undefined) {
    context.terminal.write("No daemon runs.\n");
    return ExitCode.ok;
  }
  await daemon.request("stop");
  await daemon.closed;
  context.terminal.write("The daemon has stopped.\n");
  return ExitCode.ok;
}

/** One that does not answer takes no request to end, and where it is stopped no signal but this one. */
async function stopSilent(context: Context): Promise<number> {
  const pid = await placeHolder();
  if (pid !== undefined) Deno.kill(pid, "SIGKILL");
  const deadline = Date.now() + START_LIMIT_MS;
  while (await placeHolder() !== undefined) {
    if (Date.now() > deadline) throw new CommandFailure(`the daemon does not end: process ${pid}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return tell(context, "The daemon did not answer; it was killed.");
}

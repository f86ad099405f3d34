/**
 * `beamtalk daemon`: start, stop and look at the process that keeps a toolchain warm.
 * @module
 */
import { spawn } from "node:child_process";
import { openSync } from "node:fs";
import process from "node:process";
import { dirname, join } from "@std/path";
import { isObject } from "../live/json_rpc.ts";
import {
  type Arguments,
  type Command,
  CommandFailure,
  type Context,
  ExitCode,
  UsageError,
} from "./command.ts";
import { connectDaemon, daemonSocket } from "./daemon_client.ts";

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
  await refuseSecond();
  const { DaemonServer } = await import("./daemon_server.ts");
  context.terminal.write(`Serving on ${daemonSocket()}\n`);
  await new DaemonServer().serve(daemonSocket(), args.integer("idle", 1) ?? IDLE_HOURS * 3600);
  return ExitCode.ok;
}

async function refuseSecond(): Promise<void> {
  const running = await connectDaemon();
  if (running === undefined) return;
  running.close();
  throw new CommandFailure("a daemon runs already", "beamtalk daemon stop ends it");
}

async function start(args: Arguments, context: Context): Promise<number> {
  const running = await connectDaemon();
  if (running !== undefined) {
    running.close();
    context.terminal.write("The daemon runs already.\n");
    return ExitCode.ok;
  }
  const { whileLocked } = await import("../live/build_files.ts");
  const folder = dirname(daemonSocket());
  await Deno.mkdir(folder, { recursive: true, mode: 0o700 });
  return await whileLocked(join(folder, "starting"), async () => {
    const log = join(folder, "log");
    await spawnDetached(args.text("idle"), log);
    const deadline = Date.now() + START_LIMIT_MS;
    while (Date.now() < deadline) {
      const daemon = await connectDaemon();
      if (daemon !== undefined) {
        daemon.close();
        context.terminal.write("The daemon runs.\n");
        return ExitCode.ok;
      }
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    throw new CommandFailure("the daemon did not start in time", `its log is ${log}`);
  });
}

/** Starts a daemon of this installation in place of one that has ended, and does not wait for it. */
export async function restartDaemon(): Promise<void> {
  await spawnDetached(undefined, join(dirname(daemonSocket()), "log"));
}

/** A process of its own that this one does not wait for. */
async function spawnDetached(idle: string | undefined, log: string): Promise<void> {
  const { ownCommand } = await import("../live/installation.ts");
  const [program = "", ...first] = ownCommand();
  const options = idle === undefined ? [] : ["--idle", idle];
  const output = openSync(log, "w", 0o600);
  const child = spawn(program, [...first, "daemon", "start", "--foreground", ...options], {
    detached: true,
    stdio: ["ignore", output, output],
    env: process.env,
  });
  child.unref();
}

async function status(args: Arguments, context: Context): Promise<number> {
  const daemon = await connectDaemon();
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
  const daemon = await connectDaemon();
  if (daemon === undefined) {
    context.terminal.write("No daemon runs.\n");
    return ExitCode.ok;
  }
  await daemon.request("stop");
  await daemon.closed;
  context.terminal.write("The daemon has stopped.\n");
  return ExitCode.ok;
}

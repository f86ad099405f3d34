/**
 * Commands that the daemon carries out for others: the same code with the same arguments, printing
 * through the connection, with a toolchain and workspaces that are warm.
 * @module
 */
import picocolors from "picocolors";
import { isObject, type Json, RpcCode, type RpcConnection, RpcError } from "../live/json_rpc.ts";
import type { CommandEntry, Context } from "./command.ts";
import { runEntry } from "./dispatch.ts";
import { Toolchain } from "./toolchain.ts";
import type { WarmWorkspaces } from "./warm_workspaces.ts";

/** The commands, as the table of all commands has them. */
const SERVED: readonly CommandEntry[] = [
  { name: "build", summary: "", load: () => import("./build.ts") },
  { name: "check", summary: "", load: () => import("./check.ts") },
  { name: "load", summary: "", load: () => import("./load.ts") },
  { name: "reload", summary: "", load: () => import("./reload.ts") },
  { name: "repl", summary: "", load: () => import("./repl.ts") },
];

type Params = { readonly [key: string]: Json };

/** Runs commands, several at once. */
export class DaemonCommands {
  readonly #workspaces: WarmWorkspaces;
  readonly #base: Toolchain;
  readonly #running = new Map<RpcConnection, Set<() => void>>();

  constructor(workspaces: WarmWorkspaces, base: Toolchain) {
    this.#workspaces = workspaces;
    this.#base = base;
  }

  /** Runs the command that a client was called with; answers its exit code. */
  async run(params: Params, connection: RpcConnection): Promise<Json> {
    const [name, ...args] = textList(params["args"]);
    const folder = params["folder"];
    if (typeof folder !== "string") {
      throw new RpcError("folder is missing: a string", RpcCode.invalidParameters);
    }
    const entry = SERVED.find((each) => each.name === name);
    if (entry === undefined) {
      throw new RpcError(`the daemon runs no command ${name}`, RpcCode.invalidParameters);
    }
    let written: Promise<unknown> = Promise.resolve();
    const write = (stream: string) => (text: string) => {
      if (text === "") return;
      written = connection.notify("write", { stream, text }).catch(() => {});
    };
    const context: Context = {
      workingFolder: folder,
      terminal: {
        write: write("output"),
        writeError: write("errors"),
        colors: picocolors.createColors(params["colors"] === true),
        errorColors: picocolors.createColors(params["errorColors"] === true),
        interactive: false,
      },
      services: {
        toolchain: (context) => new Toolchain(context, this.#base),
        workspaces: this.#workspaces,
        onInterrupt: (handler) => this.#onInterrupt(connection, handler),
      },
    };
    // What is evaluated must not be evaluated once more where this process ends in the middle.
    if (name === "repl") await connection.notify("begun", {});
    const code = await runEntry(entry, args, context);
    await written;
    return { code };
  }

  /** Ctrl-C at the client, or the end of its connection. */
  interrupt(connection: RpcConnection): void {
    for (const handler of this.#running.get(connection) ?? []) handler();
  }

  #onInterrupt(connection: RpcConnection, handler: () => void): () => void {
    const handlers = this.#running.get(connection) ?? new Set();
    this.#running.set(connection, handlers.add(handler));
    return () => {
      handlers.delete(handler);
      if (handlers.size === 0) this.#running.delete(connection);
    };
  }
}

function textList(value: Json | undefined): string[] {
  if (!Array.isArray(value) || value.some((each) => typeof each !== "string")) {
    throw new RpcError("args is a list of strings", RpcCode.invalidParameters);
  }
  return value as string[];
}

/** Whether what came is the notification that a client was interrupted. */
export function isInterrupt(method: string, params: Json): boolean {
  return method === "interrupt" && isObject(params);
}

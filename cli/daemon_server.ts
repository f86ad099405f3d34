/**
 * The daemon: one process of a user that holds compilers, port programs and connections to nodes
 * warm, and answers on a socket that only its owner may open.
 * @module
 */
import { dirname, isAbsolute, join } from "@std/path";
import picocolors from "picocolors";
import configuration from "../deno.json" with { type: "json" };
import { isObject, type Json, RpcCode, RpcConnection, RpcError } from "../live/json_rpc.ts";
import type { OpenWorkspace } from "../live/open_workspace.ts";
import { Session } from "../live/session.ts";
import { removeIfThere } from "../live/workspace_record.ts";
import { CommandFailure, type Context, UsageError } from "./command.ts";
import { daemonSocket, installationMark } from "./daemon_client.ts";
import { DaemonBuilds } from "./daemon_builds.ts";
import { DaemonCommands, isInterrupt } from "./daemon_commands.ts";
import { listenForOwner } from "./daemon_place.ts";
import { diagnosticData } from "./diagnostic_text.ts";
import { loadInto } from "./load_files.ts";
import { printBroughtUp, tellingWhy } from "./live_toolchain.ts";
import { recordingTerminal } from "./terminal.ts";
import { findingsOf, Toolchain } from "./toolchain.ts";
import { WarmWorkspaces } from "./warm_workspaces.ts";

type Params = { readonly [key: string]: Json };

/** The daemon's state and answers. */
export class DaemonServer {
  readonly #workspaces = new WarmWorkspaces();
  readonly #toolchain = new Toolchain({ terminal: recordingTerminal(), workingFolder: "/" });
  readonly #commands = new DaemonCommands(this.#workspaces, this.#toolchain);
  readonly #builds = new DaemonBuilds(this.#toolchain, join(dirname(daemonSocket()), "builds"));
  readonly #connections = new Set<RpcConnection>();
  /** The sessions of `eval`: one for each connection and workspace. */
  readonly #sessions = new Map<RpcConnection, Map<OpenWorkspace, Promise<Session>>>();
  readonly #mark = installationMark();
  readonly #started = Date.now();
  readonly #ended = Promise.withResolvers<void>();
  #busy = 0;
  #used = Date.now();

  /**
   * Serves until it is told to end, or was not used for `idleSeconds`. Whoever calls holds the place
   * of the only daemon: a socket that is there belongs to none that lives.
   */
  async serve(path: string, idleSeconds: number): Promise<void> {
    await removeIfThere(path);
    const listener = listenForOwner(path);
    const stop = () => this.#ended.resolve();
    for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) {
      Deno.addSignalListener(signal, stop);
    }
    const idle = setInterval(() => {
      if (this.#busy === 0 && Date.now() - this.#used > idleSeconds * 1000) stop();
    }, 1000);
    void this.#accept(listener);
    await this.#ended.promise;
    clearInterval(idle);
    listener.close();
    await removeIfThere(path);
    for (const connection of this.#connections) connection.close();
    await this.#workspaces.close();
    await this.#toolchain.close();
  }

  async #accept(listener: Deno.Listener): Promise<void> {
    try {
      for await (const socket of listener) {
        const connection: RpcConnection = new RpcConnection(
          socket,
          (method, params, from) =>
            // Who only asks whether it is there does not use it.
            method === "ping"
              ? Promise.resolve(null)
              : this.#inUse(() => this.#answer(method, params, from)),
          (method, params) => {
            if (isInterrupt(method, params)) this.#commands.interrupt(connection);
            else void this.#inUse(() => this.#told(method, params, connection)).catch(() => {});
          },
        );
        this.#connections.add(connection);
        void connection.closed.then(() => this.#forget(connection));
      }
    } catch {
      this.#ended.resolve();
    }
  }

  async #inUse<T>(work: () => Promise<T>): Promise<T> {
    this.#busy++;
    try {
      return await work();
    } finally {
      this.#busy--;
      this.#used = Date.now();
    }
  }

  /** What a client that is gone has left running is stopped. */
  async #forget(connection: RpcConnection): Promise<void> {
    this.#connections.delete(connection);
    this.#commands.interrupt(connection);
    const sessions = this.#sessions.get(connection)?.values() ?? [];
    this.#sessions.delete(connection);
    for (const session of sessions) await session.then((each) => each.close()).catch(() => {});
  }

  /** A request that wants no answer; what is wrong with it is told to nobody. */
  async #told(method: string, params: Json, connection: RpcConnection): Promise<void> {
    if (isObject(params)) await this.#answer(method, params, connection);
  }

  async #answer(method: string, params: Params, connection: RpcConnection): Promise<Json> {
    switch (method) {
      case "status":
        return await this.#status();
      case "stop":
        setTimeout(() => this.#ended.resolve(), 10);
        return null;
      case "run":
        if (params["installation"] !== this.#mark) return { other: true };
        return await this.#commands.run(params, connection);
      case "build":
        if (params["installation"] !== this.#mark) return { other: true };
        return await this.#builds.build(params);
      case "load":
        return await this.#load(params);
      case "eval":
        return await this.#evaluate(params, connection);
      case "compile":
        return await this.#build(params, false);
      case "diagnostics":
        return await this.#build(params, true);
      default:
        throw new RpcError(`there is no method ${method}`, RpcCode.noSuchMethod);
    }
  }

  async #status(): Promise<Json> {
    const workspaces = (await this.#workspaces.all()).map(({ root, workspace }) => ({
      root,
      node: workspace.node,
    }));
    return {
      pid: Deno.pid,
      version: configuration.version,
      uptimeMs: Date.now() - this.#started,
      memory: Deno.memoryUsage().rss,
      connections: this.#connections.size,
      workspaces,
    };
  }

  async #load(params: Params): Promise<Json> {
    const request = {
      paths: texts(params, "paths"),
      nodes: texts(params, "nodes"),
      cluster: params["cluster"] === true,
      json: params["json"] === true,
    };
    const { context, answer } = recording(params);
    try {
      const code = await tellingWhy(
        context,
        () =>
          this.#workspaces.use(context, true, async ({ open, opening }) => {
            const done = await loadInto(open, request, context, opening);
            for (const each of this.#connections) {
              const told = { root: open.root, paths: request.paths };
              void each.notify("loaded", told).catch(() => {});
            }
            return done;
          }),
      );
      return answer(code);
    } catch (error) {
      throw asRpcError(error, answer(1));
    }
  }

  async #evaluate(params: Params, connection: RpcConnection): Promise<Json> {
    const text = params["text"];
    if (typeof text !== "string") throw missing("text");
    const options = limitOf(params);
    const { context, answer } = recording(params);
    const outcomes: Json[] = [];
    try {
      await tellingWhy(
        context,
        () =>
          this.#workspaces.use(context, true, async ({ open, opening }) => {
            printBroughtUp(opening, context);
            const session = await this.#sessionOf(open, connection);
            for await (const { outcome } of session.evaluate(text, options)) {
              outcomes.push(JSON.parse(JSON.stringify(outcome)) as Json);
            }
          }),
      );
    } catch (error) {
      throw asRpcError(error, answer(1));
    }
    return { ...Object(answer(0)), outcomes };
  }

  #sessionOf(open: OpenWorkspace, connection: RpcConnection): Promise<Session> {
    const sessions = this.#sessions.get(connection) ?? new Map<OpenWorkspace, Promise<Session>>();
    this.#sessions.set(connection, sessions);
    const known = sessions.get(open);
    if (known !== undefined) return known;
    const session = Session.open(
      open.workspace,
      open.program,
      (text) => void connection.notify("output", { text }).catch(() => {}),
    );
    sessions.set(open, session);
    return session;
  }

  async #build(params: Params, checkOnly: boolean): Promise<Json> {
    const { context, answer } = recording(params);
    const toolchain = new Toolchain(context, this.#toolchain);
    try {
      const paths = texts(params, "paths");
      const targets = await toolchain.targets(paths.length === 0 ? ["."] : paths);
      const results = await Promise.all(
        targets.map(({ sources }) =>
          toolchain.build(sources, { mode: "quick", tests: true, checkOnly })
        ),
      );
      return {
        ok: results.every(({ hasErrors }) => !hasErrors),
        modules: results.flatMap(({ modules }) => modules),
        diagnostics: JSON.parse(JSON.stringify(
          results.flatMap((each) => findingsOf(each, context.workingFolder)).map(diagnosticData),
        )) as Json,
      };
    } catch (error) {
      throw asRpcError(error, answer(1));
    } finally {
      await toolchain.close();
    }
  }
}

/** A context whose output becomes part of the answer. */
function recording(params: Params) {
  const folder = params["folder"];
  if (typeof folder !== "string") throw missing("folder");
  if (!isAbsolute(folder) || !isFolder(folder)) {
    throw new RpcError(`folder is the absolute path of none: ${folder}`, RpcCode.invalidParameters);
  }
  const terminal = recordingTerminal();
  const colors = picocolors.createColors(params["colors"] === true);
  const context: Context = {
    terminal: { ...terminal, colors, errorColors: colors },
    workingFolder: folder,
  };
  const answer = (code: number): Json => ({
    code,
    output: terminal.output(),
    errors: terminal.errors(),
  });
  return { context, answer };
}

function isFolder(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch {
    return false;
  }
}

function asRpcError(error: unknown, answer: Json): RpcError {
  if (error instanceof RpcError) return error;
  const message = error instanceof Error ? error.message : String(error);
  const hint = error instanceof CommandFailure ? error.hint : undefined;
  return new RpcError(message, RpcCode.failed, {
    ...(isObject(answer) ? answer : {}),
    usage: error instanceof UsageError,
    ...(hint === undefined ? {} : { hint }),
  });
}

function texts(params: Params, name: string): string[] {
  const value = params[name] ?? [];
  if (!Array.isArray(value) || value.some((each) => typeof each !== "string")) {
    throw new RpcError(`${name} is a list of strings`, RpcCode.invalidParameters);
  }
  return value as string[];
}

function limitOf({ limitMs }: Params): { readonly limitMs?: number } {
  if (limitMs === undefined) return {};
  if (typeof limitMs === "number" && Number.isInteger(limitMs) && limitMs > 0) return { limitMs };
  throw new RpcError("limitMs is a whole number of milliseconds", RpcCode.invalidParameters);
}

function missing(name: string): RpcError {
  return new RpcError(`${name} is missing: a string`, RpcCode.invalidParameters);
}

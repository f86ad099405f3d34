/**
 * The daemon: one process of a user that holds compilers, port programs and connections to nodes
 * warm, and answers on a socket that only its owner may open.
 * @module
 */
import { dirname } from "@std/path";
import picocolors from "picocolors";
import configuration from "../deno.json" with { type: "json" };
import { answerNode } from "../live/node_requests.ts";
import { type OpenWorkspace, openWorkspace } from "../live/open_workspace.ts";
import { loadChanged } from "../live/project_changes.ts";
import { isObject, type Json, RpcCode, RpcConnection, RpcError } from "../live/json_rpc.ts";
import { SourceError } from "../live/live_program.ts";
import { Session } from "../live/session.ts";
import type { LoadReport } from "../live/workspace.ts";
import { beamtalkHome, removeIfThere, workspaceRoot } from "../live/workspace_record.ts";
import { CommandFailure, type Context, UsageError } from "./command.ts";
import { diagnosticData } from "./diagnostic_text.ts";
import { loadInto } from "./load_files.ts";
import { openOptions, printOpening, tellingWhy } from "./live_toolchain.ts";
import { recordingTerminal } from "./terminal.ts";
import { findingsOf, Toolchain } from "./toolchain.ts";

/** How long the news of a lost node may take. */
const LOST_MS = 50;

type Params = { readonly [key: string]: Json };

interface Warm {
  readonly open: OpenWorkspace;
  readonly toolchain: Toolchain;
  readonly sessions: Map<RpcConnection, Promise<Session>>;
  /** Whether nothing was asked since it was opened. */
  isFresh: boolean;
  /** Requests for one workspace wait for one another. */
  last: Promise<unknown>;
}

/** The daemon's state and answers. */
export class DaemonServer {
  readonly #warm = new Map<string, Promise<Warm>>();
  readonly #connections = new Set<RpcConnection>();
  readonly #started = Date.now();
  readonly #ended = Promise.withResolvers<void>();
  #used = Date.now();

  /** Serves until it is told to end, or was not used for `idleSeconds`. */
  async serve(path: string, idleSeconds: number): Promise<void> {
    await Deno.mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await Deno.chmod(dirname(path), 0o700);
    await removeIfThere(path);
    const listener = Deno.listen({ transport: "unix", path });
    await Deno.chmod(path, 0o600);
    const stop = () => this.#ended.resolve();
    for (const signal of ["SIGTERM", "SIGINT"] as const) Deno.addSignalListener(signal, stop);
    const idle = setInterval(() => {
      if (Date.now() - this.#used > idleSeconds * 1000) stop();
    }, 1000);
    void this.#accept(listener);
    await this.#ended.promise;
    clearInterval(idle);
    listener.close();
    await removeIfThere(path);
    for (const connection of this.#connections) connection.close();
    for (const warm of this.#warm.values()) {
      await warm.then((each) => each.toolchain.close(), () => {});
    }
  }

  async #accept(listener: Deno.Listener): Promise<void> {
    try {
      for await (const socket of listener) {
        const connection = new RpcConnection(
          socket,
          (method, params, from) => this.#answer(method, params, from),
        );
        this.#connections.add(connection);
        void connection.closed.then(() => this.#forget(connection));
      }
    } catch {
      this.#ended.resolve();
    }
  }

  async #forget(connection: RpcConnection): Promise<void> {
    this.#connections.delete(connection);
    for (const warm of this.#warm.values()) {
      const sessions = (await warm.catch(() => undefined))?.sessions;
      const session = sessions?.get(connection);
      sessions?.delete(connection);
      await session?.then((each) => each.close()).catch(() => {});
    }
  }

  async #answer(method: string, params: Params, connection: RpcConnection): Promise<Json> {
    this.#used = Date.now();
    switch (method) {
      case "status":
        return await this.#status();
      case "stop":
        queueMicrotask(() => setTimeout(() => this.#ended.resolve(), 10));
        return null;
      case "load":
        return await this.#load(params);
      case "eval":
        return await this.#evaluate(params, connection);
      case "compile":
        return await build(params, false);
      case "diagnostics":
        return await build(params, true);
      default:
        throw new RpcError(`there is no method ${method}`, RpcCode.noSuchMethod);
    }
  }

  async #status(): Promise<Json> {
    const workspaces: Json[] = [];
    for (const warm of this.#warm.values()) {
      const each = await warm.catch(() => undefined);
      if (each !== undefined) {
        workspaces.push({ root: each.open.root, node: each.open.workspace.node });
      }
    }
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
    const { answer, warm } = await this.#with(params, async (warm, context) => {
      const opening = await broughtUpToDate(warm, context);
      return await loadInto(warm.open, request, context, opening);
    });
    for (const each of this.#connections) {
      void each.notify("loaded", { root: warm.open.root, paths: request.paths }).catch(() => {});
    }
    return answer;
  }

  async #evaluate(params: Params, connection: RpcConnection): Promise<Json> {
    const text = params["text"];
    if (typeof text !== "string") throw missing("text");
    const limit = params["limitMs"];
    const outcomes: Json[] = [];
    const { answer } = await this.#with(params, async (warm) => {
      const session = await sessionOf(warm, connection);
      const options = typeof limit === "number" ? { limitMs: limit } : {};
      for await (const { outcome } of session.evaluate(text, options)) {
        outcomes.push(JSON.parse(JSON.stringify(outcome)) as Json);
      }
      return 0;
    });
    return { ...(isObject(answer) ? answer : {}), outcomes };
  }

  /** Works with the warm workspace of a folder; one whose node has gone is opened anew, once. */
  async #with(
    params: Params,
    work: (warm: Warm, context: Context) => Promise<number>,
  ): Promise<{ readonly answer: Json; readonly warm: Warm }> {
    const { context, answer } = recording(params);
    const root = await workspaceRoot(context.workingFolder);
    for (let isSecond = false;; isSecond = true) {
      const opened = this.#warmAt(root);
      try {
        const warm = await opened;
        const code = await inTurn(warm, () => tellingWhy(context, () => work(warm, context)));
        return { answer: answer(code), warm };
      } catch (error) {
        // The news of a lost node may come after the error that it is the cause of.
        if (!isSecond) await new Promise((resolve) => setTimeout(resolve, LOST_MS));
        if (!isSecond && this.#warm.get(root) !== opened) continue;
        throw asRpcError(error, answer(1));
      }
    }
  }

  #warmAt(root: string): Promise<Warm> {
    const known = this.#warm.get(root);
    if (known !== undefined) return known;
    const made = warmWorkspace(root, () => void this.#drop(root));
    this.#warm.set(root, made);
    made.catch(() => this.#warm.delete(root));
    return made;
  }

  async #drop(root: string): Promise<void> {
    const warm = this.#warm.get(root);
    this.#warm.delete(root);
    await warm?.then(({ toolchain }) => toolchain.close()).catch(() => {});
  }
}

async function warmWorkspace(root: string, onLost: () => void): Promise<Warm> {
  const context: Context = { terminal: recordingTerminal(), workingFolder: root };
  const toolchain = new Toolchain(context);
  try {
    const open = await openWorkspace(root, await openOptions(toolchain));
    await answerNode(open);
    open.connections.nodes.onEvent((event) => {
      if (event.kind === "down" && event.node === open.workspace.node) onLost();
    });
    return { open, toolchain, sessions: new Map(), isFresh: true, last: Promise.resolve() };
  } catch (error) {
    await toolchain.close();
    throw error;
  }
}

async function inTurn<T>(warm: Warm, work: () => Promise<T>): Promise<T> {
  const turn = warm.last.then(work, work);
  warm.last = turn.catch(() => {});
  return await turn;
}

/**
 * What opening the workspace has loaded, or what has changed since. Files that are broken and not
 * asked for are told of and left as they are loaded.
 */
async function broughtUpToDate(warm: Warm, context: Context): Promise<LoadReport | undefined> {
  const { open } = warm;
  if (warm.isFresh) {
    warm.isFresh = false;
    printOpening(open, context);
    return open.report;
  }
  try {
    return (await loadChanged([open.workspace], open.program))?.reports[0];
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    return undefined;
  }
}

function sessionOf({ open, sessions }: Warm, connection: RpcConnection): Promise<Session> {
  const known = sessions.get(connection);
  if (known !== undefined) return known;
  const session = Session.open(
    open.workspace,
    open.program,
    (text) => void connection.notify("output", { text }).catch(() => {}),
  );
  sessions.set(connection, session);
  return session;
}

async function build(params: Params, checkOnly: boolean): Promise<Json> {
  const { context, answer } = recording(params);
  const toolchain = new Toolchain(context);
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

/** A context whose output becomes part of the answer. */
function recording(params: Params) {
  const folder = params["folder"];
  if (typeof folder !== "string") throw missing("folder");
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

function missing(name: string): RpcError {
  return new RpcError(`${name} is missing: a string`, RpcCode.invalidParameters);
}

/** The folder that holds the daemon's socket and log. */
export function daemonFolder(): string {
  return `${beamtalkHome()}/daemon`;
}

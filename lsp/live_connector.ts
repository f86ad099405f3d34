/**
 * Finds the running workspace of a project, joins it, and keeps what it says for as long as it is
 * the same node. It never starts a workspace.
 * @module
 */
import { atom, binary, type PortProgram, type Term, text, Tuple } from "../bridge/mod.ts";
import { startPort } from "../live/build_compile.ts";
import type { Installation } from "../live/installation.ts";
import { listField } from "../live/node_terms.ts";
import { Connections, type Workspace } from "../live/workspace.ts";
import {
  readCookie,
  readRecord,
  recordFolder,
  type RunningNode,
} from "../live/workspace_record.ts";
import type { LiveAnswers, LiveClass, LiveStatus, LiveValues } from "./live_answers.ts";
import { liveBindings, liveClass, liveValues } from "./live_terms.ts";
import type { ProjectIndex } from "./project_index.ts";

/** What the connector needs. */
export interface ConnectorOptions {
  readonly installation: Installation;
  /** Folder of workspace records. */
  readonly home: string;
  readonly index: ProjectIndex;
}

const WATCH = "beamtalk_workspace_watch";
/** How often records of workspaces are looked at: two small files each. */
const LOOK_EVERY = 500;
/** A node that does not answer in this time has no answer. */
const CALL_LIMIT = 5000;

/** How long values that were asked for are taken to be those of now. */
const VALUES_AGE = 1000;

/** What the node lists as names with texts. */
type ListName = "bindings" | "classes";

/** One joined node with what it has said. */
interface Joined {
  readonly node: RunningNode;
  readonly workspace: Workspace;
  readonly port: PortProgram;
  readonly classes: Map<string, LiveClass | undefined>;
  readonly asked: Map<string, Promise<LiveClass | undefined>>;
  readonly values: Map<string, { readonly at: number; readonly asked: Promise<LiveValues> }>;
  readonly lists: Map<ListName, Promise<ReadonlyMap<string, string>>>;
}

interface Root {
  status: LiveStatus;
  joined: Joined | undefined;
  restarts: number;
  /** The node that was joined last. */
  last: string | undefined;
  /** A node that could not be joined is not tried again until there is another one. */
  refused: string | undefined;
  isBusy: boolean;
}

/** The workspaces of all roots of one client. */
export class LiveConnector implements LiveAnswers {
  /** Called when the node or what it says has changed. */
  onChange: () => void = () => {};
  readonly #options: ConnectorOptions;
  readonly #roots = new Map<string, Root>();
  readonly #timer: ReturnType<typeof setInterval>;
  #isClosed = false;

  constructor(options: ConnectorOptions) {
    this.#options = options;
    this.#timer = setInterval(() => void this.#look(), LOOK_EVERY);
  }

  status(path: string): LiveStatus {
    return this.#rootOf(path)?.status ?? { kind: "none", root: "" };
  }

  statuses(): readonly LiveStatus[] {
    return [...this.#roots.values()].map(({ status }) => status);
  }

  knownClass(path: string, name: string): LiveClass | undefined {
    const joined = this.#rootOf(path)?.joined;
    if (joined === undefined || joined.classes.has(name) || joined.asked.has(name)) {
      return joined?.classes.get(name);
    }
    // What is not known yet is asked for, and told of when it is.
    void this.#ask(joined, name).then((found) => {
      if (found !== undefined && !this.#isClosed) this.onChange();
    });
    return undefined;
  }

  classNamed(path: string, name: string, limitMs: number): Promise<LiveClass | undefined> {
    const joined = this.#rootOf(path)?.joined;
    if (joined === undefined) return Promise.resolve(undefined);
    if (joined.classes.has(name)) return Promise.resolve(joined.classes.get(name));
    return within(this.#ask(joined, name), limitMs, undefined);
  }

  async values(path: string, name: string, limitMs: number): Promise<LiveValues | undefined> {
    const joined = this.#rootOf(path)?.joined;
    if (joined === undefined) return undefined;
    const known = joined.values.get(name);
    if (known !== undefined && performance.now() - known.at < VALUES_AGE) {
      return await within(known.asked, limitMs, undefined);
    }
    const asked = joined.workspace.call(WATCH, "values", [binary(name)], CALL_LIMIT)
      .then(liveValues).catch(() => liveValues(atom("nil")));
    joined.values.set(name, { at: performance.now(), asked });
    return await within(asked, limitMs, undefined);
  }

  bindings(path: string, limitMs: number): Promise<ReadonlyMap<string, string>> {
    return this.#list(path, "bindings", limitMs);
  }

  classes(path: string, limitMs: number): Promise<ReadonlyMap<string, string>> {
    return this.#list(path, "classes", limitMs);
  }

  #list(path: string, name: ListName, limitMs: number): Promise<ReadonlyMap<string, string>> {
    const joined = this.#rootOf(path)?.joined;
    if (joined === undefined) return Promise.resolve(new Map());
    let asked = joined.lists.get(name);
    if (asked === undefined) {
      asked = joined.workspace.call(WATCH, name, [], CALL_LIMIT).then(liveBindings).catch(() => {
        joined.lists.delete(name);
        return new Map();
      });
      joined.lists.set(name, asked);
    }
    return within(asked, limitMs, new Map());
  }

  /** Ends all connections; the workspaces go on. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearInterval(this.#timer);
    for (const { joined } of this.#roots.values()) await joined?.port.close();
  }

  #rootOf(path: string): Root | undefined {
    let best: string | undefined;
    for (const root of this.#roots.keys()) {
      if (!path.startsWith(`${root}/`)) continue;
      if (best === undefined || root.length > best.length) best = root;
    }
    return best === undefined ? undefined : this.#roots.get(best);
  }

  async #look(): Promise<void> {
    const programs = this.#options.index.programs();
    for (const [root, state] of this.#roots) {
      if (programs.some((each) => each.root === root)) continue;
      this.#roots.delete(root);
      await this.#leave(state, { kind: "none", root });
    }
    for (const { root } of programs) {
      let state = this.#roots.get(root);
      if (state === undefined) {
        const status = { kind: "none", root } as const;
        state = {
          status,
          joined: undefined,
          restarts: 0,
          last: undefined,
          refused: undefined,
          isBusy: false,
        };
        this.#roots.set(root, state);
      }
      if (!state.isBusy) await this.#lookAt(root, state);
    }
  }

  async #lookAt(root: string, state: Root): Promise<void> {
    state.isBusy = true;
    try {
      // The record is under the true path, however the editor has come to the folder.
      const folder = recordFolder(this.#options.home, await Deno.realPath(root));
      const node = (await readRecord(folder))?.node;
      const key = node && nodeKey(node);
      if (state.joined !== undefined && nodeKey(state.joined.node) !== key) {
        const next: LiveStatus = node === undefined
          ? { kind: "lost", root, reason: "stopped" }
          : { kind: "restarted", root };
        await this.#leave(state, next);
      }
      const isNew = node !== undefined && state.joined === undefined && state.refused !== key;
      if (isNew && !this.#isClosed) await this.#join(root, state, node, folder);
    } catch (error) {
      await this.#leave(state, { kind: "lost", root, reason: messageOf(error) });
    } finally {
      state.isBusy = false;
    }
  }

  async #join(root: string, state: Root, node: RunningNode, folder: string): Promise<void> {
    const isRestarted = state.last !== undefined && state.last !== nodeKey(node);
    if (isRestarted) state.restarts++;
    this.#tell(state, { kind: isRestarted ? "restarted" : "connecting", root });
    let port: PortProgram | undefined;
    try {
      port = await startPort(this.#options.installation);
      const connections = new Connections(port);
      const cookie = await readCookie(folder);
      const workspace = await connections.connect({ name: node.name, port: node.port, cookie });
      const joined: Joined = {
        node,
        workspace,
        port,
        classes: new Map(),
        asked: new Map(),
        values: new Map(),
        lists: new Map(),
      };
      connections.onCompileRequest((request) => {
        this.#heard(joined, request);
        return Promise.resolve(atom("ok"));
      });
      connections.nodes.onEvent((event) => {
        const reason = "the connection was lost";
        if (event.kind === "down") void this.#leave(state, { kind: "lost", root, reason });
      });
      await workspace.call(WATCH, "start", [await connections.client()], CALL_LIMIT);
      state.joined = joined;
      state.refused = undefined;
      state.last = nodeKey(node);
      await this.#askShown(joined, root);
      this.#tell(state, { kind: "connected", root, node: node.name, restarts: state.restarts });
    } catch (error) {
      await port?.close();
      state.joined = undefined;
      state.refused = nodeKey(node);
      this.#tell(state, { kind: "lost", root, reason: messageOf(error) });
    }
  }

  /** What a node said dies with it. */
  async #leave(state: Root, next: LiveStatus): Promise<void> {
    const { joined } = state;
    if (joined === undefined) return;
    state.joined = undefined;
    this.#tell(state, next);
    await joined.port.close().catch(() => {});
  }

  #tell(state: Root, status: LiveStatus): void {
    state.status = status;
    if (!this.#isClosed) this.onChange();
  }

  /** `{node_changed, #{classes, others}}`: what was known of these is asked again. */
  #heard(joined: Joined, request: Term): void {
    if (!(request instanceof Tuple)) return;
    const [tag, changes] = request.elements;
    if (tag !== atom("node_changed")) return;
    const classes = listField(changes, "classes").map((name) => text(name));
    const others = listField(changes, "others").map((name) => text(name));
    const isWide = others.includes("extensions") || others.includes("actors");
    const stale = isWide ? [...joined.classes.keys()] : classes;
    joined.values.clear();
    for (const name of stale) {
      joined.classes.delete(name);
      joined.asked.delete(name);
    }
    if (others.includes("bindings")) joined.lists.delete("bindings");
    if (classes.length > 0) joined.lists.delete("classes");
    const again = [...new Set([...stale, ...classes])].map((name) => this.#ask(joined, name));
    void Promise.all(again).then(() => {
      if (!this.#isClosed) this.onChange();
    });
  }

  /** Asks for the classes of open files, so that their answers are there when they are wanted. */
  async #askShown(joined: Joined, root: string): Promise<void> {
    const { index } = this.#options;
    const names = index.openPaths().filter((path) => path.startsWith(`${root}/`))
      .flatMap((path) => index.factsOf(path)?.classes.map(({ name }) => name) ?? []);
    await Promise.all(names.map((name) => this.#ask(joined, name)));
  }

  #ask(joined: Joined, name: string): Promise<LiveClass | undefined> {
    let asked = joined.asked.get(name);
    if (asked === undefined) {
      asked = this.#askNode(joined, name);
      joined.asked.set(name, asked);
    }
    return asked;
  }

  async #askNode(joined: Joined, name: string): Promise<LiveClass | undefined> {
    try {
      const answer = await joined.workspace.call(WATCH, "class", [binary(name)], CALL_LIMIT);
      const of = liveClass(answer);
      joined.classes.set(name, of);
      return of;
    } catch {
      joined.asked.delete(name);
      return undefined;
    }
  }
}

/** Two starts of one workspace differ in their process. */
function nodeKey({ name, port, osPid }: RunningNode): string {
  return `${name} ${port} ${osPid}`;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The value, or the other one if it takes too long; the value is then there the next time. */
function within<V>(value: Promise<V>, limitMs: number, otherwise: V): Promise<V> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<V>((resolve) => {
    timer = setTimeout(() => resolve(otherwise), limitMs);
  });
  return Promise.race([value, late]).finally(() => clearTimeout(timer));
}

/**
 * Finds the running workspace of a project, joins it, and keeps what it says for as long as it is
 * the same node. It never starts a workspace.
 * @module
 */
import { atom, binary, type PortProgram, type Term, text, Tuple } from "../bridge/mod.ts";
import { startPort } from "../live/build_compile.ts";
import type { Installation } from "../live/installation.ts";
import { listField, textField } from "../live/node_terms.ts";
import { Connections, type Workspace } from "../live/workspace.ts";
import {
  readCookie,
  readRecord,
  recordFolder,
  type RunningNode,
} from "../live/workspace_record.ts";
import type { LiveAnswers, LiveClass, LiveMethod, LiveStatus } from "./live_answers.ts";
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

/** One joined node with what it has said. */
interface Joined {
  readonly node: RunningNode;
  readonly workspace: Workspace;
  readonly port: PortProgram;
  readonly classes: Map<string, LiveClass | undefined>;
  readonly asked: Map<string, Promise<LiveClass | undefined>>;
  bindings: ReadonlyMap<string, string> | undefined;
  askedBindings: Promise<ReadonlyMap<string, string>> | undefined;
}

interface Root {
  status: LiveStatus;
  joined: Joined | undefined;
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
    return this.#rootOf(path)?.status ?? { kind: "none" };
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

  bindings(path: string, limitMs: number): Promise<ReadonlyMap<string, string>> {
    const joined = this.#rootOf(path)?.joined;
    if (joined === undefined) return Promise.resolve(new Map());
    if (joined.bindings !== undefined) return Promise.resolve(joined.bindings);
    joined.askedBindings ??= this.#askBindings(joined);
    return within(joined.askedBindings, limitMs, new Map());
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
    for (const { root } of this.#options.index.programs()) {
      let state = this.#roots.get(root);
      if (state === undefined) {
        const status = { kind: "none" } as const;
        state = { status, joined: undefined, refused: undefined, isBusy: false };
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
        await this.#leave(root, state, node === undefined ? "stopped" : "restarted");
      }
      const isNew = node !== undefined && state.joined === undefined && state.refused !== key;
      if (isNew && !this.#isClosed) await this.#join(root, state, node, folder);
    } catch (error) {
      if (state.joined !== undefined) await this.#leave(root, state, messageOf(error));
    } finally {
      state.isBusy = false;
    }
  }

  async #join(root: string, state: Root, node: RunningNode, folder: string): Promise<void> {
    this.#tell(state, { kind: "connecting", root });
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
        bindings: undefined,
        askedBindings: undefined,
      };
      connections.onCompileRequest((request) => {
        this.#heard(joined, request);
        return Promise.resolve(atom("ok"));
      });
      connections.nodes.onEvent((event) => {
        if (event.kind === "down") void this.#leave(root, state, "the connection was lost");
      });
      await workspace.call(WATCH, "start", [await connections.client()], CALL_LIMIT);
      state.joined = joined;
      state.refused = undefined;
      await this.#askShown(joined, root);
      this.#tell(state, { kind: "connected", root, node: node.name });
    } catch (error) {
      await port?.close();
      state.joined = undefined;
      state.refused = nodeKey(node);
      this.#tell(state, { kind: "lost", root, reason: messageOf(error) });
    }
  }

  /** What a node said dies with it. */
  async #leave(root: string, state: Root, reason: string): Promise<void> {
    const { joined } = state;
    if (joined === undefined) return;
    state.joined = undefined;
    this.#tell(state, { kind: "lost", root, reason });
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
    for (const name of stale) {
      joined.classes.delete(name);
      joined.asked.delete(name);
    }
    if (others.includes("bindings")) {
      joined.bindings = undefined;
      joined.askedBindings = undefined;
    }
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

  async #askBindings(joined: Joined): Promise<ReadonlyMap<string, string>> {
    try {
      const answer = await joined.workspace.call(WATCH, "bindings", [], CALL_LIMIT);
      const pairs = Array.isArray(answer) ? answer : [];
      joined.bindings = new Map(pairs.flatMap((pair): [string, string][] => {
        const [name, value] = pair instanceof Tuple ? pair.elements : [];
        return name === undefined || value === undefined ? [] : [[text(name), text(value)]];
      }));
      return joined.bindings;
    } catch {
      joined.askedBindings = undefined;
      return new Map();
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

function liveClass(term: Term): LiveClass | undefined {
  const name = textField(term, "name");
  if (name === undefined) return undefined;
  return {
    name,
    package: textField(term, "package") ?? "",
    superclass: textField(term, "super"),
    methods: [
      ...listField(term, "methods").map((each) => liveMethod(each, "instance")),
      ...listField(term, "class_methods").map((each) => liveMethod(each, "class")),
    ],
    actors: listField(term, "actors").map((each) => text(each)),
  };
}

function liveMethod(term: Term, side: LiveMethod["side"]): LiveMethod {
  const selector = textField(term, "selector") ?? "";
  return {
    selector,
    side,
    signature: textField(term, "signature") ?? selector,
    parameters: listField(term, "parameters").map((each) => text(each)),
    doc: textField(term, "doc"),
    source: textField(term, "source") ?? "",
  };
}

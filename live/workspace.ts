/**
 * A connection to the node of a workspace, as a hidden peer: load, evaluate, ask.
 * @module
 */
import {
  atom,
  binary,
  ErlangError,
  map,
  Nodes,
  type Pid,
  type PortProgram,
  type Term,
  text,
  Tuple,
  tuple,
} from "../bridge/mod.ts";
import { type Change, changeTerm } from "./changes.ts";
import { field, listField, numberField, type Plain, plain, textField } from "./node_terms.ts";
import type { LoadableModule } from "./live_program.ts";

/** How a node is reached. */
export interface NodeAddress {
  readonly name: string;
  readonly cookie: string;
  /** Where its distribution listens; epmd is asked where it is left out. */
  readonly port?: number;
}

/** What a load did, or would do. */
export interface LoadReport {
  readonly loaded: readonly { readonly module: string; readonly class: string | undefined }[];
  /** How many living actors were migrated. */
  readonly migrated: number;
  readonly warnings: readonly string[];
  readonly microseconds: number;
  /** The revision of the program's texts after the load; undefined where nothing was loaded. */
  readonly revision: number | undefined;
  /** The numbers of the changes that were recorded. */
  readonly seqs: readonly number[];
  /** Whether the changes are to be written to files at once. */
  readonly autoflush: boolean;
}

/** How a change of the log ended. */
export interface Mark {
  readonly seq: number;
  /** Undone; in the file now; something else took its place; its class is gone. */
  readonly status: "reverted" | "flushed" | "replaced" | "orphan";
}

/** What a load means for the log of changes. */
export interface LoadRecord {
  readonly changes?: readonly Change[];
  readonly marks?: readonly Mark[];
  /** Paths of texts that are others now. */
  readonly paths?: readonly string[];
  /** Changes of other nodes that are in force here too from now on, as those told them. */
  readonly taken?: readonly Term[];
}

/** What is asked of a load beside the modules. */
export interface LoadOptions {
  readonly record?: LoadRecord;
  /** The revision that the code was made from; where the node has another one, it refuses. */
  readonly revision?: number;
  /** Load although blocks of code that goes are kept; they fail when they are called. */
  readonly force?: boolean;
  /** Modules that go with the load: the last of a file's extensions is taken out. */
  readonly gone?: readonly string[];
  /** The node starts with this code: it says nothing of which is newer, here or at other nodes. */
  readonly undated?: boolean;
  /** For a load of several nodes: the revisions of the others, by their names. */
  readonly revisions?: ReadonlyMap<string, number>;
  /** For a load of several nodes: what tells it from others, the same on all of them. */
  readonly shared?: SharedLoad;
}

/** A load of several nodes, as each of them knows it. */
export interface SharedLoad {
  readonly id: string;
  /** When it began, in milliseconds. */
  readonly time: number;
  /** The other nodes; only the first needs them. */
  readonly nodes: readonly string[];
}

/** The node refused a load, or an evaluation; nothing was changed. */
export class NodeRefusal extends Error {
  override readonly name = "NodeRefusal";
  constructor(message: string, readonly kind: string, readonly hint: string | undefined) {
    super(message);
  }
}

const LOAD_LIMIT = 120_000;

/** The toolchain's side of all connections through one port program. */
export class Connections {
  readonly port: PortProgram;
  readonly nodes: Nodes;
  readonly #outputs = new Map<string, (text: string) => void>();
  #client: Promise<Pid> | undefined;
  #onCompile: ((request: Term) => Promise<Term>) | undefined;

  constructor(port: PortProgram) {
    this.port = port;
    this.nodes = new Nodes(port);
    port.onRequest((request) => this.#answer(request));
  }

  /** Connects to a node. */
  async connect(address: NodeAddress): Promise<Workspace> {
    const { name, cookie, port } = address;
    await this.nodes.connect(name, { cookie, ...(port === undefined ? {} : { port }) });
    return new Workspace(this, name);
  }

  /** The process that nodes send requests and output to. */
  client(): Promise<Pid> {
    const asked = tuple(
      ...["call", "local", "erlang", "whereis"].map(atom),
      [atom("beamtalk_port_requests")],
      5000,
    );
    this.#client ??= this.port.request(asked).then((pid) => pid as Pid);
    return this.#client;
  }

  /** Who answers what code in a node asks of the compiler. */
  onCompileRequest(handler: (request: Term) => Promise<Term>): void {
    this.#onCompile = handler;
  }

  /** Hears what the code of a session writes. */
  onOutput(session: string, handler: (text: string) => void): () => void {
    this.#outputs.set(session, handler);
    return () => void this.#outputs.delete(session);
  }

  async #answer(request: Term): Promise<Term> {
    const output = outputOf(request);
    if (output !== undefined) {
      this.#outputs.get(output.session)?.(output.text);
      return atom("ok");
    }
    if (this.#onCompile === undefined) throw new Error("this toolchain answers no such request");
    return await this.#onCompile(request);
  }
}

/** One node, connected. */
export class Workspace {
  constructor(readonly connections: Connections, readonly node: string) {}

  /** Calls a function there. */
  async call(
    module: string,
    name: string,
    args: readonly Term[],
    timeoutMs = 30_000,
  ): Promise<Term> {
    try {
      return await this.connections.nodes.call(this.node, module, name, args, { timeoutMs });
    } catch (error) {
      throw isStopping(error) ? stopping(this.node) : error;
    }
  }

  /** Loads modules in one step and migrates living actors; a `NodeRefusal` changes nothing. */
  async load(
    modules: readonly LoadableModule[],
    options: LoadOptions = {},
  ): Promise<LoadReport> {
    const answer = await this.call(LOADER, "load", [loadRequest(modules, options)], LOAD_LIMIT);
    return report(answered(answer));
  }

  /** What loading would do. */
  async check(modules: readonly LoadableModule[]): Promise<LoadReport> {
    const answer = await this.call(LOADER, "check", [loadRequest(modules, {})], LOAD_LIMIT);
    return report(answered(answer));
  }

  /** Loads, and holds the migrated actors until it is committed or aborted. */
  async stage(
    modules: readonly LoadableModule[],
    options: LoadOptions = {},
  ): Promise<StagedLoad> {
    const owner = await this.connections.client();
    const request = loadRequest(modules, options);
    const answer = await this.call(LOADER, "stage", [request, owner], LOAD_LIMIT);
    const [, token, staged] = elementsOf(okOrRefusal(answer));
    return {
      workspace: this,
      report: report(staged!),
      commit: async (telling = atom("none")) => {
        const committed = answered(await this.call(LOADER, "commit", [token!, telling]));
        return { report: report(committed), telling: field(committed, "telling") };
      },
      abort: async () => void okOrRefusal(await this.call(LOADER, "abort", [token!])),
    };
  }

  /** Offers this toolchain for compile requests of code in the node. */
  async attach(): Promise<void> {
    await this.call("beamtalk_workspace_toolchain", "attach", [await this.connections.client()]);
  }

  /** Asks one of the functions of `beamtalk_workspace_info`. */
  async info(question: string, args: readonly Term[] = []): Promise<Plain> {
    return plain(await this.call("beamtalk_workspace_info", question, args));
  }

  /** Ends the node in good order. */
  async stop(): Promise<void> {
    await this.call("beamtalk_workspace_node", "stop", []);
  }
}

/** Whether a process of the workspace itself was gone: its node is about to go, too. */
function isStopping(error: unknown): boolean {
  if (!(error instanceof ErlangError) || error.errorClass !== "exit") return false;
  const [reason, call] = elementsOf(error.reason);
  const [, , args] = elementsOf(call ?? []);
  const called = Array.isArray(args) ? args[0] : undefined;
  return (reason === atom("noproc") || reason === atom("shutdown")) &&
    called !== undefined && text(called).startsWith("beamtalk_workspace_");
}

function stopping(node: string): NodeRefusal {
  return new NodeRefusal(
    `the workspace on ${node} is stopping`,
    "stopping",
    "once it has, the next command starts it again",
  );
}

/** A load that waits for its end. */
export interface StagedLoad {
  readonly workspace: Workspace;
  readonly report: LoadReport;
  /**
   * The first of several nodes answers what it has to tell the others of its log of changes, which
   * their commits get.
   */
  commit(telling?: Term): Promise<CommittedLoad>;
  abort(): Promise<void>;
}

/** What the commit of a staged load did. */
export interface CommittedLoad {
  readonly report: LoadReport;
  readonly telling: Term | undefined;
}

/**
 * Loads on all nodes or on none: where one refuses or is lost, the others go back. The record of
 * changes is for the first node, and the others have in force what it has. From the moment that it has
 * the load on disk, the load counts: a node that is lost then is brought up to date by the first when it
 * comes back.
 */
export async function loadOnAll(
  workspaces: readonly Workspace[],
  modules: readonly LoadableModule[],
  options: LoadOptions = {},
): Promise<readonly LoadReport[]> {
  const load = { id: crypto.randomUUID(), time: Date.now() };
  const others = workspaces.slice(1).map(({ node }) => node);
  const staged = await Promise.allSettled(workspaces.map((each, index) =>
    each.stage(modules, {
      ...(index === 0 ? options : onEach(options, each)),
      shared: { ...load, nodes: index === 0 ? others : [] },
    })
  ));
  const good = staged.filter((each) => each.status === "fulfilled").map(({ value }) => value);
  const goBack = () => wentBack(good);
  const failed = staged.findIndex(({ status }) => status === "rejected");
  if (failed >= 0) {
    const { reason } = staged[failed] as PromiseRejectedResult;
    throw refusedBy(workspaces[failed]!, reason, await goBack());
  }
  const [first, ...rest] = good;
  const committed = await first!.commit().catch(async (error) => {
    throw refusedBy(first!.workspace, error, await goBack());
  });
  const ends = await Promise.allSettled(rest.map((each) => each.commit(committed.telling)));
  const ended = ends.map((end, index) => {
    if (end.status === "fulfilled") return end.value.report;
    const { report, workspace } = rest[index]!;
    return { ...report, warnings: [...report.warnings, lostText(workspace)] };
  });
  return [committed.report, ...ended];
}

/**
 * Has nodes go back to what they ran; answers what those say that could not. One that is lost goes back
 * by itself.
 */
async function wentBack(staged: readonly StagedLoad[]): Promise<readonly string[]> {
  const ends = await Promise.allSettled(staged.map((each) => each.abort()));
  return ends.flatMap((end, index) => {
    if (end.status === "fulfilled" || !(end.reason instanceof NodeRefusal)) return [];
    return [`${staged[index]!.workspace.node}: ${end.reason.message.replace(/^but /, "")}`];
  });
}

function refusedBy(
  { node }: Workspace,
  reason: unknown,
  changed: readonly string[],
): NodeRefusal {
  const said = reason instanceof Error ? reason.message : String(reason);
  const kind = reason instanceof NodeRefusal ? reason.kind : "lost";
  const others = kind === "not_restored" ? "no other node was changed" : "no node was changed";
  return new NodeRefusal(
    [`${node}: ${said}`, ...(changed.length === 0 ? [others] : changed)].join("; "),
    kind,
    reason instanceof NodeRefusal ? reason.hint : undefined,
  );
}

function lostText({ node }: Workspace): string {
  return `${node} was lost when all others had loaded; it gets this load when it comes back`;
}

/** What a load is on a node beside the first. */
function onEach({ force, gone, revisions }: LoadOptions, { node }: Workspace): LoadOptions {
  const revision = revisions?.get(node);
  return {
    ...(force === undefined ? {} : { force }),
    ...(gone === undefined ? {} : { gone }),
    ...(revision === undefined ? {} : { revision }),
  };
}

const LOADER = "beamtalk_workspace_loader";

function loadRequest(
  modules: readonly LoadableModule[],
  { record, revision, force, gone = [], undated, shared }: LoadOptions,
): Term {
  return map([
    [
      atom("modules"),
      modules.map(({ module, file, beam }) =>
        map([[atom("module"), atom(module)], [atom("file"), binary(file)], [atom("beam"), beam]])
      ),
    ],
    ...(record === undefined ? [] : [[atom("record"), recordTerm(record)] as const]),
    ...(force === true ? [[atom("force"), atom("true")] as const] : []),
    ...(gone.length === 0 ? [] : [[atom("gone"), gone.map(atom)] as const]),
    ...(undated === true ? [[atom("undated"), atom("true")] as const] : []),
    ...(revision === undefined ? [] : [[atom("revision"), revision] as const]),
    ...(shared === undefined ? [] : [
      [atom("id"), binary(shared.id)] as const,
      [atom("time"), shared.time] as const,
      [atom("nodes"), shared.nodes.map(atom)] as const,
    ]),
  ]);
}

/** A record as the node's log takes it. */
export function recordTerm({ changes = [], marks = [], paths = [], taken = [] }: LoadRecord): Term {
  return map([
    [atom("changes"), changes.map(changeTerm)],
    [atom("marks"), marks.map(({ seq, status }) => tuple(seq, atom(status)))],
    [atom("paths"), paths.map((path) => binary(path))],
    [atom("taken"), [...taken]],
  ]);
}

function report(term: Term): LoadReport {
  return {
    loaded: listField(term, "loaded").map((each) => ({
      module: textField(each, "module") ?? "",
      class: textField(each, "class"),
    })),
    migrated: numberField(term, "migrated"),
    warnings: listField(term, "warnings").map((each) => String(plain(each))),
    microseconds: numberField(term, "microseconds"),
    revision: field(term, "revision") === undefined ? undefined : numberField(term, "revision"),
    seqs: listField(term, "seqs").map(Number),
    autoflush: field(term, "autoflush") === atom("true"),
  };
}

/** The value of `{ok, Value}`; throws the problem of `{error, Problem}`. */
export function answered(answer: Term): Term {
  return elementsOf(okOrRefusal(answer))[1]!;
}

function elementsOf(term: Term): readonly Term[] {
  return term instanceof Tuple ? term.elements : [];
}

/** The session and the text of `{output, Session, Text}`. */
function outputOf(request: Term): { session: string; text: string } | undefined {
  const [tag, session, written] = elementsOf(request);
  if (tag !== atom("output") || session === undefined || written === undefined) return undefined;
  return { session: text(session), text: text(written) };
}

/** Hands on `{ok, ...}` and `ok`; throws the problem of `{error, Problem}`. */
export function okOrRefusal(answer: Term): Term {
  const [tag, problem] = elementsOf(answer);
  if (tag === atom("error") && problem !== undefined) {
    throw new NodeRefusal(
      textField(problem, "message") ?? String(plain(problem)),
      textField(problem, "kind") ?? "unknown",
      textField(problem, "hint"),
    );
  }
  return answer;
}

/**
 * One client's server: its life, its documents, and the way of each request to its feature.
 * @module
 */
import {
  type CancellationToken,
  ErrorCodes,
  type InitializeParams,
  type MessageConnection,
  ResponseError,
} from "vscode-languageserver/node";
import { chosenEncoding, findingsDelivery, serverCapabilities } from "./capabilities.ts";
import { DiagnosticsPublisher } from "./diagnostics_publisher.ts";
import { asResponseError, settle } from "./guard.ts";
import { statusSummary } from "./live_status.ts";
import { REQUESTS } from "./requests.ts";
import type { ContentChange, ServerState } from "./state.ts";
import { pathOf } from "./uris.ts";
import type { WorkspaceFiles } from "./workspace_files.ts";

/** What a server needs beside its connection. */
export interface ServerOptions {
  readonly version: string;
  readonly state: ServerState;
  readonly files: WorkspaceFiles;
  /** Called when the client asks the server to end; the argument is the exit code. */
  readonly onExit: (code: number) => void;
}

type Life = "new" | "running" | "down";
type Notification = (params: never) => void;

/** A server over a connection. Call `listen` once. */
export class LanguageServer {
  readonly #connection: MessageConnection;
  readonly #options: ServerOptions;
  readonly #state: ServerState;
  readonly #publisher: DiagnosticsPublisher;
  readonly #cancelledWork = new Set<string | number>();
  #life: Life = "new";
  /** Whether the client, for want of a place of its own, shows the status as messages. */
  #wantsMessages = false;
  #shownStatus = "";
  #folders: readonly string[] = [];
  #params: InitializeParams | undefined;

  constructor(connection: MessageConnection, options: ServerOptions) {
    this.#connection = connection;
    this.#options = options;
    this.#state = options.state;
    this.#publisher = new DiagnosticsPublisher(options.state, (params) => {
      void this.#send("textDocument/publishDiagnostics", params);
    });
    options.files.onChange = (isProjectKnown) => this.#projectChanged(isProjectKnown);
  }

  /** Begins to answer. */
  listen(): void {
    const connection = this.#connection;
    connection.onRequest((method: string, params: unknown, token: CancellationToken) =>
      this.#request(method, params, token)
    );
    connection.onNotification((method: string, params: unknown) =>
      this.#notification(method, params)
    );
    connection.onError(([error]) => this.#log(error.message));
    connection.onClose(() => this.end());
    connection.listen();
  }

  async #request(method: string, params: unknown, token: CancellationToken): Promise<unknown> {
    try {
      return await this.#answer(method, params, token) ?? null;
    } catch (error) {
      return asResponseError(error, method, (text) => this.#log(text));
    }
  }

  #answer(method: string, params: unknown, token: CancellationToken): Promise<unknown> | unknown {
    if (method === "initialize") return this.#initialize(params as InitializeParams);
    if (this.#life === "new") {
      throw new ResponseError(ErrorCodes.ServerNotInitialized, "initialize comes first");
    }
    if (this.#life === "down") {
      throw new ResponseError(ErrorCodes.InvalidRequest, "the server has been shut down");
    }
    if (method === "shutdown") return this.#shutdown();
    if (method === "beamtalk/status") return this.#status();
    const handler = Object.hasOwn(REQUESTS, method) ? REQUESTS[method] : undefined;
    if (handler === undefined) {
      throw new ResponseError(ErrorCodes.MethodNotFound, `no such method: ${method}`);
    }
    const { revision } = this.#state.index;
    const isStale = () => this.#state.index.revision !== revision;
    return this.#withProgress(
      params,
      (isCancelled) =>
        settle(handler(this.#state, params as never), {
          isCancelled: () => token.isCancellationRequested || isCancelled(),
          isStale,
        }),
    );
  }

  /** Tells of the beginning and the end of work to a client that wants to know. */
  async #withProgress(
    params: unknown,
    work: (isCancelled: () => boolean) => Promise<unknown>,
  ): Promise<unknown> {
    const token = workDoneToken(params);
    if (token === undefined) return await work(() => false);
    const tell = (value: object) => this.#send("$/progress", { token, value });
    await tell({ kind: "begin", title: "Beamtalk", cancellable: true });
    try {
      return await work(() => this.#cancelledWork.has(token));
    } finally {
      this.#cancelledWork.delete(token);
      await tell({ kind: "end" });
    }
  }

  #initialize(params: InitializeParams): unknown {
    if (this.#life !== "new") {
      throw new ResponseError(ErrorCodes.InvalidRequest, "initialize comes once");
    }
    const capabilities = params?.capabilities ?? {};
    this.#state.capabilities = capabilities;
    this.#state.encoding = chosenEncoding(capabilities);
    this.#params = params;
    this.#folders = foldersOf(params);
    this.#wantsMessages = params?.initializationOptions?.statusMessages === true;
    this.#life = "running";
    const delivery = findingsDelivery(capabilities);
    this.#publisher.isPulled = delivery === "pulled";
    return {
      capabilities: serverCapabilities(this.#state.encoding, delivery),
      serverInfo: { name: "beamtalk", version: this.#options.version },
    };
  }

  #initialized(): void {
    const progress = this.#params?.capabilities?.window?.workDoneProgress === true;
    void this.#options.files.start(this.#folders, {
      begin: async (title) => {
        if (!progress) return undefined;
        const token = `beamtalk-${crypto.randomUUID()}`;
        await this.#ask("window/workDoneProgress/create", { token });
        const tell = (value: object) => void this.#send("$/progress", { token, value });
        tell({ kind: "begin", title, cancellable: true, percentage: 0 });
        return {
          token,
          report: (done, total) =>
            tell({ kind: "report", percentage: Math.round(100 * done / Math.max(1, total)) }),
          end: () => tell({ kind: "end" }),
        };
      },
      log: (text) => this.#log(text),
    }).catch((error) => this.#log(`reading the project failed: ${error}`));
    const watch = this.#params?.capabilities?.workspace?.didChangeWatchedFiles;
    if (watch?.dynamicRegistration === true) void this.#registerWatchers();
    else this.#options.files.watch(this.#folders);
  }

  async #registerWatchers(): Promise<void> {
    const watchers = ["**/*.bt", "**/*.btscript", "**/beamtalk.toml"]
      .map((globPattern) => ({ globPattern }));
    const registration = {
      id: "beamtalk-files",
      method: "workspace/didChangeWatchedFiles",
      registerOptions: { watchers },
    };
    await this.#ask("client/registerCapability", { registrations: [registration] });
  }

  #shutdown(): null {
    this.#life = "down";
    this.#stop();
    return null;
  }

  /** The client wants the end, or is gone without a word. */
  end(): void {
    this.#stop();
    this.#options.onExit(this.#life === "down" ? 0 : 1);
  }

  #stop(): void {
    this.#publisher.stop();
    this.#options.files.stop();
  }

  #status() {
    const { index, live } = this.#state;
    const statuses = live.statuses();
    const workspaces = statuses.length > 0
      ? statuses
      : this.#folders.map((root) => ({ kind: "none" as const, root }));
    return {
      files: index.paths().length,
      isProjectKnown: this.#state.isProjectKnown,
      summary: statusSummary(workspaces),
      workspaces,
    };
  }

  /** Tells the client how the workspace stands. */
  tellStatus(): void {
    if (this.#life !== "running") return;
    const status = this.#status();
    void this.#send("beamtalk/statusChanged", status);
    const { kind, text } = status.summary;
    const isNew = text !== this.#shownStatus && (kind !== "none" || this.#shownStatus !== "");
    if (!isNew || !this.#wantsMessages) return;
    this.#shownStatus = text;
    void this.#send("window/showMessage", { type: 3, message: `Beamtalk: ${text}` });
  }

  #projectChanged(isProjectKnown: boolean): void {
    if (this.#life !== "running") return;
    this.#state.isProjectKnown = isProjectKnown;
    this.refresh();
  }

  /** What other files or the workspace say has changed: answers of before no longer hold. */
  refresh(): void {
    if (this.#life !== "running") return;
    this.#publisher.publishAll();
    const { diagnostics, semanticTokens, codeLens, inlayHint } =
      this.#state.capabilities.workspace ?? {};
    const refreshable = { diagnostic: diagnostics, semanticTokens, codeLens, inlayHint };
    for (const [feature, ability] of Object.entries(refreshable)) {
      if (ability?.refreshSupport === true) void this.#ask(`workspace/${feature}/refresh`);
    }
    this.tellStatus();
  }

  #notification(method: string, params: unknown): void {
    if (method === "exit") return this.end();
    if (this.#life !== "running") return;
    const handler = Object.hasOwn(this.#notifications, method)
      ? this.#notifications[method]
      : undefined;
    try {
      handler?.(params as never);
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      this.#log(`${method} could not be followed: ${text}`);
    }
  }

  readonly #notifications: Readonly<Record<string, Notification>> = {
    initialized: () => this.#initialized(),
    "textDocument/didOpen": (
      { textDocument }: { textDocument: { uri: string; version: number; text: string } },
    ) => {
      const { uri, version, text } = textDocument;
      if (typeof uri !== "string" || typeof text !== "string") throw new TypeError("no text");
      this.#publisher.publish(this.#state.open(uri, version, text));
    },
    "textDocument/didChange": (
      params: {
        textDocument: { uri: string; version: number };
        contentChanges: readonly ContentChange[];
      },
    ) => {
      const { uri, version } = params.textDocument;
      const path = this.#state.change(uri, version, params.contentChanges);
      if (path !== undefined) this.#publisher.publish(path);
    },
    "textDocument/didClose": ({ textDocument }: { textDocument: { uri: string } }) => {
      const path = this.#state.close(textDocument.uri);
      this.#publisher.closed(path);
      this.#options.files.changed([path]);
    },
    "textDocument/didSave": ({ textDocument }: { textDocument: { uri: string } }) =>
      this.#filesChanged([textDocument.uri]),
    "workspace/didChangeWatchedFiles": ({ changes }: { changes: readonly { uri: string }[] }) =>
      this.#filesChanged(changes.map(({ uri }) => uri)),
    "workspace/didCreateFiles": ({ files }: { files: readonly { uri: string }[] }) =>
      this.#filesChanged(files.map(({ uri }) => uri)),
    "workspace/didDeleteFiles": ({ files }: { files: readonly { uri: string }[] }) =>
      this.#filesChanged(files.map(({ uri }) => uri)),
    "workspace/didRenameFiles": (
      { files }: { files: readonly { oldUri: string; newUri: string }[] },
    ) => this.#filesChanged(files.flatMap(({ oldUri, newUri }) => [oldUri, newUri])),
    "workspace/didChangeWorkspaceFolders": (
      { event }: {
        event: { added: readonly { uri: string }[]; removed: readonly { uri: string }[] };
      },
    ) => {
      const removed = event.removed.map(({ uri }) => pathOf(uri));
      const added = event.added.map(({ uri }) => pathOf(uri));
      this.#folders = [...this.#folders.filter((each) => !removed.includes(each)), ...added];
      void this.#options.files.setFolders(this.#folders);
    },
    "window/workDoneProgress/cancel": ({ token }: { token: string | number }) => {
      this.#cancelledWork.add(token);
      this.#options.files.cancel(token);
    },
  };

  #filesChanged(uris: readonly string[]): void {
    this.#options.files.changed(uris.map(pathOf));
  }

  async #send(method: string, params: object): Promise<void> {
    try {
      await this.#connection.sendNotification(method, params);
    } catch {
      // The client is gone; its end is heard elsewhere.
    }
  }

  async #ask(method: string, params?: object): Promise<void> {
    try {
      await (params === undefined
        ? this.#connection.sendRequest(method)
        : this.#connection.sendRequest(method, params));
    } catch {
      // What a client does not do for us, we do without.
    }
  }

  #log(message: string): void {
    void this.#send("window/logMessage", { type: 3, message });
  }
}

function foldersOf(params: InitializeParams): readonly string[] {
  const given = params?.workspaceFolders?.map(({ uri }) => uri) ??
    (params?.rootUri ? [params.rootUri] : []);
  return given.filter((uri) => typeof uri === "string" && uri.startsWith("file:")).map(pathOf)
    .map((path) => path.length > 1 ? path.replace(/\/$/, "") : path);
}

function workDoneToken(params: unknown): string | number | undefined {
  if (typeof params !== "object" || params === null || !("workDoneToken" in params)) {
    return undefined;
  }
  const { workDoneToken: token } = params;
  return typeof token === "string" || typeof token === "number" ? token : undefined;
}

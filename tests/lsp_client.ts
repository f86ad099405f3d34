/**
 * A language client for tests: starts the real server as a process and talks with it.
 * @module
 */
import { dirname, fromFileUrl, join, toFileUrl } from "@std/path";
import { type ChildProcess, spawn } from "node:child_process";
import {
  createMessageConnection,
  type MessageConnection,
  type PublishDiagnosticsParams,
  StreamMessageReader,
  StreamMessageWriter,
} from "vscode-languageserver/node";

const root = dirname(dirname(fromFileUrl(import.meta.url)));

/** A connection to a server of its own. */
export class LspClient {
  readonly process: ChildProcess;
  readonly connection: MessageConnection;
  readonly published = new Map<string, PublishDiagnosticsParams>();
  readonly received: { readonly method: string; readonly params: unknown }[] = [];
  readonly exited: Promise<number | null>;
  #listeners: (() => void)[] = [];

  /** Starts the server of the source tree, or that of the executable `program`. */
  constructor(
    folder: string,
    environment: Readonly<Record<string, string>> = {},
    program?: string,
  ) {
    const args = program === undefined
      ? ["run", "-A", "--quiet", join(root, "main.ts"), "lsp"]
      : ["lsp"];
    this.process = spawn(program ?? Deno.execPath(), args, {
      cwd: folder,
      env: { ...Deno.env.toObject(), ...environment },
      stdio: ["pipe", "pipe", "inherit"],
    });
    const { stdin, stdout } = this.process;
    if (stdin === null || stdout === null) throw new Error("the server has no streams");
    this.exited = new Promise((resolve) => this.process.on("exit", (code) => resolve(code)));
    this.connection = createMessageConnection(
      new StreamMessageReader(stdout),
      new StreamMessageWriter(stdin),
    );
    const heard = (method: string, params: unknown) => {
      this.received.push({ method, params });
      if (method === "textDocument/publishDiagnostics") {
        const given = params as PublishDiagnosticsParams;
        this.published.set(given.uri, given);
      }
      for (const listener of this.#listeners.splice(0)) listener();
    };
    this.connection.onNotification(heard);
    this.connection.onUnhandledProgress((params) => heard("$/progress", params));
    this.connection.onRequest(() => null);
    this.connection.listen();
  }

  /** Sends a request and answers its result. */
  request<T = unknown>(method: string, params: unknown = {}): Promise<T> {
    return this.connection.sendRequest<T>(method, params);
  }

  notify(method: string, params: unknown = {}): Promise<void> {
    return this.connection.sendNotification(method, params);
  }

  /** The handshake; `capabilities` are the client's, `options` what its set-up gives the server. */
  async start(
    folder: string,
    capabilities: object = {},
    options: object = {},
  ): Promise<Record<string, unknown>> {
    const uri = toFileUrl(folder).href;
    const answer = await this.request<Record<string, unknown>>("initialize", {
      processId: null,
      rootUri: uri,
      workspaceFolders: [{ uri, name: "test" }],
      capabilities,
      initializationOptions: options,
    });
    await this.notify("initialized");
    return answer;
  }

  async open(path: string, text?: string): Promise<string> {
    const uri = toFileUrl(path).href;
    await this.notify("textDocument/didOpen", {
      textDocument: {
        uri,
        languageId: "beamtalk",
        version: 1,
        text: text ?? await Deno.readTextFile(path),
      },
    });
    return uri;
  }

  /** Waits until what the server has sent fulfils a condition. */
  async until(condition: () => boolean, limitMs = 15_000): Promise<void> {
    const end = Date.now() + limitMs;
    while (!condition()) {
      const left = end - Date.now();
      if (left <= 0) throw new Error("the server did not send what was waited for");
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, Math.min(left, 200));
        this.#listeners.push(() => {
          clearTimeout(timer);
          resolve();
        });
      });
    }
  }

  /** Waits until the project has been read. */
  async untilKnown(): Promise<void> {
    await this.until(() =>
      this.received.some(({ method, params }) =>
        method === "beamtalk/statusChanged" &&
        (params as { isProjectKnown: boolean }).isProjectKnown
      )
    );
  }

  /** Ends the server in good order; answers its exit code. */
  async close(): Promise<number | null> {
    await this.request("shutdown");
    await this.notify("exit");
    const code = await this.exited;
    this.connection.dispose();
    return code;
  }

  /** Ends the server whatever it does. */
  kill(): void {
    this.connection.dispose();
    this.process.kill("SIGKILL");
  }
}

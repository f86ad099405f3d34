/**
 * Puts a server together and runs it over a pair of streams.
 * @module
 */
import { join } from "@std/path";
import type { Readable, Writable } from "node:stream";
import {
  createMessageConnection,
  LSPErrorCodes,
  Message,
  StreamMessageReader,
  StreamMessageWriter,
} from "vscode-languageserver/node";
import type { Installation } from "../live/installation.ts";
import { describeFile, DiskIndex } from "./disk_index.ts";
import { installedErlang } from "./erlang_modules.ts";
import { noLiveAnswers } from "./live_answers.ts";
import { LiveConnector } from "./live_connector.ts";
import { type IndexSources, ProjectIndex } from "./project_index.ts";
import { LanguageServer } from "./server.ts";
import { ServerState } from "./state.ts";
import { WorkspaceFiles } from "./workspace_files.ts";

/** Where a server finds things. */
export interface ServeOptions {
  readonly installation: Installation;
  readonly version: string;
  /** Folder for what is kept between starts. */
  readonly cacheFolder: string;
  /** Folder of workspace records; without one no workspace is looked for. */
  readonly home: string | undefined;
}

/** Serves one client; resolves with the exit code when it has left. */
export function serve(
  input: Readable,
  output: Writable,
  options: ServeOptions,
): Promise<number> {
  return new Promise((resolve) => {
    const library = join(options.installation.root, "stdlib");
    const disk = new DiskIndex(options.installation, options.cacheFolder);
    const sources: IndexSources = {
      readText,
      describe: (path) => describeFile(path, index.programs(), library),
    };
    const index: ProjectIndex = new ProjectIndex(sources);
    const { home, installation } = options;
    const live = home === undefined ? undefined : new LiveConnector({ installation, home, index });
    const state = new ServerState(index, installedErlang(), live ?? noLiveAnswers);
    const connection = createMessageConnection(
      new StreamMessageReader(input),
      new StreamMessageWriter(output),
      undefined,
      {
        connectionStrategy: {
          // A request that still waits in line is answered at once when it is cancelled.
          cancelUndispatched: (message) =>
            Message.isRequest(message)
              ? {
                jsonrpc: message.jsonrpc,
                id: message.id,
                error: { code: LSPErrorCodes.RequestCancelled, message: "cancelled" },
              }
              : undefined,
        },
      },
    );
    const files = new WorkspaceFiles(index, disk, library);
    let isOver = false;
    const onExit = (code: number) => {
      if (isOver) return;
      isOver = true;
      void live?.close();
      connection.dispose();
      resolve(code);
    };
    const server = new LanguageServer(connection, {
      version: options.version,
      state,
      files,
      onExit,
    });
    if (live !== undefined) live.onChange = () => server.refresh();
    // Not every kind of stream says that it is closed when it has come to its end.
    input.once("end", () => server.end());
    server.listen();
  });
}

function readText(path: string): string | undefined {
  try {
    return new TextDecoder("utf-8", { ignoreBOM: true }).decode(Deno.readFileSync(path));
  } catch {
    return undefined;
  }
}

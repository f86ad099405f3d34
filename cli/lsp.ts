/**
 * `beamtalk lsp`: the language server, for editors.
 * @module
 */
import { join } from "@std/path";
import { createServer } from "node:net";
import process from "node:process";
import configuration from "../deno.json" with { type: "json" };
import { installation } from "../live/installation.ts";
import { beamtalkHome } from "../live/workspace_record.ts";
import { serve, type ServeOptions } from "../lsp/serve.ts";
import { type Command, type Context, ExitCode, UsageError } from "./command.ts";

/** The command. */
export const command: Command = {
  usage: ["beamtalk lsp [--stdio | --socket PORT]"],
  description:
    "Editors start this by themselves and talk with it over standard input and output. With a\n" +
    "socket it waits on this machine for any number of clients, each with a server of its own.",
  options: [
    { name: "stdio", summary: "talk over standard input and output (the default)" },
    { name: "socket", value: "PORT", summary: "wait for clients on this port; 0 takes a free one" },
    { name: "no-workspace", summary: "never ask a running workspace" },
  ],
  async run(args, context) {
    const port = args.integer("socket", 0);
    if (port !== undefined && args.flag("stdio")) {
      throw new UsageError("--stdio and --socket exclude each other");
    }
    const options: ServeOptions = {
      installation: installation(),
      version: configuration.version,
      cacheFolder: join(beamtalkHome(), "lsp"),
      home: args.flag("no-workspace") ? undefined : beamtalkHome(),
    };
    if (port !== undefined) return await serveSocket(port, options, context);
    return await serve(process.stdin, process.stdout, options);
  },
};

/** Serves until the process is ended. */
function serveSocket(port: number, options: ServeOptions, context: Context): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer((socket) => {
      socket.on("error", () => socket.destroy());
      void serve(socket, socket, options).then(() => socket.end());
    });
    server.on("error", (error) => {
      context.terminal.writeError(`cannot listen on port ${port}: ${error.message}\n`);
      resolve(ExitCode.failed);
    });
    server.listen(port, "127.0.0.1", () => {
      const address = server.address();
      const shown = typeof address === "object" && address !== null ? address.port : port;
      context.terminal.writeError(`listening on 127.0.0.1:${shown}\n`);
    });
  });
}

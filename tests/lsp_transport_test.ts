/** What comes over the wire may be anything; a socket serves any number of clients. */
import { assert, assertEquals } from "@std/assert";
import { dirname, fromFileUrl, join } from "@std/path";
import { Buffer } from "node:buffer";
import { connect } from "node:net";
import {
  createMessageConnection,
  StreamMessageReader,
  StreamMessageWriter,
} from "vscode-languageserver/node";
import { LspClient } from "./lsp_client.ts";

const root = dirname(dirname(fromFileUrl(import.meta.url)));

function frame(text: string): string {
  return `Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`;
}

Deno.test("malformed messages are survived", async () => {
  const client = new LspClient(Deno.cwd(), { BEAMTALK_HOME: "/nonexistent" });
  try {
    await client.request("initialize", { processId: null, rootUri: null, capabilities: {} });
    const wrong = [
      frame("{"),
      frame("null"),
      frame("[]"),
      frame('"text"'),
      frame("{}"),
      frame('{"jsonrpc":"2.0","id":{},"method":5}'),
      frame('{"jsonrpc":"2.0","method":"textDocument/didOpen","params":[1,2]}'),
      frame('{"jsonrpc":"2.0","method":"textDocument/didChange","params":null}'),
      frame('{"jsonrpc":"2.0","method":"constructor","params":{}}'),
      frame('{"jsonrpc":"2.0","id":900,"method":"toString","params":{}}'),
      frame('{"jsonrpc":"2.0","id":901,"result":1}'),
      frame('{"jsonrpc":"2.0","method":"$/cancelRequest","params":{"id":77}}'),
      frame('{"jsonrpc":"2.0","id":902,"method":"textDocument/hover","params":[[[]]]}'),
    ];
    for (const bytes of wrong) client.process.stdin?.write(bytes);
    const status = await client.request<{ files: number }>("beamtalk/status");
    assert(status.files >= 0);
    assertEquals(await client.close(), 0);
  } finally {
    client.kill();
  }
});

Deno.test("a request is answered as cancelled", async () => {
  const client = new LspClient(Deno.cwd(), { BEAMTALK_HOME: "/nonexistent" });
  try {
    await client.request("initialize", { processId: null, rootUri: null, capabilities: {} });
    const text = "Object subclass: A\n" + "  m => self printString size\n".repeat(3000);
    await client.open("/nowhere/A.bt", text);
    const params = { textDocument: { uri: "file:///nowhere/A.bt" } };
    const messages = [1001, 1002, 1003].map((id) => ({
      jsonrpc: "2.0",
      id,
      method: "textDocument/codeLens",
      params,
    }));
    const cancel = { jsonrpc: "2.0", method: "$/cancelRequest", params: { id: 1003 } };
    const answered = new Promise<number>((resolve) => {
      client.process.stdout?.on("data", (bytes: Uint8Array) => {
        const code = /"id":1003,"error":\{"code":(-?\d+)/.exec(new TextDecoder().decode(bytes));
        if (code !== null) resolve(Number(code[1]));
      });
    });
    const wire = [...messages, cancel].map((each) => frame(JSON.stringify(each))).join("");
    client.process.stdin?.write(wire);
    assertEquals(await answered, -32800);
    assertEquals(await client.close(), 0);
  } finally {
    client.kill();
  }
});

Deno.test("exit without shutdown ends with code 1, and so does a closed stream", async () => {
  for (const leave of ["exit", "close"]) {
    const client = new LspClient(Deno.cwd(), { BEAMTALK_HOME: "/nonexistent" });
    try {
      await client.request("initialize", { processId: null, rootUri: null, capabilities: {} });
      if (leave === "exit") await client.notify("exit");
      else client.process.stdin?.end();
      assertEquals(await client.exited, 1);
    } finally {
      client.kill();
    }
  }
});

Deno.test("a socket serves clients one after the other and at once", async () => {
  const home = await Deno.makeTempDir({ prefix: "beamtalk-lsp-" });
  const server = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--quiet", join(root, "main.ts"), "lsp", "--socket", "0"],
    env: { BEAMTALK_HOME: home },
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const reader = server.stderr.getReader();
  try {
    const { value } = await reader.read();
    const port = Number(/:(\d+)/.exec(new TextDecoder().decode(value))?.[1]);
    const ask = async () => {
      const socket = connect(port, "127.0.0.1");
      const connection = createMessageConnection(
        new StreamMessageReader(socket),
        new StreamMessageWriter(socket),
      );
      connection.listen();
      const answer = await connection.sendRequest<{ serverInfo: { name: string } }>("initialize", {
        processId: null,
        rootUri: null,
        capabilities: {},
      });
      await connection.sendRequest("shutdown");
      await connection.sendNotification("exit");
      connection.dispose();
      socket.destroy();
      return answer.serverInfo.name;
    };
    assertEquals(await Promise.all([ask(), ask()]), ["beamtalk", "beamtalk"]);
    assertEquals(await ask(), "beamtalk");
  } finally {
    await reader.cancel();
    server.kill("SIGKILL");
    await server.status;
    await Deno.remove(home, { recursive: true });
  }
});

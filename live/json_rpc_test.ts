import { assertEquals, assertRejects } from "@std/assert";
import { join } from "@std/path";
import { type Json, RpcCode, RpcConnection, RpcError } from "./json_rpc.ts";

interface Peer {
  /** Sends text as it is. */
  send(text: string): Promise<void>;
  sendBytes(bytes: Uint8Array): Promise<void>;
  /** Sends nothing more, and answers all messages that come until the other side ends. */
  rest(): Promise<Json[]>;
  close(): void;
}

interface Served {
  readonly told: (readonly [string, Json])[];
  /** Lets `wait` be answered. */
  release(): void;
  peer(): Promise<Peer>;
}

/** A server whose `echo` answers its parameters, whose `wait` waits, and whose `fail` fails. */
async function serving(test: (served: Served) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "json-rpc-" });
  const path = join(folder, "socket");
  const listener = Deno.listen({ transport: "unix", path });
  const told: (readonly [string, Json])[] = [];
  const released = Promise.withResolvers<null>();
  const connections: RpcConnection[] = [];
  const answer = async (method: string, params: Json): Promise<Json> => {
    if (method === "echo") return params;
    if (method === "wait") return await released.promise;
    if (method === "fail") throw new RpcError("it failed", RpcCode.failed, { why: "because" });
    throw new RpcError(`there is no method ${method}`, RpcCode.noSuchMethod);
  };
  const accepting = (async () => {
    for await (const socket of listener) {
      connections.push(
        new RpcConnection(socket, answer, (method, params) => told.push([method, params])),
      );
    }
  })();
  try {
    await test({
      told,
      release: () => released.resolve(null),
      peer: () => open(path),
    });
  } finally {
    released.resolve(null);
    listener.close();
    await accepting;
    for (const connection of connections) connection.close();
    await Deno.remove(folder, { recursive: true });
  }
}

async function open(path: string): Promise<Peer> {
  const socket = await Deno.connect({ transport: "unix", path });
  const sendBytes = async (bytes: Uint8Array) => {
    for (let done = 0; done < bytes.length;) done += await socket.write(bytes.subarray(done));
  };
  return {
    sendBytes,
    send: (text) => sendBytes(new TextEncoder().encode(text)),
    async rest() {
      await socket.closeWrite();
      const text = await new Response(socket.readable).text();
      return text.split("\n").filter((line) => line !== "").map((line) => JSON.parse(line));
    },
    close: () => socket.close(),
  };
}

/** What is answered to a text, by whoever sends nothing more. */
async function answersTo(served: Served, text: string): Promise<Json[]> {
  const peer = await served.peer();
  await peer.send(text);
  return await peer.rest();
}

const request = (id: unknown, method: string, params?: unknown) =>
  JSON.stringify({ jsonrpc: "2.0", id, method, params });
const result = (id: Json, value: Json) => ({ jsonrpc: "2.0", id, result: value });

Deno.test("requests are answered with their ids: numbers, strings, null", () =>
  serving(async (served) => {
    for (const id of [1, 0, -3, 1.5, "x", "", null]) {
      assertEquals(await answersTo(served, request(id, "echo", { a: 1 })), [result(id, { a: 1 })]);
    }
    assertEquals(await answersTo(served, request(1, "echo")), [result(1, {})]);
    assertEquals(await answersTo(served, request(1, "echo", null)), [result(1, {})]);
  }));

Deno.test("what is no request has the code of its kind", () =>
  serving(async (served) => {
    const kinds: readonly (readonly [string, Json, number])[] = [
      ["{", null, RpcCode.parse],
      ['{"jsonrpc": "2.0", "method": "echo", "params": "bar", "baz]', null, RpcCode.parse],
      ["\u0000", null, RpcCode.parse],
      ["[]", null, RpcCode.invalidRequest],
      ["null", null, RpcCode.invalidRequest],
      ['"text"', null, RpcCode.invalidRequest],
      ["{}", null, RpcCode.invalidRequest],
      ['{"jsonrpc": "1.0", "id": 1, "method": "echo"}', null, RpcCode.invalidRequest],
      [request(1, 3 as unknown as string), null, RpcCode.invalidRequest],
      [request(true, "echo"), null, RpcCode.invalidRequest],
      [request([1], "echo"), null, RpcCode.invalidRequest],
      [request({}, "echo"), null, RpcCode.invalidRequest],
      [request(1, "nothing"), 1, RpcCode.noSuchMethod],
      [request(1, "echo", [1]), 1, RpcCode.invalidParameters],
      [request(1, "echo", 3), 1, RpcCode.invalidParameters],
      [request(1, "fail"), 1, RpcCode.failed],
    ];
    for (const [line, id, code] of kinds) {
      const [answer, ...others] = await answersTo(served, line);
      const { error, ...head } = answer as { error: { code: number }; [key: string]: Json };
      assertEquals([head, error.code, others], [{ jsonrpc: "2.0", id }, code, []], line);
    }
  }));

Deno.test("notifications are heard and never answered", () =>
  serving(async (served) => {
    const notification = (method: string, params?: Json) =>
      JSON.stringify({ jsonrpc: "2.0", method, params });
    const lines = [notification("echo", { a: 1 }), notification("nothing"), notification("fail")];
    assertEquals(await answersTo(served, lines.join("\n")), []);
    assertEquals(await answersTo(served, `[${lines.join(",")}]`), []);
    assertEquals(served.told.slice(0, 3), [["echo", { a: 1 }], ["nothing", {}], ["fail", {}]]);
    assertEquals(served.told.slice(3), served.told.slice(0, 3));
  }));

Deno.test("a batch is answered as one, without its notifications", () =>
  serving(async (served) => {
    const batch = [
      request(1, "echo", { a: 1 }),
      '{"jsonrpc": "2.0", "method": "echo"}',
      request("two", "nothing"),
      "1",
    ];
    assertEquals(await answersTo(served, `[${batch}]`), [[
      result(1, { a: 1 }),
      {
        jsonrpc: "2.0",
        id: "two",
        error: { code: RpcCode.noSuchMethod, message: "there is no method nothing" },
      },
      {
        jsonrpc: "2.0",
        id: null,
        error: { code: RpcCode.invalidRequest, message: "that is no message of JSON-RPC 2.0" },
      },
    ]]);
  }));

Deno.test("who has sent all gets the answers, also of what takes its time and has no end of line", () =>
  serving(async (served) => {
    const peer = await served.peer();
    await peer.send(`${request(1, "wait")}\n${request(2, "echo", { text: "ä€😀" })}`);
    const rest = peer.rest();
    // The end of what was sent has come by now.
    assertEquals(await answersTo(served, request(3, "echo")), [result(3, {})]);
    served.release();
    assertEquals(await rest, [result(2, { text: "ä€😀" }), result(1, null)]);
  }));

Deno.test("a message may come byte by byte, and half a message is none", () =>
  serving(async (served) => {
    const peer = await served.peer();
    const bytes = new TextEncoder().encode(`${request(1, "echo", { text: "ä€😀" })}\n`);
    for (const byte of bytes) await peer.sendBytes(Uint8Array.of(byte));
    assertEquals(await peer.rest(), [result(1, { text: "ä€😀" })]);
    const gone = await served.peer();
    await gone.send('{"jsonrpc":"2.0","id":1,"meth');
    gone.close();
    assertEquals(await answersTo(served, request(1, "echo")), [result(1, {})]);
  }));

Deno.test("requests to a side that goes are refused", async () => {
  const folder = await Deno.makeTempDir({ prefix: "json-rpc-" });
  const path = join(folder, "socket");
  const listener = Deno.listen({ transport: "unix", path });
  const accepted = listener.accept();
  const connection = new RpcConnection(await Deno.connect({ transport: "unix", path }));
  const answer = assertRejects(() => connection.request("echo"), RpcError, "ended before");
  (await accepted).close();
  await answer;
  await connection.closed;
  listener.close();
  await Deno.remove(folder, { recursive: true });
});

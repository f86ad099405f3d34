/** Nodes: real ones, without epmd and with one. */

import { assert, assertEquals, assertRejects } from "@std/assert";
import { spawn } from "node:child_process";
import { connect, createServer } from "node:net";
import { ErlangError, NodeError, type NodeErrorKind } from "./errors.ts";
import { type ConnectOptions, type NodeEvent, Nodes } from "./node.ts";
import type { PortProgram } from "./port_program.ts";
import { show, text } from "./read.ts";
import { atom, binary, float, type Pid, type Term, tuple } from "./term.ts";
import { freePort, startNode, testEbin, type TestNode, testPort, until } from "./testing.ts";

const COOKIE = "monster";
let lastNode = 0;

/** A name that no other test uses. */
function newName(host = "127.0.0.1"): string {
  return `node${process.pid}_${++lastNode}@${host}`;
}

async function failure(
  nodes: Nodes,
  node: string,
  options: ConnectOptions,
): Promise<NodeErrorKind> {
  const start = performance.now();
  const error = await assertRejects(() => nodes.connect(node, options), NodeError);
  assert(performance.now() - start < 12_000);
  assert(error.message.length > 10);
  assertEquals(error.node, node);
  return error.kind;
}

Deno.test("a node is joined as a hidden peer, without epmd", async () => {
  await using node = await startNode(newName(), COOKIE);
  await using port = await testPort();
  const nodes = new Nodes(port);
  const facts = await nodes.connect(node.name, { cookie: COOKIE, port: node.port });
  assertEquals(facts.node, node.name);
  assert(Number(facts.otpRelease) >= 25);
  assertEquals(nodes.connected, [node.name]);
  const list = async (...kind: Term[]) =>
    show(await nodes.call(node.name, "erlang", "nodes", kind));
  assertEquals(await list(), "[]");
  assertEquals(await list(atom("hidden")), `['${port.node}']`);
  // Connecting again changes nothing.
  await nodes.connect(node.name, { cookie: COOKIE, port: node.port });
  await nodes.disconnect(node.name);
  await until(() => nodes.connected.length === 0);
});

Deno.test("a node of a short name is joined as well as one of a long name", async () => {
  await using node = await startNode(newName("localhost"), COOKIE);
  await using port = await testPort();
  const nodes = new Nodes(port);
  await nodes.connect(node.name, { cookie: COOKIE, port: node.port });
  assertEquals(await nodes.call(node.name, "erlang", "node", []), atom(node.name));
});

Deno.test("what called code raises keeps class, reason and stack", async () => {
  await using node = await startNode(newName(), COOKIE);
  await using port = await testPort();
  const nodes = new Nodes(port);
  await nodes.connect(node.name, { cookie: COOKIE, port: node.port });
  for (const errorClass of ["error", "exit", "throw"]) {
    const raised = () =>
      nodes.call(node.name, "erlang", errorClass, [tuple(atom("why"), float(1))]);
    const error = await assertRejects(raised, ErlangError);
    assertEquals([error.errorClass, show(error.reason)], [errorClass, "{why,1.0}"]);
  }
  const unknown = () => nodes.call(node.name, "no_module", "f", [1]);
  const error = await assertRejects(unknown, ErlangError);
  assertEquals([error.reason, error.frames[0]?.module], [atom("undef"), "no_module"]);
  const slow = nodes.call(node.name, "timer", "sleep", [5000], { timeoutMs: 50 });
  assertEquals((await assertRejects(() => slow, NodeError)).kind, "timeout");
});

Deno.test("messages are sent, processes watched, losses told", async () => {
  await using node = await startNode(newName(), COOKIE);
  await using port = await testPort();
  const nodes = new Nodes(port);
  const events: NodeEvent[] = [];
  nodes.onEvent((event) => events.push(event));
  await nodes.connect(node.name, { cookie: COOKIE, port: node.port });
  const pid = await nodes.call(node.name, "erlang", "spawn", [
    atom("timer"),
    atom("sleep"),
    [atom("infinity")],
  ]) as Pid;
  const watched = await nodes.monitor(pid);
  await nodes.call(node.name, "erlang", "exit", [pid, atom("enough")]);
  assertEquals(await watched.down, atom("enough"));
  const gone = await nodes.monitor({ name: "nobody", node: node.name });
  assertEquals(await gone.down, atom("noproc"));

  await nodes.call(node.name, "erlang", "register", [
    atom("ear"),
    await nodes.call(node.name, "beamtalk_port_terms", "listener", []),
  ]);
  await nodes.send({ name: "ear", node: node.name }, tuple(atom("hello"), 1));
  const heard = await nodes.call(node.name, "beamtalk_port_terms", "heard", [atom("ear")]);
  assertEquals(show(heard), "[{hello,1}]");

  const last = await nodes.monitor({ name: "ear", node: node.name });
  const waiting = nodes.call(node.name, "timer", "sleep", [5000]);
  const lost = assertRejects(() => waiting, NodeError);
  await node.kill();
  assertEquals(await last.down, atom("noconnection"));
  assertEquals((await lost).kind, "noconnection");
  await until(() => events.length === 2);
  assertEquals(events.map((event) => event.kind), ["up", "down"]);
  const later = () => nodes.call(node.name, "erlang", "node", []);
  assertEquals((await assertRejects(later, NodeError)).kind, "noconnection");
  await assertRejects(() => nodes.send({ name: "ear", node: node.name }, 1), NodeError);
});

/** A connection that is made again when it is lost, and the kinds of its events. */
async function reconnecting(port: PortProgram, node: TestNode) {
  const nodes = new Nodes(port);
  const kinds: string[] = [];
  nodes.onEvent((event) => kinds.push(event.kind));
  await nodes.connect(node.name, { cookie: COOKIE, port: node.port, reconnect: true });
  return { nodes, kinds };
}

Deno.test("a lost connection is made again when that is wanted", async () => {
  await using node = await startNode(newName(), COOKIE);
  await using port = await testPort();
  const { nodes, kinds } = await reconnecting(port, node);
  await nodes.call(node.name, "erlang", "disconnect_node", [atom(port.node)]).catch(() => {});
  await until(() => kinds.includes("reconnected"));
  assertEquals(await nodes.call(node.name, "erlang", "node", []), atom(node.name));
  // So it is after the port program itself has died.
  process.kill(port.osPid!, "SIGKILL");
  await until(() => kinds.filter((kind) => kind === "reconnected").length === 2, 10_000);
  assertEquals(await nodes.call(node.name, "erlang", "node", []), atom(node.name));
});

Deno.test("a connection is made again after several crashes in a row", async () => {
  await using node = await startNode(newName(), COOKIE);
  await using port = await testPort();
  const { nodes, kinds } = await reconnecting(port, node);
  for (let crash = 0; crash < 2; crash++) {
    const restarted = new Promise<void>((resolve) => port.onRestart(resolve));
    process.kill(port.osPid!, "SIGKILL");
    await restarted;
  }
  await until(() => kinds.includes("reconnected"), 10_000);
  assertEquals(await nodes.call(node.name, "erlang", "node", []), atom(node.name));
});

Deno.test("a closed program no longer looks for lost nodes: its owner's process ends", async () => {
  await using node = await startNode(newName(), COOKIE);
  const module = (name: string) => JSON.stringify(new URL(name, import.meta.url).href);
  const script = `
    import { PortProgram } from ${module("port_program.ts")};
    import { Nodes } from ${module("node.ts")};
    const port = await PortProgram.start({ ebin: ${JSON.stringify(await testEbin)} });
    const nodes = new Nodes(port);
    const name = ${JSON.stringify(node.name)};
    const down = new Promise((resolve) => nodes.onEvent(({ kind }) => kind === "down" && resolve()));
    await nodes.connect(name, { cookie: "${COOKIE}", port: ${node.port}, reconnect: true });
    nodes.call(name, "erlang", "halt", []).catch(() => {});
    await down;
    await port.close();
    console.log("closed");`;
  const owner = await new Deno.Command(Deno.execPath(), { args: ["eval", script] }).output();
  assertEquals([owner.code, new TextDecoder().decode(owner.stdout)], [0, "closed\n"]);
});

Deno.test("what cannot be a node, a port or a cookie is refused", async () => {
  await using port = await testPort();
  const nodes = new Nodes(port);
  const refused = (name: string, options: ConnectOptions) =>
    assertRejects(() => nodes.connect(name, options), RangeError);
  for (const name of ["", "nohost", "@host", "name@", "a@b@c"]) {
    await refused(name, { cookie: "c" });
  }
  for (const port of [0, -1, 1.5, 65_536]) await refused("a@127.0.0.1", { cookie: "c", port });
  await refused("a@127.0.0.1", { cookie: "c".repeat(256) });
});

Deno.test("a call may wait without limit, but not for what is no time", async () => {
  await using port = await testPort();
  const nodes = new Nodes(port);
  const sleep = (timeoutMs: number) => nodes.call("local", "timer", "sleep", [20], { timeoutMs });
  for (const limit of [Infinity, 2 ** 31, 2 ** 40, 9999.5]) {
    assertEquals(await sleep(limit), atom("ok"));
  }
  for (const limit of [NaN, -1]) await assertRejects(() => sleep(limit), RangeError);
});

Deno.test("a node that cannot be joined says why, in bounded time", async () => {
  await using node = await startNode(newName(), COOKIE);
  await using port = await testPort();
  const nodes = new Nodes(port);
  const at = { cookie: COOKIE, port: node.port };
  assertEquals(await failure(nodes, node.name, { ...at, cookie: "other" }), "cookie_mismatch");
  assertEquals(await failure(nodes, newName(), at), "wrong_name");
  const misnamed = await assertRejects(() => nodes.connect(newName(), at), NodeError);
  assertEquals(misnamed.message.endsWith(` but ${node.name}`), true, misnamed.message);
  const nobody = await freePort();
  assertEquals(await failure(nodes, node.name, { ...at, port: nobody }), "dead_host");
  const unknown = `x@no-such-host.invalid`;
  assertEquals(await failure(nodes, unknown, { cookie: COOKIE }), "unknown_host");
  // After all that, the right cookie still gets in.
  await nodes.connect(node.name, at);
});

Deno.test("a listener that is no node, or of another version, is told from a node", async () => {
  await using port = await testPort();
  const nodes = new Nodes(port);
  const silent = await listener(() => {});
  const timeoutMs = 500;
  const options = { cookie: COOKIE, timeoutMs };
  assertEquals(
    await failure(nodes, newName(), { ...options, port: silent.port }),
    "connect_timeout",
  );
  silent.close();
  const other = await listener((socket) => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n"));
  assertEquals(
    await failure(nodes, newName(), { ...options, port: other.port }),
    "handshake_failed",
  );
  other.close();
  const name = newName();
  const old = await listener((socket) => answerAsOldNode(socket, name));
  assertEquals(await failure(nodes, name, { ...options, port: old.port }), "version_mismatch");
  old.close();
});

type Socket = ReturnType<typeof connect>;

async function listener(onSocket: (socket: Socket) => void) {
  const server = createServer((socket) => {
    socket.on("error", () => {});
    onSocket(socket);
  });
  const port = await freePort();
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", () => resolve()));
  return { port, close: () => void server.close() };
}

/** Greets as a node does that knows none of the flags that are required today. */
function answerAsOldNode(socket: Socket, name: string): void {
  socket.once("data", () => {
    const framed = (bytes: Uint8Array) =>
      Uint8Array.from([bytes.length >> 8, bytes.length & 255, ...bytes]);
    socket.write(framed(binary("sok")));
    const head = [78, ...new Array(8).fill(0), 1, 2, 3, 4, 0, 0, 0, 1];
    socket.write(
      framed(Uint8Array.from([...head, name.length >> 8, name.length, ...binary(name)])),
    );
  });
}

Deno.test("a node is found by the epmd of its host; without one that is said", async () => {
  const epmdPort = `${await freePort()}`;
  const env = { ERL_EPMD_PORT: epmdPort, ERL_EPMD_ADDRESS: "127.0.0.1" };
  await using port = await testPort({ env });
  const nodes = new Nodes(port);
  assertEquals(await failure(nodes, newName(), { cookie: COOKIE }), "epmd_unreachable");
  const epmd = spawn("epmd", [], { stdio: "ignore", env: { ...process.env, ...env } });
  try {
    await until(() => epmd.pid !== undefined);
    await untilListening(Number(epmdPort));
    await using node = await startNode(newName(), COOKIE, env);
    const facts = await nodes.connect(node.name, { cookie: COOKIE });
    assertEquals(facts.node, node.name);
    assertEquals(await failure(nodes, newName(), { cookie: COOKIE }), "not_registered");
  } finally {
    const ended = new Promise((resolve) => epmd.once("close", resolve));
    epmd.kill("SIGKILL");
    await ended;
  }
});

async function untilListening(port: number): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const open = await new Promise((resolve) => {
      const socket = connect(port, "127.0.0.1", () => resolve(true));
      socket.on("error", () => resolve(false));
      socket.on("connect", () => socket.destroy());
    });
    if (open) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`nobody listens on ${port}`);
}

Deno.test("Erlang code on a node asks the program, and gets answers or errors", async () => {
  await using node = await startNode(newName(), COOKIE);
  await using port = await testPort();
  const nodes = new Nodes(port);
  await nodes.connect(node.name, { cookie: COOKIE, port: node.port });
  const ask = async (term: Term) => {
    const args = [atom(port.node), term];
    return show(await nodes.call(node.name, "beamtalk_port_terms", "ask", args));
  };
  assertEquals(await ask(1), `{error,<<"nobody answers requests">>}`);
  port.onRequest(async (term) => {
    if (term === 2) throw new Error("two is refused");
    // An answer may itself need the node.
    return tuple(atom("got"), await nodes.call(node.name, "erlang", "abs", [term]));
  });
  assertEquals(await ask(-7), "{ok,{got,7}}");
  assertEquals(await ask(2), `{error,<<"two is refused">>}`);
  const large = new Uint8Array(3_000_000).fill(65);
  port.onRequest((term) => term);
  const echoed = await nodes.call(node.name, "beamtalk_port_terms", "ask", [
    atom(port.node),
    large,
  ]);
  assertEquals(text(echoed).length > 0, true);
});

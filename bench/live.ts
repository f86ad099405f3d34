/**
 * An expression at the prompt, and a change on disk until running actors answer with the new code,
 * on one node and on three, each beside plain Erlang doing the like: `erl_eval` of an expression that
 * is scanned and parsed first, and `compile:file`, `code:load_binary` and a call. Attaching to a
 * bare node beside the mere connection; `beamtalk load` through the daemon beside the start of an
 * empty script.
 *
 *     deno run -A bench/live.ts
 *
 * @module
 */
import { join } from "@std/path";
import { atom, charlist, PortProgram, type Term, Tuple } from "../bridge/mod.ts";
import { installation, ownCommand } from "../live/installation.ts";
import { libraryFacts } from "../live/library.ts";
import { attachNode } from "../live/attach.ts";
import { joinCluster, type OpenWorkspace, openWorkspace } from "../live/open_workspace.ts";
import { loadFiles } from "../live/program_change.ts";
import { sourcesAt } from "../live/program_sources.ts";
import { Session } from "../live/session.ts";
import { Connections, type NodeAddress } from "../live/workspace.ts";
import { readCookie } from "../live/workspace_record.ts";
import { percentile } from "./percentile.ts";

const ROUNDS = 50;
/** Each attaching needs a node of its own. */
const ATTACH_ROUNDS = 15;

const COUNTER = (step: number) =>
  `Actor subclass: Counter
  state: value :: Integer = 0

  value -> Integer => self.value

  step -> Integer => ${step}

  increment -> Integer => self.value += ${step}
`;

const ERLANG = (step: number) =>
  `-module(bench_counter).
-export([step/0]).
step() -> ${step}.
`;

const folder = await Deno.realPath(await Deno.makeTempDir({ prefix: "beamtalk-bench-" }));
const root = join(folder, "counter");
await Deno.mkdir(join(root, "src"), { recursive: true });
await Deno.writeTextFile(
  join(root, "beamtalk.toml"),
  '[package]\nname = "counter"\nversion = "0.1.0"\n',
);
const file = join(root, "src", "Counter.bt");
await Deno.writeTextFile(file, COUNTER(1));

const port = await PortProgram.start({ ebin: installation().ebin("port") });
const home = join(folder, "home");
const options = {
  installation: installation(),
  library: await libraryFacts(installation()),
  port,
  home,
  idleSeconds: 60,
};
const open = await openWorkspace(root, options);
const opened = [open];
const session = await Session.open(open.workspace, open.program);

async function evaluate(text: string): Promise<string> {
  for await (const { outcome } of session.evaluate(text)) {
    if (outcome.kind !== "value") throw new Error(`${text}: ${JSON.stringify(outcome)}`);
    return outcome.text;
  }
  return "";
}

async function timed(work: (round: number) => Promise<void>): Promise<string> {
  const times: number[] = [];
  for (let round = -5; round < ROUNDS; round++) {
    const start = performance.now();
    await work(round + 10);
    if (round >= 0) times.push(performance.now() - start);
  }
  return percentiles(times);
}

function percentiles(times: readonly number[]): string {
  const at = (part: number) => percentile(times, part).toFixed(1).padStart(6);
  return `p50 ${at(0.5)} ms   p95 ${at(0.95)} ms`;
}

async function erlangExpression(round: number): Promise<void> {
  const source = charlist(`X = ${round} + 1, X * 2.`);
  const call = (module: string, name: string, args: readonly Term[]) =>
    open.workspace.call(module, name, args);
  const scanned = await call("erl_scan", "string", [source]) as Tuple;
  const parsed = await call("erl_parse", "parse_exprs", [scanned.elements[1]!]) as Tuple;
  await call("erl_eval", "exprs", [parsed.elements[1]!, []]);
}

/** Two more nodes that run the program, in one cluster with the first. */
async function threeNodes(): Promise<readonly OpenWorkspace[]> {
  for (const label of ["b", "c"]) opened.push(await openWorkspace(root, { ...options, label }));
  const members = await Promise.all(opened.map(async ({ workspace, record }) => ({
    workspace,
    cookie: await readCookie(record.folder),
  })));
  await joinCluster(members);
  return opened;
}

/** A change on disk until an actor on each of three nodes answers with the new code. */
async function reloadOnThree(round: number): Promise<void> {
  await Deno.writeTextFile(file, COUNTER(round));
  const workspaces = opened.map(({ workspace }) => workspace);
  await loadFiles(workspaces, open.program, await sourcesAt(open.program, file, root));
  const steps = await evaluate("actors collect: [:each | each step]");
  if (steps !== `#(${round}, ${round}, ${round})`) throw new Error(`old code answered: ${steps}`);
}

async function erlangReloadOnThree(round: number): Promise<void> {
  const beam = await erlangCompiled(round);
  const module = atom("bench_counter");
  for (const { workspace } of opened) {
    await workspace.call("code", "purge", [module]);
    await workspace.call("code", "load_binary", [module, charlist("bench_counter"), beam]);
    if (await workspace.call("bench_counter", "step", []) !== round) throw new Error("old code");
  }
}

/** Joins and leaves a node that knows nothing of Beamtalk. */
async function attachTimes(): Promise<{ readonly connect: number; readonly attach: number }> {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port: free } = listener.addr as Deno.NetAddr;
  listener.close();
  const name = `bare${free}@127.0.0.1`;
  const cookie = await readCookie(open.record.folder);
  await writeCookie(cookie);
  const node = new Deno.Command("erl", {
    args: [
      ...["-noinput", "-name", name, "-start_epmd", "false", "-erl_epmd_port", String(free)],
      ...["-kernel", "inet_dist_use_interface", "{127,0,0,1}"],
    ],
    env: { HOME: folder },
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  const ownPort = await PortProgram.start({ ebin: installation().ebin("port") });
  try {
    const address = { name, cookie, port: free };
    await untilStarted(address);
    const start = performance.now();
    await new Connections(ownPort).connect(address);
    const connect = performance.now() - start;
    const before = performance.now();
    const attached = await attachNode(address, root, { ...options, port: ownPort });
    const there = await Session.open(attached.open.workspace, attached.open.program);
    for await (const { outcome } of there.evaluate("1 + 1")) {
      if (outcome.kind !== "value") throw new Error(JSON.stringify(outcome));
    }
    const attach = performance.now() - before;
    return { connect, attach };
  } finally {
    await ownPort.close();
    node.kill("SIGKILL");
    await node.status;
  }
}

/** A node that still starts lets others wait. */
async function untilStarted(address: NodeAddress): Promise<void> {
  for (;;) {
    const there = await open.connections.connect(address).catch(() => undefined);
    const status = await there?.call("init", "get_status", []);
    if (status instanceof Tuple && status.elements[0] === atom("started")) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** As `erl` wants it: for its owner only. */
async function writeCookie(cookie: string): Promise<void> {
  const file = join(folder, ".erlang.cookie");
  await Deno.writeTextFile(file, cookie);
  await Deno.chmod(file, 0o600);
}

async function commandRun(command: string, args: readonly string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command(command, {
    args: [...args],
    cwd: root,
    env: { BEAMTALK_HOME: home },
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
}

async function erlangCompiled(round: number): Promise<Term> {
  const path = join(folder, "bench_counter.erl");
  await Deno.writeTextFile(path, ERLANG(round));
  const compiled = await open.workspace.call("compile", "file", [charlist(path), [atom("binary")]]);
  return (compiled as Tuple).elements[2]!;
}

async function erlangReload(round: number): Promise<void> {
  const beam = await erlangCompiled(round);
  const module = atom("bench_counter");
  await open.workspace.call("code", "purge", [module]);
  await open.workspace.call("code", "load_binary", [module, charlist("bench_counter"), beam]);
  const answer = await open.workspace.call("bench_counter", "step", []);
  if (answer !== round) throw new Error("old Erlang code answered");
}

try {
  console.log(`expression at the prompt        ${await timed(async (round) => {
    await evaluate(`x := ${round} + 1. x * 2`);
  })}`);
  console.log(`erl_eval in that node           ${await timed(erlangExpression)}`);
  await evaluate("c := Counter spawn");
  let value = 0;
  console.log(`change on disk to actor         ${await timed(async (round) => {
    await Deno.writeTextFile(file, COUNTER(round));
    await loadFiles([open.workspace], open.program, await sourcesAt(open.program, file, root));
    value += round;
    if (await evaluate("c increment") !== String(value)) throw new Error("old code answered");
  })}`);
  console.log(`compile:file, load, call        ${await timed(erlangReload)}`);
  await threeNodes();
  const places = opened.map(({ workspace }) => `Counter spawnOn: #'${workspace.node}'`);
  await evaluate(`actors := #(${places.join(", ")})`);
  console.log(`the same on three nodes         ${await timed(reloadOnThree)}`);
  console.log(`compile:file, load three times  ${await timed(erlangReloadOnThree)}`);
  const attachings = [];
  for (let round = 0; round < ATTACH_ROUNDS; round++) attachings.push(await attachTimes());
  console.log(
    `attach to a bare node           ${percentiles(attachings.map(({ attach }) => attach))}`,
  );
  console.log(
    `connect to it                   ${percentiles(attachings.map(({ connect }) => connect))}`,
  );
  const [program = "", ...first] = ownCommand();
  const empty = join(folder, "empty.ts");
  await Deno.writeTextFile(empty, "");
  await commandRun(program, [...first, "daemon", "start"]);
  console.log(`beamtalk load by the daemon     ${await timed(async (round) => {
    await Deno.writeTextFile(file, COUNTER(round));
    await commandRun(program, [...first, "load", "src/Counter.bt"]);
  })}`);
  console.log(
    `deno run of an empty script     ${await timed(() =>
      commandRun(Deno.execPath(), ["run", empty])
    )}`,
  );
  await commandRun(program, [...first, "daemon", "stop"]);
} finally {
  for (const { workspace } of opened) {
    await workspace.call("erlang", "halt", [0]).catch(() => {});
  }
  await port.close();
  await Deno.remove(folder, { recursive: true });
}

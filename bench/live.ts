/**
 * An expression at the prompt, and a change on disk until a running actor answers with the new
 * code, each beside plain Erlang doing the like in one node: `erl_eval` of an expression that is
 * scanned and parsed first, and `compile:file`, `code:load_binary` and a call.
 *
 *     deno run -A bench/live.ts
 *
 * @module
 */
import { join } from "@std/path";
import { atom, charlist, PortProgram, type Term, Tuple } from "../bridge/mod.ts";
import { installation } from "../live/installation.ts";
import { libraryFacts } from "../live/library.ts";
import { openWorkspace } from "../live/open_workspace.ts";
import { loadFiles } from "../live/program_change.ts";
import { sourcesAt } from "../live/program_sources.ts";
import { Session } from "../live/session.ts";

const ROUNDS = 50;

const COUNTER = (step: number) =>
  `Actor subclass: Counter
  state: value :: Integer = 0

  value -> Integer => self.value

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
const open = await openWorkspace(root, {
  installation: installation(),
  library: await libraryFacts(installation()),
  port,
  home: join(folder, "home"),
  idleSeconds: 60,
});
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
  times.sort((a, b) => a - b);
  const at = (part: number) => times[Math.floor(part * (ROUNDS - 1))]!.toFixed(1).padStart(6);
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

async function erlangReload(round: number): Promise<void> {
  const path = join(folder, "bench_counter.erl");
  await Deno.writeTextFile(path, ERLANG(round));
  const module = atom("bench_counter");
  const compiled = await open.workspace.call("compile", "file", [charlist(path), [atom("binary")]]);
  const [, , beam] = (compiled as Tuple).elements;
  await open.workspace.call("code", "purge", [module]);
  await open.workspace.call("code", "load_binary", [module, charlist(path), beam!]);
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
  await evaluate("100000 timesRepeat: [Counter spawn]");
  await Deno.writeTextFile(file, COUNTER(1).replace("state:", "state: log = 7\n  state:"));
  const { reports } = await loadFiles(
    [open.workspace],
    open.program,
    await sourcesAt(open.program, file, root),
  );
  const [report] = reports;
  const milliseconds = (report?.microseconds ?? 0) / 1000;
  const each = ((report?.microseconds ?? 0) / (report?.migrated ?? 1)).toFixed(2);
  console.log(
    `migration of ${report?.migrated} actors     ${milliseconds.toFixed(0)} ms, ${each} µs each`,
  );
} finally {
  await open.workspace.call("erlang", "halt", [0]).catch(() => {});
  await port.close();
  await Deno.remove(folder, { recursive: true });
}

/**
 * How long the port program takes to its first reply, beside a bare `erl -noinput`, in turns.
 *
 * Run: `deno run -A bench/port_start.ts EBIN` (the folder of the compiled port program; `_build/erlang/port/ebin`
 * unless said).
 *
 * @module
 */

import { atom, compileCore, PortProgram, tuple } from "../bridge/mod.ts";

const RUNS = 15;
const ebin = Deno.args[0] ?? new URL("../_build/erlang/port/ebin", import.meta.url).pathname;

/** Until the program has distribution and has answered a request; then until a module is compiled. */
async function portProgram(): Promise<{ reply: number; compiled: number }> {
  const start = performance.now();
  await using port = await PortProgram.start({ ebin });
  await port.request(tuple(atom("echo"), 1));
  const reply = performance.now() - start;
  await compileCore(port, ["module 'm' ['f'/0] attributes []\n'f'/0 = fun () -> 1\nend"]);
  return { reply, compiled: performance.now() - start };
}

/** Until a bare emulator has started and evaluated something, and has ended. */
async function bareErl(flags: readonly string[]): Promise<number> {
  const start = performance.now();
  await new Deno.Command("erl", { args: [...flags, "-noinput", "-s", "erlang", "halt"] }).output();
  return performance.now() - start;
}

async function distributedErl(): Promise<number> {
  return await bareErl([
    "-name",
    `bench${Deno.pid}@127.0.0.1`,
    "-start_epmd",
    "false",
    "-erl_epmd_port",
    "0",
  ]);
}

function told(name: string, times: number[]): void {
  const sorted = times.toSorted((a, b) => a - b);
  const [least, middle] = [sorted[0]!, sorted[sorted.length >> 1]!];
  console.log(`| ${name} | ${least.toFixed(0)} | ${middle.toFixed(0)} |`);
}

const [replies, compiles, bare, distributed]: number[][] = [[], [], [], []];
for (let run = 0; run < RUNS; run++) {
  const { reply, compiled } = await portProgram();
  replies!.push(reply);
  compiles!.push(compiled);
  bare!.push(await bareErl([]));
  distributed!.push(await distributedErl());
}
console.log("| | least ms | median ms |\n|---|---|---|");
told("port program, first reply (distribution included)", replies!);
told("port program, first module compiled", compiles!);
told("bare `erl -noinput`, started and halted", bare!);
told("the same with `-name`, without epmd", distributed!);

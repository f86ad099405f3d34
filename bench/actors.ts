/**
 * Sends to actors beside calls of a bare `gen_server`, in turns in one node.
 *
 *     deno run -A bench/actors.ts
 *
 * What is measured is `bench/erlang/beamtalk_actor_bench.erl`.
 * @module
 */
import { join } from "@std/path";
import { installation } from "../live/installation.ts";

const { root, runtimePaths } = installation();
const folder = await Deno.makeTempDir({ prefix: "beamtalk-actors-" });
try {
  const source = join(root, "bench/erlang/beamtalk_actor_bench.erl");
  await run("erlc", ["-o", folder, source]);
  await run("erl", [
    ...["-noinput", "-boot", "no_dot_erlang", "-pa", ...runtimePaths, folder],
    ...["-s", "beamtalk_actor_bench", "main"],
  ]);
} finally {
  await Deno.remove(folder, { recursive: true });
}

async function run(program: string, args: readonly string[]): Promise<void> {
  const { success } = await new Deno.Command(program, {
    args: [...args],
    stdin: "null",
    stdout: "inherit",
    stderr: "inherit",
  }).output();
  if (!success) throw new Error(`${program} failed`);
}

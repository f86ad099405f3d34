/**
 * The start of `dist/beamtalk` (made by `deno task build`) beside `deno run` of an empty script, both warm.
 *
 *     deno run -A bench/startup.ts
 *
 * @module
 */
import { dirname, fromFileUrl, join } from "@std/path";
import { percentile } from "./percentile.ts";

const ROUNDS = 30;
const root = dirname(dirname(fromFileUrl(import.meta.url)));
const executable = join(root, "dist", "beamtalk");
const empty = await Deno.makeTempFile({ suffix: ".ts" });

try {
  const ours: number[] = [];
  const theirs: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    ours.push(await timed(executable, ["--version"]));
    theirs.push(await timed(Deno.execPath(), ["run", empty]));
  }
  // The first rounds fill caches.
  const [a, b] = [percentile(ours.slice(3), 0.5), percentile(theirs.slice(3), 0.5)];
  console.log(
    `beamtalk --version ${a.toFixed(1)} ms, deno run of an empty script ${b.toFixed(1)} ms: ` +
      `${(a / b).toFixed(2)} times (goal: 1.5)`,
  );
} finally {
  await Deno.remove(empty);
}

async function timed(program: string, args: string[]): Promise<number> {
  const start = performance.now();
  await new Deno.Command(program, { args, stdout: "null" }).output();
  return performance.now() - start;
}

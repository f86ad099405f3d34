/**
 * `deno task fuzz [COUNT] [FIRST_SEED]`: mutants of all Beamtalk sources, 100,000 of them unless told
 * otherwise. Those that break a rule are kept in `_build/fuzz`, one file a seed.
 * @module
 */
import { fromFileUrl, join } from "@std/path";
import { startPort } from "../../live/build_compile.ts";
import { installation } from "../../live/installation.ts";
import { LoadingNode } from "./loading_node.ts";
import { checkMutants, type Failure, sources } from "./mutant_check.ts";

const count = Number(Deno.args[0] ?? 100_000);
const first = Number(Deno.args[1] ?? 1);
const CHUNK = 1_000;
const folder = join(fromFileUrl(new URL("../../", import.meta.url)), "_build", "fuzz");

function keep({ seed, path, text, problem }: Failure): void {
  Deno.mkdirSync(folder, { recursive: true });
  const name = `${seed}_${path.replaceAll(/[^A-Za-z0-9.]/g, "_")}`;
  Deno.writeTextFileSync(join(folder, name), text);
  console.log(`seed ${seed} ${path}\n${problem}\n  kept: ${join(folder, name)}`);
}

const known = sources();
const port = await startPort(installation());
const node = new LoadingNode();
const start = performance.now();
let failed = 0;
let accepted = 0;
try {
  for (let done = 0; done < count; done += CHUNK) {
    const size = Math.min(CHUNK, count - done);
    const seeds = Array.from({ length: size }, (_, index) => first + done + index);
    const outcome = await checkMutants(known, seeds, { port, node }, keep);
    failed += outcome.failures.length;
    accepted += outcome.accepted;
    const seconds = Math.round((performance.now() - start) / 1000);
    console.log(`${done + size} mutants, ${accepted} compiled, ${failed} failed (${seconds} s)`);
  }
} finally {
  await port.close();
  await node[Symbol.asyncDispose]();
}
Deno.exit(failed === 0 ? 0 : 1);

import { assert, assertEquals } from "@std/assert";
import { startPort } from "../../live/build_compile.ts";
import { installation } from "../../live/installation.ts";
import { LoadingNode } from "./loading_node.ts";
import { checkMutants, sources } from "./mutant_check.ts";

const MUTANTS = 2_000;

Deno.test("whatever happens to a text, it has diagnostics or the BEAM takes it", async () => {
  // Short texts: the accident matters, not what stands around it.
  const known = sources().filter(({ text, facts }) => facts !== undefined || text.length < 4_000);
  const port = await startPort(installation());
  const node = new LoadingNode();
  try {
    const seeds = Array.from({ length: MUTANTS }, (_, index) => index + 1);
    const { mutants, accepted, failures } = await checkMutants(known, seeds, { port, node });
    assertEquals(failures.map(({ seed, path, problem }) => `${seed} ${path}: ${problem}`), []);
    assertEquals(mutants, MUTANTS);
    assert(accepted > MUTANTS / 20, `only ${accepted} mutants got as far as the BEAM`);
  } finally {
    await port.close();
    await node[Symbol.asyncDispose]();
  }
});

Deno.test("the node that loads mutants refuses what is no code", async () => {
  await using node = new LoadingNode();
  assertEquals(await node.refusal("bt@user@Nothing", new Uint8Array([1, 2, 3])), "badfile");
});

/**
 * The class library's figures beside those of the OTP functions that do the same, in one run.
 *
 *     deno run -A bench/library.ts
 *
 * The measuring itself is a Beamtalk program, `bench/library/LibraryBench.bt`. OTP has a JSON module
 * from release 27 on; before, V8's figures for the same data stand below the table.
 * @module
 */
import { dirname, fromFileUrl, join } from "@std/path";

const root = dirname(dirname(fromFileUrl(import.meta.url)));
const { success } = await new Deno.Command(Deno.execPath(), {
  args: ["run", "-A", join(root, "main.ts"), "run", join(root, "bench/library/LibraryBench.bt")],
  stdout: "inherit",
  stderr: "inherit",
}).output();
if (!success) Deno.exit(1);

const records = Array.from({ length: 10_000 }, (_, index) => ({
  id: index + 1,
  name: `name ${index + 1}`,
  tags: ["a", "b"],
  ratio: (index + 1) / 3,
  on: true,
}));
const text = JSON.stringify(records);
console.log(`V8's JSON.parse, ${text.length} bytes: ${bestOf(() => JSON.parse(text))} us`);
console.log(`V8's JSON.stringify, the same: ${bestOf(() => JSON.stringify(records))} us`);

/** The microseconds of the fastest of eight rounds. */
function bestOf(measured: () => unknown): number {
  const rounds = Array.from({ length: 8 }, () => {
    const start = performance.now();
    measured();
    return performance.now() - start;
  });
  return Math.round(Math.min(...rounds) * 1000);
}

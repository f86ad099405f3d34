/**
 * The class library's figures beside those of the OTP functions that do the same, in one run.
 *
 *     deno run -A bench/library.ts
 *
 * The measuring itself is a Beamtalk program, `bench/library/LibraryBench.bt`.
 * @module
 */
import { dirname, fromFileUrl, join } from "@std/path";

const root = dirname(dirname(fromFileUrl(import.meta.url)));
const { success } = await new Deno.Command(Deno.execPath(), {
  args: ["run", "-A", join(root, "main.ts"), "run", join(root, "bench/library/LibraryBench.bt")],
  stdout: "inherit",
  stderr: "inherit",
}).output();
Deno.exit(success ? 0 : 1);

/**
 * Compiles the class library into `_build`, only what has changed.
 * @module
 */
import { join } from "@std/path";
import { librarySources } from "../compiler/project/sources.ts";
import type { PortProgram } from "../bridge/mod.ts";
import { build, type BuildResult } from "./build.ts";
import type { Installation } from "./installation.ts";
import { writeLibraryFacts } from "./library.ts";

/** Compiles the library with full optimisation; files with errors do not stop the others. */
export async function buildLibrary(
  installation: Installation,
  port: () => Promise<PortProgram>,
): Promise<BuildResult> {
  const result = await build(await librarySources(join(installation.root, "stdlib")), {
    installation,
    library: [],
    port,
    output: join(installation.libraryEbin, ".."),
    mode: "full",
    tests: false,
  });
  if (result.files.some(({ compiled }) => compiled)) {
    await writeLibraryFacts(installation, result.files.map(({ facts }) => facts));
  }
  return result;
}

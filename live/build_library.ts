/**
 * Compiles the class library into `_build`, only what has changed.
 * @module
 */
import { basename, join, relative } from "@std/path";
import { LIBRARY_PACKAGE } from "../compiler/analysis/module_naming.ts";
import { filesUnder, SOURCE_EXTENSION, type SourceSet } from "../compiler/project/sources.ts";
import type { PortProgram } from "../bridge/mod.ts";
import { build, type BuildResult } from "./build.ts";
import type { Installation } from "./installation.ts";
import { writeLibraryFacts } from "./library.ts";

/** Compiles the library with full optimisation; files with errors do not stop the others. */
export async function buildLibrary(
  installation: Installation,
  port: () => Promise<PortProgram>,
): Promise<BuildResult> {
  const result = await build(await librarySources(installation), {
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

/** The library's files: all below `stdlib`, but not its tests; folders do not show in names. */
export async function librarySources(installation: Installation): Promise<SourceSet> {
  const root = join(installation.root, "stdlib");
  const tests = join(root, "test", "/");
  const files = (await filesUnder(root, SOURCE_EXTENSION)).filter((path) =>
    !path.startsWith(tests)
  );
  return {
    root,
    package: LIBRARY_PACKAGE,
    manifest: undefined,
    files: files.map((path) => ({
      path,
      shown: join("stdlib", relative(root, path)),
      package: LIBRARY_PACKAGE,
      naming: { package: LIBRARY_PACKAGE, folders: [], stem: basename(path, SOURCE_EXTENSION) },
      test: false,
    })),
    scripts: [],
    native: [],
    dependencies: [],
  };
}

/**
 * What the compiler knows of the class library, as the last compilation of it left it on disk.
 * @module
 */
import type { FileFacts } from "../compiler/analysis/class_facts.ts";
import { packed, unpacked } from "../compiler/project/build_cache.ts";
import { readBytesIfThere, writeWhole } from "./build_files.ts";
import type { Installation } from "./installation.ts";

/** The facts of the class library; none where it has not been compiled. */
export async function libraryFacts(installation: Installation): Promise<readonly FileFacts[]> {
  const bytes = await readBytesIfThere(installation.libraryFacts);
  return bytes === undefined ? [] : unpacked(bytes) as FileFacts[];
}

/** Keeps the facts of the class library for later compilations. */
export async function writeLibraryFacts(
  installation: Installation,
  facts: readonly FileFacts[],
): Promise<void> {
  await writeWhole(installation.libraryFacts, packed(facts));
}

/**
 * The modules that an installation brings to nodes, and their versions. A version tells what a module
 * was made from: it is the same wherever and by whichever release of Erlang it was compiled
 * (docs/decisions/0013-versions-of-modules.md).
 * @module
 */
import { join } from "@std/path";
import { versionOf } from "./beam_file.ts";
import { contentHash, readTextIfThere, writeWhole } from "./build_files.ts";
import type { Installation } from "./installation.ts";

/** The files of the runtime's, the class library's and the workspace's modules, by their names. */
export async function moduleFiles(installation: Installation): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  for (const folder of [...installation.runtimePaths, installation.ebin("workspace")]) {
    for await (const { name } of Deno.readDir(folder)) {
      if (name.endsWith(".beam")) files.set(name.slice(0, -".beam".length), join(folder, name));
    }
  }
  return files;
}

/** The version of each of these modules, a number in decimal. */
export async function moduleVersions(
  installation: Installation,
): Promise<ReadonlyMap<string, string>> {
  return new Map(Object.entries(JSON.parse(await versionsText(installation))));
}

/**
 * What identifies the runtime, the class library and the workspace application of an installation: a
 * node that was started with others runs their code until it is started anew.
 */
export async function runtimeVersion(installation: Installation): Promise<string> {
  return contentHash(await versionsText(installation));
}

/** Keeps the versions in a file, which is read faster than all the modules are. */
export async function writeModuleVersions(installation: Installation): Promise<void> {
  const text = await versionsInModules(installation);
  const file = versionsFile(installation);
  if (await readTextIfThere(file) !== text) await writeWhole(file, text);
}

async function versionsText(installation: Installation): Promise<string> {
  return await readTextIfThere(versionsFile(installation)) ?? await versionsInModules(installation);
}

async function versionsInModules(installation: Installation): Promise<string> {
  const files = [...await moduleFiles(installation)].sort(([a], [b]) => a < b ? -1 : 1);
  const versions = await Promise.all(
    files.map(async ([module, file]) =>
      [module, versionOf(await Deno.readFile(file)) ?? ""] as const
    ),
  );
  return JSON.stringify(Object.fromEntries(versions), null, 1);
}

function versionsFile({ root }: Installation): string {
  return join(root, "_build", "versions.json");
}

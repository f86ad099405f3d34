import { assertEquals, assertNotEquals } from "@std/assert";
import { dirname, join } from "@std/path";
import { type Installation, installation } from "./installation.ts";
import {
  moduleFiles,
  moduleVersions,
  runtimeVersion,
  writeModuleVersions,
} from "./module_versions.ts";

/** An installation that is a copy of this one's runtime, library and workspace application. */
async function withCopy(test: (copy: Installation) => Promise<void>): Promise<void> {
  const root = await Deno.makeTempDir({ prefix: "beamtalk-versions-" });
  const ebin = (application: string) => join(root, "_build", application);
  const own = installation();
  const copy: Installation = {
    ...{ root, ebin, libraryEbin: ebin("library"), libraryFacts: "" },
    runtimePaths: [ebin("runtime"), ebin("library")],
  };
  const folders = [[own.ebin("runtime"), "runtime"], [own.ebin("workspace"), "workspace"]] as const;
  try {
    for (const [from, to] of [...folders, [own.libraryEbin, "library"] as const]) {
      await Deno.mkdir(ebin(to), { recursive: true });
      for await (const { name } of Deno.readDir(from)) {
        await Deno.copyFile(join(from, name), join(ebin(to), name));
      }
    }
    await test(copy);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

Deno.test("the same modules are the same runtime, wherever they are and whether it is written down", () =>
  withCopy(async (copy) => {
    const files = await moduleFiles(copy);
    assertEquals(dirname(files.get("beamtalk_set")!), copy.ebin("runtime"));
    assertEquals([...await moduleVersions(copy)].length, files.size);
    assertEquals(await runtimeVersion(copy), await runtimeVersion(installation()));
    await writeModuleVersions(copy);
    assertEquals(await runtimeVersion(copy), await runtimeVersion(installation()));
  }));

Deno.test("with one module that is another it is another runtime", () =>
  withCopy(async (copy) => {
    await writeModuleVersions(copy);
    const before = await runtimeVersion(copy);
    const of = (module: string) => join(copy.ebin("runtime"), `${module}.beam`);
    await Deno.copyFile(of("beamtalk_list"), of("beamtalk_set"));
    await writeModuleVersions(copy);
    assertNotEquals(await runtimeVersion(copy), before);
    const versions = await moduleVersions(copy);
    assertEquals(versions.get("beamtalk_set"), versions.get("beamtalk_list"));
  }));

import { assert, assertEquals } from "@std/assert";
import { basename, dirname, join, relative } from "@std/path";
import { installation } from "../live/installation.ts";
import { diagnosticsOf } from "./diagnostics.ts";
import { describeFile, DiskIndex } from "./disk_index.ts";
import { ProjectIndex } from "./project_index.ts";

const manifest = (name: string, more = "") =>
  `[package]\nname = "${name}"\nversion = "0.1.0"\n${more}`;

const FILES = {
  "one/beamtalk.toml": manifest("one", '[dependencies]\nshared = { path = "../shared" }\n'),
  "one/src/Main.bt": "Object subclass: Main\n  m => Common new greet\n",
  "one/scratch.bt": "Object subclass: Main\n  k => 1\n",
  "one/test/all.btscript": "1 + 1 // => 2\n",
  "two/beamtalk.toml": manifest("two"),
  "two/src/Main.bt": "Object subclass: Main\n  n => Common new\n",
  "shared/beamtalk.toml": manifest("shared"),
  "shared/src/Common.bt": "Object subclass: Common\n  greet => 1\n",
};

interface Read {
  readonly folder: string;
  readonly index: ProjectIndex;
  /** Reads everything again, as another start would. */
  again(): Promise<ProjectIndex>;
}

async function withFiles(test: (read: Read) => Promise<void> | void): Promise<void> {
  const folder = await Deno.realPath(await Deno.makeTempDir({ prefix: "beamtalk-index-" }));
  const library = join(installation().root, "stdlib");
  const again = async () => {
    const disk = new DiskIndex(installation(), join(folder, "cache"));
    const index: ProjectIndex = new ProjectIndex({
      readText: (path) => Deno.readTextFileSync(path),
      describe: (path) => describeFile(path, index.programs(), library),
    });
    index.setLibrary(await disk.library());
    for (const { program, files } of await disk.programs(folder, () => true)) {
      index.setProgram(program, files);
    }
    return index;
  };
  try {
    for (const [name, text] of Object.entries(FILES)) {
      await Deno.mkdir(join(folder, dirname(name)), { recursive: true });
      await Deno.writeTextFile(join(folder, name), text);
    }
    await test({ folder, index: await again(), again });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function codes(index: ProjectIndex, path: string): readonly string[] {
  const view = index.view(path);
  assert(view !== undefined, path);
  return diagnosticsOf(view, true).map(({ code }) => code);
}

Deno.test("each project is a program of its own with its dependencies", async () => {
  await withFiles(({ folder, index }) => {
    const shown = index.programs().map(({ root, package: name, paths }) =>
      `${name} ${[...paths].map((path) => relative(root, path)).sort()}`
    );
    assertEquals(shown.sort(), [
      "one ../shared/src/Common.bt,src/Main.bt,test/all.btscript",
      "shared src/Common.bt",
      "two src/Main.bt",
    ]);
    assertEquals(codes(index, join(folder, "one/src/Main.bt")), []);
    assertEquals(codes(index, join(folder, "two/src/Main.bt")), ["BT2002"]);
  });
});

Deno.test("a second start takes from the cache what has not changed", async () => {
  await withFiles(async ({ folder, again }) => {
    const main = join(folder, "two/src/Main.bt");
    const caches = async () => {
      const names: string[] = [];
      for await (const { name } of Deno.readDir(join(folder, "cache"))) names.push(basename(name));
      return names.length;
    };
    assert(await caches() > 0);
    await Deno.writeTextFile(main, "Object subclass: Main\n  n => self k\n  k => 2\n");
    const index = await again();
    assertEquals(codes(index, main), []);
    assertEquals(index.sendCount("k") >= 1, true);
    assertEquals(codes(index, join(folder, "one/src/Main.bt")), []);
  });
});

Deno.test("a file that goes and comes is followed", async () => {
  await withFiles(({ folder, index }) => {
    const common = join(folder, "shared/src/Common.bt");
    const file = index.file(common);
    assert(file !== undefined);
    index.removeFile(common);
    assertEquals(codes(index, join(folder, "one/src/Main.bt")), ["BT2002"]);
    const program = index.programs().find(({ package: name }) => name === "one");
    assert(program !== undefined);
    index.setProgram({ ...program, paths: new Set([...program.paths, common]) }, [file]);
    assertEquals(codes(index, join(folder, "one/src/Main.bt")), []);
  });
});

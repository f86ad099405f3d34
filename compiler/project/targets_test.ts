import { assertEquals, assertRejects } from "@std/assert";
import { dirname, join, relative } from "@std/path";
import { findTargets, NoSuchPath } from "./targets.ts";

/** Makes files in a fresh folder, and answers what the paths select in each program. */
async function select(
  files: Record<string, string>,
  paths: string[],
  from = ".",
  library = false,
) {
  const root = await Deno.makeTempDir();
  try {
    for (const [path, text] of Object.entries(files)) {
      await Deno.mkdir(dirname(join(root, path)), { recursive: true });
      await Deno.writeTextFile(join(root, path), text);
    }
    const targets = await findTargets(paths, {
      workingFolder: join(root, from),
      libraryFolder: join(root, "stdlib"),
      library,
    });
    return targets.map(({ sources, selected }) => ({
      package: sources.package,
      root: relative(root, sources.root),
      modules: sources.files.map(({ naming }) => [...naming.folders, naming.stem].join("@")),
      selected: [...selected].map((path) => relative(root, path)),
    }));
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

const shop = {
  "shop/beamtalk.toml": '[package]\nname = "shop"\n',
  "shop/src/a/Till.bt": "",
  "shop/src/Shop.bt": "",
  "shop/test/TillTest.bt": "",
  "shop/_build/dev/Old.bt": "",
};

Deno.test("a project: all of its sources and tests", async () => {
  const whole = [{
    package: "shop",
    root: "shop",
    modules: ["Shop", "a@Till", "test@TillTest"],
    selected: ["shop/src/Shop.bt", "shop/src/a/Till.bt", "shop/test/TillTest.bt"],
  }];
  assertEquals(await select(shop, ["shop"]), whole);
  assertEquals(await select(shop, [], "shop/src/a"), whole);
  assertEquals(await select(shop, ["."]), whole);
});

Deno.test("a file of a project stands for itself, in the project", async () => {
  const [target] = await select(shop, ["shop/test/TillTest.bt"]);
  assertEquals(target?.package, "shop");
  assertEquals(target?.modules.length, 3);
  assertEquals(target?.selected, ["shop/test/TillTest.bt"]);
});

Deno.test("loose files are one program, with the fixtures beside them", async () => {
  const files = {
    "loose/ATest.bt": "",
    "loose/A.bt": "",
    "loose/run.btscript": "",
    "loose/fixtures/Part.bt": "",
    "loose/note.txt": "",
  };
  const [folder, ...others] = await select(files, ["loose"]);
  assertEquals(others, []);
  assertEquals(folder?.package, "user");
  assertEquals(folder?.modules, ["A", "ATest", "Part"]);
  assertEquals(folder?.selected, ["loose/A.bt", "loose/ATest.bt", "loose/run.btscript"]);
  const [file] = await select(files, ["loose/ATest.bt"]);
  assertEquals(file?.modules, ["ATest", "Part"]);
  assertEquals(file?.selected, ["loose/ATest.bt"]);
});

Deno.test("the class library's sources are not compiled again, its tests are", async () => {
  const files = { "stdlib/kernel/Object.bt": "", "stdlib/test/ObjectTest.bt": "" };
  const [target] = await select(files, ["stdlib"]);
  assertEquals(target?.selected, ["stdlib/test/ObjectTest.bt"]);
  const [own, tests] = await select(files, ["stdlib"], ".", true);
  assertEquals(own?.package, "stdlib");
  assertEquals(own?.selected, ["stdlib/kernel/Object.bt"]);
  assertEquals(tests?.selected, ["stdlib/test/ObjectTest.bt"]);
});

Deno.test("a path that leads nowhere is told", async () => {
  await assertRejects(() => select({}, ["nowhere.bt"]), NoSuchPath, "no such file or folder");
  await assertRejects(() => select({ "a.txt": "" }, ["a.txt"]), NoSuchPath, "neither a .bt");
  await assertRejects(() => select({}, []), NoSuchPath, "no beamtalk.toml");
});

/**
 * Wrong input and a world that refuses: each is told with its place and a way out, and nothing is
 * left half written.
 */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { beamtalk, runProgram, toolchain, withFiles } from "./command_line.ts";

const manifest = '[package]\nname = "shop"\n';

Deno.test("an unknown class is told with its place and the nearest name, and where it runs", () =>
  withFiles({
    "beamtalk.toml": manifest,
    "src/Till.bt": "Actor subclass: Till\n  state: total = 0\n  total => self.total\n",
    "src/Main.bt": `Object subclass: Main
  class main: args =>
    Transcript show: "before"; cr
    Transcript show: Tll spawn total; cr
`,
  }, async (folder) => {
    const checked = await beamtalk(["check"], { folder });
    assertStringIncludes(checked.errors, "src/Main.bt:4:22");
    assertMatch(checked.errors, /Tll[^]*Till/);
    const ran = await beamtalk(["run"], { folder });
    assertEquals([ran.code, ran.output], [1, "before\n"], ran.errors);
    assertStringIncludes(ran.errors, "Class 'Tll' not found");
    assertStringIncludes(ran.errors, "Main.bt:4");
  }));

Deno.test("a disk that fills up in the middle of a build leaves the old build, whole", () =>
  withFiles({
    "beamtalk.toml": manifest,
    "src/A.bt": "Object subclass: A\n  class answer => 1\n",
    "src/B.bt": "Object subclass: B\n  class answer => 2\n",
  }, async (folder) => {
    assertEquals((await beamtalk(["build"], { folder })).code, 0);
    const before = await filesOf(join(folder, "_build"));
    const methods = Array.from({ length: 400 }, (_, n) => `  class m${n} => #(${n}, "${n}")\n`);
    await Deno.writeTextFile(join(folder, "src/A.bt"), "Object subclass: A\n  class answer => 3\n");
    await Deno.writeTextFile(join(folder, "src/B.bt"), `Object subclass: B\n${methods.join("")}`);
    // Small files are written whole, then a write fails half way.
    const limited = await onSmallDisk(8, ["build"], folder);
    assertEquals(limited.code, 1, limited.errors);
    assertMatch(limited.errors, /error: cannot write .*_build\/dev\/.*: file too large/);
    assertEquals(await filesOf(join(folder, "_build")), before);
    const again = await beamtalk(["build"], { folder });
    assertMatch(again.errors, /2 of 2 files compiled/);
  }));

Deno.test("a project that cannot be written is not there at all", () =>
  withFiles({}, async (folder) => {
    const { code, errors } = await onSmallDisk(0, ["new", "hello"], folder);
    assertEquals(code, 1);
    assertMatch(errors, /error: cannot write .*\/hello: file too large/);
    assertEquals([...Deno.readDirSync(folder)], []);
  }));

/** Runs `beamtalk` where no file may grow beyond some KiB, as on a disk that is full by then. */
function onSmallDisk(size: number, args: readonly string[], folder: string) {
  return runProgram("sh", [
    ...["-c", `trap "" XFSZ; ulimit -f ${size * 2}; exec "$@"`, "sh", ...toolchain(), ...args],
  ], { folder });
}

/** Every file below a folder with the hash of what is in it. */
async function filesOf(folder: string): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = join(folder, name);
    if (isDirectory) Object.assign(found, await filesOf(path));
    else found[path] = await digest(await Deno.readFile(path));
  }
  return found;
}

async function digest(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
}

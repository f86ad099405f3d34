import { assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import { join } from "@std/path";
import { contentHash, whileLocked, writeAllWhole, WriteFailure } from "./build_files.ts";

async function inFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await work(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("several files are written, or none of them", () =>
  inFolder(async (folder) => {
    const [first, second] = [join(folder, "a"), join(folder, "b", "c")];
    await writeAllWhole([{ path: first, content: "1" }, { path: second, content: "2" }]);
    assertEquals(await Deno.readTextFile(second), "2");
    // The second file's folder is a file: it cannot be written.
    const impossible = join(first, "below", "a file");
    const error = await assertRejects(
      () => writeAllWhole([{ path: first, content: "new" }, { path: impossible, content: "x" }]),
      WriteFailure,
    );
    assertEquals(error.path, impossible);
    assertEquals(await Deno.readTextFile(first), "1");
    assertEquals([...Deno.readDirSync(folder)].map(({ name }) => name).sort(), ["a", "b"]);
  }));

Deno.test("a full disk leaves what was there", () =>
  inFolder(async (folder) => {
    const path = join(folder, "a");
    await Deno.writeTextFile(path, "old");
    const big = new Uint8Array(1 << 20);
    const script = `ulimit -f 64; trap '' XFSZ; exec "$0" eval --no-lock "$1"`;
    const program = `
      import { writeAllWhole } from ${JSON.stringify(import.meta.resolve("./build_files.ts"))};
      try {
        await writeAllWhole([{ path: ${
      JSON.stringify(path)
    }, content: new Uint8Array(${big.length}) }]);
        console.log("written");
      } catch (error) { console.log(error.name); }`;
    const { stdout } = await new Deno.Command("sh", {
      args: ["-c", script, Deno.execPath(), program],
      env: { NO_COLOR: "1" },
      cwd: import.meta.dirname!,
    }).output();
    assertEquals(new TextDecoder().decode(stdout).trim(), "WriteFailure");
    assertEquals(await Deno.readTextFile(path), "old");
    assertEquals([...Deno.readDirSync(folder)].length, 1);
  }));

Deno.test("one holder of a lock at a time", () =>
  inFolder(async (folder) => {
    let inside = 0;
    let most = 0;
    const work = () =>
      whileLocked(folder, async () => {
        most = Math.max(most, ++inside);
        await new Promise((resolve) => setTimeout(resolve, 10));
        inside--;
      });
    await Promise.all([work(), work(), work()]);
    assertEquals(most, 1);
  }));

Deno.test("a hash keeps its parts apart", () => {
  assertEquals(contentHash("ab", "c"), contentHash("ab", "c"));
  assertNotEquals(contentHash("ab", "c"), contentHash("a", "bc"));
});

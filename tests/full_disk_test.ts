/** A disk that is full: nothing is lost, and what could not be kept is not acknowledged. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { join } from "@std/path";
import { runProgram } from "./command_line.ts";
import { kill, openedSession, withLive } from "./live_fixture.ts";

const COUNTER = `Actor subclass: Counter
  state: value = 0

  increment => self.value += 1
`;

/** Three pages, which is what the smallest of these disks can hold. */
const DISK = 12_288;

/** Whether this user may mount a file system in memory. */
const canMount = await (async () => {
  const folder = await Deno.makeTempDir({ prefix: "beamtalk-disk-" });
  const { code } = await mount(folder);
  if (code === 0) await runProgram("umount", [folder]);
  await Deno.remove(folder);
  return code === 0;
})();

function mount(folder: string) {
  const options = `size=${DISK},mode=700`;
  return runProgram("mount", ["-t", "tmpfs", "-o", options, "tmpfs", folder]).catch(() => ({
    code: 1,
  }));
}

/** A folder on a disk of its own, and how to fill that but for some bytes. */
async function withSmallDisk(
  test: (disk: { folder: string; fill(): Promise<void>; empty(): Promise<void> }) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "beamtalk-disk-" });
  assertEquals((await mount(folder)).code, 0);
  const filler = join(folder, "filler");
  try {
    await test({
      folder,
      async fill() {
        const file = await Deno.open(filler, { append: true, create: true });
        // Pages are given out whole: what files have begun stays free.
        await (async () => {
          for (;;) await file.write(new Uint8Array(512));
        })().catch(() => {});
        file.close();
      },
      empty: () => Deno.remove(filler),
    });
  } finally {
    await runProgram("umount", ["-l", folder]);
    await Deno.remove(folder);
  }
}

const diskTest = (name: string, fn: () => Promise<void>) =>
  Deno.test({ name, ignore: !canMount, fn });

diskTest(
  "a log that is full in the middle of an entry loses that change and no other",
  () =>
    withSmallDisk((disk) =>
      withLive({ "src/Counter.bt": COUNTER }, async (live) => {
        const { open, run } = await openedSession(live);
        const log = join(disk.folder, "changes");
        await Deno.writeFile(log, new Uint8Array());
        await Deno.symlink(log, join(open.record.folder, "changes"));
        await run("c := Counter spawn");
        await run("Counter >> increment => self.value += 10");
        await disk.fill();
        let step = 10;
        let error = "";
        // Entries fit into the page that the log has begun, and then one does not.
        for (; step < 1000 && error === ""; step += 10) {
          const [said = ""] = await run(
            `Counter >> increment => self.value += ${step}`,
          );
          if (said.startsWith("Error")) error = said;
        }
        assertMatch(
          error,
          /nothing was loaded: the log of changes cannot be written: no space left/,
        );
        const kept = step - 20;
        assert(kept > 10, "nothing fitted");
        const [entries] = await run("Workspace changes activeEntries size");
        assertEquals(await run("c increment"), [String(kept)]);
        // What is on the disk is whole.
        kill(open.record.node.osPid);
        await new Promise((resolve) => setTimeout(resolve, 300));
        const again = await openedSession(live);
        assertEquals(await again.run("Workspace changes activeEntries size"), [entries]);
        assertEquals(await again.run("Counter spawn increment"), [String(kept)]);
        await disk.empty();
        await again.run("Counter >> increment => self.value += 7");
        assertEquals(await again.run("Counter spawn increment"), ["7"]);
      })
    ),
);

diskTest(
  "a flush onto a full disk leaves the file as it was, and says so",
  () =>
    withSmallDisk((disk) =>
      withLive({ "src/Counter.bt": COUNTER }, async (live) => {
        const { run } = await openedSession(live);
        const file = join(disk.folder, "Loose.bt");
        await Deno.writeTextFile(file, COUNTER.replaceAll("Counter", "Loose"));
        await run(`Workspace load: "${file}"`);
        const long = `Loose >> increment => self.value += 10 // ${"x".repeat(5000)}`;
        await run(long);
        await disk.fill();
        const [error] = await run("Workspace flush");
        assertMatch(error!, /Loose\.bt cannot be written: no space left.*; it is as it was/i);
        assertEquals(await Deno.readTextFile(file), COUNTER.replaceAll("Counter", "Loose"));
        assertEquals([...Deno.readDirSync(disk.folder)].map(({ name }) => name).sort(), [
          "Loose.bt",
          "filler",
        ]);
        assertEquals(await run("Workspace changes activeEntries size"), ["1"]);
        assertEquals(await run("Loose spawn increment"), ["10"]);
        await disk.empty();
        await run("Workspace flush");
        assertMatch(await Deno.readTextFile(file), /self\.value \+= 10\n/);
        assertEquals(await run("Workspace changes activeEntries size"), ["0"]);
      })
    ),
);

Deno.test("a flush whose log is full writes nothing", () =>
  withLive({ "src/Counter.bt": COUNTER }, async (live) => {
    const { open, run } = await openedSession(live);
    await run("Counter >> increment => self.value += 10");
    const log = join(open.record.folder, "changes");
    await Deno.rename(log, `${log}.aside`);
    await Deno.symlink("/dev/full", log);
    const [error] = await run("Workspace flush");
    assertMatch(
      error!,
      /the log of changes cannot be written: no space left on device; src\/Counter\.bt was not written/,
    );
    assertEquals(await Deno.readTextFile(join(live.root, "src/Counter.bt")), COUNTER);
    await Deno.remove(log);
    await Deno.rename(`${log}.aside`, log);
    assertEquals(await run("Workspace flush"), ['#("src/Counter.bt")']);
    assertEquals(await run("Workspace changes isEmpty"), ["true"]);
  }));

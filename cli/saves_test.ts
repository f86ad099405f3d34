import { assertEquals } from "@std/assert";
import { join } from "@std/path";
import { gitIsWriting, saves } from "./saves.ts";

type Step = Deno.FsEvent | number;

function event(path: string, kind: Deno.FsEvent["kind"] = "modify"): Deno.FsEvent {
  return { kind, paths: [path] };
}

/** Events with pauses in milliseconds between them. */
async function* played(steps: readonly Step[]): AsyncGenerator<Deno.FsEvent> {
  for (const step of steps) {
    if (typeof step === "number") await new Promise((resolve) => setTimeout(resolve, step));
    else yield step;
  }
}

async function count(steps: readonly Step[], isChanging?: () => Promise<boolean>) {
  let ticks = 0;
  for await (const _ of saves(played(steps), isChanging)) ticks++;
  return ticks;
}

Deno.test("a save is one tick, whatever the editor does for it", async () => {
  assertEquals(await count([event("a.bt"), event("a.bt"), 200, event("a.bt")]), 2);
  assertEquals(
    await count([
      event("a.bt.swp"),
      event("a.bt~", "create"),
      { kind: "rename", paths: ["a.bt.tmp", "a.bt"] },
    ]),
    1,
  );
});

Deno.test("what is no source, or an editor's own, is no save", async () => {
  assertEquals(await count([event("a.txt"), event(".#a.bt"), event("a.bt", "access")]), 0);
});

Deno.test("folders that come, go or are moved are saves, and so is the manifest", async () => {
  for (const kind of ["create", "rename", "remove"] as const) {
    assertEquals(await count([event("src/sub", kind)]), 1, kind);
  }
  assertEquals(await count([event("src/sub", "modify"), event("src/sub", "access")]), 0);
  assertEquals(await count([event("beamtalk.toml")]), 1);
  assertEquals(await count([event("src/sub", "create"), event("src/sub/a.bt")]), 1);
});

Deno.test("a file that is empty is waited for a little, as whoever writes it begins so", async () => {
  const file = await Deno.makeTempFile({ suffix: ".bt" });
  try {
    assertEquals(await count([event(file), 20, event(file), 300]), 1);
    assertEquals(await count([event(file), 300, event(file), 300]), 2);
    await Deno.writeTextFile(file, "1");
    assertEquals(await count([event(file), 50, event(file), 300]), 2);
  } finally {
    await Deno.remove(file);
  }
});

Deno.test("many files that are written slowly are one save", async () => {
  const steps = Array.from({ length: 20 }, (_, index) => [event(`c${index}.bt`), 5]).flat();
  assertEquals(await count([event("a.bt"), event("b.bt"), 20, ...steps]), 1);
});

Deno.test("while a lock is held, nothing is saved yet", async () => {
  let held = 5;
  const steps = [event("a.bt"), 40, event("b.bt"), 40, event("c.bt"), 300];
  assertEquals(await count(steps, () => Promise.resolve(held-- > 0)), 1);
});

Deno.test("git's lock is looked for in the working tree around the folder", async () => {
  const folder = await Deno.makeTempDir({ prefix: "beamtalk-git-" });
  try {
    await Deno.mkdir(join(folder, "project", "src"), { recursive: true });
    await Deno.mkdir(join(folder, ".git"));
    assertEquals(await gitIsWriting(join(folder, "project")), false);
    await Deno.writeTextFile(join(folder, ".git", "index.lock"), "");
    assertEquals(await gitIsWriting(join(folder, "project")), true);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

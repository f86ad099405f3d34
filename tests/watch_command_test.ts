/** `beamtalk watch`: what editors and checkouts do to files, and what it says of it. */
import { assertEquals, assertMatch } from "@std/assert";
import { join } from "@std/path";
import { answerNode } from "../live/node_requests.ts";
import type { OpenWorkspace } from "../live/open_workspace.ts";
import { Session } from "../live/session.ts";
import { toolchain } from "./command_line.ts";
import { kill, type LiveFixture, shown, withLive } from "./live_fixture.ts";

const COUNTER = `Actor subclass: Counter
  state: value = 0

  increment => self.value += 1
`;

interface Watched {
  readonly live: LiveFixture;
  /** Waits until all that was said since is as expected. */
  says(expected: RegExp): Promise<void>;
  /** What was said since. */
  said(): string;
  run(text: string): Promise<string[]>;
  readonly osPid: number;
}

function watchTest(
  name: string,
  files: Readonly<Record<string, string>>,
  test: (watched: Watched) => Promise<void>,
): void {
  Deno.test(name, () =>
    withLive(files, async (live) => {
      const open = await live.open();
      await answerNode(open);
      const session = await Session.open(open.workspace, open.program);
      const [program = "", ...args] = toolchain();
      const watch = new Deno.Command(program, {
        args: [...args, "watch"],
        cwd: live.root,
        env: { BEAMTALK_HOME: live.home, NO_COLOR: "1" },
        stdout: "piped",
        stderr: "piped",
      }).spawn();
      let said = "";
      const read = async (stream: ReadableStream<Uint8Array>) => {
        for await (const bytes of stream) said += new TextDecoder().decode(bytes);
      };
      const reading = Promise.all([read(watch.stdout), read(watch.stderr)]);
      const says = async (expected: RegExp) => {
        for (let tries = 0; tries < 400 && !expected.test(said); tries++) {
          await new Promise((resolve) => setTimeout(resolve, 25));
        }
        assertMatch(said, expected);
        said = "";
      };
      try {
        await says(/Watching /);
        const run = (text: string) => shown(session, text);
        await test({ live, says, said: () => said, run, osPid: open.record.node.osPid });
      } finally {
        watch.kill("SIGINT");
        assertEquals((await watch.status).code, 0);
        await reading;
      }
    }));
}

watchTest(
  "watch loads what is saved, and tells of what cannot be",
  { "src/Counter.bt": COUNTER },
  async ({ live, says, run }) => {
    await run("c := Counter spawn. c increment");
    await live.write("src/Counter.bt", COUNTER.replace("+= 1", "+= 10"));
    await says(/^Reloaded Counter \(\d+ ms\)\n$/);
    assertEquals(await run("c increment"), ["11"]);
    await live.write("src/Counter.bt", COUNTER.replace("+= 1", "+= )"));
    await says(/src\/Counter\.bt:4[^]*cannot be loaded/);
    assertEquals(await run("c increment"), ["21"]);
    const refused = COUNTER.replace("state: value", "state: owner :: String\n  state: value");
    await live.write("src/Counter.bt", refused);
    await says(/'owner' has no default[^]*hint:/);
    await live.write(
      "src/Counter.bt",
      COUNTER.replace("state: value = 0", "state: value = 0\n  state: log = #()"),
    );
    await says(/^Reloaded Counter, 1 actor migrated \(\d+ ms\)\n$/);
    assertEquals(await run("c increment"), ["22"]);
  },
);

watchTest(
  "new, renamed and deleted files, and editors that save by renaming",
  { "src/Counter.bt": COUNTER },
  async ({ live, says, said, run }) => {
    const path = (name: string) => join(live.root, "src", name);
    await live.write("src/New.bt", "Object subclass: New\n  class x => 1\n");
    await says(/^Reloaded New \(\d+ ms\)\n$/);
    assertEquals(await run("New x"), ["1"]);
    await Deno.writeTextFile(path("New.bt.tmp"), "Object subclass: New\n  class x => 2\n");
    await Deno.rename(path("New.bt"), path("New.bt~"));
    await Deno.rename(path("New.bt.tmp"), path("New.bt"));
    await says(/^Reloaded New \(\d+ ms\)\n$/);
    assertEquals(await run("New x"), ["2"]);
    await Deno.mkdir(path("deeper"));
    await new Promise((resolve) => setTimeout(resolve, 100));
    await Deno.rename(path("New.bt"), path("deeper/Newer.bt"));
    await says(/^Gone src\/New\.bt\nReloaded New \(\d+ ms\)\n$/);
    await live.write("src/deeper/Newer.bt", "Object subclass: New\n  class x => 3\n");
    await says(/Reloaded New \(\d+ ms\)\n$/);
    assertEquals(await run("New x"), ["3"]);
    await Deno.remove(path("Counter.bt"));
    await says(/^Gone src\/Counter\.bt; Counter stays loaded until Counter removeFromSystem\n$/);
    assertEquals(await run("Counter spawn increment"), ["1"]);
    await Deno.writeTextFile(path(".#Counter.bt"), "an editor's lock");
    await Deno.writeTextFile(path("notes.txt"), "no source");
    await new Promise((resolve) => setTimeout(resolve, 300));
    assertEquals(said(), "");
  },
);

const MANY = 200;

function part(number: number, value: number): string {
  const next = number + 1 < MANY ? `Part${number + 1} value` : "0";
  return `Object subclass: Part${number}\n  class own => ${value}\n  class value => self own + ${next}\n`;
}

watchTest(
  "a checkout of many files is one load",
  Object.fromEntries(
    Array.from({ length: MANY }, (_, number) => [`src/Part${number}.bt`, part(number, 1)]),
  ),
  async ({ live, says, said, run }) => {
    assertEquals(await run("Part0 value"), [String(MANY)]);
    await live.write(".git/index.lock", "");
    for (let number = 0; number < MANY; number++) {
      await live.write(`src/Part${number}.bt`, part(number, 2));
      if (number % 20 === 0) await new Promise((resolve) => setTimeout(resolve, 15));
    }
    await Deno.remove(join(live.root, ".git/index.lock"));
    for (let tries = 0; tries < 400 && !said().includes("Reloaded"); tries++) {
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
    await new Promise((resolve) => setTimeout(resolve, 400));
    await says(new RegExp(`^Reloaded ${MANY} classes \\(\\d+ ms\\)\\n$`));
    assertEquals(await run("Part0 value"), [String(2 * MANY)]);
  },
);

/** The node that is watched for now runs what was saved, and what is saved next. */
async function goesOn({ live, says }: Watched, open: OpenWorkspace): Promise<void> {
  const session = await Session.open(open.workspace, open.program);
  assertEquals(await shown(session, "Counter spawn increment"), ["7"]);
  await live.write("src/Counter.bt", COUNTER.replace("+= 1", "+= 8"));
  await says(/^Reloaded Counter \(\d+ ms\)\n$/);
  assertEquals(await shown(session, "Counter spawn increment"), ["8"]);
}

watchTest(
  "watching goes on with another node where the workspace is killed",
  { "src/Counter.bt": COUNTER },
  async (watched) => {
    const { live, says, osPid } = watched;
    kill(osPid);
    await new Promise((resolve) => setTimeout(resolve, 200));
    await live.write("src/Counter.bt", COUNTER.replace("+= 1", "+= 7"));
    await says(/error: [^]*The workspace had ended; loading into sample_\S+ again\n$/);
    const open = await live.open();
    await goesOn(watched, open);
  },
);

watchTest(
  "watching goes on with the node that somebody else has started",
  { "src/Counter.bt": COUNTER },
  async (watched) => {
    const { live, says, osPid } = watched;
    kill(osPid);
    await new Promise((resolve) => setTimeout(resolve, 200));
    const open = await live.open();
    await live.write("src/Counter.bt", COUNTER.replace("+= 1", "+= 7"));
    await says(/error: [^]*The workspace had ended; loading into sample_\S+ again\n$/);
    await goesOn(watched, open);
  },
);

watchTest(
  "a save after a live change of the same file",
  { "src/Counter.bt": COUNTER },
  async ({ live, says, run }) => {
    await run("c := Counter spawn. Counter >> twice => 2");
    await live.write("src/Counter.bt", COUNTER.replace("+= 1", "+= 10"));
    await says(/^Reloaded Counter \(\d+ ms\)\n$/);
    assertEquals(await run("c increment"), ["10"]);
    assertEquals(await run("c twice"), ["2"]);
    await run('Counter tryCompile: #twice source: "twice => 3"');
    await live.write("src/Counter.bt", COUNTER.replaceAll("Counter", "Other"));
    await says(/^Gone Counter from src\/Counter\.bt[^]*Reloaded Other \(\d+ ms\)\n/);
    assertEquals(await run("Other spawn increment"), ["1"]);
  },
);

watchTest(
  "what is mended, and what a file declares no more",
  { "src/Counter.bt": COUNTER, "src/Two.bt": "Object subclass: One\nObject subclass: Two\n" },
  async ({ live, says, run }) => {
    await live.write("src/Counter.bt", COUNTER.replace("+= 1", "+= )"));
    await says(/cannot be loaded: it has errors\n$/);
    await live.write("src/Counter.bt", COUNTER);
    await says(/^Mended: what is saved is what runs\n$/);
    await live.write("src/Counter.bt", `${COUNTER}// nothing\n`);
    await says(/^(?:Nothing to reload|Reloaded Counter) \(\d+ ms\)\n$/);
    await live.write("src/Two.bt", "Object subclass: Two\n  class x => 2\n");
    await says(
      /^Gone One from src\/Two\.bt; One stays loaded until One removeFromSystem\nReloaded Two \(\d+ ms\)\n$/,
    );
    assertEquals(await run("One name. Two x"), ["#One", "2"]);
    await live.write("src/Two.bt", "");
    await says(/^Gone Two from src\/Two\.bt; Two stays loaded until Two removeFromSystem\n$/);
  },
);

watchTest(
  "folders that are moved, and a src that another takes the place of",
  { "src/Counter.bt": COUNTER, "src/sub/New.bt": "Object subclass: New\n  class x => 1\n" },
  async ({ live, says, run }) => {
    const path = (name: string) => join(live.root, name);
    await Deno.rename(path("src/sub"), path("away"));
    await says(/^Gone src\/sub\/New\.bt; New stays loaded until New removeFromSystem\n$/);
    await live.write("away/New.bt", "Object subclass: New\n  class x => 2\n");
    await Deno.rename(path("away"), path("src/other"));
    await says(/^Reloaded New \(\d+ ms\)\n$/);
    await live.write("src/other/New.bt", "Object subclass: New\n  class x => 3\n");
    await says(/^Reloaded New \(\d+ ms\)\n$/);
    assertEquals(await run("New x"), ["3"]);
    await Deno.remove(path("src"), { recursive: true });
    await says(/(?=[^]*src\/Counter\.bt; Counter stays)(?=[^]*src\/other\/New\.bt; New stays)/);
    await live.write("src/Counter.bt", COUNTER.replace("+= 1", "+= 5"));
    await says(/^Reloaded Counter \(\d+ ms\)\n$/);
    await live.write("src/Counter.bt", COUNTER.replace("+= 1", "+= 6"));
    await says(/^Reloaded Counter \(\d+ ms\)\n$/);
    assertEquals(await run("Counter spawn increment"), ["6"]);
  },
);

watchTest(
  "actors of a class whose file is moved stay as they were, and that is said",
  { "src/Counter.bt": COUNTER },
  async ({ live, says, run }) => {
    await run("c := Counter spawn. c increment");
    await Deno.mkdir(join(live.root, "src/deep"));
    await Deno.rename(join(live.root, "src/Counter.bt"), join(live.root, "src/deep/Counter.bt"));
    await says(
      /^Gone src\/Counter\.bt\nReloaded Counter \(\d+ ms\)\nwarning: Counter is loaded from src\/deep\/Counter\.bt now; 1 living actor stays as src\/Counter\.bt said: stop it and start anew\n$/,
    );
    await live.write("src/deep/Counter.bt", COUNTER.replace("+= 1", "+= 10"));
    await says(/1 living actor stays/);
    await run("d := Counter spawn");
    assertEquals(await run("d increment"), ["10"]);
    assertEquals(await run("c increment"), ["2"]);
    await run("c stop");
    await live.write("src/deep/Counter.bt", COUNTER.replace("+= 1", "+= 20"));
    await says(/^Reloaded Counter \(\d+ ms\)\n$/);
    assertEquals(await run("d increment"), ["30"]);
  },
);

watchTest(
  "a manifest that is broken, and one that names another package",
  { "src/Counter.bt": COUNTER },
  async ({ live, says }) => {
    // Who was here before knows the classes of the package as it was.
    const run = async (text: string) => {
      const open = await live.open();
      return await shown(await Session.open(open.workspace, open.program), text);
    };
    const manifest = (name: string) => `[package]\nname = "${name}"\nversion = "0.1.0"\n`;
    await live.write("beamtalk.toml", "[package\n");
    await says(/^error: beamtalk\.toml has mistakes\nerror\[BT9001\][^]*beamtalk\.toml:1:9/);
    await live.write("src/Counter.bt", COUNTER.replace("+= 1", "+= 2"));
    await says(/^error: beamtalk\.toml has mistakes/);
    await live.write("beamtalk.toml", manifest("renamed"));
    await says(/^Read beamtalk\.toml\nReloaded Counter \(\d+ ms\)\n$/);
    assertEquals(await run("Counter spawn increment"), ["2"]);
    await live.write("lib/beamtalk.toml", manifest("helper"));
    await live.write("lib/src/Helper.bt", "Object subclass: Helper\n  class by => 30\n");
    await live.write(
      "beamtalk.toml",
      `${manifest("renamed")}\n[dependencies]\nhelper = { path = "lib" }\n`,
    );
    await says(/^Read beamtalk\.toml\nReloaded [^]*Helper[^]*\n$/);
    await live.write("src/Counter.bt", COUNTER.replace("+= 1", "+= Helper by"));
    await says(/^Reloaded Counter \(\d+ ms\)\n$/);
    assertEquals(await run("Counter spawn increment"), ["30"]);
  },
);

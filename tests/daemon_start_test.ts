/** Starting and ending the daemon: one of a user, in a place of its own, whatever stands in the way. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { dirname, join } from "@std/path";
import { type Outcome, toolchain } from "./command_line.ts";
import { Client, inProject, type Setting } from "./daemon_fixture.ts";
import { kill } from "./live_fixture.ts";

const STARTED = "The daemon runs.\n";
const RUNS = "The daemon runs already.\n";
const STOPPED = "The daemon has stopped.\n";
const NONE = "No daemon runs.\n";

function times<T>(count: number, work: () => Promise<T>): Promise<T[]> {
  return Promise.all(Array.from({ length: count }, work));
}

async function pidOf({ run }: Setting): Promise<number> {
  return JSON.parse((await run(["daemon", "status", "--json"])).output).pid;
}

/** Waits until the process has ended. */
async function ended(pid: number): Promise<void> {
  while (await Deno.stat(`/proc/${pid}`).then(() => true, () => false)) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

Deno.test("of many starts at once one starts it, and all find it", () =>
  inProject(async ({ run, home }) => {
    const outcomes = await times(8, () => run(["daemon", "start"]));
    const said = outcomes.map(({ output }) => output).sort();
    assertEquals(said, [...Array(7).fill(RUNS), STARTED]);
    const log = join(home, "daemon", "log");
    assertMatch(await Deno.readTextFile(log), /^Serving on \S+\n$/);
    assertEquals((await run(["daemon", "stop"])).output, STOPPED);
    assertEquals((await run(["daemon", "status"])).output, NONE);
    // It is started while the one before may still be ending.
    assertEquals((await run(["daemon", "start"])).output, STARTED);
  }));

Deno.test("of many daemons in the foreground one serves", () =>
  inProject(async (setting) => {
    const { run } = setting;
    const refused: Outcome[] = [];
    const allRefused = Promise.withResolvers<void>();
    const started = Array.from({ length: 6 }, async () => {
      const outcome = await run(["daemon", "start", "--foreground"]);
      if (outcome.code === 1) refused.push(outcome);
      if (refused.length === 5) allRefused.resolve();
      return outcome;
    });
    await allRefused.promise;
    for (const { errors } of refused) assertStringIncludes(errors, "error: a daemon runs already");
    const pid = await pidOf(setting);
    assertEquals((await run(["check"])).code, 0);
    assertEquals((await run(["daemon", "stop"])).output, STOPPED);
    const outcomes = await Promise.all(started);
    assertEquals(outcomes.filter(({ code }) => code === 0).length, 1);
    await ended(pid);
  }));

Deno.test("start, status and stop are about the daemon also where commands do without it", () =>
  inProject(async ({ run }) => {
    const off = { BEAMTALK_DAEMON: "off" };
    assertEquals((await run(["daemon", "start"], off)).output, STARTED);
    assertEquals((await run(["daemon", "status"], off)).code, 0);
    assertEquals((await run(["daemon", "stop"], off)).output, STOPPED);
    assertEquals((await run(["daemon", "stop"], off)).output, NONE);
  }));

Deno.test("a daemon that nobody uses ends", () =>
  inProject(async (setting) => {
    const { run, socket } = setting;
    for (const wrong of ["0", "soon", "1.5"]) {
      const { code, errors } = await run(["daemon", "start", "--idle", wrong]);
      assertEquals([code, errors.split("\n")[0]], [
        2,
        `error: --idle needs a whole number of at least 1, got ${wrong}`,
      ]);
    }
    assertEquals((await run(["daemon", "start", "--idle", "1"])).output, STARTED);
    await ended(await pidOf(setting));
    assertEquals(await Deno.stat(socket).catch(() => "none"), "none");
    assertEquals((await run(["daemon", "status"])).output, NONE);
  }));

const firstLine = ({ code, errors }: Outcome) => [code, errors.split("\n")[0]];

Deno.test("where no daemon can be it is said why, and commands do without", () =>
  inProject(async ({ run, folder }) => {
    const at = (home: string) => ({ BEAMTALK_HOME: home });
    const long = join(dirname(folder), "x".repeat(120));
    const [code, error = ""] = firstLine(await run(["daemon", "start"], at(long)));
    assertEquals(code, 1);
    assertMatch(`${error}`, /^error: the path of the daemon's socket has \d+ bytes, \d+ at most/);
    assertEquals((await run(["check"], at(long))).code, 0);
    const file = join(dirname(folder), "file");
    await Deno.writeTextFile(file, "");
    const [fileCode, fileError] = firstLine(await run(["daemon", "start"], at(file)));
    assertEquals(fileCode, 1);
    assertMatch(`${fileError}`, /^error: the daemon's folder cannot be made: /);
    assertEquals((await run(["check"], at(file))).code, 0);
  }));

/** Somebody who listens where a daemon would. */
async function impostor(home: string) {
  const folder = join(home, "daemon");
  await Deno.mkdir(folder, { recursive: true });
  const listener = Deno.listen({ transport: "unix", path: join(folder, "socket") });
  let heard = 0;
  void (async () => {
    for await (const connection of listener) {
      heard++;
      connection.close();
    }
  })().catch(() => {});
  return { folder, heard: () => heard, close: () => listener.close() };
}

Deno.test("a socket that somebody else can have put there is not spoken to", () =>
  inProject(async ({ run, home, write }) => {
    await write("src/Counter.bt", "Object subclass: Counter\n");
    const { folder, heard, close } = await impostor(home);
    await Deno.chmod(folder, 0o777);
    assertEquals((await run(["check"])).code, 0);
    assertEquals((await run(["daemon", "status"])).output, NONE);
    assertEquals(heard(), 0);
    close();
    // Its own folder is closed to others before anything is there.
    assertEquals((await run(["daemon", "start"])).output, STARTED);
    assertEquals((await Deno.stat(folder)).mode! & 0o777, 0o700);
    assertEquals((await run(["check"])).code, 0);
  }));

Deno.test({
  name: "the folder of another user is left alone",
  // Only then can a folder be given to somebody.
  ignore: Deno.uid() !== 0,
  fn: () =>
    inProject(async ({ run, home }) => {
      const { folder, heard, close } = await impostor(home);
      await Deno.chmod(folder, 0o755);
      await Deno.chown(folder, 65534, 65534);
      const [code, error] = firstLine(await run(["daemon", "start"]));
      assertEquals([code, error], [
        1,
        `error: the daemon's folder ${folder} belongs to another user`,
      ]);
      assertEquals((await run(["check"])).code, 0);
      assertEquals(heard(), 0);
      assertEquals((await Deno.stat(folder)).mode! & 0o777, 0o755);
      close();
    }),
});

Deno.test("a daemon does not need the folder that it was started in", () =>
  inProject(async (setting) => {
    const gone = join(dirname(setting.folder), "gone");
    await Deno.mkdir(gone);
    const [program = "", ...first] = toolchain();
    const { success } = await new Deno.Command(program, {
      args: [...first, "daemon", "start"],
      cwd: gone,
      env: { BEAMTALK_HOME: "../home" },
    }).output();
    assert(success);
    await Deno.remove(gone);
    const pid = await pidOf(setting);
    assertEquals((await setting.run(["build"])).code, 0);
    assertEquals((await setting.run(["repl", "-e", "Counter spawn increment"])).output, "1\n");
    assertEquals(await pidOf(setting), pid);
  }));

Deno.test("what has begun to run is not run once more when the daemon dies", () =>
  inProject(async (setting) => {
    const { run, folder } = setting;
    await run(["daemon", "start"]);
    const pid = await pidOf(setting);
    const effect = join(folder, "effect");
    const once = `File appendAll: "${effect}" contents: "x". Timer sleep: 60000. 5`;
    const running = run(["repl", "-e", once]);
    while (await Deno.readTextFile(effect).catch(() => "") === "") {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    Deno.kill(pid, "SIGKILL");
    const { code, errors } = await running;
    assertEquals([code, errors], [
      1,
      "error: the daemon has gone: the connection ended before the answer\n",
    ]);
    assertEquals(await Deno.readTextFile(effect), "x");
    assertEquals((await run(["repl", "-e", "3 + 4"])).output, "7\n");
  }));

Deno.test("a request without an id is carried out, and not answered", () =>
  inProject(async (setting) => {
    await setting.run(["daemon", "start"]);
    const pid = await pidOf(setting);
    const client = await Client.open(setting.socket);
    await client.send('{"jsonrpc": "2.0", "method": "stop"}\n');
    assertEquals(await client.next(), undefined);
    await ended(pid);
  }));

const WITHOUT =
  "warning: the daemon does not answer, and this is done without it; beamtalk daemon stop ends it\n";

Deno.test("a daemon that hangs keeps no command waiting, and can be ended", () =>
  inProject(async (setting) => {
    const { run, write } = setting;
    await run(["daemon", "start"]);
    const pid = await pidOf(setting);
    Deno.kill(pid, "SIGSTOP");
    try {
      const evaluated = await run(["repl", "-e", "3 + 4"]);
      assertEquals([evaluated.output, evaluated.errors], ["7\n", WITHOUT]);
      await write("test/CounterTest.bt", "TestCase subclass: CounterTest\n  testOne => 1\n");
      const tested = await run(["test"]);
      assertEquals([tested.code, tested.errors], [0, WITHOUT]);
      const status = await run(["daemon", "status"]);
      assertEquals([status.code, status.output], [1, "A daemon runs, but does not answer.\n"]);
      const started = await run(["daemon", "start"]);
      assertMatch(started.errors, /does not answer\nhint: beamtalk daemon stop ends it/);
      const stopped = await run(["daemon", "stop"]);
      assertEquals(stopped.output, "The daemon did not answer; it was killed.\n");
      assertEquals((await run(["daemon", "status"])).output, NONE);
      assertEquals((await run(["daemon", "start"])).output, STARTED);
    } finally {
      kill(pid);
    }
  }));

Deno.test("what has begun to run is not run once more when the daemon hangs", () =>
  inProject(async (setting) => {
    const { run, folder } = setting;
    await run(["daemon", "start"]);
    const pid = await pidOf(setting);
    try {
      const effect = join(folder, "effect");
      const once = `File appendAll: "${effect}" contents: "x". Timer sleep: 60000. 5`;
      const running = run(["repl", "-e", once]);
      while (await Deno.readTextFile(effect).catch(() => "") === "") {
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      Deno.kill(pid, "SIGSTOP");
      const { code, errors } = await running;
      assertEquals([code, errors], [1, "error: the daemon has gone: the daemon does not answer\n"]);
      assertEquals(await Deno.readTextFile(effect), "x");
    } finally {
      kill(pid);
    }
  }));

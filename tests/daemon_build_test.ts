/** `test` and `run` with a daemon that compiles for them: the same outcome, whatever it does. */
import { assert, assertEquals } from "@std/assert";
import { dirname, join } from "@std/path";
import { type Outcome, toolchain } from "./command_line.ts";
import { Client, COUNTER, inProject, type Setting, settled } from "./daemon_fixture.ts";

const COUNTER_TEST = `TestCase subclass: CounterTest
  testIncrement =>
    c := Counter spawn
    self assert: c increment equals: 1
  testTwice =>
    c := Counter spawn
    c increment
    self assert: c increment equals: 2
`;
const MAIN = `Object subclass: Main
  class main: arguments =>
    Transcript show: "{arguments size} of {Counter spawn increment}"; cr
    arguments isEmpty ifTrue: [self error: "nothing to do"]
`;
const SCRIPT = "c := Counter spawn\nc increment\n// => 1\n";
const LOOSE = `Object subclass: Hello
  class main: arguments => Transcript show: "hello"; cr
`;
const LOOSE_TEST = `TestCase subclass: HelloTest
  testHello => self assert: Hello name equals: #Hello
`;

async function fill({ write }: Setting): Promise<void> {
  await write("src/Counter.bt", COUNTER);
  await write("src/Main.bt", MAIN);
  await write("test/CounterTest.bt", COUNTER_TEST);
  await write("test/counter.btscript", SCRIPT);
  await write("../loose/Hello.bt", LOOSE);
  await write("../loose/HelloTest.bt", LOOSE_TEST);
}

/** Asks for each message what is to be done with it, and hands it on to the daemon or not. */
interface Between {
  readonly asked: string[];
  readonly env: Readonly<Record<string, string>>;
  close(): void;
}

/** A message that asks for a build. */
interface BuildMessage {
  readonly id: number;
  readonly params: Readonly<Record<string, unknown>>;
}

/** Answers whether the message is handed on to the daemon. */
type OnBuild = (message: BuildMessage, connection: Deno.Conn) => Promise<boolean> | boolean;

/** A socket before that of the daemon, in a home of its own. */
async function between(setting: Setting, onBuild: OnBuild = () => true): Promise<Between> {
  const home = join(dirname(setting.home), crypto.randomUUID().slice(0, 8));
  await Deno.mkdir(join(home, "daemon"), { recursive: true });
  const listener = Deno.listen({ transport: "unix", path: join(home, "daemon", "socket") });
  const asked: string[] = [];
  let isOpen = true;
  const close = () => {
    if (isOpen) listener.close();
    isOpen = false;
  };
  const serve = async (connection: Deno.Conn) => {
    const daemon = await Deno.connect({ transport: "unix", path: setting.socket })
      .catch(() => undefined);
    void daemon?.readable.pipeTo(connection.writable).catch(() => {});
    const writer = daemon?.writable.getWriter();
    let begun = "";
    for await (const text of connection.readable.pipeThrough(new TextDecoderStream())) {
      const lines = (begun + text).split("\n");
      begun = lines.pop() ?? "";
      for (const line of lines) {
        const message = JSON.parse(line);
        if (message.method === "ping") {
          await answering({ result: null })(message, connection);
          continue;
        }
        asked.push(message.method);
        if (message.method === "build" && !await onBuild(message, connection)) continue;
        if (message.method === "stop") {
          close();
          await answering({ result: null })(message, connection);
          connection.close();
        }
        await writer?.write(new TextEncoder().encode(`${line}\n`));
      }
    }
    await writer?.close();
  };
  void (async () => {
    for await (const connection of listener) void serve(connection).catch(() => {});
  })().catch(() => {});
  return { asked, env: { BEAMTALK_HOME: home }, close };
}

/** Answers instead of the daemon. */
function answering(answer: Readonly<Record<string, unknown>>): OnBuild {
  return async ({ id }, connection) => {
    const line = `${JSON.stringify({ jsonrpc: "2.0", id, ...answer })}\n`;
    await connection.write(new TextEncoder().encode(line));
    return false;
  };
}

/** The files under a folder. */
async function filesUnder(folder: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = join(folder, name);
    if (isDirectory) found.push(...(await filesUnder(path)).map((each) => join(name, each)));
    else found.push(name);
  }
  return found.sort();
}

function withoutTimes(outcome: Outcome): Outcome {
  const plain = (text: string) =>
    text.replaceAll(/[\dN.]+ ?m?s\b/g, "N s").replaceAll(/"(durationMs|time)":[\d.]+/g, "N")
      .replaceAll(/time="[\d.]+"/g, "N").replaceAll(/<\d+\.\d+\.\d+>/g, "<N>");
  const { code, output, errors } = settled(outcome);
  return { code, output: plain(output), errors: plain(errors) };
}

const COMMANDS: readonly (readonly string[])[] = [
  ["test"],
  ["test", "--json"],
  ["test", "CounterTest", "--filter", "Twice"],
  ["test", "--reporter", "junit", "--jobs", "2"],
  ["test", "--coverage"],
  ["test", "nowhere"],
  ["run"],
  ["run", "--", "one", "two"],
  ["run", "--quick", "."],
  ["run", "test/counter.btscript"],
  ["test", "../loose"],
  ["run", "../loose/Hello.bt"],
];
/** What is run again in other states than the first. */
const DEPENDING = ["test", "test --coverage", "run", "run test/counter.btscript"];
const STATES: Readonly<Record<string, string>> = {
  good: COUNTER,
  warned: COUNTER.replace("+= 1", "+= 1. 3 nonsense"),
  broken: COUNTER.replace("+= 1", "+= )"),
  failing: COUNTER.replace("+= 1", "+= 2"),
};

Deno.test("test and run do the same with the daemon and without it", () =>
  inProject((one) =>
    inProject(async (other) => {
      await Promise.all([one, other].map(fill));
      await one.run(["daemon", "start"]);
      const { env, asked, close } = await between(one);
      const paths = (text: string) => text.replaceAll(dirname(other.folder), dirname(one.folder));
      for (const [state, text] of Object.entries(STATES)) {
        await one.write("src/Counter.bt", text);
        await other.write("src/Counter.bt", text);
        for (const args of COMMANDS) {
          if (state !== "good" && !DEPENDING.includes(args.join(" "))) continue;
          const byDaemon = withoutTimes(await one.run(args, env));
          const alone = withoutTimes(await other.run(args, { BEAMTALK_DAEMON: "off" }));
          const what = `${state}: ${args.join(" ")}`;
          const expected = { ...alone, output: paths(alone.output), errors: paths(alone.errors) };
          assertEquals({ what, ...byDaemon }, { what, ...expected });
        }
        const builds = asked.splice(0).filter((method) => method === "build").length;
        assert(builds >= 2, `${state}: ${builds} builds`);
      }
      const built = (folder: string) => filesUnder(join(folder, "_build"));
      assertEquals(await built(one.folder), await built(other.folder));
      close();
    })
  ));

Deno.test("what has not changed is not asked of the daemon, loose files that it knows are not compiled", () =>
  inProject(async (setting) => {
    await fill(setting);
    await setting.run(["daemon", "start"]);
    const { env, asked, close } = await between(setting);
    assertEquals((await setting.run(["test"], env)).code, 0);
    assertEquals(asked, ["build"]);
    assertEquals((await setting.run(["test"], env)).code, 0);
    assertEquals(asked, ["build"]);
    const kept = join(setting.home, "daemon", "builds");
    const times = async () => {
      const [folder = ""] = [...Deno.readDirSync(kept)].map(({ name }) => name);
      const ebin = join(kept, folder, "ebin");
      const names = (await filesUnder(ebin)).filter((name) => name.endsWith(".beam"));
      return names.map((name) => [name, Deno.statSync(join(ebin, name)).mtime?.getTime()]);
    };
    const runHello = async () => (await setting.run(["run", "../loose/Hello.bt"], env)).output;
    assertEquals(await runHello(), "hello\n");
    const first = await times();
    assertEquals(first.map(([name]) => name), ["bt@user@Hello.beam"]);
    assertEquals(await runHello(), "hello\n");
    assertEquals(await times(), first);
    await setting.write("../loose/Hello.bt", LOOSE.replace('"hello"', '"good day"'));
    assertEquals(await runHello(), "good day\n");
    assert((await times())[0]![1] !== first[0]![1]);
    close();
  }));

Deno.test("a daemon that goes, fails or belongs to others leaves the work to the command", () =>
  inProject(async (setting) => {
    await fill(setting);
    const passes = async (onBuild: OnBuild) => {
      const { env, asked, close } = await between(setting, onBuild);
      await Deno.remove(join(setting.folder, "_build"), { recursive: true }).catch(() => {});
      const { code, output, errors } = await setting.run(["test"], env);
      assertEquals([code, output.match(/\d+ passed/)?.[0]], [0, "3 passed"], output + errors);
      assertEquals(asked[0], "build");
      close();
      return { asked, env };
    };
    await passes((_, connection) => {
      connection.close();
      return false;
    });
    await passes(answering({ error: { code: -32000, message: "no space left" } }));
    await passes(answering({ result: "nonsense" }));
    const nowhere = join(dirname(setting.folder), "nowhere");
    await passes(answering({ result: { output: nowhere } }));
    assertEquals(await Deno.stat(nowhere).catch(() => "none"), "none");
    await setting.run(["daemon", "start"]);
    const { pid } = JSON.parse((await setting.run(["daemon", "status", "--json"])).output);
    await passes(() => {
      Deno.kill(pid, "SIGKILL");
      return true;
    });
  }));

Deno.test("a daemon of another installation is replaced by that of the test", () =>
  inProject(async (setting) => {
    await fill(setting);
    const { env, asked, close } = await between(setting, answering({ result: { other: true } }));
    assertEquals((await setting.run(["test"], env)).code, 0);
    assertEquals(asked, ["build", "stop"]);
    close();
    for (let tries = 0; tries < 100; tries++) {
      if ((await setting.run(["daemon", "status"], env)).code === 0) break;
    }
    assertEquals((await setting.run(["daemon", "stop"], env)).output, "The daemon has stopped.\n");
  }));

Deno.test("Ctrl-C while the daemon compiles ends the command and leaves nothing", () =>
  inProject(async (setting) => {
    await fill(setting);
    const temporary = join(dirname(setting.folder), "temporary");
    await Deno.mkdir(temporary);
    for (const [args, code] of [[["test"], 130], [["run", "../loose/Hello.bt"], 130]] as const) {
      const begun = Promise.withResolvers<void>();
      const { env, close } = await between(setting, () => {
        begun.resolve();
        return false;
      });
      const [program = "", ...first] = toolchain();
      const command = new Deno.Command(program, {
        args: [...first, ...args],
        cwd: setting.folder,
        env: { ...env, TMPDIR: temporary, NO_COLOR: "1" },
        stdout: "null",
        stderr: "null",
      }).spawn();
      await begun.promise;
      command.kill("SIGINT");
      assertEquals((await command.status).code, code);
      assertEquals(await filesUnder(temporary), []);
      close();
    }
    assertEquals((await setting.run(["test"])).code, 0);
  }));

Deno.test("the daemon refuses to build what is no program", () =>
  inProject(async (setting) => {
    await fill(setting);
    await setting.run(["daemon", "start"]);
    let params: BuildMessage["params"] = {};
    const { env, close } = await between(setting, (message) => {
      params = message.params;
      return true;
    });
    assertEquals((await setting.run(["test"], env)).code, 0);
    close();
    const client = await Client.open(setting.socket);
    const refused = async (changed: Record<string, unknown>) =>
      (await client.ask("build", { ...params, ...changed })).error?.message;
    assertEquals(await refused({}), undefined);
    assertEquals(await refused({ sources: 3 }), "sources is an object");
    assertEquals(await refused({ sources: { root: "/" } }), "sources is a program's files");
    assertEquals(await refused({ output: 3 }), "output is a string");
    assertEquals((await client.ask("build", { sources: {} })).result, { other: true });
    client.close();
  }));

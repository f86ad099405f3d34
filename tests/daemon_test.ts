/** The daemon: commands do the same with it and without it, whatever its clients do to it. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { dirname, join } from "@std/path";
import { toolchain } from "./command_line.ts";
import { Client, COUNTER, inProject, settled } from "./daemon_fixture.ts";

const COMMANDS: readonly (readonly string[])[] = [
  ["check"],
  ["check", "--strict"],
  ["check", "--json"],
  ["check", "src/Counter.bt"],
  ["check", "nowhere"],
  ["check", "--nonsense"],
  ["build"],
  ["build", "--json"],
  ["build", "--emit", "core", "src/Counter.bt"],
  ["build", "--emit", "nothing"],
  ["reload", "--dry-run"],
  ["reload", "Counter"],
  ["reload", "Nobody"],
  ["load"],
  ["load", "src/Counter.bt", "--json"],
  ["load", "nowhere.bt"],
  ["repl", "-e", "c := Counter spawn", "-e", "c increment", "-e", "1 / 0", "-e", "c increment"],
  ["repl", "-e", "nonsense )"],
  ["repl", "--json", "-e", "3 + 4"],
  ["repl", "--timeout", "100", "-e", "[true] whileTrue: []", "-e", "2"],
  ["repl", "-e", 'Transcript show: "without a newline"', "-e", ":bindings"],
  ["repl", "--timeout", "soon", "-e", "1"],
];

/** What the project's only source is when the commands run. Wrong use is the same with all of them. */
const STATES: Readonly<Record<string, string>> = {
  good: COUNTER,
  warned: COUNTER.replace("+= 1", "+= 1. 3 nonsense"),
  broken: COUNTER.replace("+= 1", "+= )"),
  "good again": COUNTER,
};
const DEPENDING = /^(?:check(?: --json)?|build|reload.*|load src.*|repl -e c .*)$/;

Deno.test("commands print and answer the same with the daemon and without it", () =>
  inProject(({ run: withDaemon, write: one, folder }) =>
    inProject(async (other) => {
      assertEquals((await withDaemon(["daemon", "start"])).code, 0);
      const paths = (text: string) =>
        text.replaceAll(other.folder, folder).replaceAll(/sample_[0-9a-f]{8}@/g, "sample@");
      for (const [state, text] of Object.entries(STATES)) {
        await one("src/Counter.bt", text);
        await other.write("src/Counter.bt", text);
        for (const args of COMMANDS) {
          if (state !== "good" && !DEPENDING.test(args.join(" "))) continue;
          const byDaemon = settled(await withDaemon(args));
          const alone = settled(await other.run(args, { BEAMTALK_DAEMON: "off" }));
          const what = `${state}: ${args.join(" ")}`;
          assertEquals(
            { what, ...byDaemon, output: paths(byDaemon.output) },
            { what, ...alone, output: paths(alone.output), errors: paths(alone.errors) },
          );
        }
      }
    })
  ));

Deno.test("the methods of the daemon, for tools", () =>
  inProject(async ({ run, write, socket, folder, home }) => {
    await run(["daemon", "start"]);
    assertEquals((await Deno.stat(join(home, "daemon"))).mode! & 0o777, 0o700);
    assertEquals((await Deno.stat(socket)).mode! & 0o777, 0o600);
    const client = await Client.open(socket);
    const compiled = (await client.ask("compile", { folder })).result;
    assertEquals([compiled.ok, compiled.modules.length, compiled.diagnostics], [true, 1, []]);
    await write("src/Counter.bt", COUNTER.replace("+= 1", "+= )"));
    const found = (await client.ask("diagnostics", { folder })).result;
    assertEquals([found.ok, found.diagnostics[0].file], [false, "src/Counter.bt"]);
    await write("src/Counter.bt", COUNTER);
    const loaded = (await client.ask("load", { folder, paths: ["src/Counter.bt"] })).result;
    assertEquals([loaded.code, loaded.output], [0, "Loaded Counter\n"]);
    const same = (await client.ask("load", { folder, paths: ["src/Counter.bt"] })).result;
    assertEquals([same.code, same.output], [0, "Loaded nothing\n"]);
    const evaluate = async (text: string) => {
      const { result } = await client.ask("eval", { folder, text });
      return result.outcomes.map((each: Record<string, string>) => each.text ?? each.message);
    };
    assertMatch((await evaluate("c := Counter spawn"))[0], /^#Actor<Counter,/);
    assertEquals(await evaluate("c increment. c increment"), ["1", "2"]);
    assertEquals(await evaluate("1 / 0"), ["Division by zero"]);
    const limited = await client.ask("eval", {
      folder,
      text: "[true] whileTrue: []",
      limitMs: 100,
    });
    assertEquals(limited.result.outcomes[0].status, "timeout");
    const status = (await client.ask("status")).result;
    assertEquals([status.connections, status.workspaces[0].root], [1, folder]);
    client.close();
    assertEquals((await run(["daemon", "start"])).output, "The daemon runs already.\n");
    const again = await run(["daemon", "start", "--foreground"]);
    assertEquals([again.code, again.errors.split("\n")[0]], [1, "error: a daemon runs already"]);
  }));

Deno.test("clients hear of loads and of output", () =>
  inProject(async ({ run, socket, folder }) => {
    await run(["daemon", "start"]);
    const [one, two] = [await Client.open(socket), await Client.open(socket)];
    const paths = ["src/Counter.bt"];
    await one.ask("load", { folder, paths });
    assertEquals((await two.next()).params, { root: folder, paths });
    await one.send(
      `${
        JSON.stringify({
          jsonrpc: "2.0",
          id: 7,
          method: "eval",
          params: { folder, text: 'Transcript show: "written"; cr. 5' },
        })
      }\n`,
    );
    const told = await one.next();
    assertEquals([told.method, told.params.text], ["output", "written\n"]);
    assertEquals((await one.next()).result.outcomes.at(-1).text, "5");
    const answers = await Promise.all([
      one.ask("eval", { folder, text: "Timer sleep: 300. 1" }, "a"),
      two.ask("eval", { folder, text: "2" }, "b"),
    ]);
    assertEquals(answers.map(({ id, result }) => [id, result.outcomes.at(-1).text]), [
      ["a", "1"],
      ["b", "2"],
    ]);
    one.close();
    two.close();
  }));

Deno.test("what is no request is refused by its kind, and the daemon goes on", () =>
  inProject(async ({ run, socket, folder }) => {
    await run(["daemon", "start"]);
    const client = await Client.open(socket);
    const refused = async (line: string) => {
      await client.send(`${line}\n`);
      const { id, error } = await client.next();
      return [id, error.code];
    };
    assertEquals(await refused("nonsense"), [null, -32700]);
    assertEquals(await refused("3"), [null, -32600]);
    assertEquals(await refused("[]"), [null, -32600]);
    assertEquals(await refused('{"id": 1, "method": "status"}'), [null, -32600]);
    assertEquals(await refused('{"jsonrpc": "2.0", "id": 1, "method": 3}'), [null, -32600]);
    assertEquals(await refused('{"jsonrpc": "2.0", "id": 1, "method": "no"}'), [1, -32601]);
    assertEquals(
      await refused('{"jsonrpc": "2.0", "id": "x", "method": "load", "params": [1]}'),
      ["x", -32602],
    );
    for (const [method, params] of [["load", {}], ["eval", { folder }], ["run", {}]] as const) {
      const message = await client.ask(method, params);
      assert(message.error?.code === -32602 || message.result?.other === true, method);
    }
    for (const wrong of ["src", "/nowhere/at/all", 3]) {
      for (const method of ["compile", "diagnostics", "load"]) {
        assertEquals((await client.ask(method, { folder: wrong })).error.code, -32602, method);
      }
    }
    for (const limitMs of [0, -1, 1.5, "100", null]) {
      const { error } = await client.ask("eval", { folder, text: "1", limitMs });
      assertEquals(error.message, "limitMs is a whole number of milliseconds");
    }
    const longest = await client.ask("eval", { folder, text: "1", limitMs: 1e15 });
    assertEquals(longest.result.outcomes[0].text, "1");
    const badPaths = await client.ask("load", { folder, paths: [3] });
    assertEquals(badPaths.error.message, "paths is a list of strings");
    await client.send(
      '[{"jsonrpc":"2.0","id":1,"method":"no"},{"jsonrpc":"2.0","method":"interrupt"},4]\n',
    );
    const batch = await client.next();
    assertEquals(
      batch.map(({ id, error }: { id: unknown; error: { code: number } }) => [
        id,
        error.code,
      ]),
      [[1, -32601], [null, -32600]],
    );
    const large = await client.ask("eval", { folder, text: `"${"x".repeat(3_000_000)}" size` });
    assertEquals(large.result.outcomes[0].text, "3000000");
    client.close();
    const huge = await Client.open(socket);
    const chunk = "y".repeat(1 << 20);
    await (async () => {
      for (let sent = 0; sent < 70; sent++) await huge.send(chunk);
    })().catch(() => {});
    assertEquals((await huge.next())?.error.message, "the message is larger than 64 MB");
    assertEquals((await run(["repl", "-e", "1 + 1"])).output, "2\n");
  }));

Deno.test("a client that vanishes stops what it has asked for", () =>
  inProject(async ({ run, socket, folder }) => {
    await run(["daemon", "start"]);
    const [program = "", ...first] = toolchain();
    const endless = new Deno.Command(program, {
      args: [...first, "repl", "-e", "Workspace bind: 1 as: #begun. [true] whileTrue: []"],
      cwd: folder,
      env: { BEAMTALK_HOME: dirname(dirname(socket)) },
      stdout: "null",
      stderr: "null",
    }).spawn();
    const busy = async () => {
      const { output } = await run(["workspace", "status", "--json"], { BEAMTALK_DAEMON: "off" });
      if (!output.includes('"running":true')) return [];
      return JSON.parse(output).sessions.filter((each: { busy: boolean }) => each.busy);
    };
    const until = async (count: number) => {
      for (let tries = 0; tries < 40; tries++) {
        if ((await busy()).length === count) return;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      assertEquals((await busy()).length, count);
    };
    await until(1);
    endless.kill("SIGKILL");
    await endless.status;
    await until(0);
    assertEquals((await run(["repl", "-e", "begun"])).output, "1\n");
    const client = await Client.open(socket);
    await client.send('{"jsonrpc":"2.0","id":1,"method":"compile","params":{"folder":"');
    client.close();
    assertEquals((await run(["check"])).code, 0);
  }));

Deno.test("Ctrl-C at a command of the daemon ends the expression, and not the others", () =>
  inProject(async ({ run, socket, folder }) => {
    await run(["daemon", "start"]);
    const [program = "", ...first] = toolchain();
    const command = new Deno.Command(program, {
      args: [...first, "repl", "-e", "x := 5", "-e", "[true] whileTrue: []", "-e", "x"],
      cwd: folder,
      env: { BEAMTALK_HOME: dirname(dirname(socket)), NO_COLOR: "1" },
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const reader = command.stdout.pipeThrough(new TextDecoderStream()).getReader();
    assertEquals((await reader.read()).value, "5\n");
    await new Promise((resolve) => setTimeout(resolve, 500));
    command.kill("SIGINT");
    assertEquals((await reader.read()).value, "5\n");
    await reader.cancel();
    assertEquals(await new Response(command.stderr).text(), "Interrupted\n");
    assertEquals((await command.status).code, 1);
  }));

Deno.test("a killed daemon leaves a socket that is in nobody's way", () =>
  inProject(async ({ run, socket }) => {
    await run(["daemon", "start"]);
    const { pid } = JSON.parse((await run(["daemon", "status", "--json"])).output);
    Deno.kill(pid, "SIGKILL");
    await new Promise((resolve) => setTimeout(resolve, 100));
    assert((await Deno.stat(socket)).isSocket);
    assertEquals((await run(["check"])).code, 0);
    assertEquals((await run(["daemon", "status"])).output, "No daemon runs.\n");
    assertEquals((await run(["daemon", "start"])).output, "The daemon runs.\n");
    assertEquals((await run(["check"])).code, 0);
  }));

Deno.test("a daemon of another installation is replaced", () =>
  inProject(async ({ run, socket }) => {
    await Deno.mkdir(dirname(socket), { recursive: true });
    const other = Deno.listen({ transport: "unix", path: socket });
    const asked: string[] = [];
    const served = (async () => {
      const connection = await other.accept();
      const lines = connection.readable.pipeThrough(new TextDecoderStream());
      for await (const line of lines) {
        const { id, method } = JSON.parse(line);
        asked.push(method);
        const result = method === "run" ? { other: true } : null;
        const answer = `${JSON.stringify({ jsonrpc: "2.0", id, result })}\n`;
        await connection.write(new TextEncoder().encode(answer));
        if (method === "stop") break;
      }
      other.close();
    })();
    assertEquals((await run(["repl", "-e", "6 * 7"])).output, "42\n");
    await served;
    assertEquals(asked, ["ping", "run", "stop"]);
    for (let tries = 0; tries < 100; tries++) {
      if ((await run(["daemon", "status"])).code === 0) break;
    }
    assertEquals((await run(["daemon", "status"])).code, 0);
  }));

Deno.test("what changes on disk under a daemon is what counts", () =>
  inProject(async ({ run, write, folder }) => {
    await run(["daemon", "start"]);
    const shown = async (text: string) => {
      const { output, errors } = await run(["repl", "-e", text]);
      return output + errors;
    };
    assertEquals(await shown("Counter spawn increment"), "1\n");
    await write("src/Counter.bt", COUNTER.replace("+= 1", "+= 5"));
    assertEquals(await shown("Counter spawn increment"), "5\n");
    await write("src/New.bt", "Object subclass: New\n  class x => 3\n");
    assertEquals(await shown("New x"), "3\n");
    await Deno.rename(join(folder, "src/New.bt"), join(folder, "src/Newer.bt"));
    assertEquals(await shown("New x"), "3\n");
    await write("beamtalk.toml", '[package]\nname = "renamed"\nversion = "0.1.0"\n');
    await write("src/New.bt", "Object subclass: Third\n  class x => 4\n");
    assertEquals(await shown("Third x"), "4\n");
    await run(["workspace", "stop"]);
    assertEquals(await shown("Third x"), "4\n");
  }));

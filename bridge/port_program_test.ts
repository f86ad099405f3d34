/** The life of the port program, against a real one. */

import { assert, assertEquals, assertRejects } from "@std/assert";
import { spawn } from "node:child_process";
import { ErlangError, PortClosedError, PortDiedError, PortRequestError } from "./errors.ts";
import { PortStartError, RequestTimeoutError } from "./errors.ts";
import { compileCore, coreText } from "./compile.ts";
import type { PortProgram } from "./port_program.ts";
import { show, text } from "./read.ts";
import { atom, binary, charlist, map, type Term, tuple } from "./term.ts";
import { isAlive, testEbin, testPort, until } from "./testing.ts";

function local(module: string, name: string, ...args: Term[]): Term {
  return tuple(atom("call"), atom("local"), atom(module), atom(name), args, 5000);
}

/** Tells a process of the port program's own name to do something, without waiting for it. */
function echo(port: PortProgram, term: Term): Promise<Term> {
  return port.request(tuple(atom("echo"), term));
}

Deno.test("many requests are under way at the same time, each gets its own answer", async () => {
  await using port = await testPort();
  const sleeping = port.request(local("timer", "sleep", 300));
  const answers = await Promise.all(
    Array.from({ length: 500 }, (_, n) => echo(port, tuple(n, binary(`${n}`)))),
  );
  answers.forEach((answer, n) => assertEquals(show(answer), `{${n},<<"${n}">>}`));
  assertEquals(await sleeping, atom("ok"));
});

Deno.test("what Erlang code raises is an error with class, reason and stack", async () => {
  await using port = await testPort();
  const raised = async (name: string) =>
    await assertRejects(() => port.request(local("erlang", name, atom("why"))), ErlangError);
  for (const errorClass of ["error", "exit", "throw"]) {
    const error = await raised(errorClass);
    assertEquals([error.errorClass, error.reason], [errorClass, atom("why")]);
  }
  const error = await assertRejects(
    () => port.request(local("lists", "reverse", atom("none"))),
    ErlangError,
  );
  const { module, function: name, arity } = error.frames[0]!;
  assertEquals([error.reason, module, name, arity], [
    atom("function_clause"),
    "lists",
    "reverse",
    1,
  ]);
  await assertRejects(() => port.request(atom("nonsense")), PortRequestError);
});

Deno.test("output of Erlang code is pushed; nothing of it disturbs a frame", async () => {
  await using port = await testPort({ stderr: "ignore" });
  let output = "";
  port.onPush("output", (term) => output += text(term));
  await port.request(local("io", "format", charlist("é~ts~n"), [charlist("ü")]));
  await port.request(local("io", "put_chars", atom("standard_io"), binary("plain")));
  await port.request(local("erlang", "display", charlist("to descriptor 1")));
  assertEquals(await port.request(local("io", "get_line", charlist("? "))), atom("eof"));
  assertEquals(await echo(port, 1), 1);
  await until(() => output.includes("plain"));
  assertEquals(output, "éü\nplain");
});

Deno.test("log events are pushed, not printed", async () => {
  await using port = await testPort();
  let [output, log] = ["", ""];
  port.onPush("output", (term) => output += text(term));
  port.onPush("log", (term) => log += show(term));
  await port.request(local("logger", "error", charlist("the ~s fell"), [charlist("sky")]));
  await until(() => log !== "");
  assertEquals(log, '#{level => error,text => <<"the sky fell">>}');
  assertEquals(output, "");
});

Deno.test("a timeout ends the wait, cancels the request and leaves the program at work", async () => {
  await using port = await testPort();
  const error = await assertRejects(
    () => port.request(local("timer", "sleep", atom("infinity")), { timeoutMs: 50 }),
    RequestTimeoutError,
  );
  assertEquals(error.timeoutMs, 50);
  assertEquals(await echo(port, 1), 1);
  const sleeping = async () =>
    show(await port.request(local("beamtalk_port_terms", "sleeping_workers")));
  while (await sleeping() !== "0") await new Promise((resolve) => setTimeout(resolve, 10));
});

Deno.test("an aborted request fails with the signal's reason, before and while it runs", async () => {
  await using port = await testPort();
  const reason = new Error("no longer wanted");
  const controller = new AbortController();
  const waiting = port.request(local("timer", "sleep", atom("infinity")), {
    signal: controller.signal,
  });
  setTimeout(() => controller.abort(reason), 30);
  assertEquals(await waiting.catch((error) => error), reason);
  const late = port.request(atom("info"), { signal: controller.signal });
  assertEquals(await late.catch((error) => error), reason);
  assertEquals(await echo(port, 2), 2);
});

Deno.test("after a crash calls under way fail by type, and the next ones are served anew", async () => {
  await using port = await testPort();
  const heard: string[] = [];
  port.onExit(() => heard.push("exit"));
  port.onRestart(() => heard.push("restart"));
  const [first, waiting] = [port.osPid, port.request(local("timer", "sleep", atom("infinity")))];
  process.kill(first!, "SIGKILL");
  const died = await assertRejects(() => waiting, PortDiedError);
  assertEquals(died.signal, "SIGKILL");
  assertEquals(await echo(port, 3), 3);
  assert(port.osPid !== first);
  await until(() => heard.length === 2);
  assertEquals(heard, ["exit", "restart"]);
});

Deno.test("a program that crashes again and again is given up", async () => {
  await using port = await testPort({ restarts: 1 });
  for (let i = 0; i < 2; i++) {
    process.kill(port.osPid!, "SIGKILL");
    await assertRejects(() => port.request(local("timer", "sleep", 5000)), PortDiedError);
    await echo(port, i).catch(() => {});
  }
  await assertRejects(() => echo(port, 1), PortDiedError);
});

Deno.test("a program that does not come up again is tried again, then given up", async () => {
  const folder = Deno.makeTempDirSync();
  try {
    // It starts the first time, and the third.
    const erl = `${folder}/erl`;
    const starts = `${folder}/starts`;
    const script =
      `#!/bin/sh\necho >> ${starts}\ncase $(wc -l < ${starts}) in 1|3) ;; *) exit 1; esac`;
    Deno.writeTextFileSync(erl, `${script}\nexec erl "$@"\n`, { mode: 0o755 });
    await using port = await testPort({ erl, restarts: 2 });
    const restarted = new Promise<void>((resolve) => port.onRestart(resolve));
    process.kill(port.osPid!, "SIGKILL");
    await restarted;
    assertEquals([await echo(port, 4), port.isOver], [4, false]);
    process.kill(port.osPid!, "SIGKILL");
    await until(() => port.isOver);
    await assertRejects(() => echo(port, 1), PortDiedError);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});

Deno.test("a program that its owner does not wait for stays so after a crash", async () => {
  const script = `
    import { PortProgram } from ${JSON.stringify(new URL("port_program.ts", import.meta.url).href)};
    const port = await PortProgram.start({ ebin: ${JSON.stringify(await testEbin)} });
    port.unref();
    const restarted = new Promise((resolve) => port.onRestart(resolve));
    process.kill(port.osPid, "SIGKILL");
    await restarted;
    console.log(port.osPid);`;
  const owner = await new Deno.Command(Deno.execPath(), { args: ["eval", script] }).output();
  assertEquals(owner.code, 0);
  const pid = Number(new TextDecoder().decode(owner.stdout));
  assert(pid > 0);
  await until(() => !isAlive(pid));
});

Deno.test("a closed program is gone, and says so", async () => {
  const port = await testPort();
  const pid = port.osPid!;
  await port.close();
  assertEquals(isAlive(pid), false);
  await assertRejects(() => echo(port, 1), PortClosedError);
});

Deno.test("what cannot be started is an error in time", async () => {
  await assertRejects(() => testPort({ erl: "/nowhere/erl", stderr: "ignore" }), PortStartError);
  await assertRejects(() => testPort({ ebin: "/nowhere", stderr: "ignore" }), PortStartError);
  const noise = ["-eval", "timer:sleep(60000)"];
  await assertRejects(
    () => testPort({ erl: "sleep", erlFlags: noise, startTimeoutMs: 300, stderr: "ignore" }),
    PortStartError,
  );
});

Deno.test("no erl outlives a parent that is killed", async () => {
  const script = `
    import { PortProgram } from ${JSON.stringify(new URL("port_program.ts", import.meta.url).href)};
    const port = await PortProgram.start({ ebin: ${JSON.stringify(await testEbin)} });
    console.log(port.osPid);
    await new Promise((resolve) => setTimeout(resolve, 60000));`;
  for (const signal of ["SIGKILL", "SIGTERM", "SIGHUP"] as const) {
    const parent = spawn(Deno.execPath(), ["eval", script], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const pid = Number(await new Promise((resolve) => parent.stdout.once("data", resolve)));
    const ended = new Promise((resolve) => parent.once("close", resolve));
    assert(isAlive(pid));
    parent.kill(signal);
    await ended;
    await until(() => !isAlive(pid), 3000);
  }
});

const onLinux = Deno.build.os === "linux";

Deno.test("100 MB go there and back without being held twice", { ignore: !onLinux }, async () => {
  await using port = await testPort();
  const size = 100_000_000;
  const sent = new Uint8Array(size);
  for (let at = 0; at < size; at += 4096) sent[at] = at >> 12;
  // There it is new: once. Here nothing is.
  const there = await peaks(port, () => port.request(local("erlang", "crc32", sent)));
  assert(there.mine < size * 0.5, `${there.mine / 1e6} MB more here`);
  assert(there.theirs < size * 1.6, `${there.theirs / 1e6} MB more there`);
  let got = new Uint8Array(0);
  const copy = local("binary", "copy", binary("0123456789"), size / 10);
  const back = await peaks(port, async () => {
    got = await port.request(copy) as Uint8Array<ArrayBuffer>;
  });
  assertEquals([got.length, got[size - 1]], [size, 57]);
  // Here it is new once, and there is what was read and is not collected yet.
  assert(back.mine < size * 1.9, `${back.mine / 1e6} MB more here`);
  assert(back.theirs < size * 1.6, `${back.theirs / 1e6} MB more there`);
});

/** How much resident memory both sides take more, at most, while something is done. */
async function peaks(port: PortProgram, work: () => Promise<unknown>) {
  const resident = () => [Deno.memoryUsage().rss, residentOf(port.osPid!)] as const;
  const before = resident();
  let [mine, theirs] = before;
  const watch = setInterval(() => {
    const now = resident();
    [mine, theirs] = [Math.max(mine, now[0]), Math.max(theirs, now[1])];
  }, 5);
  await work();
  clearInterval(watch);
  return { mine: mine - before[0], theirs: theirs - before[1] };
}

/** The resident memory of a process, in bytes. */
function residentOf(pid: number): number {
  const pages = Deno.readTextFileSync(`/proc/${pid}/statm`).split(" ")[1];
  return Number(pages) * 4096;
}

Deno.test("small requests pass large ones", async () => {
  await using port = await testPort();
  const large = echo(port, new Uint8Array(60_000_000));
  let passed = 0;
  let done = false;
  large.finally(() => done = true);
  while (!done) {
    await echo(port, 1);
    passed++;
  }
  await large;
  assert(passed > 3, `${passed} passed`);
});

Deno.test("a cancelled large request leaves nothing behind", async () => {
  await using port = await testPort();
  const controller = new AbortController();
  const large = port.request(tuple(atom("echo"), new Uint8Array(80_000_000)), {
    signal: controller.signal,
  });
  setTimeout(() => controller.abort(new Error("enough")), 20);
  await assertRejects(() => large, Error, "enough");
  assertEquals(await echo(port, 1), 1);
  await port.request(local("erlang", "garbage_collect"));
  const held = Number(await port.request(local("erlang", "memory", atom("binary"))));
  assert(held < 20_000_000, `${held} bytes are still held`);
});

const TWO = `module 'two' ['two'/0] attributes []
'two'/0 = fun () -> call 'erlang':'+'(1, 1)
end`;

Deno.test("Core Erlang is compiled, from text and from trees, to code that runs", async () => {
  await using port = await testPort();
  const tree = tuple(
    ...[atom("c_module"), [], literal(atom("tree")), [variable("t", 0)], []],
    [tuple(variable("t", 0), tuple(atom("c_fun"), [], [], literal(binary("leaf"))))],
  );
  for (const mode of ["quick", "full"] as const) {
    const results = await compileCore(port, [TWO, tree], { mode, lint: true });
    assertEquals(results.map((result) => result.kind), ["compiled", "compiled"]);
    for (const result of results) {
      if (result.kind !== "compiled") continue;
      const load = local("code", "load_binary", atom(result.module), charlist("x"), result.beam);
      assertEquals(show(await port.request(load)), `{module,${result.module}}`);
    }
    assertEquals(await port.request(local("two", "two")), 2);
    assertEquals(text(await port.request(local("tree", "t"))), "leaf");
  }
  assert((await coreText(port, tree)).includes("'t'/0"));
});

function literal(value: Term): Term {
  return tuple(atom("c_literal"), [], value);
}

function variable(name: string, arity: number): Term {
  return tuple(atom("c_var"), [], tuple(atom(name), arity));
}

Deno.test("errors and warnings of the compiler are data with places", async () => {
  await using port = await testPort();
  const wrong = "module 'w' ['w'/0] attributes []\n'w'/0 = fun () -> Unbound\nend";
  const broken = "module 'b' []\nattributes [] 'b'/0 = = \nend";
  const crash = tuple(atom("c_module"), 1, 2);
  const results = await compileCore(port, [wrong, broken, TWO, crash], { lint: true });
  assertEquals(results.map((result) => result.kind), ["failed", "failed", "compiled", "failed"]);
  const errors = results.map((result) => result.kind === "failed" ? result.errors[0] : undefined);
  assert(errors[0]!.message.includes("unbound"), errors[0]!.message);
  assertEquals(errors[1]!.line, 2);
  assert(errors[3]!.message.length > 0);
});

Deno.test("modules of one request are compiled at the same time", async () => {
  await using port = await testPort();
  const many = Array.from({ length: 20 }, (_, n) => TWO.replaceAll("'two'", `'two${n}'`));
  const results = await compileCore(port, many);
  const names = results.map((result) => result.kind === "compiled" ? result.module : "");
  assertEquals(names, Array.from({ length: 20 }, (_, n) => `two${n}`));
});

Deno.test(
  "secrets are on no command line and in no environment",
  { ignore: !onLinux },
  async () => {
    await using port = await testPort();
    const connect = map([[atom("cookie"), binary("very-secret")], [atom("port"), 1]]);
    await port.request(tuple(atom("connect"), atom("x@127.0.0.1"), connect)).catch(() => {});
    const listing = await Deno.readTextFile(`/proc/${port.osPid}/cmdline`) +
      await Deno.readTextFile(`/proc/${port.osPid}/environ`);
    assert(!listing.includes("very-secret"));
    assert(listing.includes("-hidden"));
  },
);

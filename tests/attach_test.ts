/** Joining nodes that Beamtalk did not start. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { beamtalk, runProgram } from "./command_line.ts";

interface PlainNode {
  readonly folder: string;
  readonly attach: (...args: string[]) => Promise<{ code: number; output: string; errors: string }>;
}

/** A port that nothing listens on. */
function freePort(): number {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr as Deno.NetAddr;
  listener.close();
  return port;
}

/** Runs a test with a node that knows nothing of Beamtalk. */
async function withNode(
  command: (erlang: readonly string[], folder: string) => readonly string[],
  test: (node: PlainNode) => Promise<void>,
): Promise<void> {
  const folder = await Deno.realPath(await Deno.makeTempDir({ prefix: "beamtalk-attach-" }));
  const cookie = join(folder, ".erlang.cookie");
  await Deno.writeTextFile(cookie, crypto.randomUUID().replaceAll("-", ""), { mode: 0o400 });
  const port = freePort();
  const name = `plain${port}@127.0.0.1`;
  const [program = "", ...args] = command([
    ...["-name", name, "-start_epmd", "false", "-erl_epmd_port", String(port)],
    ...["-kernel", "inet_dist_use_interface", "{127,0,0,1}"],
  ], folder);
  const node = new Deno.Command(program, {
    args,
    cwd: folder,
    env: { HOME: folder },
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  try {
    await listening(port);
    await test({
      folder,
      attach: (...more) =>
        beamtalk(["attach", name, "--port", String(port), "--cookie-file", cookie, ...more], {
          folder,
          env: { BEAMTALK_HOME: join(folder, "home") },
        }),
    });
  } finally {
    node.kill("SIGKILL");
    await node.status;
    await Deno.remove(folder, { recursive: true });
  }
}

async function listening(port: number): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    try {
      (await Deno.connect({ hostname: "127.0.0.1", port })).close();
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  throw new Error("the node does not listen");
}

const erl = (erlang: readonly string[]) => ["erl", "-noinput", ...erlang];

Deno.test("a plain Erlang node is sent what it lacks, and it is taken away on leaving", () =>
  withNode(erl, async ({ attach }) => {
    const first = await attach(
      "-e",
      "Actor subclass: Here\n  state: n = 0\n  step => self.n += 1",
      "-e",
      "(h := Here spawn) step. h step",
      "-e",
      "Erlang maps size: #{#a => 1}",
      "-e",
      "(Erlang module: #beamtalk_registry) modules size > 50",
    );
    assertEquals(first.code, 0, first.errors);
    assertMatch(first.errors, /Sent \d+ modules of Beamtalk to plain/);
    assertEquals(first.output.split("\n").slice(0, 1), ["Here"]);
    assertStringIncludes(first.output, "\n2\n");
    assertStringIncludes(first.output, "\n1\ntrue\n");
    // Nothing is left: the second time all is sent again.
    const second = await attach("-e", "Erlang code is_loaded: #'bt@user@Here'");
    assertMatch(second.errors, /Sent \d+ modules/);
    assertEquals(second.output, "false\n");
  }));

Deno.test("with --keep what was sent stays, and is not sent twice", () =>
  withNode(erl, async ({ attach }) => {
    assertEquals((await attach("--keep", "-e", "1 + 1")).output, "2\n");
    const again = await attach("-e", "2 + 2");
    assertEquals(again.errors, "");
    assertEquals(again.output, "4\n");
  }));

Deno.test("a wrong cookie and a node that is not there are told apart", () =>
  withNode(erl, async ({ attach, folder }) => {
    const wrong = join(folder, "wrong");
    await Deno.writeTextFile(wrong, "wrong", { mode: 0o600 });
    const refused = await attach("--cookie-file", wrong, "-e", "1");
    assertEquals(refused.code, 1);
    assertMatch(refused.errors, /cookie/);
    const absent = await attach("--port", String(freePort()), "-e", "1");
    assertEquals(absent.code, 1);
    assertMatch(absent.errors, /nothing listens|refused|no node|not reach|unreachable|cannot/i);
  }));

const hasElixir = (await runProgram("sh", ["-c", "command -v elixir"])).code === 0;

Deno.test({
  name: "an Elixir node runs Beamtalk beside its own code",
  ignore: !hasElixir,
  fn: () =>
    withNode(
      (erlang) => ["elixir", "--erl", erlang.join(" "), "--no-halt", "-e", ":ok"],
      async ({ attach }) => {
        const { code, output, errors } = await attach(
          "-e",
          "(Erlang module: #'Elixir.String') upcase: \"beam\"",
          "-e",
          "#(1, 2) inject: 0 into: [:a :b | a + b]",
        );
        assertEquals(code, 0, errors);
        assertEquals(output, "BEAM\n3\n");
        assert(/Sent \d+ modules/.test(errors));
      },
    ),
});

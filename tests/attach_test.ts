/** Joining nodes that Beamtalk did not start: what it can do there, and that nothing stays behind. */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { atom, type Term, Tuple } from "../bridge/mod.ts";
import { installation } from "../live/installation.ts";
import { runProgram, toolchain } from "./command_line.ts";
import { hasTerminals, KEY, Terminal } from "./terminal.ts";
import {
  asking,
  erl,
  type ForeignNode,
  freePort,
  kinds,
  type NodeCommand,
  withNode,
} from "./foreign_node.ts";

const COUNTER = `Actor subclass: Counter
  state: value = 0

  value => self.value
  increment => self.value += 1
`;

/** Expressions, and what the prompt prints of each: a value, or what its error says. */
type Dialogue = readonly (readonly [string, string | RegExp])[];

const expressions = (dialogue: Dialogue) => dialogue.flatMap(([text]) => ["-e", text]);

/** Each answer stands in the output after the one before; errors have a stream of their own. */
function assertAnswers(output: string, errors: string, dialogue: Dialogue): void {
  let rest = output;
  for (const [text, expected] of dialogue) {
    if (typeof expected === "string") {
      assertStringIncludes(rest, `${expected}\n`, text);
      rest = rest.slice(rest.indexOf(`${expected}\n`) + expected.length);
    } else assertMatch(errors, expected, text);
  }
}

/** What Beamtalk could leave behind. */
function traces(node: ForeignNode): Promise<Record<string, readonly string[]>> {
  return asking(node, async (there) => {
    const own = async (module: string, name: string) =>
      names(await there.call(module, name, [])).filter((each) => /^(beamtalk|bt@)/.test(each))
        .sort();
    const old = (await there.call("erlang", "loaded", []) as Term[]).map(String);
    return {
      modules: await own("code", "all_loaded"),
      oldCode: old.filter((each) => /^(beamtalk|bt@)/.test(each)),
      registered: await own("erlang", "registered"),
      tables: await own("ets", "all"),
      persistent: await own("persistent_term", "get"),
      applications: await own("application", "loaded_applications"),
    };
  });
}

const NOTHING = {
  modules: [],
  oldCode: [],
  registered: [],
  tables: [],
  persistent: [],
  applications: [],
};

/** The first word of each term: of a tuple its first element's. */
function names(list: Term): string[] {
  return (list as readonly Term[]).map((each) => {
    let first = each;
    while (first instanceof Tuple) first = first.elements[0]!;
    return String(first);
  });
}

const EVERYTHING: Dialogue = [
  ["Actor subclass: Here\n  state: n = 0\n  step => self.n += 1", "Here"],
  ["Workspace bind: Here spawn as: #h. h step", "1"],
  // Hot reload: the actor keeps its state and gets the new field.
  ["Actor subclass: Here\n  state: n = 0\n  state: by = 10\n  step => self.n += self.by", "Here"],
  ["h step", "11"],
  ["Here >> step => self.n += 100", "a CompiledMethod (#step in Here)"],
  ["h step", "111"],
  ['Here compile: #step source: "step => self.n += 1000"', "Here"],
  ["h step", "1111"],
  ['Workspace load: "Counter.bt"', "#(Counter)"],
  ["Workspace bind: Counter spawn as: #c. c increment", "1"],
  ["Counter >> increment => self.value += 7", "a CompiledMethod (#increment in Counter)"],
  ["c increment", "8"],
  ["Counter sourceFile", "Counter.bt"],
  ["Workspace flush: Counter", '#("Counter.bt")'],
  ["Counter reload", "Counter"],
  ["c increment", "15"],
  ["Counter removeSelector: #increment", "Counter"],
  ["c increment", /does not understand/],
  ["Workspace changes revert: Workspace changes allEntries last", "nil"],
  ["c increment", "22"],
  ["Beamtalk version class", "String"],
  ["(Beamtalk help: Counter) lines first", "Counter : Actor"],
  ["(Beamtalk classNamed: #Counter) =:= Counter", "true"],
  ["Beamtalk allClasses includes: Here", "true"],
  ["(Workspace actorsOf: Counter) size", "1"],
  ["Workspace actors size", "2"],
  ["Workspace classes size", "2"],
  ["Workspace globals includesKey: #c", "true"],
  ["Workspace unbind: #c", "nil"],
  ["Workspace load: 42", /expects a String path, got Integer/],
  ['Workspace newClass: "Object subclass: Other" at: "src/Other.bt"', /takes an absolute path/],
  ["Integer reload", /has no source file/],
  ["f := h future step. f await", "2111"],
  ["Timer after: 1 do: [1]. 3", "3"],
  ["(Erlang lists) reverse: #(1, 2)", "#(2, 1)"],
  ["Erlang maps size: #{#a => 1}", "1"],
  ["1 / 0", /division|zero|badarith|arith/i],
  ["Session current class", "Session"],
  ["Workspace nodes size", "1"],
  ["Here removeFromSystem", /has living actors/],
];

for (const { kind, command } of kinds) {
  Deno.test(`${kind}: a node does all that a workspace does, and nothing is left on it`, () =>
    withNode(command, async (node) => {
      assertEquals(await traces(node), NOTHING);
      await Deno.writeTextFile(join(node.folder, "Counter.bt"), COUNTER);
      const { code, output, errors } = await node.attach("--list", ...expressions(EVERYTHING));
      assertEquals(code, 1, `${output}${errors}`);
      assertAnswers(output, errors, EVERYTHING);
      assertStringIncludes(await Deno.readTextFile(join(node.folder, "Counter.bt")), "+= 7");
      const [, sent] = /^Sent (\d+) modules to plain\S+: \d+ beamtalk_\*, \d+ bt@stdlib@\*\.$/m
        .exec(errors) ?? [];
      const listed = [...errors.matchAll(/^ {2}(beamtalk_\w+|bt@stdlib@[\w+]+)$/gm)];
      assertEquals(listed.length, Number(sent));
      assertMatch(errors, /^Unloaded \d+ modules from plain\S+ and stopped 2 actors/m);
      assertEquals(await traces(node), NOTHING);
    }));
}

for (const { kind, command } of kinds) {
  Deno.test({
    name: `${kind}: a terminal on a node: changes, output of actors, an endless loop, the way out`,
    ignore: !hasTerminals,
    fn: () =>
      withNode(command, async (node) => {
        const env = { BEAMTALK_HOME: join(node.folder, "home") };
        const folder = node.folder;
        const terminal = new Terminal(["attach", ...node.address], { folder, env, columns: 110 });
        try {
          await terminal.shows(/bt>$/);
          await Deno.writeTextFile(join(folder, "Counter.bt"), COUNTER);
          assertMatch(await terminal.enter('Workspace load: "Counter.bt"'), /Loaded: Counter/);
          assertMatch(await terminal.enter("c := Counter spawn. c increment"), /^#Actor.*\n1$/);
          assertMatch(
            await terminal.enter("Counter >> increment => self.value += 41"),
            /a CompiledMethod \(#increment in Counter\)/,
          );
          assertEquals(await terminal.enter("c increment"), "42");
          await terminal.enter('Timer after: 50 do: [Transcript show: "tick"; cr]');
          await terminal.shows(/^tick$/m);
          await terminal.type(`[true] whileTrue: []${KEY.enter}`);
          await new Promise((resolve) => setTimeout(resolve, 500));
          await terminal.type(KEY.ctrl("c"));
          await terminal.shows(/Interrupted/);
          await terminal.shows(/bt>$/);
          assertEquals(await terminal.enter("c value"), "42");
          assertMatch(await terminal.enter("Workspace flush"), /Flushed: Counter>>increment/);
          await terminal.type(KEY.ctrl("d"));
          assertEquals(await terminal.ends(), 0);
          assertMatch(terminal.sent, /Unloaded \d+ modules from plain\S+ and stopped 1 actor/);
          assertStringIncludes(await Deno.readTextFile(join(folder, "Counter.bt")), "+= 41");
          assertEquals(await traces(node), NOTHING);
        } finally {
          terminal.stop();
        }
      }),
  });
}

Deno.test("relative paths are of the project that one works in, where the node runs elsewhere", () =>
  withNode(erl, async (node) => {
    const project = join(node.folder, "project");
    await Deno.mkdir(join(project, "src"), { recursive: true });
    await Deno.writeTextFile(
      join(project, "beamtalk.toml"),
      '[package]\nname = "sample"\nversion = "0.1.0"\n',
    );
    await Deno.writeTextFile(join(project, "src/Counter.bt"), COUNTER);
    const dialogue: Dialogue = [
      ['Workspace load: "src/Counter.bt"', "#(Counter)"],
      ['Workspace load: "src"', "#(Counter)"],
      ["Workspace load: Counter sourceFile", "#(Counter)"],
      ['Workspace load: "src/Nowhere.bt"', /no such file: src\/Nowhere\.bt/],
    ];
    const command = toolchain();
    const { output, errors } = await runProgram(command[0]!, [
      ...command.slice(1),
      ...["attach", ...node.address, ...expressions(dialogue)],
    ], { folder: project, env: { BEAMTALK_HOME: join(node.folder, "home") } });
    assertAnswers(output, errors, dialogue);
  }));

Deno.test("a supervisor of the node loses the actors that go, and nothing else", () =>
  withNode(erl, async (node) => {
    await Deno.writeTextFile(join(node.folder, "Counter.bt"), COUNTER);
    const spec = "(Counter supervisionSpec withId: #counter withRestart: #permanent) childSpec";
    const { errors } = await node.attach(...expressions([
      ['Workspace load: "Counter.bt"', "#(Counter)"],
      [`(Erlang supervisor) start_child: #kernel_safe_sup spec: ${spec}`, "Result ok"],
    ]));
    assertMatch(errors, /stopped 1 actor/);
    assertEquals(
      await asking(
        node,
        (there) => there.call("supervisor", "which_children", [atom("kernel_safe_sup")]),
      ),
      [],
    );
  }));

Deno.test("what is kept stays, is not sent twice, and goes when it is kept no more", () =>
  withNode(erl, async (node) => {
    const bound = "Workspace bind: 7 as: #seven";
    const first = await node.attach("--keep", "-e", bound);
    assertMatch(first.errors, /^Sent \d+ modules to plain\S+: .*\n$/);
    const again = await node.attach("-e", "seven");
    assertEquals([again.errors, again.output], ["", "7\n"]);
  }));

Deno.test("a toolchain that is killed comes back to its actors; who leaves last takes all away", () =>
  withNode(erl, async (node) => {
    const [program = "", ...first] = toolchain();
    const killed = new Deno.Command(program, {
      args: [...first, "attach", ...node.address],
      cwd: node.folder,
      env: { BEAMTALK_HOME: join(node.folder, "home"), NO_COLOR: "1" },
      stdin: "piped",
      stdout: "piped",
      stderr: "null",
    }).spawn();
    const writer = killed.stdin.getWriter();
    await writer.write(new TextEncoder().encode(
      "Actor subclass: Here\n  state: n = 0\n  step => self.n += 1\n\n" +
        "Workspace bind: Here spawn as: #h. h step\n",
    ));
    await untilShown(killed.stdout, /^1$/m);
    // A second one comes and goes: what the first one needs stays.
    const second = await node.attach("-e", "h step");
    assertEquals([second.errors, second.output], ["", "2\n"]);
    killed.kill("SIGKILL");
    await killed.status;
    await writer.close().catch(() => {});
    const third = await node.attach("-e", "h step");
    assertEquals(third.output, "3\n");
    assertMatch(third.errors, /^Unloaded \d+ modules from plain\S+ and stopped 1 actor/);
    assertEquals(await traces(node), NOTHING);
  }));

async function untilShown(stream: ReadableStream<Uint8Array>, expected: RegExp): Promise<void> {
  let seen = "";
  const reader = stream.pipeThrough(new TextDecoderStream()).getReader();
  while (!expected.test(seen)) {
    const { value, done } = await reader.read();
    if (done) throw new Error(`it ended with: ${seen}`);
    seen += value;
  }
  reader.releaseLock();
}

Deno.test("a node with a Beamtalk program of its own keeps it", () => {
  const { runtimePaths } = installation();
  const command: NodeCommand = (erlang) =>
    erl([...["-pa", ...runtimePaths], ...erlang, ...["-eval", OWN_PROGRAM]]);
  return withNode(command, async (node) => {
    const own = () =>
      asking(node, async (there) => {
        for (let tries = 0; tries < 100; tries++) {
          const pid = await there.call("erlang", "whereis", [atom("own_actor")]);
          if (pid !== atom("undefined")) {
            return await there.call("gen_server", "call", [pid, new Tuple([atom("class"), []])]);
          }
          await new Promise((resolve) => setTimeout(resolve, 50));
        }
        throw new Error("the node's own actor is gone");
      });
    assertEquals(String((await own() as Tuple).elements[1]), "bt@stdlib@Actor");
    const { output, errors } = await node.attach("-e", "3 + 4");
    assertEquals(output, "7\n", errors);
    assertMatch(errors, /^Sent \d+ modules to plain\S+: \d+ beamtalk_\*, 0 bt@stdlib@\*\./);
    assertEquals(String((await own() as Tuple).elements[1]), "bt@stdlib@Actor");
    const left = (await traces(node)).modules!.filter((each) =>
      each.startsWith("beamtalk_workspace")
    );
    assertEquals(left, []);
  });
});

const OWN_PROGRAM = "{ok,_}=application:ensure_all_started(beamtalk_runtime)," +
  "beamtalk_actor:start('bt@stdlib@Actor',#{},[{name,own_actor}])";

Deno.test("a wrong cookie and a node that is not there are told apart", () =>
  withNode(erl, async ({ attach, folder }) => {
    const wrong = join(folder, "wrong");
    await Deno.writeTextFile(wrong, "wrong", { mode: 0o600 });
    const refused = await attach("--cookie-file", wrong, "-e", "1");
    assertEquals(refused.code, 1);
    assertMatch(refused.errors, /the cookies differ\nhint: .*--cookie-file/);
    for (const content of ["", "\n"]) {
      await Deno.writeTextFile(wrong, content);
      const empty = await attach("--cookie-file", wrong, "-e", "1");
      assertEquals([empty.code, empty.errors.split("\n")[0]], [
        1,
        `error: there is no cookie in ${wrong}`,
      ]);
    }
    const absent = await attach("--port", String(freePort()), "-e", "1");
    assertEquals(absent.code, 1);
    assertMatch(absent.errors, /nothing answers where .*\nhint: start the node/);
  }));

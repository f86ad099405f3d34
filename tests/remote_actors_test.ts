/** Actors on another node: spawned there, sent to as any, lost with their node. */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { installation } from "../live/installation.ts";
import { openWorkspace } from "../live/open_workspace.ts";
import { Session } from "../live/session.ts";
import type { RunningNode } from "../live/workspace_record.ts";
import { kill, shown, withLive } from "./live_fixture.ts";

const TALLY = `Actor subclass: Tally
  state: votes = 0
  vote => self.votes += 1
  votes => self.votes
  slow => Timer sleep: 20. self.votes
  fail => self error: "remote"
  later => Timer after: 600000 do: [nil]
  run: block => block value
`;

const BOOTH = `Actor subclass: Booth
  state: tally = nil

  hold: tally => self.tally := tally
  tally => self.tally
  ask => self.tally votes
  askBack: other => other askHeld
  askHeld => self.tally ask
  tell => self.tally vote!
`;

/** Two workspaces of one owner with the same classes, and a session at the first. */
async function withTwoWorkspaces(
  files: Readonly<Record<string, string>>,
  test: (say: (text: string) => Promise<string>, there: RunningNode) => Promise<void>,
): Promise<void> {
  await withLive(files, async (live) => {
    const here = await live.open();
    const root = join(live.home, "..", "second");
    await Deno.mkdir(join(root, "src"), { recursive: true });
    await Deno.writeTextFile(join(root, "beamtalk.toml"), `[package]\nname = "sample"\n`);
    for (const [path, text] of Object.entries(files)) {
      await Deno.writeTextFile(join(root, path), text);
    }
    const { home, library, port } = live;
    const options = { installation: installation(), library, port, home, idleSeconds: 60 };
    const there = (await openWorkspace(root, options)).record.node;
    try {
      const session = await Session.open(here.workspace, here.program);
      await test(async (text) => (await shown(session, text)).at(-1) ?? "", there);
    } finally {
      kill(there.osPid);
    }
  });
}

Deno.test("a workspace of the same owner is a node to spawn on; its loss is told", () =>
  withTwoWorkspaces({ "src/Tally.bt": TALLY }, async (say, { name, osPid }) => {
    assertEquals(await say(`Node connect: #'${name}'`), "true");
    assertMatch(await say(`t := Tally spawnOn: #'${name}'`), /^#Actor<Tally,[\d.]+@.+>$/);
    assertEquals(await say("t node"), `#'${name}'`);
    assertEquals(await say("t vote. t vote!. t vote"), "3");
    assertEquals(await say("f := t slow. g := t slow. f + g"), "6");
    assertEquals(await say("t fail"), "Error: remote");
    assertEquals(await say("[t fail] on: Error do: [:e | e kind]"), "#user_error");
    assertEquals(await say("t isAlive"), "true");
    assertEquals(await say("later := t later. later isActive"), "true");
    kill(osPid);
    await say("Timer sleep: 300");
    assertEquals(await say("[t vote] on: Error do: [:e | e kind]"), "#node_down");
    assertEquals(await say("t isAlive"), "false");
    // Nobody here knows whether it has ended.
    for (const end of ["stop", "kill"]) {
      assertEquals(await say(`[t ${end}] on: Error do: [:e | e kind]`), "#node_down");
    }
    assertEquals(await say("later isActive"), "false");
  }));

Deno.test("a name stays that of its actor on every node that it is passed to", () =>
  withTwoWorkspaces({ "src/Tally.bt": TALLY, "src/Booth.bt": BOOTH }, async (say, { name }) => {
    assertEquals(await say(`Node connect: #'${name}'`), "true");
    await say(`b := Booth spawnOn: #'${name}'`);
    assertEquals(await say("t := (Tally spawnAs: #main) unwrap"), "#Actor<Tally,main>");
    await say("t vote");
    assertEquals(await say("b hold: t. b ask"), "1");
    await say("b tell. b ask");
    assertEquals(await say("t votes"), "2");
    assertEquals(await say("b tally =:= (Tally named: #main) unwrap"), "true");
    // An actor takes a name on the node that it lives on.
    const registered = `Result ok: #Actor<Booth,booth@${name}>`;
    assertEquals(await say("b registerAs: #booth"), registered);
    assertEquals(await say("b registeredName"), "#booth");
    assertEquals(await say("b isRegistered"), "true");
    assertEquals(await say("(Booth named: #booth) isOk"), "false");
    assertEquals(await say("n := (b registerAs: #stand) unwrap. n ask"), "2");
    assertEquals(await say("(b registerAs: #stand) error kind"), "#name_registered");
    assertEquals(await say("(b registerAs: #rex) error kind"), "#reserved_name");
    // It waits for an actor here that asks it back by its name.
    await say("h := Booth spawn. h hold: n");
    assertEquals(
      await say("[n hold: nil. n askBack: h] on: Error do: [:e | e kind]"),
      "#deadlock_detected",
    );
    await say("n unregister");
    assertEquals(await say("b registeredName"), "nil");
    await say("b kill");
    assertEquals(await say("(b registerAs: #booth) error kind"), "#actor_dead");
  }));

Deno.test("a block whose code the other node lacks says so there", () =>
  withTwoWorkspaces({ "src/Tally.bt": TALLY }, async (say, { name }) => {
    assertEquals(await say(`Node connect: #'${name}'`), "true");
    await say(`t := Tally spawnOn: #'${name}'`);
    const refused = await say("t run: [3]");
    assertMatch(refused, /^Error: The code of the block, bt@eval@\d+, is not on the node /);
    assertStringIncludes(refused, name);
  }));

const STAGE = `Actor subclass: Stage
  state: announcer = nil

  announcer => self.announcer ifNil: [self.announcer := Announcer new]
`;

Deno.test("an announcer on a node that hangs is an error within the time of a send", () =>
  withTwoWorkspaces({ "src/Stage.bt": STAGE }, async (say, { name, osPid }) => {
    await say(`Node connect: #'${name}'`);
    await say(`a := (Stage spawnOn: #'${name}') announcer`);
    const heard = 'heard := 0. s := a when: String do: [:e | heard := heard + 1]. a announce: "x"';
    assertEquals(await say(`${heard}. heard`), "1");
    Deno.kill(osPid, "SIGSTOP");
    const kind = (text: string) => say(`[${text}] on: Error do: [:e | e kind]`);
    assertEquals(await kind('a announce: "x"'), "#timeout");
    assertEquals(await kind("a when: String do: [:e | nil]"), "#timeout");
    assertEquals(await kind("a unsubscribe: s"), "#timeout");
    kill(osPid);
    assertEquals(await kind('a announce: "x"'), "#node_down");
  }));

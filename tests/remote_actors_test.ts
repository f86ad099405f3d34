/** Actors on another node: spawned there, sent to as any, lost with their node. */
import { assertEquals, assertMatch } from "@std/assert";
import { join } from "@std/path";
import { installation } from "../live/installation.ts";
import { openWorkspace } from "../live/open_workspace.ts";
import { Session } from "../live/session.ts";
import { kill, shown, withLive } from "./live_fixture.ts";

const TALLY = `Actor subclass: Tally
  state: votes = 0
  vote => self.votes += 1
  slow => Timer sleep: 20. self.votes
  fail => self error: "remote"
  later => Timer after: 600000 do: [nil]
`;

Deno.test("a workspace of the same owner is a node to spawn on; its loss is told", () =>
  withLive({ "src/Tally.bt": TALLY }, async (live) => {
    const here = await live.open();
    const root = join(live.home, "..", "second");
    await Deno.mkdir(join(root, "src"), { recursive: true });
    await Deno.writeTextFile(join(root, "beamtalk.toml"), `[package]\nname = "sample"\n`);
    await Deno.writeTextFile(join(root, "src", "Tally.bt"), TALLY);
    const { home, library, port } = live;
    const options = { installation: installation(), library, port, home, idleSeconds: 60 };
    const there = await openWorkspace(root, options);
    const { name, osPid } = there.record.node;
    try {
      const session = await Session.open(here.workspace, here.program);
      const say = async (text: string) => (await shown(session, text)).at(-1) ?? "";
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
      assertEquals(await say("later isActive"), "false");
    } finally {
      kill(osPid);
    }
  }));

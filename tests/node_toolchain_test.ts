/** Compile requests of code in a node that no toolchain is attached to. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { Session } from "../live/session.ts";
import { shown, withLive } from "./live_fixture.ts";

const FILES = { "src/Counter.bt": "Actor subclass: Counter\n  step => 1\n" };

Deno.test("a node without a toolchain starts its own, and lets its callers use it", () =>
  withLive(FILES, async (live) => {
    const { workspace, program } = await live.open();
    const session = await Session.open(workspace, program);
    await shown(session, "c := Counter spawn");
    assertEquals(await shown(session, "c step"), ["1"]);
    await live.write("src/Counter.bt", "Actor subclass: Counter\n  step => 2\n");
    assertEquals(await shown(session, "Counter reload"), ["Counter"]);
    assertEquals(await shown(session, "c step"), ["2"]);
    assertEquals(await shown(session, 'Counter compile: #step source: "step => 3"'), ["Counter"]);
    assertEquals(await shown(session, "c step"), ["3"]);
  }));

Deno.test("where a node's own toolchain does not start, the error says so", () =>
  withLive(FILES, async (live) => {
    const { workspace, program } = await live.open();
    const session = await Session.open(workspace, program);
    await shown(
      session,
      'Erlang os putenv: "BEAMTALK_TOOLCHAIN" asCharlist value: "/bin/false" asCharlist',
    );
    const [error] = await shown(session, "Counter reload");
    assertStringIncludes(
      error!,
      "no toolchain is attached to this node; its own could not be started",
    );
  }));

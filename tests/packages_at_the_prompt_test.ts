/** A project with a dependency that has a class of the same name, in its workspace. */
import { assertEquals } from "@std/assert";
import { Session } from "../live/session.ts";
import { shown, withLive } from "./live_fixture.ts";

const GREETER = (from: string) => `Value subclass: Greeter\n  hello => "from ${from}"\n`;

Deno.test("the bare name is the project's own class, the other is named with its package", () =>
  withLive({
    "beamtalk.toml": `[package]\nname = "sample"\n\n[dependencies]\nlib = { path = "../lib" }\n`,
    "src/Greeter.bt": GREETER("here"),
    "../lib/beamtalk.toml": `[package]\nname = "lib"\n`,
    "../lib/src/Greeter.bt": GREETER("there"),
  }, async ({ open }) => {
    const { workspace, program } = await open();
    const session = await Session.open(workspace, program);
    assertEquals(await shown(session, "Greeter new hello"), ["from here"]);
    assertEquals(await shown(session, "lib@Greeter new hello"), ["from there"]);
    assertEquals(await shown(session, "Workspace dependencies keys"), [`#("lib")`]);
  }));

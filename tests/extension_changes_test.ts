/** Live changes of methods that files give to classes of elsewhere: `Class >> selector => body`. */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { answers } from "../live/workspace_record.ts";
import { eventually } from "./cluster_nodes.ts";
import { kill, type LiveFixture, openedPrompt, withLive } from "./live_fixture.ts";

const WORDS = `// Words.

/// Loud.
String >> shout => self uppercase // really

/// Soft.
String >> whisper => self lowercase

Point class >> zero => 0
`;

const FILES = {
  "src/Point.bt": "Object subclass: Point\n  class origin => 1\n",
  "src/words.bt": WORDS,
  "src/only.bt": "String >> only => 1\n",
};

const text = (live: LiveFixture, file = "src/words.bt") => Deno.readTextFile(join(live.root, file));

Deno.test("an extension is taken out live, brought back, and taken out of its file", () =>
  withLive(FILES, async (live) => {
    const { run, output } = await openedPrompt(live);
    assertEquals(await run("String removeSelector: #shout"), "String");
    assertMatch(await run('"a" shout'), /String does not understand #shout/);
    assertEquals(await run('"A" whisper'), "a");
    assertEquals(
      await run("Workspace changes allEntries first before"),
      "String >> shout => self uppercase",
    );
    assertEquals(await text(live), WORDS);
    await run("Workspace changes revert: Workspace changes allEntries first");
    assertEquals(await run('"a" shout'), "A");
    await run("String removeSelector: #shout");
    await run("Point class removeSelector: #zero");
    assertMatch(await run("Point zero"), /Point class does not understand #zero/);
    assertEquals(await run("Point origin"), "1");
    assertEquals(await run("Workspace flush"), "#()");
    assertStringIncludes(
      output.join(""),
      "Not flushed: String>>shout would be taken out of src/words.bt: confirm that",
    );
    assertEquals(await run("Workspace flushIncludingDestructive"), '#("src/words.bt")');
    assertEquals(
      await text(live),
      "// Words.\n\n/// Soft.\nString >> whisper => self lowercase\n",
    );
    assertEquals(await run("Workspace changes activeEntries size"), "0");
    assertMatch(await run('"a" shout'), /does not understand/);
  }));

Deno.test("the last extension of a file goes with its module, also over a restart, and comes back", () =>
  withLive(FILES, async (live) => {
    const first = await openedPrompt(live);
    await first.run("String removeSelector: #only");
    assertMatch(await first.run('"a" only'), /does not understand #only/);
    assertEquals(await first.run("Erlang code is_loaded: #'bt@sample@only'"), "false");
    kill(first.open.record.node.osPid);
    await eventually("false", async () => String(await answers(first.open.record.node)));
    const { run } = await openedPrompt(live);
    assertMatch(await run('"a" only'), /does not understand #only/);
    assertEquals(await run('"a" shout'), "A");
    await run("Workspace changes revert: Workspace changes activeEntries first");
    assertEquals(await run('"a" only'), "1");
    await run("String removeSelector: #only");
    await run("Workspace flushIncludingDestructive");
    assertEquals(await text(live, "src/only.bt"), "");
    // A file that says it again has it again; one that says it no more does not.
    await live.write("src/only.bt", "String >> only => 2\n");
    await run('Workspace load: "src/only.bt"');
    assertEquals(await run('"a" only'), "2");
    await live.write("src/only.bt", "\n");
    await run('Workspace load: "src/only.bt"');
    assertMatch(await run('"a" only'), /does not understand #only/);
  }));

Deno.test("an extension is changed in its place, and not where its file has changed since", () =>
  withLive(FILES, async (live) => {
    const { run } = await openedPrompt(live);
    await run('String >> whisper =>\n  self lowercase ++ "..."');
    assertEquals(await run('"A" whisper'), "a...");
    await run('String compile: #shout source: "shout => 7"');
    assertEquals(await run('"a" shout'), "7");
    const changed = WORDS.replace("self lowercase", 'self lowercase ++ "!"');
    await live.write("src/words.bt", changed);
    const refused = await run("Workspace flush");
    assertStringIncludes(refused, "String>>whisper has changed in src/words.bt since");
    assertStringIncludes(refused, 'String >> whisper => self lowercase ++ "!"');
    assertEquals(await text(live), changed);
    await live.write("src/words.bt", WORDS);
    await run("Workspace flush");
    assertEquals(
      await text(live),
      WORDS.replace("shout => self uppercase", "shout => 7").replace(
        "self lowercase",
        '\n  self lowercase ++ "..."',
      ).replace("=> \n", "=>\n"),
    );
    assertMatch(
      await run("String removeSelector: #uppercase"),
      /^Error: String.* (?:no source|library)/,
    );
  }));

/** Actors that begin to live while their class changes: they have the old code and data, or the new. */
import { assertEquals, assertMatch } from "@std/assert";
import { beamtalk } from "./command_line.ts";
import { openedPrompt, withLive } from "./live_fixture.ts";

const FILE = "src/Part.bt";

/**
 * A part whose unit doubles with each version: by the default where it is new, else by the patch, which may
 * refuse one of them.
 */
function part(version: number, refusal = ""): string {
  const unit = 2 ** (version + 1);
  return `Actor subclass: Part
  state: unit :: Integer = ${unit}

  state: isOdd = false

  class make =>
    made := self spawn
    made
  isWhole => self.unit =:= ${unit}

patch Part >> state { ${refusal}self.unit := self.unit + ${unit / 2} }
`;
}

const MAKER = `Actor subclass: Maker
  state: made = 0
  state: broken = 0
  state: kept = #()
  classState: isOver = false

  class finish => self.isOver := true
  class isOver => self.isOver

  run =>
    [Maker isOver] whileFalse: [
      part := Part make
      part isWhole ifFalse: [self.broken += 1]
      self.made += 1
      (self.made % 500 =:= 0) ifTrue: [self.kept := self.kept ++ #(part)] ifFalse: [part stop]
    ]
    {self.made > 0, self.broken, (self.kept reject: [:each | each isWhole]) size}
`;

Deno.test("actors that are made while their class changes are all of one version", () =>
  withLive({ [FILE]: part(0).split("\npatch")[0]!, "src/Maker.bt": MAKER }, async (live) => {
    const { run } = await openedPrompt(live);
    await run("many := (1 to: 1000) asList collect: [:_ | Part spawn]. 1");
    await run("odd := Part spawnWith: #{#isOdd => true}");
    await run("one := (Maker spawn withTimeout: 60000) future run. 1");
    await run("other := (Maker spawn withTimeout: 60000) future run. 1");
    const options = { folder: live.root, env: { BEAMTALK_HOME: live.home } };
    for (let version = 1; version <= 4; version++) {
      await live.write(FILE, part(version, 'self.isOdd ifTrue: [self error: "odd"]. '));
      const refused = await beamtalk(["reload"], options);
      assertMatch(
        refused.errors,
        /^error: nothing was loaded: .* failed: odd \(src\/Part.bt:\d+\)\n/,
      );
      await live.write(FILE, part(version));
      const { output, errors } = await beamtalk(["reload"], options);
      assertMatch(`${output}${errors}`, /^Reloaded Part, \d+ actors migrated\n/);
    }
    await run("Maker finish");
    assertEquals(await run("one await: 60000"), "{true, 0, 0}");
    assertEquals(await run("other await: 60000"), "{true, 0, 0}");
    assertEquals(await run("(many reject: [:each | each isWhole]) size"), "0");
  }));

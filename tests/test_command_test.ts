/**
 * `beamtalk test` over well and badly behaved tests.
 */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { beamtalk, withFiles } from "./command_line.ts";

interface Report {
  readonly type: string;
  readonly class: string;
  readonly name: string;
  readonly status: string;
  readonly message: string;
  readonly file: string;
  readonly line: number;
  readonly passed: number;
  readonly failed: number;
  readonly errors: number;
  readonly trace: readonly string[];
}

/** Runs tests with the JSON reporter; what each line tells, the summary last. */
async function reports(files: Record<string, string>, ...args: string[]) {
  return await withFiles(files, async (folder) => {
    const { code, output, errors } = await beamtalk(["test", "-r", "json", ...args], { folder });
    const lines = output.trim().split("\n").filter((line) => line !== "");
    return { code, errors, lines: lines.map((line) => JSON.parse(line) as Report) };
  });
}

function statuses(lines: readonly Report[]): string[] {
  return lines.filter(({ type }) => type === "test").map(({ name, status }) => `${name} ${status}`);
}

const behaved = `TestCase subclass: GoodTest
  testOne => self assert: 1 + 1 equals: 2
  testTwo =>
    self assert: true
    self assert: 1 + 1 equals: 3
  testThree => self skip: "later"
`;

Deno.test("passed, failed and skipped tests, with the line that failed", async () => {
  const { code, lines } = await reports({ "GoodTest.bt": behaved }, ".");
  assertEquals(code, 1);
  assertEquals(statuses(lines), ["testOne passed", "testTwo failed", "testThree skipped"]);
  const [, failed, skipped, summary] = lines;
  assertEquals([failed?.class, failed?.file, failed?.line], ["GoodTest", "GoodTest.bt", 5]);
  assertMatch(failed?.message ?? "", /3/);
  assertEquals(skipped?.message, "later");
  assertEquals([summary?.type, summary?.passed, summary?.failed], ["summary", 1, 1]);
});

Deno.test("a test that hangs, kills its process or the node is told; the rest runs", async () => {
  const { code, lines } = await reports(
    {
      "HardTest.bt": `TestCase subclass: HardTest
  testFirst => self assert: true
  testHangs => [true] whileTrue: [1]
  testHalts => Erlang erlang halt
  testKills => Erlang erlang exit: (Erlang erlang self) with: #kill
  testRaises => self error: "no way"
  testLast => self assert: true
`,
      "OtherTest.bt": "TestCase subclass: OtherTest\n  testOther => self assert: true\n",
    },
    ".",
    "--timeout",
    "1",
  );
  assertEquals(code, 1);
  assertEquals(statuses(lines), [
    "testFirst passed",
    "testHangs error",
    "testHalts error",
    "testKills error",
    "testRaises error",
    "testLast passed",
    "testOther passed",
  ]);
  assertEquals(lines[1]?.message, "did not end within 1 s");
  assertEquals(lines[2]?.message, "the node went down (exit code 0) while the test ran");
  assertMatch(lines[3]?.message ?? "", /killed/);
  assertMatch(lines[4]?.message ?? "", /no way/);
});

Deno.test("a file that does not compile is one failure; the rest runs", async () => {
  const { code, lines } = await reports({
    "Broken.bt": "Object subclass: Broken\n  size => (1 +\n",
    "GoodTest.bt": "TestCase subclass: GoodTest\n  testOne => self assert: true\n",
  }, ".");
  assertEquals(code, 1);
  assertEquals(statuses(lines), ["compiles failed", "testOne passed"]);
  assertEquals([lines[0]?.class, lines[0]?.line], ["Broken", 2]);
  assertStringIncludes(lines[0]?.message ?? "", "Broken.bt:2:");
});

Deno.test("other files given and fixtures beside them can be used", async () => {
  const { code, lines } = await reports({
    "t/ATest.bt": "TestCase subclass: ATest\n  testOne => self assert: Part new size equals: 7\n",
    "t/fixtures/Part.bt": "Value subclass: Part\n  size => Other new size + 1\n",
    "t/fixtures/Other.bt": "Value subclass: Other\n  size => 6\n",
  }, "t/ATest.bt");
  assertEquals([code, statuses(lines)], [0, ["testOne passed"]]);
});

Deno.test("a broken fixture is no failure of its own, and does not take its class from others", async () => {
  const { code, lines } = await reports({
    "ATest.bt": "TestCase subclass: ATest\n  testOne => self assert: Part new size equals: 7\n",
    "fixtures/Broken.bt": "Value subclass: Broken\n  size => )\n",
    "fixtures/Part.bt": "Value subclass: Part\n  size => 7\n",
    "fixtures/again/Part.bt": "Value subclass: Part\n  size => 8\n",
    "refused.bt": "Integer subclass: Refused\n  size => 1\n",
    "loads.btscript": "// @load-error fixtures/Broken.bt => closes nothing\n" +
      "// @load-error refused.bt => sealed\n",
  }, ".");
  assertEquals(code, 0);
  assertEquals(statuses(lines).filter((status) => !status.endsWith(" passed")), []);
  assertEquals(statuses(lines).length, 3);
});

Deno.test("inherited tests, setUp, tearDown and the order of a seed", async () => {
  const files = {
    "BaseTest.bt": `abstract TestCase subclass: BaseTest
  field: log = #()
  setUp => self.log := #(self start)
  testInherited => self assert: self.log equals: #(self start)
`,
    "ATest.bt": `BaseTest subclass: ATest
  start => 1
  testOwn => self assert: self.log first equals: 1
  testMore => self assert: true
`,
  };
  const plain = await reports(files, ".");
  assertEquals(statuses(plain.lines), [
    "testInherited passed",
    "testOwn passed",
    "testMore passed",
  ]);
  const orders = [];
  for (const seed of ["1", "1", "2"]) {
    orders.push(statuses((await reports(files, ".", "--seed", seed)).lines).join());
  }
  assertEquals(orders[0], orders[1]);
  assertEquals(orders[0]?.length, orders[2]?.length);
});

Deno.test("filter, class names and fail-fast", async () => {
  const files = { "GoodTest.bt": behaved };
  const filtered = await reports(files, ".", "--filter", "GoodTest>>testO");
  assertEquals(statuses(filtered.lines), ["testOne passed"]);
  const fast = await reports(files, ".", "--fail-fast");
  assertEquals(statuses(fast.lines), ["testOne passed", "testTwo failed"]);
  assertEquals((await reports(files, ".", "--filter", "Nothing")).code, 1);
  assertEquals((await reports(files, "nowhere")).code, 2);
  assertEquals((await reports(files, ".", "--reporter", "loud")).code, 2);
});

// Calls that may return: later releases make a plain loop of a recursion that surely never does.
Deno.test("endless recursion and growth are stopped early and told of, in tests and scripts", async () => {
  const files = {
    "GreedyTest.bt": `TestCase subclass: GreedyTest
  deep: n => n < 0 ifTrue: [0] ifFalse: [1 + (self deep: n + 1)]
  testDeep => self deep: 1
  testList =>
    list := #()
    [true] whileTrue: [list := #(1 | list)]
  testLast => self assert: true
`,
    "greedy.btscript": `Actor subclass: Greedy
  deep: n => n < 0 ifTrue: [0] ifFalse: [1 + (self deep: n + 1)]
greedy := Greedy spawn
(greedy withTimeout: #infinity) deep: 1
// => ERROR: endless recursion of an actor
kept := 3
text := "abcdefgh"
[true] whileTrue: [text := text ++ text]
// => ERROR: it used too much memory
kept // => 3
`,
  };
  const { lines } = await reports(files, ".");
  assertEquals(statuses(lines), [
    "testDeep error",
    "testList error",
    "testLast passed",
    "line 4: (greedy withTimeout: #infinity) deep: 1 passed",
    "line 8: [true] whileTrue: [text := text ++ text] passed",
    "line 10: kept // => 3 passed",
  ]);
  const [deep, list] = lines;
  assertMatch(
    deep?.message ?? "",
    /^stopped: endless recursion, whose calls took more than \d+ MB/,
  );
  assertMatch(String(deep?.line), /^[23]$/);
  assertMatch(list?.message ?? "", /^stopped: it used too much memory, \d+ MB$/);
});

Deno.test("files that declare the same class or extension run apart, with a warning", async () => {
  const test = (name: string, answer: string) =>
    `String >> loud => "${answer}"\nValue subclass: Part\n  size => ${answer}\n` +
    `TestCase subclass: ${name}\n  testOne => self assert: "a" loud equals: "${answer}"\n` +
    `  testTwo => self assert: Part new size + Shared new size equals: ${answer} + 1\n`;
  const { code, errors, lines } = await reports({
    "a/ATest.bt": test("ATest", "5"),
    "b/BTest.bt": test("BTest", "6"),
    "shared.bt": "Value subclass: Shared\n  size => 1\n",
    "same.bt": "TestCase subclass: SameTest\n  testA => self assert: true\n",
    "same2.bt": "TestCase subclass: SameTest\n  testB => self assert: true\n",
  }, ".");
  assertEquals(code, 0);
  assertEquals(
    statuses(lines).toSorted(),
    ["testA", "testB", "testOne", "testOne", "testTwo", "testTwo"].map((name) => `${name} passed`),
  );
  assertStringIncludes(errors, "warning: Class Part is declared in a/ATest.bt and in b/BTest.bt");
  assertStringIncludes(errors, "warning: Class SameTest is declared in same.bt and in same2.bt");
});

Deno.test("an error that comes from an actor is shown with the actor's frames", async () => {
  const { lines } = await reports({
    "Boomer.bt": "Actor subclass: Boomer\n  boom =>\n    1 / 0\n",
    "BoomTest.bt": "TestCase subclass: BoomTest\n  testBoom => Boomer spawn boom\n",
  }, ".");
  assertEquals(lines[0]?.line, 2);
  assertEquals(lines[0]?.trace, [
    "Boomer>>boom (Boomer.bt:3)",
    "BoomTest>>testBoom (BoomTest.bt:2)",
  ]);
});

Deno.test("actors, names and tables of a test go with it", async () => {
  const { code, lines } = await reports({
    "LeaveTest.bt": `Actor subclass: Left
TestCase subclass: LeaveTest
  setUpOnce => Ets new: #ofSuite type: #set
  testFirst =>
    Left spawnAs: #leftActor
    Ets new: #leftTable type: #set
    self assert: (Left named: #leftActor) isOk
  testSecond =>
    self deny: (Left named: #leftActor) isOk
    self deny: (Ets exists: #leftTable)
    self assert: (Ets exists: #ofSuite)
`,
  }, ".");
  assertEquals([code, statuses(lines)], [0, ["testFirst passed", "testSecond passed"]]);
});

Deno.test("a file that cannot be read costs the others nothing", async () => {
  const { code, lines } = await withFiles({
    "GoodTest.bt": "TestCase subclass: GoodTest\n  testOne => self assert: true\n",
  }, async (folder) => {
    await Deno.symlink("nowhere.bt", join(folder, "dangling.bt"));
    await Deno.writeFile(join(folder, "Latin.bt"), new Uint8Array([0x2f, 0x2f, 0x20, 0xe9]));
    await Deno.writeFile(join(folder, "latin.btscript"), new Uint8Array([0x2f, 0x2f, 0x20, 0xe9]));
    const { code, output } = await beamtalk(["test", "-r", "json", "."], { folder });
    return { code, lines: output.trim().split("\n").map((line) => JSON.parse(line) as Report) };
  });
  assertEquals([code, statuses(lines)], [1, ["compiles failed", "testOne passed", "runs error"]]);
  assertStringIncludes(lines[0]?.message ?? "", "the file is not UTF-8: byte 0xE9");
  assertStringIncludes(lines[2]?.message ?? "", "latin.btscript:1: the file is not UTF-8");
});

Deno.test("wrong numbers are refused before anything runs", async () => {
  for (const wrong of [["--jobs", "0"], ["--timeout", "0"], ["--seed", "x"]]) {
    const { code, errors } = await reports({ "a.btscript": "1 // => 1\n" }, ".", ...wrong);
    assertEquals(code, 2);
    assertStringIncludes(errors, `${wrong[0]} needs a whole number of at least`);
  }
});

Deno.test("examples run beside a broken fixture; one that takes the node down is told", async () => {
  const { code, lines } = await reports(
    {
      "Part.bt": "/// ```beamtalk\n/// Part new size // => 7\n/// ```\nValue subclass: Part\n" +
        "  /// ```beamtalk\n  /// Erlang erlang halt: 1\n  /// ```\n  size => 7\n" +
        "  /// ```beamtalk\n  /// Part new other // => 8\n  /// ```\n  other => 8\n",
      "fixtures/Broken.bt": "Value subclass: Broken\n  size => )\n",
    },
    "--doc",
    ".",
  );
  assertEquals([code, lines.slice(0, -1).map(({ status }) => status)], [
    1,
    ["passed", "error", "passed"],
  ]);
  assertEquals(lines[1]?.message, "the node went down");
});

Deno.test("the seed of a run repeats the values of property tests", async () => {
  const files = {
    "PropertyTest.bt": `TestCase subclass: PropertyTest
  testBig => self forAll: [:r | r nextInteger: 1000000000] times: 3 do: [:x | self assert: x < 0]
`,
  };
  const message = async (seed: string) => {
    const { lines } = await reports(files, ".", "--seed", seed);
    return lines[0]?.message;
  };
  const first = await message("1");
  assertMatch(first ?? "", /^expected: true, got: false \(for \d+, seed \d+\)$/);
  assertEquals(await message("1"), first);
  assertEquals(await message("2") === first, false);
});

Deno.test("what tests write without an end of line does not run into the report", async () => {
  const files = { "shown.btscript": `Transcript show: "half a line"\n1 + 1 // => 2\n` };
  await withFiles(files, async (folder) => {
    const { output } = await beamtalk(["test", "."], { folder });
    assertStringIncludes(output, "half a line\n");
    assertStringIncludes(output, "  ok    line 2: 1 + 1 // => 2\n");
  });
});

Deno.test("a test at its time limit still runs what ensure: and tearDown say", () =>
  withFiles({
    "SlowTest.bt": `TestCase subclass: SlowTest
  field: where = nil

  tearDown => Transcript show: "torn down, {self.where}"; cr

  testForever =>
    [self.where := "begun". [true] whileTrue: []] ensure: [self.where := "{self.where} and ended"]
`,
  }, async (folder) => {
    const { code, output, errors } = await beamtalk(["test", "--timeout", "1", "SlowTest.bt"], {
      folder,
    });
    assertEquals(code, 1, errors);
    assertMatch(output, /torn down, begun and ended/);
    assertMatch(output, /did not end within 1 s/);
  }));

/**
 * `new`, `build`, `check`, `run` and `fmt` as their users run them, with right and wrong input.
 * With `BEAMTALK` set to the executable, the same tests are of the executable.
 */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { beamtalk, runProgram, withFiles } from "./command_line.ts";

const manifest = '[package]\nname = "shop"\n';
const shop = {
  "beamtalk.toml": manifest,
  "src/Till.bt": "Actor subclass: Till\n  state: total = 0\n  add: n => self.total += n\n",
  "src/Main.bt": `Object subclass: Main
  class main: args =>
    till := Till spawn
    till add: args size
    Transcript show: "sold {till add: 40}"; cr
`,
};

Deno.test("a new project tests and runs", () =>
  withFiles({}, async (folder) => {
    assertEquals((await beamtalk(["new", "hello"], { folder })).code, 0);
    const project = join(folder, "hello");
    const tested = await beamtalk(["test"], { folder: project });
    assertEquals(tested.code, 0, tested.output + tested.errors);
    assertMatch(tested.output, /2 passed, 0 failed/);
    const run = await beamtalk(["run", "Ann", "Bob"], { folder: project });
    assertEquals(
      [run.code, run.output],
      [0, "Hello, Ann!\nHello, Bob!\nGreetings so far: 2\n"],
      run.errors,
    );
    assertEquals((await beamtalk(["new", "hello"], { folder })).code, 1);
    assertEquals((await beamtalk(["new", "Bad-Name"], { folder })).code, 2);
    assertEquals((await beamtalk(["fmt", "--check"], { folder: project })).code, 0);
  }));

Deno.test("a build compiles what changed and what depends on it", () =>
  withFiles(shop, async (folder) => {
    const build = async () => (await beamtalk(["build"], { folder })).errors;
    assertMatch(await build(), /2 of 2 files compiled/);
    assertMatch(await build(), /0 of 2 files compiled/);
    await Deno.writeTextFile(
      join(folder, "src/Till.bt"),
      shop["src/Till.bt"].replace("= 0", "= 100"),
    );
    assertMatch(await build(), /1 of 2 files compiled/);
    const run = await beamtalk(["run", ".", "one"], { folder });
    assertEquals([run.code, run.output], [0, "sold 141\n"], run.errors);
    await Deno.remove(join(folder, "src/Main.bt"));
    await build();
    const beams = [...Deno.readDirSync(join(folder, "_build/dev/ebin"))].map(({ name }) => name);
    assertEquals(beams, ["bt@shop@Till.beam"]);
  }));

Deno.test("two builds at once both end well", () =>
  withFiles(shop, async (folder) => {
    const builds = await Promise.all([1, 2, 3].map(() => beamtalk(["build"], { folder })));
    assertEquals(builds.map(({ code }) => code), [0, 0, 0]);
    const left = [...Deno.readDirSync(join(folder, "_build/dev/ebin"))].map(({ name }) => name);
    assertEquals(left.sort(), ["bt@shop@Main.beam", "bt@shop@Till.beam"]);
  }));

Deno.test("mistakes are told with place and line, and nothing is run", () =>
  withFiles({ ...shop, "src/Bad.bt": "Object subclass: Bad\n  size => (1 +\n" }, async (folder) => {
    for (const command of ["build", "check", "run"]) {
      const { code, output, errors } = await beamtalk([command], { folder });
      assertEquals([code, output], [1, ""], command);
      assertStringIncludes(errors, "src/Bad.bt:2:");
      assertStringIncludes(errors, "  size => (1 +");
      assertMatch(errors, /error\[BT1\d\d\d\]/);
    }
    const { output } = await beamtalk(["check", "--json"], { folder });
    const [finding] = JSON.parse(output) as Record<string, unknown>[];
    assertEquals([finding?.file, finding?.line, finding?.severity], ["src/Bad.bt", 2, "error"]);
  }));

Deno.test("a file that is not UTF-8 is told with the place", () =>
  withFiles({ "Bad.bt": new Uint8Array([0x2f, 0x2f, 0x20, 0x0a, 0x61, 0xff, 0x62]) }, async (f) => {
    const { code, errors } = await beamtalk(["check", "Bad.bt"], { folder: f });
    assertEquals(code, 1);
    assertStringIncludes(errors, "Bad.bt:2:2");
    assertStringIncludes(errors, "not UTF-8: byte 0xFF");
  }));

Deno.test("a manifest with mistakes is told with the place", () =>
  withFiles({ ...shop, "beamtalk.toml": "[package]\nname = 3\n" }, async (folder) => {
    const { code, errors } = await beamtalk(["build"], { folder });
    assertEquals(code, 1);
    assertStringIncludes(errors, "beamtalk.toml:2:1");
    assertStringIncludes(errors, "name must be a string, got 3");
  }));

Deno.test("what cannot be written is told, and the old build stays", () =>
  withFiles(shop, async (folder) => {
    await beamtalk(["build"], { folder });
    const old = await Deno.readFile(join(folder, "_build/dev/ebin/bt@shop@Till.beam"));
    await Deno.writeTextFile(join(folder, "src/Till.bt"), "Actor subclass: Till\n  add: n => n\n");
    // A folder in the place of the cache cannot be replaced by a file, as on a full disk.
    await Deno.remove(join(folder, "_build/dev/cache.msgpack"));
    await Deno.mkdir(join(folder, "_build/dev/cache.msgpack/full"), { recursive: true });
    const { code, errors } = await beamtalk(["build"], { folder });
    assertEquals(code, 1, errors);
    assertStringIncludes(errors, "error: ");
    assertEquals(await Deno.readFile(join(folder, "_build/dev/ebin/bt@shop@Till.beam")), old);
  }));

Deno.test("an error that leaves the program is told with its place; the exit code is 1", () =>
  withFiles({
    "boom.bt": `Object subclass: Boom
  class main: args =>
    self error: "no fuel"
`,
  }, async (folder) => {
    const { code, output, errors } = await beamtalk(["run", "boom.bt"], { folder });
    assertEquals([code, output], [1, ""]);
    assertStringIncludes(errors, "Error: no fuel");
  }));

Deno.test("arguments, input and output go through", () =>
  withFiles({
    "echo.bt": `Object subclass: Echo
  class main: args =>
    args do: [:each | Transcript show: each; cr]
    Transcript show: "read {Console readLine}"; cr
`,
  }, async (folder) => {
    const args = ["run", "echo.bt", "a b", "--flag", "é"];
    // Whatever the locale says: text is UTF-8.
    for (const locale of ["C", "C.UTF-8"]) {
      const options = { folder, input: "line\n", env: { LC_ALL: locale } };
      const { code, output, errors } = await beamtalk(args, options);
      assertEquals([code, output], [0, "a b\n--flag\né\nread line\n"], errors);
    }
  }));

Deno.test("wrong use ends with 2", async () => {
  for (
    const args of [["run", "nowhere.bt"], ["build", "--nonsense"], ["biuld"], [
      "check",
      "/dev/null",
    ]]
  ) {
    const { code, output } = await beamtalk(args, { folder: "/" });
    assertEquals([code, output], [2, ""], args.join(" "));
  }
  assertEquals((await beamtalk(["run"], { folder: "/" })).code, 2);
});

Deno.test("the Core Erlang of a file can be seen", () =>
  withFiles(shop, async (folder) => {
    const { code, output } = await beamtalk(["build", "--emit", "core", "src/Till.bt"], { folder });
    assertEquals(code, 0);
    assertStringIncludes(output, "module 'bt@shop@Till'");
  }));

Deno.test("a project with a dependency and Erlang sources of its own", () =>
  withFiles({
    "money/beamtalk.toml": '[package]\nname = "money"\n',
    "money/src/Coin.bt": "Value subclass: Coin\n  field: worth = 5\n",
    "money/native/mint.erl": "-module(mint).\n-export([strike/1]).\nstrike(N) -> N * 2.\n",
    "shop/beamtalk.toml":
      '[package]\nname = "shop"\n[dependencies]\nmoney = { path = "../money" }\n[application]\nmain = "Sale"\n',
    "shop/src/Sale.bt": `Object subclass: Sale
  class main: args =>
    Transcript show: "{Coin new worth + (Erlang mint strike: 4)}"; cr
`,
    "shop/test/SaleTest.bt": `TestCase subclass: SaleTest
  testCoin => self assert: Coin new worth equals: 5
  testMint => self assert: (Erlang mint strike: 3) equals: 6
`,
  }, async (folder) => {
    const run = await beamtalk(["run", "shop"], { folder });
    assertEquals([run.code, run.output], [0, "13\n"], run.errors);
    const tested = await beamtalk(["test", "shop"], { folder });
    assertEquals(tested.code, 0, tested.output + tested.errors);
    await Deno.writeTextFile(join(folder, "money/native/mint.erl"), "-module(mint).\nstrike(");
    const broken = await beamtalk(["run", "shop"], { folder });
    assertEquals(broken.code, 1);
    assertMatch(broken.errors, /mint\.erl:2/);
  }));

Deno.test("what is internal to a dependency is refused, when compiling and when running", () =>
  withFiles({
    "money/beamtalk.toml": '[package]\nname = "money"\n',
    "money/src/Coin.bt": `Value subclass: Coin
  field: worth = 5
  internal strike => self worth
  internal class mint => Coin new
  twice => self strike * 2
  class press -> Press => Press spawn
`,
    "money/src/Press.bt": "Actor subclass: Press\n  internal turn => 1\n  internal roll: n => n\n",
    "money/src/Vault.bt": "internal Value subclass: Vault\n",
    "shop/beamtalk.toml":
      '[package]\nname = "shop"\n[dependencies]\nmoney = { path = "../money" }\n',
    "shop/src/Main.bt": `Object subclass: Main
  class main: args =>
    coin := Coin new
    Transcript show: "{coin twice}"; cr
    self try: [Main any: coin]
    self try: [(Main pass: coin) strike; twice]
    self try: [(Main pass: Coin) mint]
    self try: [(Main pass: coin class) mint]
    self try: [f := (Main pass: Coin press) turn. f await]
    self try: [f := (Main pass: Coin press) future turn. f await]
    self try: [(Main pass: Coin press) turn!]
    self try: [(Main pass: (Coin press withTimeout: 100)) turn]
    self try: [(Main pass: Own new) strike]
  class pass: any => any
  class any: any => any strike
  class try: block =>
    Transcript show: ([block value] on: Error do: [:e | "{e kind}: {e message}"]) displayString; cr
`,
    "shop/src/Own.bt": "Value subclass: Own\n  strike => 7\n",
  }, async (folder) => {
    const refused = (selector: string) =>
      `dispatch_error: #${selector} is internal to package money\n`;
    const expected = "10\n" + refused("strike").repeat(2) + refused("mint").repeat(2) +
      refused("turn").repeat(4) + "7\n";
    for (const options of [[], ["--quick"]]) {
      const run = await beamtalk(["run", ...options, "shop"], { folder });
      assertEquals([run.code, run.output], [0, expected], run.errors);
    }
    const source = join(folder, "shop/src/Main.bt");
    const mistakes = [
      "Coin new strike",
      "Coin mint",
      "Coin new twice; strike",
      "Coin press turn!",
      "1 |>> Coin press roll",
      "(Main pass: 1) match: [_ :: Vault -> 1; _ -> 2]",
      "x :: Vault := nil. x",
      "Vault new",
    ];
    for (const body of mistakes) {
      const text = `Object subclass: Main\n  class main: args => ${body}\n  class pass: x => x\n`;
      await Deno.writeTextFile(source, text);
      const { code, errors } = await beamtalk(["check", "shop"], { folder });
      assertEquals(code, 1, body);
      assertEquals(errors.match(/error\[?.*is internal to package money/g)?.length, 1, errors);
    }
    await Deno.writeTextFile(source, "Vault subclass: Main\n");
    const extended = await beamtalk(["check", "shop"], { folder });
    assertStringIncludes(extended.errors, "Vault is internal to package money");
  }));

Deno.test("a dependency from git is fetched once, locked by commit, and told where it fails", () =>
  withFiles({
    "money/beamtalk.toml": '[package]\nname = "money"\n',
    "money/src/Coin.bt": "Value subclass: Coin\n  field: worth = 5\n",
    "shop/beamtalk.toml":
      '[package]\nname = "shop"\n[dependencies]\nmoney = { git = "../money.git", tag = "v1" }\n',
    "shop/src/Main.bt":
      'Object subclass: Main\n  class main: args => Transcript show: "{Coin new worth}"; cr\n',
  }, async (folder) => {
    const git = async (...args: string[]) => {
      const author = ["-c", "user.name=Ann", "-c", "user.email=ann@example.org"];
      const { code, errors } = await runProgram("git", [...author, ...args], { folder });
      assertEquals(code, 0, errors);
    };
    await git("init", "--quiet", "money");
    await git("-C", "money", "add", ".");
    await git("-C", "money", "commit", "--quiet", "-m", "Mint");
    await git("-C", "money", "tag", "v1");
    await git("clone", "--quiet", "--bare", "money", "money.git");
    const options = { folder, env: { BEAMTALK_HOME: join(folder, "home") } };
    const run = await beamtalk(["run", "shop"], options);
    assertEquals([run.code, run.output], [0, "5\n"], run.errors);
    assertMatch(
      await Deno.readTextFile(join(folder, "shop/beamtalk.lock")),
      /\[money\]\ngit = ".*\/money\.git"\ntag = "v1"\ncommit = "[0-9a-f]{40}"/,
    );
    await Deno.remove(join(folder, "money.git"), { recursive: true });
    assertEquals((await beamtalk(["run", "shop"], options)).output, "5\n");
    await Deno.remove(join(folder, "home"), { recursive: true });
    const gone = await beamtalk(["build", "shop"], options);
    assertEquals(gone.code, 1);
    assertStringIncludes(gone.errors, "dependency money: fatal:");
  }));

Deno.test("two classes of one name are told with both files", () =>
  withFiles({ "A.bt": "Object subclass: Same\n", "B.bt": "Object subclass: Same\n" }, async (f) => {
    const { code, errors } = await beamtalk(["check", "."], { folder: f });
    assertEquals(code, 1);
    assertMatch(errors, /Same/);
    assertStringIncludes(errors, "A.bt");
    assertStringIncludes(errors, "B.bt");
  }));

Deno.test("an application's supervisor runs until it is told to end", () =>
  withFiles({
    "beamtalk.toml": '[package]\nname = "app"\n[application]\nsupervisor = "App"\n',
    "src/App.bt": "Supervisor subclass: App\n  class children => #(Ticker)\n",
    "src/Ticker.bt": `Actor subclass: Ticker
  initialize =>
    Transcript show: "ticking"; cr
    Timer after: 300 do: [Erlang init stop]
`,
  }, async (folder) => {
    const { code, output, errors } = await beamtalk(["run"], { folder });
    assertEquals([code, output], [0, "ticking\n"], errors);
  }));

/** Section 13 of the language: projects, their manifest, dependencies, native modules, what `run` starts. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { beamtalk, runProgram, withFiles } from "../command_line.ts";

Deno.test("a manifest with mistakes is told with the place", () =>
  withFiles({
    "beamtalk.toml": "[package]\nname = 3\n",
    "src/Till.bt": "Object subclass: Till\n",
  }, async (folder) => {
    const { code, errors } = await beamtalk(["build"], { folder });
    assertEquals(code, 1);
    assertStringIncludes(errors, "beamtalk.toml:2:1");
    assertStringIncludes(errors, "name must be a string, got 3");
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

Deno.test("sources are found below src, modules are named by package and path", () =>
  withFiles({
    "beamtalk.toml": '[package]\nname = "shop"\nversion = "1.2.3"\ndescription = "Sells"\n',
    "src/goods/fruit/Apple.bt": "Value subclass: Apple\n",
    "src/Main.bt": `Object subclass: Main
  class main: args =>
    Transcript show: "{Apple new} {Apple sourceFile} {args}"; cr
    Transcript show: (Erlang code is_loaded: #'bt@shop@goods@fruit@Apple') class printString; cr
    Transcript show: (Erlang code is_loaded: #'bt@stdlib@List') class printString; cr
`,
    "test/AppleTest.bt":
      "TestCase subclass: AppleTest\n  testNew => self assert: Apple new notNil\n",
  }, async (folder) => {
    const run = await beamtalk(["run", ".", "one", "two"], { folder });
    const lines = ['Apple() src/goods/fruit/Apple.bt #("one", "two")', "Tuple", "Tuple", ""];
    assertEquals([run.code, run.output], [0, lines.join("\n")], run.errors);
    assertEquals((await beamtalk(["build"], { folder })).code, 0);
    assertEquals((await beamtalk(["test"], { folder })).code, 0);
    for (const [build, module] of [["dev", "goods@fruit@Apple"], ["test", "AppleTest"]] as const) {
      const built = join(folder, "_build", build, "ebin");
      const names = [...Deno.readDirSync(built)].map(({ name }) => name);
      assert(names.some((name) => name.endsWith(`@${module}.beam`)), names.join(" "));
    }
  }));

Deno.test("where a bare name means two classes, the package names the other", () =>
  withFiles({
    "money/beamtalk.toml": '[package]\nname = "money"\n',
    "money/src/Coin.bt": "Value subclass: Coin\n  field: worth = 5\n",
    "shop/beamtalk.toml":
      '[package]\nname = "shop"\n[dependencies]\nmoney = { path = "../money" }\n',
    "shop/src/Coin.bt": "Value subclass: Coin\n  field: worth = 1\n",
    "shop/src/Main.bt": `Object subclass: Main
  class main: args => Transcript show: "{Coin new worth} {money@Coin new worth}"; cr
`,
  }, async (folder) => {
    const run = await beamtalk(["run", "shop"], { folder });
    assertEquals([run.code, run.output], [0, "1 5\n"], run.errors);
  }));

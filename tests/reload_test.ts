/** What `reload` does to living actors, and what `--dry-run` says of it before. */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { beamtalk } from "./command_line.ts";
import { type LiveFixture, openedPrompt, withLive } from "./live_fixture.ts";

const COUNTER = `Actor subclass: Counter
  state: value :: Integer = 0
  state: log = #()

  value => self.value
  log => self.log
  increment => self.value += 1
`;

const FILE = "src/Counter.bt";

/** Runs `beamtalk reload` in the project; all that it says. */
async function reload(live: LiveFixture, ...args: string[]): Promise<string> {
  const options = { folder: live.root, env: { BEAMTALK_HOME: live.home } };
  const { code, output, errors } = await beamtalk(["reload", ...args], options);
  return `${code}: ${output}${errors}`;
}

interface Change {
  readonly name: string;
  readonly text: string;
  /** What the dry run says. */
  readonly would: RegExp;
  /** What the load says. */
  readonly does: RegExp;
  /** Asked of the living actor `c`, whose value is 1, after it. */
  readonly asked: string;
  readonly answer: string | RegExp;
}

const field = (text: string) => COUNTER.replace("  state: log", `${text}\n  state: log`);

const CHANGES: readonly Change[] = [
  {
    name: "a new field with a default",
    text: field("  state: step = 5").replace("+= 1", "+= self.step"),
    would: /^0: Would load: Counter, 1 actor migrated\n$/,
    does: /^0: Reloaded Counter, 1 actor migrated\n$/,
    asked: "c increment",
    answer: "6",
  },
  {
    name: "a new field with a computed default",
    text: field("  state: step = #(1, 2) size").replace("+= 1", "+= self.step"),
    would: /^0: Would load: Counter, 1 actor migrated\n$/,
    does: /^0: Reloaded Counter, 1 actor migrated\n$/,
    asked: "c increment",
    answer: "3",
  },
  {
    name: "a new field without a default",
    text: field("  state: owner :: String"),
    would:
      /^1: [^]*Counter \(src\/Counter\.bt:3\) cannot be loaded: its new field 'owner' has no default, and 1 living actor would be left without it: #Actor<Counter,[\d.]+>/,
    does: /^1: [^]*its new field 'owner' has no default.*#Actor<Counter,[\d.]+>/,
    asked: "c increment",
    answer: "2",
  },
  {
    name: "a removed field",
    text: COUNTER.replace("  state: log = #()\n", "").replace("  log => self.log\n", ""),
    would:
      /^0: Would load: Counter, 1 actor migrated\nwarning: Counter has no field 'log' any more; 1 living actor keeps it until patch Counter >> state \{ self removeField: #log \}|'log' any more; 1 living actor keeps it until/,
    does: /^0: Reloaded Counter, 1 actor migrated\nwarning: Counter has no field 'log' any more/,
    asked: "c increment",
    answer: "2",
  },
  {
    name: "a type that the values do not have",
    text: COUNTER.replace(":: Integer = 0", ':: String = ""').replace("+= 1", '++= "x"'),
    would:
      /^1: .*'value' is now String, and 1 is none; convert it in a patch \(src\/Counter\.bt:2\)/,
    does:
      /^1: .*'value' is now String, and 1 is none; convert it in a patch \(src\/Counter\.bt:2\)/,
    asked: "c increment",
    answer: "2",
  },
  {
    name: "a type that the values have",
    text: COUNTER.replace(":: Integer = 0", ":: Number = 0").replace("+= 1", "+= 2"),
    would: /^0: Would load: Counter, 1 actor migrated\n$/,
    does: /^0: Reloaded Counter, 1 actor migrated\n$/,
    asked: "c increment",
    answer: "3",
  },
  {
    name: "a patch",
    text: `${COUNTER.replace(":: Integer = 0", ':: String = ""').replace("+= 1", '++= "x"')}
patch Counter >> state { self.value := "v{self.value}" }
`,
    would:
      /^0: Would load: Counter, 1 actor migrated\nwarning: the patch of Counter was not tried on its 1 living actor\n$/,
    does: /^0: Reloaded Counter, 1 actor migrated\n$/,
    asked: "c increment",
    answer: "v1x",
  },
  {
    name: "another superclass",
    text: `Actor subclass: Base
  state: base = 7
  base => self.base

${COUNTER.replace("Actor subclass", "Base subclass")}`,
    would: /^0: Would load: Base, Counter, 1 actor migrated\n$/,
    does: /^0: Reloaded Base, Counter, 1 actor migrated\n$/,
    asked: "c base + c increment",
    answer: "9",
  },
  {
    name: "another kind of class",
    text: "Value subclass: Counter\n  field: value = 0\n  increment => 100\n",
    would:
      /^1: .*Counter cannot become a value class: it has 1 living actor: #Actor<Counter,[\d.]+>/,
    does: /^1: .*Counter cannot become a value class: it has 1 living actor/,
    asked: "c increment",
    answer: "2",
  },
  {
    name: "a class that its file does not declare any more",
    text: "Object subclass: Another\n  class x => 1\n",
    would:
      /^0: Would load: Another\nwarning: Counter is in no file any more; it stays, with 1 living actor, until Counter removeFromSystem\n$/,
    does:
      /^0: Reloaded Another\nwarning: Counter is in no file any more; it stays, with 1 living actor/,
    asked: "c increment",
    answer: "2",
  },
];

for (const { name, text, would, does, asked, answer } of CHANGES) {
  Deno.test(`${name}: said before, and done`, () =>
    withLive({ [FILE]: COUNTER }, async (live) => {
      const { run } = await openedPrompt(live);
      await run("c := Counter spawn. c increment");
      await live.write(FILE, text);
      assertMatch(await reload(live, "--dry-run"), would);
      assertEquals(await run("c value"), "1");
      assertMatch(await reload(live), does);
      const said = await run(asked);
      if (typeof answer === "string") assertEquals(said, answer);
      else assertMatch(said, answer);
    }));
}

/** Actors in every situation, of a class and of one below it. */
const SITUATIONS = `Actor subclass: Counter
  state: value = 0

  value => self.value
  increment => self.value += 1
  slow => Timer sleep: 700. self increment
  ask: other => answer := other slow. self.value + answer
  asked: other =>
    f := other slow
    Timer sleep: 100
    self.value := self.value + f
    self.value

Counter subclass: Fast
  increment => self.value += 10

Supervisor subclass: Watched
  class children => #(Counter)
`;

const WITH_FIELD = SITUATIONS.replace("  state: value = 0", "  state: value = 0\n  state: step = 2")
  .replace("increment => self.value += 1\n", "increment => self.value += self.step * 100\n");

const WITH_PATCH = `${WITH_FIELD.replace("  state: step = 2", "  state: step = 0")}
patch Counter >> state { self.step := 2 }
`;

for (const [kind, text] of [["a constant", WITH_FIELD], ["a patch", WITH_PATCH]] as const) {
  Deno.test(`actors in every situation take on ${kind}`, () =>
    withLive({ [FILE]: SITUATIONS }, async (live) => {
      const { run } = await openedPrompt(live);
      const second = await openedPrompt(live);
      await run("plain := Counter spawn. plain increment");
      await run("Counter spawnAs: #counted. (Counter named: #counted) value increment");
      await run("below := Fast spawn. below increment");
      await run("Watched supervise. watched := (Watched current which: Counter) unwrap");
      await run("watched increment");
      await run("Workspace bind: Counter spawn as: #sleeper");
      await run(
        "(Erlang module: #sys) suspend: sleeper pid. (Erlang module: #sys) resume: sleeper pid",
      );
      await run(
        "Workspace bind: Counter spawn as: #busy. Workspace bind: Counter spawn as: #waiting",
      );
      await run("Workspace bind: Counter spawn as: #later");
      // In the middle of a long message, waiting for an answer, waiting for a future.
      const long = second.run("busy slow");
      const third = await openedPrompt(live);
      const asking = third.run("waiting ask: busy");
      const fourth = await openedPrompt(live);
      const future = fourth.run("later asked: busy");
      await new Promise((resolve) => setTimeout(resolve, 200));
      await live.write(FILE, text);
      assertMatch(await reload(live), /^0: Reloaded Counter, Fast, Watched, 8 actors migrated\n/);
      // What was under way ended with the code that it began with.
      assertEquals([await long, await asking, await future], ["1", "2", "3"]);
      assertEquals(await run("plain increment"), "201");
      assertEquals(await run("(Counter named: #counted) value increment"), "201");
      assertEquals(await run("below increment"), "20");
      assertEquals(await run("watched increment"), "201");
      assertEquals(await run("sleeper increment"), "200");
      assertEquals(await run("#(busy value, waiting value, later value)"), "#(3, 0, 3)");
      assertEquals(await run("busy increment"), "203");
      // One that its supervisor starts again has the new data from the start.
      await run("watched kill. Timer sleep: 100");
      const started = await run("(Watched current which: Counter) unwrap increment");
      assertEquals(started, kind === "a patch" ? "0" : "200");
      assertStringIncludes(await run("Fast spawn increment"), "10");
    }));
}

Deno.test("the migration of a file runs when the file is loaded, not with each change of a method", () =>
  withLive(
    { [FILE]: COUNTER, "src/Step.bt": "Object subclass: Step\n  class size => 1\n" },
    async (live) => {
      const { run } = await openedPrompt(live);
      await run("c := Counter spawn. 3 timesRepeat: [c increment]");
      await live.write(
        FILE,
        `${COUNTER}  stepped => Step size\n\npatch Counter >> state { self.value := self.value * 10 }\n`,
      );
      await run('Workspace load: "src/Counter.bt"');
      assertEquals(await run("c value"), "30");
      await run("Counter >> increment => self.value += 2");
      assertEquals(await run("c value"), "30");
      // The file is compiled again when what it uses changes.
      await run("Step class >> size -> Integer => 2");
      assertEquals(await run("c stepped"), "2");
      assertEquals(await run("c value"), "30");
      // So it is for somebody who comes later, with the live changes over the file.
      const options = { folder: live.root, env: { BEAMTALK_HOME: live.home } };
      const { output } = await beamtalk(["repl", "-e", "Workspace actors first value"], options);
      assertEquals(output, "30\n");
    },
  ));

const ACCOUNT = `Actor subclass: Account
  state: balance = 5

  balance => self.balance
`;
const IN_CENTS = "patch Account >> state { self.balance := self.balance * 100 }\n";

Deno.test("a migration in a file is carried out once, until the file says it no more", () =>
  withLive({ "src/Account.bt": ACCOUNT }, async (live) => {
    const { run } = await openedPrompt(live);
    await run("Workspace bind: Account spawn as: #a");
    const balanceAfter = async (path: string, text: string) => {
      await live.write(path, text);
      assertMatch(await reload(live), /^0: Reloaded /);
      return await run("a balance");
    };
    assertEquals(await balanceAfter("src/migrations.bt", IN_CENTS), "500");
    assertMatch(await reload(live, "--dry-run"), /^0: Would load: nothing\n$/);
    assertEquals(await balanceAfter("src/migrations.bt", `// Moved.\n\n${IN_CENTS}`), "500");
    const withField = ACCOUNT.replace("balance = 5", "balance = 5\n  state: owner = nil");
    assertEquals(await balanceAfter("src/Account.bt", withField), "500");
    const second = `${IN_CENTS}\npatch Account >> state { self.balance := self.balance + 1 }\n`;
    assertEquals(await balanceAfter("src/migrations.bt", second), "501");
    assertEquals(
      await balanceAfter("src/migrations.bt", "// None.\nInteger >> cents => self\n"),
      "501",
    );
    assertEquals(await balanceAfter("src/migrations.bt", IN_CENTS), "50100");
    // One that is typed is meant each time.
    for (const balance of ["51", "52"]) {
      const typed = `patch Account >> state { self.balance := ${balance} }`;
      assertEquals(await run(`${typed}\n${typed}\na balance`), balance);
    }
    await run("patch Account >> state { self.balance += 1 }");
    await run("patch Account >> state { self.balance += 1 }");
    assertEquals(await balanceAfter("src/Account.bt", ACCOUNT), "54");
  }));

Deno.test("a migration may refuse an actor, and let a field begin anew", () =>
  withLive({ "src/Account.bt": ACCOUNT }, async (live) => {
    const { run } = await openedPrompt(live);
    await run("a := Account spawn. b := Account spawn");
    await run("patch Account >> state { self.balance := 6 }");
    assertMatch(
      await run('patch Account >> state { self.balance > 5 ifTrue: [self error: "too much"] }'),
      /^Error: nothing was loaded: the migration of #Actor<Account.* failed: too much \(prompt:1\)$/,
    );
    assertEquals(await run("{a balance, b balance}"), "{6, 6}");
    assertEquals(await run("patch Account >> state { self removeField: #balance }"), "Account");
    assertEquals(await run("{a balance, b balance}"), "{5, 5}");
  }));

Deno.test("a migration runs with its class, whichever command loads it", () =>
  withLive({ "src/Account.bt": ACCOUNT }, async (live) => {
    const { run } = await openedPrompt(live);
    await run("Workspace bind: Account spawn as: #a");
    const options = { folder: live.root, env: { BEAMTALK_HOME: live.home } };
    const withCents = ACCOUNT.replace("balance = 5", "balance = 5\n  state: cents :: Integer = 0");
    await live.write(
      "src/Account.bt",
      `${withCents}  cents => self.cents\n\npatch Account >> state { self.cents := self.balance * 100 }\n`,
    );
    assertEquals((await beamtalk(["repl", "-e", "a cents"], options)).output, "500\n");
    assertEquals((await beamtalk(["repl", "-e", "a cents"], options)).output, "500\n");
  }));

Deno.test("a workspace whose node does not take the files can still be used, and brought up to date", () =>
  withLive({ "src/Account.bt": ACCOUNT }, async (live) => {
    const { run } = await openedPrompt(live);
    await run("Workspace bind: Account spawn as: #a");
    const options = { folder: live.root, env: { BEAMTALK_HOME: live.home } };
    const evaluate = async (...texts: string[]) =>
      await beamtalk(["repl", ...texts.flatMap((text) => ["-e", text])], options);
    await live.write(
      "src/Account.bt",
      ACCOUNT.replace("state: balance = 5", "field: balance = 6")
        .replace("Actor", "Value"),
    );
    const refused = await evaluate("a balance");
    assertEquals([refused.code, refused.output], [0, "5\n"]);
    assertMatch(
      refused.errors,
      /^warning: the project is not as its files: Account cannot become a value class.*#Actor<Account/,
    );
    assertMatch(refused.errors, /hint: stop them first/);
    const { errors } = await beamtalk(["load", "src"], options);
    assertEquals(errors.match(/cannot become/g)?.length, 1);
    const mended = await evaluate("a stop", "Workspace sync", "Account new balance");
    assertEquals(mended.output.split("\n").at(-2), "6");
    assertEquals((await evaluate("Account new balance")).errors, "");
  }));

Deno.test("what bringing a workspace up to date leaves in actors is told by every command", () =>
  withLive({ [FILE]: COUNTER }, async (live) => {
    const { run } = await openedPrompt(live);
    await run("c := Counter spawn");
    await live.write(
      FILE,
      COUNTER.replace("  state: log = #()\n", "").replace(/ {2}log =>.*\n/, ""),
    );
    const options = { folder: live.root, env: { BEAMTALK_HOME: live.home } };
    const { output, errors } = await beamtalk(["repl", "-e", "3 + 4"], options);
    assertEquals(output, "7\n");
    assertMatch(
      errors,
      /^warning: Counter has no field 'log' any more; 1 living actor keeps it until/,
    );
    assertEquals((await beamtalk(["repl", "-e", "3 + 4"], options)).errors, "");
  }));

Deno.test("all is reloaded, also where methods were typed for classes of the library", () =>
  withLive({ "src/Account.bt": ACCOUNT }, async (live) => {
    const { run } = await openedPrompt(live);
    await run("Integer >> trice => self * 3");
    await live.write("src/Account.bt", ACCOUNT.replace("=> self.balance", "=> self.balance trice"));
    assertEquals(await reload(live, "--dry-run"), "0: Would load: Account\n");
    assertEquals(await reload(live), "0: Reloaded Account\n");
    assertEquals(await run("Account spawn balance"), "15");
  }));

Deno.test("values that were made before their class had a field have its default", () =>
  withLive({
    "src/Spot.bt":
      "Value subclass: Spot\n  field: x :: Integer = 1\n\n  sum -> Integer => self.x + self.x\n",
    "src/Robot.bt":
      "Actor subclass: Robot\n  state: at = (Spot new: #{#x => 5})\n\n  at => self.at\n  sum => self.at sum\n",
  }, async (live) => {
    const { run } = await openedPrompt(live);
    await run("r := Robot spawn. mine := Spot new");
    await live.write(
      "src/Spot.bt",
      "Value subclass: Spot\n  field: x :: Integer = 1\n  field: y :: Integer = 7\n  field: name :: String\n\n" +
        "  sum -> Integer => self.x + self.y\n",
    );
    assertEquals(await reload(live), "0: Reloaded Spot\n");
    const said = [
      ["r sum", "12"],
      ["r at y", "7"],
      ["mine sum", "8"],
      ["mine name", "nil"],
      ["mine", "Spot(x: 1, y: 7, name: nil)"],
      ["mine fieldAt: #y", "7"],
      ["mine fieldAt: #z", "Error: Spot has no field #z"],
      ["(mine withY: 9) sum", "10"],
      ["(mine withX: 9) sum", "16"],
    ];
    for (const [text, answer] of said) assertEquals([text, await run(text!)], [text, answer]);
  }));

Deno.test("reload takes in files that are new, and fails where one of them is wrong", () =>
  withLive({ "src/Account.bt": ACCOUNT }, async (live) => {
    const { run } = await openedPrompt(live);
    await live.write("src/Loan.bt", "Value subclass: Loan\n  size => (1\n");
    const account = ACCOUNT.replace("balance = 5", "balance = 6");
    await live.write("src/Account.bt", account);
    assertMatch(
      await reload(live),
      /^1: [^]*src\/Loan\.bt:2:11[^]*cannot be loaded: it has errors/,
    );
    assertMatch(await reload(live, "--dry-run"), /^1: [^]*src\/Loan\.bt:2:11/);
    assertEquals(await run("Account spawn balance"), "5");
    await live.write("src/Loan.bt", "Value subclass: Loan\n  size => 1\n");
    assertMatch(
      await reload(live, "--dry-run"),
      /^0: Would load: (?:Account, Loan|Loan, Account)\n$/,
    );
    assertMatch(await reload(live), /^0: Reloaded /);
    assertEquals(await run("Account spawn balance"), "6");
    assertEquals(await run("Loan new size"), "1");
  }));

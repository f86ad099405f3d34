/** The prompt as a person meets it: in a terminal, with keys. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { beamtalk } from "./command_line.ts";
import { KEY, terminalTests } from "./terminal.ts";

const COUNTER = `/// Counts up.
Actor subclass: Counter
  state: value = 0

  /// One more.
  increment => self.value += 1

  /// Puts a value where it is told to.
  at: key put: it => self.value := it

  later: ms => Timer after: ms do: [Transcript show: "from the actor"; cr]

  halves: ms =>
    Timer after: ms do: [Transcript show: "first half,"]
    Timer after: ms * 2 do: [Transcript show: " second half"; cr]
`;

const terminalTest = terminalTests({ "src/Counter.bt": COUNTER });

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

terminalTest("values, errors and the history at the prompt", async ({ terminal, folder }) => {
  assertMatch(await terminal.enter("c := Counter spawn"), /^#Actor<Counter,[\d.]+>$/);
  assertStringIncludes(await terminal.enter("c nope"), "Error: Counter does not understand #nope");
  assertEquals(await terminal.enter("c increment"), "1");
  await terminal.type(KEY.up);
  await terminal.shows(/bt> c increment$/);
  assertEquals(await terminal.enter(""), "2");
  assertMatch(await terminal.enter("1 + )"), /error[^]*\^/);
  assertMatch(await terminal.enter('Transcript show: "no newline"'), /^no newline\n#Actor<Tran/);
  await terminal.type(KEY.ctrl("d"));
  assertEquals(await terminal.ends(), 0);
  assertEquals((await Deno.readTextFile(join(folder, "home", "history"))).split("\n"), [
    "c := Counter spawn",
    "c nope",
    "c increment",
    "1 + )",
    'Transcript show: "no newline"',
    "",
  ]);
});

terminalTest("the line is edited in place, wide characters included", async ({ terminal }) => {
  await terminal.type('"漢字!"');
  await terminal.shows(/bt> "漢字!"$/);
  assertEquals(terminal.screen.cursor.column, 4 + 7);
  await terminal.type(KEY.left + KEY.left + KEY.backspace);
  await terminal.shows(/bt> "漢!"$/);
  assertEquals(terminal.screen.cursor.column, 4 + 3);
  assertEquals(await terminal.enter("é👍"), "漢é👍!");
  await terminal.type(`1000 + 1${KEY.home}2 * ${KEY.ctrl("e")} + 1`);
  assertEquals(await terminal.enter(""), "2002");
  await terminal.type(`3 + 4${KEY.ctrl("w")}${KEY.ctrl("w")}${KEY.ctrl("w")}`);
  assertEquals(await terminal.enter(`9${KEY.ctrl("_")}${KEY.ctrl("y")} + 1`), "4");
});

terminalTest("a long line wraps and is edited across its rows", async ({ terminal }) => {
  await terminal.type("1 + 11111111111111111111111111111 + 2");
  await terminal.shows(/bt> 1 \+ 1111111111111111111\n1111111111 \+ 2$/);
  await terminal.type(`${KEY.home}9 * `);
  await terminal.shows(/bt> 9 \* 1 \+ 111111111111111\n11111111111111 \+ 2$/);
  assertEquals(terminal.screen.cursor.column, 8);
  assertEquals(await terminal.enter(KEY.ctrl("k") + "2"), "18");
}, { columns: 28, rows: 10 });

terminalTest(
  "an unfinished expression goes on, and its lines can be edited",
  async ({ terminal }) => {
    await terminal.type(`#(1,${KEY.enter}`);
    await terminal.shows(/bt> #\(1,\n\.\.>$/);
    await terminal.type("2) size");
    await terminal.type(`${KEY.up}${KEY.ctrl("e")} 5,`);
    await terminal.shows(/bt> #\(1, 5,\n\.\.> 2\) size$/);
    assertEquals(await terminal.enter(""), "..> 2) size\n3");
    await terminal.type(KEY.up);
    await terminal.shows(/bt> #\(1, 5,\n\.\.> 2\) size$/);
    await terminal.type(KEY.ctrl("c"));
    const pasted = "Value subclass: Pair\n  field: a = 1\n\n  double => self.a * 2\n";
    await terminal.type(KEY.paste(pasted));
    await terminal.shows(/bt> Value subclass: Pair\n\.\.> {3}field: a = 1\n[^]*\* 2\n\.\.>$/);
    assertMatch(await terminal.enter(""), /\nPair$/);
    assertEquals(await terminal.enter("Pair new double"), "2");
  },
);

terminalTest("the colours are those of the lexer's tokens", async ({ terminal }) => {
  await terminal.type('Counter at: #key put: "t {1}" // c');
  const painted = [
    "\x1b[33mCounter\x1b[39m ",
    "\x1b[34mat:\x1b[39m ",
    "\x1b[35m#key\x1b[39m ",
    "\x1b[34mput:\x1b[39m ",
    '\x1b[32m"t {\x1b[39m',
    "\x1b[36m1\x1b[39m",
    '\x1b[32m}"\x1b[39m ',
    "\x1b[90m// c\x1b[39m",
  ].join("");
  await terminal.shows(/\/\/ c$/);
  assertStringIncludes(terminal.sent, painted);
}, { env: { NO_COLOR: "" } });

terminalTest("NO_COLOR leaves the line plain", async ({ terminal }) => {
  await terminal.type('Counter at: "text"');
  await terminal.shows(/at: "text"$/);
  // deno-lint-ignore no-control-regex
  assert(!/\x1b\[\d+m/.test(terminal.sent), "something is coloured");
});

terminalTest("Ctrl-R searches what all prompts have entered", async ({ terminal, open }) => {
  await terminal.enter("40 + 2");
  await terminal.enter("#(1, 2) size");
  const other = await open();
  await other.enter('"from the other" size');
  await terminal.type(KEY.ctrl("r"));
  await terminal.shows(/search:$/);
  await terminal.type("OTHER".toLowerCase());
  await terminal.shows(/bt> "from the other" size\nsearch: other$/);
  await terminal.type(`${KEY.backspace.repeat(5)}size`);
  await terminal.shows(/bt> "from the other" size\nsearch: size$/);
  await terminal.type(KEY.ctrl("r"));
  await terminal.shows(/bt> #\(1, 2\) size\nsearch: size$/);
  await terminal.type(KEY.ctrl("s"));
  await terminal.shows(/bt> "from the other" size\nsearch: size$/);
  await terminal.type(KEY.ctrl("r"));
  assertEquals(await terminal.enter(""), "2");
  await terminal.type(`typed${KEY.ctrl("r")}nowhere`);
  await terminal.shows(/bt> typed\nsearch: nowhere {2}\(no entry has this\)$/);
  await terminal.type(KEY.ctrl("g"));
  await terminal.shows(/bt> typed$/);
});

terminalTest("Ctrl-C ends what runs and what is typed, not the session", async ({ terminal }) => {
  await terminal.enter("x := 42");
  await terminal.type(`[true] whileTrue: []${KEY.enter}`);
  await pause(500);
  await terminal.type(KEY.ctrl("c"));
  await terminal.shows(/Interrupted\nbt>$/);
  await terminal.type(`half a thought ${KEY.ctrl("c")}`);
  await terminal.shows(/half a thought \^C\nbt>$/);
  assertEquals(await terminal.enter("x + 1"), "43");
});

terminalTest("Ctrl-C runs what ensure: says, and said again ends that", async ({ terminal }) => {
  await terminal.enter("open := #()");
  const guarded = (body: string, after: string) =>
    terminal.type(`[${body}. [true] whileTrue: []] ensure: [${after}]${KEY.enter}`);
  await guarded(
    'open := open add: 1. Transcript show: "began"; cr',
    'open := open add: 2. Transcript show: "closed"; cr',
  );
  await terminal.shows(/^began$/m);
  await terminal.type(KEY.ctrl("c"));
  await terminal.shows(/^closed\nInterrupted\nbt>$/m);
  assertEquals(await terminal.enter("open"), "#(1, 2)");
  await guarded(
    'Transcript show: "again"; cr',
    'Transcript show: "closing"; cr. [true] whileTrue: []',
  );
  await terminal.shows(/^again$/m);
  await terminal.type(KEY.ctrl("c"));
  await terminal.shows(/^closing$/m);
  await terminal.type(KEY.ctrl("c"));
  await terminal.shows(/Interrupted\n {2}its ensure: blocks had not ended, and were stopped\nbt>$/);
});

terminalTest("what is typed while an expression runs is read after it", async ({ terminal }) => {
  await terminal.type(`Timer sleep: 400${KEY.enter}20 + 1${KEY.enter}`);
  await terminal.shows(/bt> 20 \+ 1\n21\nbt>$/);
  await terminal.type(`Timer sleep: 400${KEY.enter}${KEY.enter}30 + 1${KEY.enter}`);
  await terminal.shows(/bt>\nbt> 30 \+ 1\n31\nbt>$/);
});

terminalTest("a limit of time ends an expression", async ({ terminal }) => {
  assertEquals(await terminal.enter(":timeout 200"), "Each expression may take 200 ms.");
  assertMatch(await terminal.enter("[true] whileTrue: []"), /Error: .* ran longer than 200 ms/);
  assertEquals(await terminal.enter(":timeout"), "Each expression may take 200 ms.");
  assertMatch(await terminal.enter(":timeout soon"), /needs a whole number/);
  assertEquals(await terminal.enter(":timeout none"), "No limit.");
});

terminalTest("what actors write comes above the line that is typed", async ({ terminal }) => {
  await terminal.enter("c := Counter spawn");
  await terminal.enter("c later: 500");
  await terminal.type("c incre");
  await terminal.shows(/from the actor\nbt> c incre$/);
  assertEquals(await terminal.enter("ment"), "1");
  await terminal.enter("c halves: 400");
  await terminal.type("c incre");
  await terminal.shows(/\nfirst half,\nbt> c incre$/);
  await terminal.shows(/first half, second half\nbt> c incre$/);
  assertEquals(await terminal.enter("ment"), "2");
});

terminalTest("Tab completes names, selectors, commands and paths", async ({ terminal }) => {
  await terminal.enter("counted := Counter spawn");
  await terminal.type(`counte${KEY.tab}`);
  await terminal.shows(/bt> counted$/);
  await terminal.type(` incr${KEY.tab}`);
  await terminal.shows(/ increment$/);
  assertEquals(await terminal.enter(""), "1");
  await terminal.type(`:bind${KEY.tab}`);
  await terminal.shows(/:bindings$/);
  assertMatch(await terminal.enter(""), /counted = #Actor<Counter/);
  await terminal.type(`:load sr${KEY.tab}`);
  await terminal.shows(/:load src\/$/);
  await terminal.type(KEY.tab);
  await terminal.shows(/Counter.bt$/);
  assertEquals(await terminal.enter(""), "Loaded: Counter (src/Counter.bt)\n#(Counter)");
});

terminalTest(
  "Tab puts keyword parts in, and goes on to the next argument",
  async ({ terminal }) => {
    await terminal.enter("c := Counter spawn");
    await terminal.type(`c at${KEY.tab}`);
    await terminal.shows(/bt> c at: {2}put:$/);
    assertEquals(terminal.screen.cursor.column, "bt> c at: ".length);
    await terminal.type(`#k${KEY.tab}7`);
    await terminal.shows(/bt> c at: #k put: 7$/);
    assertEquals(await terminal.enter(""), "7");
  },
);

terminalTest("Tab goes on with a keyword that is half typed", async ({ terminal }) => {
  await terminal.enter("c := Counter spawn");
  await terminal.enter("d := #{#k => 1}");
  const typed: readonly (readonly [string, string])[] = [
    ["c at: 1 pu", "c at: 1 put:"],
    ["d at: #k pu", "d at: #k put:"],
    ["c increment; at: 1 pu", "c increment; at: 1 put:"],
    ["c at: 1 put: (3 between: 1 an", "c at: 1 put: (3 between: 1 and:"],
    ["Workspace bind: 1 as", "Workspace bind: 1 as\n  as: "],
  ];
  for (const [text, expected] of typed) {
    await terminal.type(text + KEY.tab);
    await terminal.shows(new RegExp(`bt> ${RegExp.escape(expected)}`));
    await terminal.type(KEY.ctrl("c"));
    await terminal.shows(/\^C\nbt>$/);
  }
  await terminal.type(`(c at: 1${KEY.enter}  pu${KEY.tab}`);
  await terminal.shows(/bt> \(c at: 1\n\.\.> {3}put:$/);
  assertEquals(await terminal.enter("9)"), "..>   put: 9)\n9");
});

terminalTest("several that fit are shown with what they are", async ({ terminal }) => {
  await terminal.enter("c := Counter spawn");
  await terminal.type(`c is${KEY.tab}`);
  await terminal.shows(/bt> c is\n +is\S+ .*\n/);
  await terminal.type(`${KEY.tab}${KEY.tab}${KEY.backTab}`);
  await terminal.shows(/bt> c is\n> is\S+ .* >> is[^]*\n {2}True\./);
  await terminal.type("Al");
  await terminal.shows(/bt> c isAl\n +isAlive .*>> isAlive -> Boolean$/);
  await terminal.type(KEY.tab);
  await terminal.shows(/bt> c isAlive$/);
  await terminal.type(`${KEY.ctrl("w")}isA${KEY.tab}${KEY.tab}${KEY.tab}${KEY.enter}`);
  await terminal.shows(/bt> c is\w+$/);
  await terminal.type(`${KEY.ctrl("w")}isAlive`);
  assertEquals(await terminal.enter(""), "true");
});

terminalTest("a huge result is shown a page at a time", async ({ terminal }) => {
  const shown = await terminal.enter("(1 to: 3000) asList");
  const lines = shown.split("\n");
  assertEquals(lines.length, 39);
  assertMatch(lines.at(-1)!, /^\.\.\. \d+ characters more; :more shows the next page$/);
  assertMatch(await terminal.enter(":more"), /\d, \d[^]*characters more/);
  await terminal.enter("1");
  assertEquals(await terminal.enter(":more"), "There is nothing more to show.");
});

terminalTest(":help tells of commands, topics, classes and methods", async ({ terminal }) => {
  assertMatch(await terminal.enter(":help"), /:load PATH +load a file[^]*Topics: keys/);
  assertMatch(await terminal.enter(":help keys"), /Ctrl-R +search the history/);
  assertMatch(await terminal.enter(":help :load"), /^:load PATH\n.*Workspace load:\nalso :l$/);
  assertMatch(await terminal.enter(":help Counter"), /^Counter : Actor\n[^]*Counts up\./);
  assertMatch(await terminal.enter(":help Counter increment"), /One more\.[^]*Defined in Counter/);
  assertEquals(
    await terminal.enter(":help Nobody"),
    "Error: Class 'Nobody' not found. Use Beamtalk allClasses for available classes.\n" +
      "  BeamtalkInterface>>help:",
  );
  assertMatch(await terminal.enter(":help ???"), /There is no help on \?\?\?/);
  assertMatch(await terminal.enter(":help Workspace load:"), /^load: path :: String -> List/);
  assertMatch(await terminal.enter(":help Transcript"), /^TranscriptStream : Actor\n/);
  assertMatch(await terminal.enter(":help Erlang lists"), /^Erlang lists\n[^]*\nfoldl\/3\n/);
  await terminal.enter("c := Counter spawn");
  assertMatch(await terminal.enter(":help c increment"), /One more\.[^]*Defined in Counter/);
  await terminal.enter("c := Counter");
  assertMatch(await terminal.enter(":help c"), /^Counter class\n/);
  assertMatch(
    await terminal.enter(":help at:put:"),
    /^ {2}Counter >> at: key put: it\n[^]* {2}Dictionary >> [^]*:help Counter at:put: tells/,
  );
});

terminalTest("what is meant as a command and is none says so", async ({ terminal }) => {
  assertEquals(
    await terminal.enter("quit"),
    "Error: Undefined variable: quit\n  :quit is a command: leave; the workspace goes on",
  );
  assertEquals(await terminal.enter("q"), "Error: Undefined variable: q");
  await terminal.enter("running := 1");
  assertEquals(
    await terminal.enter("runing + 1"),
    "Error: Undefined variable: runing\n  Did you mean running?",
  );
  assertEquals(
    await terminal.enter("Countr spawn"),
    "Error: Class 'Countr' not found\n  Did you mean Counter?",
  );
  assertEquals(
    await terminal.enter(":laod x"),
    "No such command: :laod. Did you mean :load? :help lists them.",
  );
  assertEquals(await terminal.enter(":"), "A command follows the colon. :help lists them.");
  assertEquals(await terminal.enter(":clear x"), ":clear takes no argument; got x");
  assertMatch(await terminal.enter(":timeout 1e3"), /needs a whole number/);
  assertMatch(await terminal.enter(":show-codegen 1 +"), /^error\[BT\d+\][^]*prompt:1:[^]*\^\n$/);
  assertMatch(
    await terminal.enter(":test"),
    /\nNo test classes are loaded\. Workspace load: "test"/,
  );
});

terminalTest("where the workspace is killed, the prompt goes on in another", async (setting) => {
  const { terminal, folder } = setting;
  await terminal.enter("x := 1");
  const env = { BEAMTALK_HOME: join(folder, "home") };
  const status = await beamtalk(["workspace", "status", "--json"], { folder, env });
  Deno.kill(Number(JSON.parse(status.output).status.os_pid), "SIGKILL");
  await pause(300);
  assertMatch(await terminal.enter("1 + 1"), /Error: [^]*another one runs now/);
  assertEquals(await terminal.enter("Counter spawn increment"), "1");
});

terminalTest(
  "what one prompt's code writes is shown at all prompts",
  async ({ terminal, open }) => {
    const other = await open();
    await other.type("half ty");
    await terminal.enter('Transcript show: "for all"; cr');
    await other.shows(/for all\nbt> half ty$/);
    assertEquals(await terminal.enter("Workspace sessions size"), "2");
    await terminal.enter("Workspace bind: Counter spawn as: #shared");
    await other.type(KEY.ctrl("c"));
    await other.shows(/\^C\nbt>$/);
    assertEquals(await other.enter("shared increment"), "1");
    assertEquals(await terminal.enter("shared increment"), "2");
    await terminal.enter("Counter >> twice => self.value * 2");
    assertEquals(await other.enter("shared twice"), "4");
  },
);

terminalTest("a prompt that is killed leaves nothing running", async ({ terminal, open }) => {
  const other = await open();
  await other.type(`Workspace bind: 1 as: #begun. [true] whileTrue: []${KEY.enter}`);
  await pause(700);
  assertEquals(await terminal.enter("begun. Workspace sessions size"), "1\n2");
  other.stop();
  for (let tries = 0; tries < 50; tries++) {
    if (await terminal.enter("Workspace sessions size") === "1") break;
    await pause(100);
  }
  assertEquals(await terminal.enter("Workspace sessions size"), "1");
});

terminalTest("the workspace goes on without prompts, and is listed", async (setting) => {
  const { terminal, folder, env, open } = setting;
  await terminal.enter("Workspace bind: Counter spawn as: #kept");
  await terminal.enter("kept increment");
  await terminal.type(`:exit${KEY.enter}`);
  assertEquals(await terminal.ends(), 0);
  const run = (...args: string[]) => beamtalk(["workspace", ...args], { folder, env });
  assertMatch((await run("list")).output, /^running {2}\S+ {2}\w+@127\.0\.0\.1\n$/);
  assertMatch((await run("status")).output, /classes {3}Counter\n {2}actors {4}#Actor<Counter/);
  assertEquals((await run("attach", "-e", "kept increment")).output, "2\n");
  assertEquals(await (await open()).enter("kept increment"), "3");
  await run("stop");
  assertMatch((await run("list")).output, /^stopped /);
  assertEquals((await run("status")).code, 1);
  assertEquals((await run("logs", "--lines", "3")).code, 0);
});

/** The terminal changes under the prompt: its size, who has it, what is written, what it can show. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { join } from "@std/path";
import { KEY, terminalTests } from "./terminal.ts";

const TICKER = `/// Writes after a while.
Actor subclass: Ticker
  after: ms lines: n =>
    Timer after: ms do: [1 to: n do: [:i | Transcript show: "tick {i}"; cr]]
    #started

  answers: name isLate: flag => {name, flag}
`;

const changesTest = terminalTests({ "src/Ticker.bt": TICKER });

const ENTRY = `#(1111, 2222, 3333, 4444, 5555,${KEY.enter}"漢字 👍 é", 6666,${KEY.enter}7777`;
const AT_80 = `bt> #(1111, 2222, 3333, 4444, 5555,
..> "漢字 👍 é", 6666,
..> 7777`;
const AT_20 = `bt> #(1111, 2222, 3
333, 4444, 5555,
..> "漢字 👍 é", 66
66,
..> 7777`;

changesTest(
  "an entry is painted anew where the terminal changes its size",
  async ({ terminal }) => {
    await terminal.enter("40 + 2");
    await terminal.type(ENTRY);
    await terminal.shows(/7777$/);
    const sizes: readonly (readonly [number, number, string])[] = [
      [20, 24, AT_20],
      [80, 24, AT_80],
      [28, 24, 'bt> #(1111, 2222, 3333, 444\n4, 5555,\n..> "漢字 👍 é", 6666,\n..> 7777'],
      [20, 24, AT_20],
      [80, 24, AT_80],
    ];
    for (const [columns, rows, expected] of sizes) {
      await terminal.resize(columns, rows);
      await terminal.shows(new RegExp(`bt> 40 \\+ 2\n42\n${RegExp.escape(expected)}$`));
      assertEquals(terminal.screen.cursor.column, 8);
    }
    await terminal.type(`${KEY.up}${KEY.up}${KEY.ctrl("a")}9`);
    await terminal.shows(/bt> 9#/);
    await terminal.resize(20, 24);
    const narrow = AT_20.replace("#(1111, 2222, 3\n333", "9#(1111, 2222,\n3333");
    await terminal.shows(new RegExp(`42\n${RegExp.escape(narrow)}$`));
    assertEquals(terminal.screen.cursor.column, 5);
    await terminal.resize(80, 24);
    await terminal.shows(new RegExp(`42\n${RegExp.escape(AT_80.replace("#", "9#"))}$`));
    await terminal.type(`${KEY.backspace}${KEY.down}${KEY.down}${KEY.ctrl("e")}`);
    assertMatch(await terminal.enter(") size"), /\n8$/);
  },
);

changesTest("at the last row of the screen, what is typed and the menu scroll", async (setting) => {
  const { terminal } = setting;
  for (let i = 0; i < 5; i++) await terminal.enter(String(i));
  await terminal.type(`#(1,${KEY.enter}2,${KEY.enter}3 is${KEY.tab}`);
  await terminal.shows(/bt> #\(1,\n\.\.> 2,\n\.\.> 3 is\n +is\S+[^]*more$/);
  await terminal.type(`Nil${KEY.tab}`);
  await terminal.shows(/\n4\nbt> #\(1,\n\.\.> 2,\n\.\.> 3 isNil$/);
  assertEquals(await terminal.enter(") size"), "..> 2,\n..> 3 isNil) size\n3");
}, { columns: 60, rows: 14 });

changesTest("a narrow terminal wraps lines, errors and menus", async ({ terminal }) => {
  await terminal.type(`3 is${KEY.tab}`);
  await terminal.shows(/bt> 3 is\n {2}is\w+[^]*more$/);
  const asked = terminal.screen.lines().indexOf("bt> 3 is");
  assert(terminal.screen.lines().slice(asked).every((line) => line.length < 20));
  await terminal.type(KEY.ctrl("u"));
  assertEquals(
    await terminal.enter('"漢字漢字漢字漢字漢字漢字"'),
    '字漢字漢字"\n漢字漢字漢字漢字漢字\n漢字',
  );
  assertMatch(await terminal.enter("1 + )"), /`\)` c\nloses nothing[^]*\^/);
}, { columns: 20, rows: 24 });

changesTest(
  "Ctrl-Z gives the shell its terminal, fg brings the entry back",
  async ({ terminal }) => {
    const modes = "stty -a | grep -ow -e '-*icanon' -e '-*echo'";
    await terminal.enter("x := 20");
    await terminal.type(`#(x,${KEY.enter}x + 1`);
    await terminal.shows(/\.\.> x \+ 1$/);
    await terminal.type(KEY.ctrl("z"));
    await terminal.shows(/\.\.> x \+ 1\n[^]*sh>$/);
    await terminal.type(`${modes}\r`);
    await terminal.shows(/echo'\nicanon\necho\nsh>$/);
    assert(terminal.sent.lastIndexOf("\x1b[?2004l") > terminal.sent.lastIndexOf("\x1b[?2004h"));
    await terminal.type("fg\r");
    await terminal.shows(/sh> fg\n[^]*\nbt> #\(x,\n\.\.> x \+ 1$/);
    assert(terminal.sent.lastIndexOf("\x1b[?2004h") > terminal.sent.lastIndexOf("\x1b[?2004l"));
    assertMatch(await terminal.enter(") size"), /\n2$/);

    await terminal.type(`Timer sleep: 1500. x${KEY.enter}`);
    await terminal.shows(/Timer sleep: 1500\. x\n$/);
    await terminal.type(KEY.ctrl("z"));
    await terminal.shows(/sh>$/);
    await terminal.type("fg\r");
    await terminal.shows(/\n20\nbt>$/);
    assertEquals(await terminal.enter("x + 1"), "21");

    await terminal.type("half");
    await terminal.shows(/bt> half$/);
    await terminal.signal("SIGSTOP");
    await terminal.shows(/signal[^]*sh>$/);
    // The terminal is as the prompt had it: where a shell does not mend that, Enter is no newline.
    await terminal.type("fg\n");
    await terminal.shows(/signal[^]*sh>[^]*\nbt> half$/);
    await terminal.type(`${KEY.ctrl("u")}${KEY.ctrl("d")}`);
    await terminal.shows(/\nsh>$/);
    await terminal.type(`${modes}\r`);
    await terminal.shows(/echo'\nicanon\necho\nsh>$/);
    await terminal.type(`exit${KEY.enter}`);
    await terminal.ends();
  },
  { inShell: true },
);

for (const [signal, code] of [["SIGTERM", 143], ["SIGHUP", 129], ["SIGQUIT", 131]] as const) {
  changesTest(`${signal} leaves the terminal as it was`, async ({ terminal, folder }) => {
    await terminal.enter("40 + 2");
    await terminal.type(`#(1,${KEY.enter}2${KEY.up}`);
    await terminal.shows(/\.\.> 2$/);
    await terminal.signal(signal);
    await terminal.shows(/\.\.> 2\nsh>$/);
    await terminal.type("echo code $?; stty -a | grep -ow -e '-*icanon' -e '-*echo'\r");
    await terminal.shows(new RegExp(`\ncode ${code}\nicanon\necho\nsh>$`));
    assert(terminal.sent.lastIndexOf("\x1b[?2004l") > terminal.sent.lastIndexOf("\x1b[?2004h"));
    assertEquals(await Deno.readTextFile(join(folder, "home", "history")), "40 + 2\n");
    await terminal.type(`exit${KEY.enter}`);
    await terminal.ends();
  }, { inShell: true });
}

changesTest("SIGTERM ends a prompt whose expression runs; the session goes", async (setting) => {
  const { terminal, open } = setting;
  const other = await open();
  await other.type(`Workspace bind: 1 as: #begun. [true] whileTrue: []${KEY.enter}`);
  for (let tries = 0; tries < 100; tries++) {
    if (/^1$/.test(await terminal.enter("begun"))) break;
  }
  await other.signal("SIGTERM");
  assertEquals(await other.ends(), 143);
  for (let tries = 0; tries < 100; tries++) {
    if (await terminal.enter("Workspace sessions size") === "1") break;
  }
  assertEquals(await terminal.enter("Workspace sessions size"), "1");
});

changesTest("many pasted lines are one entry, evaluated by one Enter", async ({ terminal }) => {
  const lines = Array.from({ length: 400 }, (_, index) => `v${index} := ${index} + 1\n`).join("");
  await terminal.type(KEY.paste(lines));
  await terminal.shows(/v399 := 399 \+ 1\n\.\.>$/);
  assert(!terminal.screen.lines().includes("400"));
  await terminal.type(KEY.enter);
  await terminal.shows(/\n399\n400\nbt>$/);
  assertEquals(await terminal.enter("v0 + v399"), "401");
  await terminal.type(KEY.up + KEY.up);
  await terminal.shows(/v399 := 399 \+ 1$/);
});

changesTest("an entry longer than the screen shows the part around the cursor", async (setting) => {
  const { terminal } = setting;
  const sum = Array.from({ length: 300 }, (_, index) => `${index + 1000}`).join(" + ");
  await terminal.type(KEY.paste(sum));
  await terminal.shows(/ 1299$/);
  assert(terminal.screen.lines().filter((line) => / \d{4} /.test(line)).length < 12);
  await terminal.type(`${KEY.home}1 + `);
  await terminal.shows(/bt> 1 \+ 1000 \+ 1001/);
  assertEquals(terminal.screen.cursor.column, 8);
  await terminal.type(KEY.ctrl("e"));
  await terminal.shows(/ 1299$/);
  await terminal.type(KEY.enter);
  await terminal.shows(/ 1299\n344851\nbt>$/);
}, { columns: 40, rows: 12 });

changesTest(
  "Ctrl-D takes the next character away, and leaves where nothing is typed",
  async (setting) => {
    const { terminal } = setting;
    await terminal.type(`123${KEY.home}${KEY.ctrl("d")}`);
    await terminal.shows(/bt> 23$/);
    await terminal.type(KEY.ctrl("e") + KEY.ctrl("d"));
    assertEquals(await terminal.enter(""), "23");
    await terminal.type(`#(1,${KEY.enter}${KEY.ctrl("d")}2) size`);
    assertEquals(await terminal.enter(""), "..> 2) size\n2");
    await terminal.type(KEY.ctrl("d"));
    assertEquals(await terminal.ends(), 0);
  },
);

changesTest(
  "output comes above an entry of several lines, a menu and a search",
  async (setting) => {
    const { terminal } = setting;
    await terminal.enter("t := Ticker spawn");
    assertEquals(await terminal.enter("t after: 400 lines: 3"), "#started");
    await terminal.type(`#(1,${KEY.enter}2,${KEY.enter}3${KEY.up}`);
    await terminal.shows(/#started\ntick 1\ntick 2\ntick 3\nbt> #\(1,\n\.\.> 2,\n\.\.> 3$/);
    assertEquals(terminal.screen.cursor.column, 5);
    await terminal.type(KEY.ctrl("c"));
    await terminal.shows(/\^C\nbt>$/);

    await terminal.enter("t after: 600 lines: 2");
    await terminal.type(`t answ${KEY.tab}#a is${KEY.tab}`);
    await terminal.shows(/#started\ntick 1\ntick 2\nbt> t answers: #a is isLate:\n {2}is/);
    await terminal.type(KEY.ctrl("c"));
    await terminal.shows(/\^C\nbt>$/);

    await terminal.enter("t after: 400 lines: 2");
    await terminal.type(`${KEY.ctrl("r")}lines: 3`);
    await terminal.shows(/#started\ntick 1\ntick 2\nbt> t after: 400 lines: 3\nsearch: lines: 3$/);
  },
);

changesTest("a flood of output leaves the line as it is", async ({ terminal }) => {
  await terminal.enter("t := Ticker spawn");
  await terminal.enter("t after: 200 lines: 3000");
  await terminal.type("1 + 1");
  await terminal.shows(/tick 2999\ntick 3000\nbt> 1 \+ 1$/);
  assertEquals(await terminal.enter(""), "2");
});

changesTest("a terminal that can only print is asked line by line", async ({ terminal }) => {
  await terminal.shows(/Ctrl-D leaves\.\nbt>$/);
  await terminal.type("#(1,\r");
  await terminal.shows(/\n\.\.>$/);
  await terminal.type("2) size\r");
  await terminal.shows(/\.\.> 2\) size\n2\nbt>$/);
  for (const line of ["Value subclass: Pair", "  field: a = 1"]) {
    await terminal.type(`${line}\r`);
    await terminal.shows(new RegExp(`${line}\n\\.\\.>$`));
  }
  await terminal.type("\r");
  await terminal.shows(/\nPair\nbt>$/);
  await terminal.type("#(1,\r");
  await terminal.shows(/\n\.\.>$/);
  await terminal.type(KEY.ctrl("c"));
  await terminal.shows(/\.\.> \^C\nbt>$/);
  await terminal.type("Transcript show: 6 * 7; cr. [true] whileTrue: []\r");
  await terminal.shows(/\n42\n$/);
  await terminal.type(KEY.ctrl("c"));
  await terminal.shows(/\^C\n#Actor<[^\n]*\nInterrupted\nbt>$/);
  await terminal.type(":timeout 50\r");
  await terminal.shows(/may take 50 ms\.\nbt>$/);
  await terminal.type("[true] whileTrue: []\r");
  await terminal.shows(/ran longer than 50 ms\nbt>$/);
  const asked = terminal.sent.slice(terminal.sent.indexOf("Beamtalk on"));
  assert(!asked.includes("\x1b"), "something is painted");
  await terminal.type(KEY.ctrl("d"));
  assertEquals(await terminal.ends(), 0);
}, { env: { TERM: "dumb" } });

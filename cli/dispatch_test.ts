import { assertEquals, assertStringIncludes } from "@std/assert";
import type { Command, CommandEntry } from "./command.ts";
import { CommandFailure, UsageError } from "./command.ts";
import { dispatch } from "./dispatch.ts";
import { recordingTerminal } from "./terminal.ts";

const greet: Command = {
  usage: ["beamtalk greet [NAME]"],
  options: [
    { name: "loud", short: "l", summary: "shout" },
    { name: "times", value: "NUMBER", summary: "how often" },
    { name: "to", value: "NAME", multiple: true, summary: "to whom" },
  ],
  run(args, { terminal }) {
    if (args.positional[0] === "nobody") throw new CommandFailure("nobody is there", "call later");
    if (args.positional[0] === "wrongly") throw new UsageError("greet does not do that");
    const names = [...args.positional, ...args.texts("to"), ...args.rest].join(" and ");
    const text = `hello ${names}`.repeat(args.integer("times", 1) ?? 1);
    terminal.write(args.flag("loud") ? text.toUpperCase() : text);
    return 0;
  },
};

const entries: CommandEntry[] = [
  { name: "greet", summary: "greet somebody", load: () => Promise.resolve({ command: greet }) },
];

async function run(...args: string[]) {
  const terminal = recordingTerminal();
  const context = { terminal, workingFolder: "/" };
  const code = await dispatch(args, entries, "1.2.3", context);
  return { code, output: terminal.output(), errors: terminal.errors() };
}

Deno.test("a command gets its flags, values and positional arguments", async () => {
  assertEquals((await run("greet", "Ann")).output, "hello Ann");
  assertEquals((await run("greet", "-l", "Ann")).output, "HELLO ANN");
  assertEquals((await run("greet", "Ann", "--times", "2")).output, "hello Annhello Ann");
  assertEquals((await run("greet", "--to", "A", "--to=B")).output, "hello A and B");
  assertEquals((await run("greet", "--", "--loud")).output, "hello --loud");
});

Deno.test("wrong use is told and ends with 2", async () => {
  for (
    const [args, message] of [
      [["gret"], "unknown command gret; did you mean greet?"],
      [["dance"], "unknown command dance"],
      [["greet", "--lod"], "unknown option --lod; did you mean --loud?"],
      [["greet", "--times"], "--times needs a value: --times NUMBER"],
      [["greet", "--times", "many"], "--times needs a whole number of at least 1, got many"],
      [["greet", "wrongly"], "greet does not do that"],
      [["--nonsense"], "unknown option --nonsense"],
    ] as const
  ) {
    const { code, output, errors } = await run(...args);
    assertEquals([code, output], [2, ""], args.join(" "));
    assertStringIncludes(errors, message);
  }
});

Deno.test("a failure is told with its hint and ends with 1", async () => {
  const { code, errors } = await run("greet", "nobody");
  assertEquals([code, errors], [1, "error: nobody is there\nhint: call later\n"]);
});

Deno.test("output that cannot be written is told, whatever was to be printed", async () => {
  for (const args of [["--help"], ["--version"], ["greet", "--help"], ["greet"]]) {
    const terminal = recordingTerminal();
    const full = { ...terminal, write: () => raise(new Error("No space left on device")) };
    const context = { terminal: full, workingFolder: "/" };
    assertEquals(await dispatch(args, entries, "1.2.3", context), 1);
    assertEquals(terminal.errors(), "error: No space left on device\n");
  }
});

Deno.test("a folder that may not be written is told with a way out", async () => {
  const terminal = recordingTerminal();
  const denied = new Deno.errors.PermissionDenied("Permission denied");
  const write = () => raise(new Error("cannot write /srv/shop", { cause: denied }));
  await dispatch(["--help"], entries, "1.2.3", {
    terminal: { ...terminal, write },
    workingFolder: "/",
  });
  assertStringIncludes(terminal.errors(), "error: cannot write /srv/shop\nhint: work on a copy");
});

function raise(error: Error): never {
  throw error;
}

Deno.test("help and version", async () => {
  assertEquals(await run("--version"), { code: 0, output: "beamtalk 1.2.3\n", errors: "" });
  assertStringIncludes((await run("--help")).output, "greet  greet somebody");
  assertEquals((await run("--help")).code, 0);
  assertEquals((await run()).code, 2);
  assertEquals(
    (await run("greet", "--help")).output,
    `Greet somebody.

Usage:
  beamtalk greet [NAME]

Options:
  -l, --loud          shout
      --times NUMBER  how often
      --to NAME       to whom
  -h, --help          show this help
`,
  );
  assertEquals((await run("help", "greet")).output, (await run("greet", "-h")).output);
});

/**
 * `beamtalk new`: a project that tests and runs green.
 * @module
 */
import { basename, join, resolve } from "@std/path";
import { isPackageName } from "../compiler/project/manifest.ts";
import { writeAllWhole, WriteFailure } from "../live/build_files.ts";
import { type Command, CommandFailure, ExitCode, UsageError } from "./command.ts";

/** The command. */
export const command: Command = {
  usage: ["beamtalk new PATH"],
  description: "The last part of PATH is the package's name: lower-case letters, digits and _, " +
    "a letter first.",
  options: [],
  examples: [{
    line: "beamtalk new hello && cd hello && beamtalk test && beamtalk run",
    does: "make a project, run its tests, run it",
  }],
  async run(args, { terminal, workingFolder }) {
    const [path, ...more] = args.positional;
    if (path === undefined || path === "") {
      throw new UsageError("new needs the path of the project to make");
    }
    if (more.length > 0) throw new UsageError(`new makes one project, got also ${more.join(" ")}`);
    const folder = resolve(workingFolder, path);
    const name = basename(folder);
    if (!isPackageName(name)) {
      throw new UsageError(
        `${name} is no package name: lower-case letters, digits and _, a letter first`,
      );
    }
    const taken = await takenBy(folder);
    if (taken !== undefined) throw new CommandFailure(`${path} ${taken}`, "choose another name");
    await writeProject(folder, name);
    terminal.write(
      `Made ${path}. Next:\n  cd ${path}\n  beamtalk test\n  beamtalk run\n`,
    );
    return ExitCode.ok;
  },
};

/** What is in the way of a new folder, in words; undefined where it is free. */
async function takenBy(folder: string): Promise<string | undefined> {
  try {
    for await (const _ of Deno.readDir(folder)) return "exists and is not empty";
    return undefined;
  } catch (error) {
    if (error instanceof Deno.errors.NotADirectory) return "exists and is no folder";
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    const link = await Deno.lstat(folder).catch(() => undefined);
    return link === undefined ? undefined : "is a link to nowhere";
  }
}

/** Makes the whole project beside its place and moves it there: it is there as a whole or not. */
async function writeProject(folder: string, name: string): Promise<void> {
  const staging = `${folder}.${crypto.randomUUID()}.tmp`;
  try {
    const files = Object.entries(projectFiles(name))
      .map(([path, content]) => ({ path: join(staging, path), content }));
    await writeAllWhole(files);
    await Deno.rename(staging, folder);
  } catch (error) {
    await Deno.remove(staging, { recursive: true }).catch(() => {});
    // The staging folder is nothing that the user knows of.
    throw error instanceof WriteFailure ? new WriteFailure(folder, error.cause) : error;
  }
}

function projectFiles(name: string): Record<string, string> {
  return {
    "beamtalk.toml": `[package]
name = "${name}"
version = "0.1.0"
description = "A Beamtalk program"
`,
    ".gitignore": "_build/\n",
    "README.md": `# ${name}

    beamtalk run [NAME...]    # greets
    beamtalk test             # runs the tests
    beamtalk repl             # a prompt with the project's classes
`,
    "src/Main.bt": `/// Where \`beamtalk run\` starts.
Object subclass: Main

  /// Greets everyone in \`args\`, or the world.
  class main: args :: List(String) =>
    greeter := Greeter spawn
    names := args isEmpty ifTrue: [#("world")] ifFalse: [args]
    names do: [:each | Transcript show: (greeter greet: each); cr]
    Transcript show: "Greetings so far: {greeter count}"; cr
`,
    "src/Greeter.bt": `/// Greets, and counts its greetings.
Actor subclass: Greeter
  state: count :: Integer = 0

  /// A greeting for \`name\`.
  greet: name :: String -> String =>
    self.count += 1
    "Hello, {name}!"

  /// How many greetings there were.
  count -> Integer => self.count
`,
    "test/GreeterTest.bt": `TestCase subclass: GreeterTest
  field: greeter = nil

  setUp => self.greeter := Greeter spawn

  testGreets =>
    self assert: (self.greeter greet: "Ann") equals: "Hello, Ann!"

  testCounts =>
    self.greeter greet: "Ann"
    self.greeter greet: "Bob"
    self assert: self.greeter count equals: 2
`,
  };
}

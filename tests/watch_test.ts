/**
 * `beamtalk test --watch`: only what a change affects is run again.
 */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { toolchain, withFiles } from "./command_line.ts";

const files = {
  "beamtalk.toml": '[package]\nname = "shop"\nversion = "1.0.0"\n',
  "src/Price.bt": "Value subclass: Price\n  field: cents = 5\n  double => self.cents * 2\n",
  "src/Till.bt": "Object subclass: Till\n  class of: n => (Price new: #{#cents => n}) double\n",
  "src/Clock.bt": "Object subclass: Clock\n  class hour => 12\n",
  "test/TillTest.bt":
    "TestCase subclass: TillTest\n  testOf => self assert: (Till of: 2) equals: 4\n",
  "test/ClockTest.bt":
    "TestCase subclass: ClockTest\n  testHour => self assert: Clock hour equals: 12\n",
  "test/use.btscript": "Price new double // => 10\n",
};

/** A running command, whose lines of output are read as they come. */
class Watching {
  readonly #process: Deno.ChildProcess;
  readonly #lines: ReadableStreamDefaultReader<string>;
  #rest = "";

  constructor(folder: string, ...paths: string[]) {
    const [program = "", ...first] = toolchain();
    this.#process = new Deno.Command(program, {
      args: [...first, "test", "--watch", "--json", ...paths],
      cwd: folder,
      env: { NO_COLOR: "1" },
      stdin: "null",
      stdout: "piped",
      stderr: "null",
    }).spawn();
    this.#lines = this.#process.stdout.pipeThrough(new TextDecoderStream()).getReader();
  }

  /** The tests of one round as `Class name status`. */
  async round(): Promise<string[]> {
    const tests: string[] = [];
    for (;;) {
      const report = JSON.parse(await this.#line()) as Record<string, string>;
      if (report.type === "summary") return tests.sort();
      tests.push(`${report.class} ${report.status}`);
    }
  }

  async #line(): Promise<string> {
    for (;;) {
      const end = this.#rest.indexOf("\n");
      if (end >= 0) {
        const line = this.#rest.slice(0, end);
        this.#rest = this.#rest.slice(end + 1);
        return line;
      }
      const { value, done } = await this.#lines.read();
      if (done) throw new Error(`the watch ended: ${this.#rest}`);
      this.#rest += value;
    }
  }

  async stop(): Promise<Deno.CommandStatus> {
    this.#process.kill("SIGINT");
    await this.#lines.cancel();
    return await this.#process.status;
  }
}

Deno.test("a change runs the tests that use what changed, and no others", async () => {
  await withFiles(files, async (folder) => {
    const watching = new Watching(folder);
    const write = (path: string, text: string) => Deno.writeTextFile(join(folder, path), text);
    try {
      assertEquals(await watching.round(), [
        "ClockTest passed",
        "TillTest passed",
        "use.btscript passed",
      ]);
      await write("src/Price.bt", files["src/Price.bt"].replace("* 2", "* 3"));
      assertEquals(await watching.round(), ["TillTest failed", "use.btscript failed"]);
      // The same text again is no change.
      await write("src/Price.bt", files["src/Price.bt"].replace("* 2", "* 3"));
      await write("src/Clock.bt", files["src/Clock.bt"].replace("12", "13"));
      assertEquals(await watching.round(), ["ClockTest failed"]);
      await write("src/Price.bt", files["src/Price.bt"] + "  broken => (\n");
      const broken = await watching.round();
      assertStringIncludes(broken.join(), "Price failed");
      await write("src/Price.bt", files["src/Price.bt"]);
      assertEquals(await watching.round(), ["TillTest passed", "use.btscript passed"]);
    } finally {
      await watching.stop();
    }
  });
});

Deno.test("loose files: fixtures, and tests that are added, broken, mended and removed", async () => {
  const part = "Value subclass: Part\n  size => 7\n";
  const loose = {
    "fixtures/Part.bt": part,
    "ATest.bt": "TestCase subclass: ATest\n  testA => self assert: Part new size equals: 7\n",
    "BTest.bt": "TestCase subclass: BTest\n  testB => self assert: true\n",
    "part.btscript": "// @load fixtures/Part.bt\nPart new size // => 7\n",
    "other.btscript": "1 + 1 // => 2\n",
  };
  await withFiles(loose, async (folder) => {
    const watching = new Watching(folder, ".");
    const write = (path: string, text: string) => Deno.writeTextFile(join(folder, path), text);
    const added = "TestCase subclass: CTest\n  testC => self assert: Part new size equals: 8\n";
    try {
      assertEquals((await watching.round()).length, 4);
      await write("fixtures/Part.bt", part.replace("7", "8"));
      assertEquals(await watching.round(), ["ATest failed", "part.btscript failed"]);
      await write("CTest.bt", added);
      assertEquals(await watching.round(), ["CTest passed"]);
      await write("CTest.bt", `${added}  testD => (\n`);
      assertEquals(await watching.round(), ["CTest failed"]);
      await write("CTest.bt", added);
      assertEquals(await watching.round(), ["CTest passed"]);
      await Deno.remove(join(folder, "CTest.bt"));
      await write("fixtures/Part.bt", part);
      assertEquals(await watching.round(), ["ATest passed", "part.btscript passed"]);
    } finally {
      const { code } = await watching.stop();
      assertEquals(code, 0);
    }
  });
});

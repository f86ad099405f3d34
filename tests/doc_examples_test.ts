/**
 * `beamtalk test --doc` over the comments of loose files and of a project.
 */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { beamtalk, withFiles } from "./command_line.ts";

interface Report {
  readonly type: string;
  readonly class: string;
  readonly name: string;
  readonly status: string;
  readonly message: string;
  readonly file: string;
  readonly line: number;
}

/** What the examples of the files give: class, status, file and line of each. */
async function examples(files: Record<string, string>, ...args: string[]) {
  return await withFiles(files, async (folder) => {
    const { code, output } = await beamtalk(["test", "--doc", "--json", ...args], { folder });
    const reports = output.trim().split("\n").map((line) => JSON.parse(line) as Report);
    const tests = reports.filter(({ type }) => type === "test");
    return {
      code,
      tests,
      found: tests.map(({ class: name, status, file, line }) =>
        `${name} ${status} ${file}:${line}`
      ),
    };
  });
}

const till = `/// Counts money.
///
/// \`\`\`beamtalk
/// till := Till new: #{#total => 3}
/// till total // => 3
/// till total + 1 // => 5
/// \`\`\`
Value subclass: Till
  field: total = 0

  /// Nothing more.
  ///
  /// \`\`\`
  /// till := Till new
  /// \`\`\`
  /// \`\`\`
  /// till isNil // => ERROR: Undefined variable: till
  /// \`\`\`
  nothing => nil
`;

Deno.test("examples are checked with their places, each with variables of its own", async () => {
  const { code, tests, found } = await examples({ "Till.bt": till }, ".");
  assertEquals(code, 1);
  assertEquals(found, [
    "Till passed Till.bt:5",
    "Till failed Till.bt:6",
    "Till passed Till.bt:14",
    "Till passed Till.bt:17",
  ]);
  assertStringIncludes(tests[1]?.message ?? "", "expected: 5");
  assertStringIncludes(tests[2]?.name ?? "", "nothing");
});

Deno.test("examples of a project's classes, and of extensions", async () => {
  const { code, found } = await examples({
    "beamtalk.toml": '[package]\nname = "shop"\nversion = "1.0.0"\n',
    "src/Price.bt": `/// A price.
///
/// \`\`\`beamtalk
/// (Price of: 3) cents // => 300
/// \`\`\`
Value subclass: Price
  field: euros = 0
  class of: n => self new: #{#euros => n}
  cents => self.euros * 100

/// \`\`\`beamtalk
/// 4 euros // => Price(euros: 4)
/// \`\`\`
Integer >> euros => Price of: self
`,
    "test/PriceTest.bt": "TestCase subclass: PriceTest\n  testIt => self assert: true\n",
  });
  assertEquals(found, ["Price passed src/Price.bt:4", "Integer passed src/Price.bt:12"]);
  assertEquals(code, 0);
});

Deno.test("the examples of one class of the library", async () => {
  const { code, output } = await beamtalk(["test", "--doc", "stdlib/kernel/True.bt"]);
  assertEquals(code, 0);
  assertStringIncludes(output, " 0 failed");
});

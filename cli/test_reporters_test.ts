import { assertEquals } from "@std/assert";
import { recordingTerminal } from "./terminal.ts";
import type { TestReport } from "./test_report.ts";
import { REPORTERS } from "./test_reporters.ts";

const passed: TestReport = {
  class: "PartTest",
  name: "testSize",
  status: "passed",
  message: "",
  file: "a/PartTest.bt",
  line: 2,
  durationMs: 1.25,
  assertions: 1,
  details: [],
  trace: [],
};

const failed: TestReport = {
  ...passed,
  status: "failed",
  message: "expected: 4, got: 3",
  file: "b/PartTest.bt",
  line: 5,
  durationMs: 0.123456,
  details: [{ name: "actual", value: "3" }, { name: "expected", value: "4" }],
  trace: ["PartTest>>check: (b/PartTest.bt:5)", "PartTest>>testSize (b/PartTest.bt:2)"],
};

const script: TestReport = {
  ...passed,
  class: "part.btscript",
  name: "line 1: Part new",
  status: "skipped",
  message: "later",
  file: "b/part.btscript",
};

/** What a reporter prints for a run of two classes of one name and a script. */
function printed(name: string): string {
  const terminal = recordingTerminal();
  const reporter = REPORTERS[name]!(terminal);
  for (const report of [passed, failed, script]) reporter.test(report);
  const counts = { total: 3, passed: 1, failed: 1, errors: 0, skipped: 1, assertions: 3 };
  reporter.end({ ...counts, durationMs: 20, seed: 7 });
  return terminal.output();
}

Deno.test("pretty: classes of one name under their files, a failure with its callers", () => {
  assertEquals(
    printed("pretty"),
    `PartTest a/PartTest.bt
  ok    testSize
PartTest b/PartTest.bt
  FAIL  testSize
b/part.btscript
  skip  line 1: Part new later

Failures:

1. PartTest testSize
   b/PartTest.bt:5
   expected: 4, got: 3
     in PartTest>>check: (b/PartTest.bt:5)
     in PartTest>>testSize (b/PartTest.bt:2)

1 passed, 1 failed, 1 skipped (3 assertions, 20 ms, seed 7)
`,
  );
});

Deno.test("junit: a suite for each class of each file", () => {
  const suites = [...printed("junit").matchAll(/<testsuite name="(.*?)" file="(.*?)" tests="1"/g)];
  assertEquals(suites.map(([, name, file]) => `${name} ${file}`), [
    "PartTest a/PartTest.bt",
    "PartTest b/PartTest.bt",
    "part.btscript b/part.btscript",
  ]);
});

Deno.test("tap: the plan last, what was expected under a failure", () => {
  assertEquals(
    printed("tap"),
    `TAP version 14
ok 1 - PartTest testSize
not ok 2 - PartTest testSize
  ---
  message: "expected: 4, got: 3"
  severity: "failed"
  file: "b/PartTest.bt"
  line: 5
  duration_ms: 0.123
  actual: "3"
  expected: "4"
  ...
ok 3 - part.btscript line 1: Part new # SKIP later
1..3
`,
  );
});

Deno.test("json: an object a test, then the counts", () => {
  const lines = printed("json").trim().split("\n").map((line) => JSON.parse(line));
  assertEquals(lines.map(({ type }) => type), ["test", "test", "test", "summary"]);
  assertEquals([lines[1].expected, lines[1].actual, lines[1].durationMs], ["4", "3", 0.123]);
  assertEquals([lines[3].passed, lines[3].seed], [1, 7]);
});

/** Section 14 of the language: what each diagnostic carries, as `check --json` tells it. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { beamtalk, withFiles } from "../command_line.ts";

interface Finding {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
  readonly severity: string;
  readonly code: string;
  readonly message: string;
  readonly fixes: readonly {
    readonly edits: readonly {
      readonly line: number;
      readonly column: number;
      readonly endLine: number;
      readonly endColumn: number;
      readonly newText: string;
    }[];
  }[];
}

/** What `check` finds in a project of these files, and how it exits. */
async function check(
  files: Readonly<Record<string, string>>,
): Promise<{ code: number; findings: Finding[] }> {
  let checked: { code: number; findings: Finding[] } | undefined;
  await withFiles(files, async (folder) => {
    const { code, output } = await beamtalk(["check", "--json"], { folder });
    checked = { code, findings: JSON.parse(output) as Finding[] };
  });
  assert(checked !== undefined);
  return checked;
}

/** The text that a span of one line covers. */
function covered(text: string, at: Finding): string {
  assertEquals(at.line, at.endLine);
  return text.split("\n")[at.line - 1]!.slice(at.column - 1, at.endColumn - 1);
}

const PROJECT = '[package]\nname = "shop"\n';

/** A mistake of each kind: what is found, of which severity, and the text that its span covers. */
const MISTAKES: readonly {
  readonly text: string;
  readonly code: string;
  readonly severity: string;
  readonly message: RegExp;
  readonly at: string;
}[] = [
  {
    text: "Object subclass: Shop\n  open => 1 + 2)\n  shut => 2\n",
    code: "BT1003",
    severity: "error",
    message: /`\)` closes nothing/,
    at: ")",
  },
  {
    text: "Object subclass: Shop\n  open => wares + 1\n  shut => 2\n",
    code: "BT2001",
    severity: "error",
    message: /Undefined variable: wares/,
    at: "wares",
  },
  {
    text: "Object subclass: Shop\n  open => Waers new\n  shut => 2\n",
    code: "BT2002",
    severity: "warning",
    message: /Class 'Waers' not found/,
    at: "Waers",
  },
  {
    text: "Object subclass: Shop\n  open => 1\n  open => 2\n",
    code: "BT3004",
    severity: "warning",
    message: /`open` is defined twice/,
    at: "open",
  },
  {
    text: "Object subclass: Shop\n  open => 1 unheardOf\n  shut => 2\n",
    code: "BT4001",
    severity: "warning",
    message: /Integer does not understand `unheardOf`/,
    at: "unheardOf",
  },
  {
    text: "Actor subclass: Shop\n  open => 1\n  class second => Shop new\n",
    code: "BT5001",
    severity: "warning",
    message: /spawn/,
    at: "new",
  },
  {
    text: "Actor subclass: Shop\n  state: open = 0\n\npatch Shopp >> state { self.open := 1 }\n",
    code: "BT6001",
    severity: "error",
    message: /Shopp/,
    at: "Shopp",
  },
];

for (const { text, code, severity, message, at } of MISTAKES) {
  Deno.test(`one mistake, one diagnostic: ${code}`, async () => {
    const { code: exit, findings } = await check({ "beamtalk.toml": PROJECT, "src/Shop.bt": text });
    assertEquals(findings.map((each) => each.code), [code], JSON.stringify(findings));
    const [finding] = findings;
    assert(finding !== undefined);
    assertEquals([finding.file, finding.severity], ["src/Shop.bt", severity]);
    assertMatch(finding.message, message);
    assertEquals(covered(text, finding), at);
    assertEquals(exit, severity === "error" ? 1 : 0);
  });
}

/** Manifests with what is found in them: line, severity, code, message. */
const MANIFESTS: Readonly<Record<string, readonly [number, string, string, RegExp]>> = {
  "[package]\nname = 3\n": [2, "error", "BT9003", /name must be a string/],
  '[package]\nname = "shop"\ndescripton = "sells"\n': [3, "warning", "BT9005", /did you mean/],
  '[package]\nname = "shop"\n\n[dependencies]\nmoney = { path = "../nowhere" }\n': [
    5,
    "error",
    "BT9006",
    /no beamtalk\.toml in .*nowhere/,
  ],
  '[package]\nname = "shop"\n\n[dependencies]\ntill = { path = "till" }\n': [
    5,
    "error",
    "BT9006",
    /the package in .* is named money/,
  ],
  '[package]\nname = "shop"\n\n[dependencies]\nshop = { path = "." }\n': [
    5,
    "error",
    "BT9006",
    /in a circle: shop -> shop/,
  ],
};

for (const [manifest, [line, severity, code, message]] of Object.entries(MANIFESTS)) {
  Deno.test(`a mistake of the project is told in its manifest: ${code} ${message}`, async () => {
    for (const command of ["check", "build"]) {
      await withFiles({
        "beamtalk.toml": manifest,
        "src/Shop.bt": "Object subclass: Shop\n",
        "till/beamtalk.toml": '[package]\nname = "money"\n',
      }, async (folder) => {
        const { code: exit, output } = await beamtalk([command, "--json"], { folder });
        const findings = JSON.parse(output) as Finding[];
        assertEquals(findings.map((each) => [each.file, each.line, each.severity, each.code]), [
          ["beamtalk.toml", line, severity, code],
        ]);
        assertMatch(findings[0]!.message, message);
        assertEquals(exit, severity === "error" ? 1 : 0);
        const shown = await beamtalk([command], { folder });
        assertStringIncludes(shown.errors, `${severity}[${code}]: ${findings[0]!.message}`);
        assertStringIncludes(shown.errors, ` beamtalk.toml:${line}:1`);
      });
    }
  });
}

Deno.test("each of several mistakes is told once, and the rest of the file is looked at", async () => {
  const { code, findings } = await check({
    "beamtalk.toml": PROJECT,
    "src/Shop.bt": `Object subclass: Shop
  one => self with: 3)
  two => wares + 1
  three => Actr spawn
  four => 1 unheardOf
  five => "right"

Actor subclass: Till
  six => "a" + 1
`,
  });
  assertEquals(code, 1);
  assertEquals(findings.map((each) => [each.line, each.code]), [
    [2, "BT1003"],
    [3, "BT2001"],
    [4, "BT2002"],
    [5, "BT4001"],
    [9, "BT4001"],
  ]);
});

Deno.test("a fix is an edit after which nothing is found", async () => {
  const text = 'Object subclass: Shop\n  open => Strin new\n  shut => "a" + "b"\n';
  const { findings } = await check({ "beamtalk.toml": PROJECT, "src/Shop.bt": text });
  assertEquals(findings.length, 2);
  const lines = text.split("\n");
  for (const { fixes } of findings) {
    const [edit] = fixes[0]!.edits;
    assert(edit !== undefined);
    const line = lines[edit.line - 1]!;
    lines[edit.line - 1] = line.slice(0, edit.column - 1) + edit.newText +
      line.slice(edit.endColumn - 1);
  }
  assertEquals(lines.slice(1, 3), ["  open => String new", '  shut => "a" ++ "b"']);
  const mended = await check({ "beamtalk.toml": PROJECT, "src/Shop.bt": lines.join("\n") });
  assertEquals([mended.code, mended.findings], [0, []]);
});

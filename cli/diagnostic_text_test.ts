import { assertEquals } from "@std/assert";
import { diagnosticData, positionOf, renderDiagnostic } from "./diagnostic_text.ts";
import { recordingTerminal } from "./terminal.ts";

const text = 'Object subclass: Shop\n\topen => Tranxript show: "日本"\n  close => nil\n';

function at(word: string) {
  const start = text.indexOf(word);
  return { start, end: start + word.length };
}

function rendered(word: string): string {
  return renderDiagnostic({
    file: "src/Shop.bt",
    text,
    diagnostic: {
      code: "BT2001",
      severity: "error",
      span: at(word),
      message: "unknown class Tranxript",
      fixes: [{ title: "write Transcript", edits: [{ span: at(word), newText: "Transcript" }] }],
    },
  }, recordingTerminal().colors);
}

Deno.test("the caret stands under the place", () => {
  assertEquals(
    rendered("Tranxript"),
    `error[BT2001]: unknown class Tranxript
 --> src/Shop.bt:2:10
  |
2 |     open => Tranxript show: "日本"
  |             ^^^^^^^^^
  = fix: write Transcript
`,
  );
});

Deno.test("a place after the end of a line or of the file has a caret too", () => {
  const found = {
    file: "a.bt",
    text: "ab\n",
    diagnostic: {
      code: "BT1001",
      severity: "error" as const,
      span: { start: 3, end: 3 },
      message: "something is missing",
    },
  };
  assertEquals(renderDiagnostic(found, recordingTerminal().colors).split("\n").slice(1, 5), [
    " --> a.bt:2:1",
    "  |",
    "2 | ",
    "  | ^",
  ]);
});

Deno.test("positions count characters from 1", () => {
  assertEquals(positionOf("a\n😀b", 4), { line: 2, column: 2 });
  assertEquals(positionOf("", 0), { line: 1, column: 1 });
});

Deno.test("as data", () => {
  const data = diagnosticData({
    file: "src/Shop.bt",
    text,
    diagnostic: { code: "BT2001", severity: "warning", span: at("close"), message: "m" },
  });
  assertEquals([data.line, data.column, data.endColumn, data.severity], [3, 3, 8, "warning"]);
});

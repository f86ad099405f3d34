import { assert, assertEquals } from "@std/assert";
import { edit } from "../syntax/edit.ts";
import { parse, type SourceFile } from "../syntax/mod.ts";
import { analyze } from "./analyze.ts";
import { librarySources } from "./corpus_fixture.ts";
import { buildEnvironment, type ProgramEnvironment } from "./environment.ts";
import { fileFacts } from "./file_facts.ts";
import { looseNaming } from "./module_naming.ts";

const OPTIONS = { file: "Counter.bt", package: "user", mode: "file" } as const;

const TEXT = `Actor subclass: Counter
  state: value :: Integer = 0
  increment => self.value += 1
  twice =>
    self increment
    self increment
  text -> String => "value {self.value}" upprcase
  mistake => unknown + self.valeu
`;

function environmentFor(file: SourceFile, before?: ProgramEnvironment): ProgramEnvironment {
  const facts = fileFacts(file, { file: OPTIONS.file, naming: looseNaming(OPTIONS.file) });
  return buildEnvironment([...librarySources().map((each) => each.facts), facts], "user", before);
}

function findings(file: SourceFile, environment: ProgramEnvironment) {
  const facts = fileFacts(file, { file: OPTIONS.file, naming: looseNaming(OPTIONS.file) });
  return analyze(file, facts, environment, OPTIONS);
}

/** Each replaces the first text by the second; the last tells whether facts change. */
const EDITS: readonly (readonly [string, string, boolean])[] = [
  ["+= 1", "+= 1 + 1", false],
  ["upprcase", "uppercase", false],
  ["    self increment\n", "    self incrment\n", false],
  ["state: value ::", "state: total ::", true],
  ["increment =>", "incrment =>", true],
  ["  twice", "  // a comment\n\n  twice", false],
  ["unknown", "self size", false],
  ["Actor sub", "Value sub", true],
  ["state: total", "field: valeu", true],
];

Deno.test("after any edit the findings are those of a fresh analysis", () => {
  let file = parse(TEXT);
  let environment = environmentFor(file);
  findings(file, environment);
  for (const [from, to, changesFacts] of EDITS) {
    const start = file.text.indexOf(from);
    assert(start >= 0, from);
    file = edit(file, { start, end: start + from.length, newText: to });
    const next = environmentFor(file, environment);
    assertEquals(next.version !== environment.version, changesFacts, from);
    environment = next;
    const fresh = parse(file.text);
    assertEquals(findings(file, environment), findings(fresh, environmentFor(fresh)), from);
  }
});

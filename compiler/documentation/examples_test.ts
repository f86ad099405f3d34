import { assertEquals } from "@std/assert";
import { parse } from "../syntax/source_file.ts";
import { docExamples, fencedBlocks } from "./examples.ts";

const source = `// A note.
/// A counter.
///
/// \`\`\`beamtalk
/// Counter new // => 1
/// \`\`\`
Value subclass: Counter
  /// Where it stands.
  ///
  /// \`\`\`
  /// a := Counter new
  /// a value // => 0
  /// \`\`\`
  /// \`\`\`erlang
  /// lists:map(F, L)
  /// \`\`\`
  class at: n => n

  plain => 1

/// \`\`\`bt
/// "a" shout // => A
/// \`\`\`
String >> shout => self uppercase
`;

Deno.test("examples know what they are of and where they stand", () => {
  const found = docExamples(parse(source, { kind: "file" }));
  assertEquals(found, [
    { owner: "Counter", selector: undefined, code: "Counter new // => 1", line: 5 },
    {
      owner: "Counter",
      selector: "class at:",
      code: "a := Counter new\na value // => 0",
      line: 11,
    },
    { owner: "String", selector: "shout", code: '"a" shout // => A', line: 22 },
  ]);
});

Deno.test("fences: longer ones hold shorter ones, other languages are not run", () => {
  assertEquals(fencedBlocks("a\n````\n```\n````\nb"), [{ code: "```", line: 2 }]);
  assertEquals(fencedBlocks("```text\n1\n```\n```beamtalk no-run\n2\n```"), []);
  assertEquals(fencedBlocks("```\nnever closed"), []);
});

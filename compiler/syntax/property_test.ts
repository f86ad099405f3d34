import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { edit, outline, parse, print, type SourceFile } from "./mod.ts";

const seeds = [
  "/// Keeps a total.\ntyped Actor subclass: Till\n  state: total :: Integer = 0\n\n" +
  "  add: n :: Integer -> Integer =>\n    self.total += n\n    ^ self.total\n\n" +
  '  handle: {#ok, v} when: [v > 3] => self show: "got {v}"\n',
  "Protocol define: Printable\n  asString -> String\n  < other :: Self -> Boolean\n",
  'x := #(1, 2 | t)\n// => 3\ny foo: [:a :b | a + b.\n  b] bar: -7; cr\n"a {b} c" size // => 5\n',
  "t match: [#a -> 1; {x, _} when: [x > 1] -> x\n  #(h, ...r) -> r]\n",
  "String >> shout => self ++ <<1, n:16, rest/binary>>\ntype D = #n | #s\n",
  "patch A >> state {\n  self.x := 3\n}\na /* c /* d */ */ b\n@expect dnu\nx foo |>> y bar: $a\n",
];
const scraps = fc.constantFrom(
  ..."\n|\n  |\"|(|)|[|]|{|}|#(|#{|<<|>>|'|.| := | = | => | -> |self.x|;|!|foo: |:a |/*|*/|//|-7|$|@expect |class |A subclass: B\n|  state: x = 1\n|a => 3"
    .split("|"),
  "|",
  "\r\n",
  "\ufeff",
  "\t",
  "\u{1F600}",
  "\ud800",
);
const anyText = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 60 }),
  fc.array(fc.oneof(scraps, fc.constantFrom(...seeds)), { maxLength: 12 })
    .map((parts) => parts.join("")),
);
const anyKind = fc.constantFrom("file" as const, "script" as const);

/** Everything about a file that a reader can see. */
function view(file: SourceFile) {
  return {
    outline: outline(file),
    units: file.units.map(({ offset, line, node, tokens, reach }) => ({
      offset,
      line,
      span: node.span,
      kinds: tokens.kinds,
      starts: tokens.starts,
      reach,
    })),
    trailing: file.trailing,
    diagnostics: file.diagnostics,
    declarations: file.declarations.map((it) => it.kind),
  };
}

Deno.test("any text parses and prints back byte for byte", () => {
  fc.assert(
    fc.property(anyText, anyKind, (text, kind) => print(parse(text, { kind })) === text),
    { numRuns: 1500 },
  );
});

Deno.test("an edited tree is the tree of the edited text", () => {
  const edits = fc.array(fc.tuple(fc.nat(), fc.nat(6), fc.oneof(scraps, anyText)), {
    minLength: 1,
    maxLength: 6,
  });
  fc.assert(
    fc.property(anyText, anyKind, edits, (text, kind, changes) => {
      let file = parse(text, { kind });
      for (const [at, length, newText] of changes) {
        const start = at % (file.text.length + 1);
        const end = Math.min(file.text.length, start + length);
        file = edit(file, { start, end, newText });
        assertEquals(view(file), view(parse(file.text, { kind })));
      }
    }),
    { numRuns: 700 },
  );
});

Deno.test("spans stay inside their unit and diagnostics inside the file", () => {
  fc.assert(
    fc.property(anyText, anyKind, (text, kind) => {
      const file = parse(text, { kind });
      for (const { span } of file.diagnostics) {
        if (!(0 <= span.start && span.start <= span.end && span.end <= text.length)) return false;
      }
      return file.units.every(({ node, tokens }) =>
        0 <= node.span.start && node.span.start <= node.span.end &&
        node.span.end <= tokens.text.length
      );
    }),
    { numRuns: 1000 },
  );
});

import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { format, outline, parse } from "./mod.ts";

/** What the formatter makes of a text of lines. */
function formatted(lines: readonly string[], kind: "file" | "script" = "file"): string {
  return format(parse(lines.join("\n"), { kind }));
}

Deno.test("indentation follows brackets, bodies and continuations", () => {
  const source = [
    "Object subclass:   A",
    "    state: x=1",
    "    foo: a  bar: b=>",
    "          x:=a + b.",
    "          x foo: [ :e|",
    "      e   bar: #( 1,2 )",
    "             baz: { #ok,x }",
    "          ]",
    "          ^x",
    "    size->Integer=>3",
    "",
    "",
    "",
    "    // about it",
    '    last => "{ x }"   // why',
  ];
  assertEquals(
    formatted(source),
    [
      "Object subclass: A",
      "  state: x = 1",
      "",
      "  foo: a bar: b =>",
      "    x := a + b",
      "    x foo: [:e |",
      "      e bar: #(1, 2)",
      "        baz: {#ok, x}",
      "    ]",
      "    ^ x",
      "",
      "  size -> Integer => 3",
      "",
      "  // about it",
      '  last => "{x}" // why',
      "",
    ].join("\n"),
  );
});

Deno.test("arms, cascades, pipes and binaries", () => {
  const source = [
    "x match:[",
    "    #a->1;#(h|t)  when:[h>1]->h",
    "    <<n : 16/little , rest / binary>>->n",
    "]",
    "c  show:1;cr ;show:2",
    "a|>>b foo|>>c bar:3   // => 4",
    "  // => 5",
    "a foo !",
    "x ::Integer|nil:=3. y:=4",
    "ZeroDivide,TypeError",
    "-7 abs-1",
  ];
  assertEquals(
    formatted(source, "script"),
    [
      "x match: [",
      "  #a -> 1; #(h | t) when: [h > 1] -> h",
      "  <<n:16/little, rest/binary>> -> n",
      "]",
      "c show: 1; cr; show: 2",
      "a |>> b foo |>> c bar: 3 // => 4",
      "// => 5",
      "a foo!",
      "x :: Integer | nil := 3. y := 4",
      "ZeroDivide, TypeError",
      "-7 abs - 1",
      "",
    ].join("\n"),
  );
});

Deno.test("a text with syntax errors is left as it is", () => {
  assertEquals(formatted(["x  :=  (3", "y"], "script"), "x  :=  (3\ny");
});

const pieces = [
  "/// Doc.\n///  more\ntyped Actor subclass: Till\n",
  "Object subclass: B(T)\n    field: x=1\n",
  "  state: total :: Integer   = 0\n",
  "  add: n :: Integer -> Integer =>\n      self.total += n.\n\n\n      ^self.total\n",
  "  /// Doc\n  == => 3\n",
  '  one => x foo: [:e | e  bar ]; baz // c\n  two => "a {b} c\n  d"\n',
  "  m => x match: [1->2;\n   _ ->[ a.\n b ] ]\n  // inner\n",
  "// outer /* c */\n\n\n/* block\n  comment */\n",
  'String>>shout=>self /* why */ ++   "!"\n',
  "Protocol define: P\n   a -> B\n\n   // c\n   b: x :: C\n",
  "patch A >> state {\nself.x := 3 }\n",
  "type D = #a|#b |\n   #c\n",
  "  x => #(1,\n2 , // two\n   3)\n",
  "  y => a\n      foo: 1 // one\n      bar: (2\n + 3)\n",
];

/** The comments of a text, in order. */
function comments(text: string): string[] {
  const file = parse(text);
  const found: string[] = [];
  const collect = (trivia: string) => {
    for (const match of trivia.matchAll(/\/\/[^\n]*|\/\*[^]*?\*\//g)) found.push(match[0].trim());
  };
  for (const { tokens } of file.units) {
    let at = 0;
    tokens.starts.forEach((start, i) => {
      collect(tokens.text.slice(at, start));
      at = tokens.ends[i] ?? at;
    });
    collect(tokens.text.slice(at));
  }
  collect(file.trailing);
  return found;
}

Deno.test("formatting keeps the tree and the comments, and is idempotent", () => {
  const texts = fc.array(fc.constantFrom(...pieces), { maxLength: 10 }).map((it) => it.join(""));
  let laidOut = 0;
  fc.assert(
    fc.property(texts, (text) => {
      const file = parse(text);
      const once = format(file);
      const again = parse(once);
      if (once !== text) laidOut++;
      assertEquals(outline(again), outline(file));
      assertEquals(comments(once), comments(text));
      assertEquals(format(again), once);
    }),
    { numRuns: 500 },
  );
  assertEquals(laidOut > 20, true);
});

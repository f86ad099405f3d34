import { assertEquals } from "@std/assert";
import { Lexer } from "./lexer.ts";
import { endsOperand, K } from "./token.ts";

const names = new Map<string, string>(Object.entries(K).map(([name, kind]) => [kind, name]));

/** The tokens of a text without interpolation, each as `kind text`. */
function tokens(text: string): string[] {
  const lexer = new Lexer(text);
  const found: string[] = [];
  let last = "";
  while (lexer.skipTrivia()) {
    lexer.read(endsOperand(last), false);
    last = lexer.kind;
    const fault = lexer.fault === undefined ? "" : ` !${lexer.fault}`;
    found.push(`${names.get(lexer.kind)} ${text.slice(lexer.start, lexer.end)}${fault}`);
  }
  return found;
}

const cases: readonly (readonly [string, readonly string[]])[] = [
  ["x:=3", ["identifier x", "assign :=", "integer 3"]],
  ["x::Int", ["identifier x", "doubleColon ::", "className Int"]],
  ["at:put: 1", ["keyword at:", "keyword put:", "integer 1"]],
  ["self.x self. x", ["field self.x", "self self", "dot .", "identifier x"]],
  ["selfish nilly trueish", ["identifier selfish", "identifier nilly", "identifier trueish"]],
  ["3 -7", ["integer 3", "additive -", "integer 7"]],
  ["(-7", ["parenOpen (", "integer -7"]],
  ["a*-1", ["identifier a", "multiplicative *", "integer -1"]],
  ["1..2", ["integer 1", "dot .", "dot .", "integer 2"]],
  ["1.5.x", ["float 1.5", "dot .", "identifier x"]],
  ["16r1F 2e10 1_0", ["integer 16r1F", "float 2e10", "integer 1_0"]],
  ["#at:put: #+ #(", ["symbol #at:put:", "symbol #+", "listOpen #("]],
  ["#'a ''b' #[#{", ["symbol #'a ''b'", "arrayOpen #[", "dictionaryOpen #{"]],
  ["$a $  $\\n $\\u{41} $é", [
    "character $a",
    "character $ ",
    "character $\\n",
    "character $\\u{41}",
    "character $é",
  ]],
  ["a // b\n/* c /* d */ */ e", ["identifier a", "identifier e"]],
  ["a +// b", ["identifier a", "additive +"]],
  ["|>> | >> =:= =/= /= ++=", [
    "pipe |>>",
    "bar |",
    "shift >>",
    "equality =:=",
    "equality =/=",
    "slashEquals /=",
    "compound ++=",
  ]],
  ["x! ^ ... @expect", ["identifier x", "bang !", "caret ^", "ellipsis ...", "pragma @expect"]],
  ["pkg@Name größe Ärger", ["className pkg@Name", "identifier größe", "className Ärger"]],
  ['"a""b" "c\\"', ['string "a""b"', 'string "c\\"']],
  ['"open\nx', ['string "open !unterminatedString', "identifier x"]],
  ["'a' § $", [
    "string 'a' !singleQuotes",
    "error § !unexpectedCharacter",
    "character $ !badCharacter",
  ]],
];

for (const [text, expected] of cases) {
  Deno.test(`tokens of ${JSON.stringify(text)}`, () => assertEquals(tokens(text), expected));
}

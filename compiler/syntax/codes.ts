/**
 * Every syntax diagnostic: code, severity, message, and what its documentation page is made from.
 * @module
 */
import type { Span } from "./ast.ts";
import type { Diagnostic, Fix, Severity } from "./diagnostic.ts";

/** One kind of syntax diagnostic. */
export interface SyntaxCode {
  readonly code: string;
  readonly severity: Severity;
  /** Name of the page, in kebab case. */
  readonly name: string;
  /** The message; `{name}` stands for a value. */
  readonly message: string;
  /** What it means and why, for the page. */
  readonly what: string;
  readonly wrong: string;
  readonly right: string;
}

/** All syntax codes in order. */
export const syntaxCodes: readonly SyntaxCode[] = [
  {
    code: "BT1001",
    severity: "error",
    name: "unexpected-character",
    message: "Unexpected character `{found}`",
    what: "This character begins no token of the language.",
    wrong: "x := 1 § 2",
    right: "x := 1 + 2",
  },
  {
    code: "BT1002",
    severity: "error",
    name: "unclosed-bracket",
    message: "`{found}` is never closed: expected `{expected}`",
    what: "Each bracket needs its partner. The reader supplies the missing one where the " +
      "indentation says that the bracket must have ended, so that the rest is read as meant.",
    wrong: "items do: [:each | Transcript show: each",
    right: "items do: [:each | Transcript show: each]",
  },
  {
    code: "BT1003",
    severity: "error",
    name: "unmatched-bracket",
    message: "`{found}` closes nothing",
    what: "A closing bracket stands where no bracket of its kind is open.",
    wrong: "x := 3 + 4)",
    right: "x := (3 + 4)",
  },
  {
    code: "BT1004",
    severity: "error",
    name: "nested-too-deeply",
    message: "This is nested too deeply: brackets at most 200 levels, sends in sends at most 500",
    what: "The limit keeps every tool that walks the tree within its stack. Name the inner parts " +
      "with locals or methods.",
    wrong: "((((...))))",
    right: "inner := ...",
  },
  {
    code: "BT1005",
    severity: "hint",
    name: "needless-full-stop",
    message: "A full stop before a newline is not needed: the newline ends the statement",
    what: "Statements end at a newline or at `.`; one of the two is enough.",
    wrong: "x := 1.\ny := 2.",
    right: "x := 1\ny := 2",
  },
  {
    code: "BT1006",
    severity: "error",
    name: "unterminated-string",
    message: 'This string is never closed: expected `"`',
    what: 'A string ends at the next `"` that is not doubled. It may span lines.',
    wrong: 'name := "Ann',
    right: 'name := "Ann"',
  },
  {
    code: "BT1007",
    severity: "error",
    name: "unterminated-comment",
    message: "This comment is never closed: expected `*/`",
    what: "Comments between `/*` and `*/` nest: each `/*` needs its own `*/`.",
    wrong: "/* one /* two */",
    right: "/* one /* two */ */",
  },
  {
    code: "BT1008",
    severity: "error",
    name: "unterminated-symbol",
    message: "This quoted symbol is never closed: expected `'`",
    what: "A quoted symbol ends at the next `'` on its line that is not doubled.",
    wrong: "#'two words",
    right: "#'two words'",
  },
  {
    code: "BT1009",
    severity: "error",
    name: "single-quotes",
    message: "Strings are written in double quotes; `#'...'` is a symbol",
    what: "Single quotes only occur in quoted symbols.",
    wrong: "name := 'Ann'",
    right: 'name := "Ann"',
  },
  {
    code: "BT1010",
    severity: "error",
    name: "equals-sign-alone",
    message: "`=` is not an operator: compare with `=:=`, assign with `:=`",
    what: "`=` only gives a default to a datum and names a type alias.",
    wrong: "x = 3 ifTrue: [1]",
    right: "x =:= 3 ifTrue: [1]",
  },
  {
    code: "BT1011",
    severity: "error",
    name: "empty-character",
    message: "`$` needs the character after it",
    what: "A character literal is `$` and one character, or `$` and an escape such as `$\\n`.",
    wrong: "separator := $",
    right: "separator := $,",
  },
  {
    code: "BT1012",
    severity: "error",
    name: "unexpected-token",
    message: "Expected {expected}, found {found}",
    what: "The text cannot go on like this here. Only this statement is lost; reading goes on " +
      "with the next one.",
    wrong: "x := := 3",
    right: "x := 3",
  },
  {
    code: "BT1013",
    severity: "error",
    name: "empty-interpolation",
    message: "`{}` interpolates nothing: write an expression inside, or `\\{` for a brace",
    what: "`{expression}` in a string is replaced by the expression's `displayString`.",
    wrong: '"an empty set: {}"',
    right: '"an empty set: \\{\\}"',
  },
  {
    code: "BT1014",
    severity: "error",
    name: "invalid-number",
    message: "`{found}` is not a number: {expected}",
    what:
      "A number with a radix has a radix from 2 to 36 and digits below it, a float is at most " +
      "about 1.8e308, and a character is a code point of Unicode.",
    wrong: "2r102",
    right: "3r102",
  },
  {
    code: "BT1015",
    severity: "error",
    name: "cast-as-value",
    message: "A cast `!` has no value: it can only end a statement",
    what: "A cast sends without waiting and answers nothing, so it cannot be an operand.",
    wrong: "x := counter increment!",
    right: "counter increment!",
  },
  {
    code: "BT1016",
    severity: "error",
    name: "empty-body",
    message: "The method `{found}` has no body: expected an expression after `=>`",
    what:
      "Say `self subclassResponsibility` or `self notImplemented` where there is nothing to do " +
      "yet, or `nil`.",
    wrong: "area =>",
    right: "area => self subclassResponsibility",
  },
  {
    code: "BT1017",
    severity: "error",
    name: "expected-declaration",
    message: "Expected a declaration (a class, extension, protocol or type), found {found}",
    what: "A `.bt` file holds declarations. Expressions go into methods, or into a `.btscript`.",
    wrong: 'Transcript show: "hi"',
    right: 'Object subclass: Greeter\n  class greet => Transcript show: "hi"',
  },
  {
    code: "BT1018",
    severity: "error",
    name: "boolean-pattern",
    message: "`{found}` is not a pattern: write `{expected}`",
    what: "Match booleans by their class.",
    wrong: "flag match: [true -> 1; false -> 0]",
    right: "flag match: [_ :: True -> 1; _ :: False -> 0]",
  },
  {
    code: "BT1019",
    severity: "error",
    name: "stage-without-message",
    message: "A stage of `|>>` is a receiver and a message to it, unary or with keywords",
    what:
      "Each stage is sent the value of the one before as an added first argument; an operator has no " +
      "place for one.",
    wrong: "data |>> parser",
    right: "data |>> parser parse",
  },
  {
    code: "BT1020",
    severity: "error",
    name: "cascade-without-send",
    message: "A cascade `;` needs a message send before it",
    what: "The messages of a cascade go to the receiver of the first send.",
    wrong: "x; show",
    right: "x show; show",
  },
  {
    code: "BT1021",
    severity: "error",
    name: "unknown-pragma",
    message: "`{found}` is not a pragma: expected {expected}",
    what: "The pragmas are `@expect`, `@primitive` and `@intrinsic`.",
    wrong: "@expects dnu\nx foo",
    right: "@expect dnu\nx foo",
  },
  {
    code: "BT1022",
    severity: "error",
    name: "fixed-operator",
    message: "`{found}` cannot be defined: it compares the terms themselves. Define `equals:`",
    what: "The operators `=:=`, `=/=`, `==`, `/=` are never overridden.",
    wrong: "== other => self.id == other id",
    right: "equals: other => self.id =:= other id",
  },
  {
    code: "BT1023",
    severity: "error",
    name: "bare-class-pattern",
    message: "`{found}` alone is not a pattern: write `_ :: {found}`",
    what: "A class name in a pattern is followed by its fields, or stands after `::`.",
    wrong: "x match: [Integer -> 1]",
    right: "x match: [_ :: Integer -> 1]",
  },
  {
    code: "BT1024",
    severity: "error",
    name: "expected-member",
    message: "Expected a member of the class (`state:`, `field:`, `classState:` or a method), " +
      "found {found}",
    what: "Below a class header, each line at the members' indentation begins a datum or a method.",
    wrong: "Object subclass: A\n  42",
    right: "Object subclass: A\n  answer => 42",
  },
  {
    code: "BT1025",
    severity: "error",
    name: "unterminated-statement",
    message: "Expected the end of the statement, found {found}",
    what: "Two expressions stand side by side. Separate them by a newline or `.`, or put an " +
      "operator or selector between them.",
    wrong: "x := 3 4",
    right: "x := 3\n4",
  },
  {
    code: "BT1026",
    severity: "error",
    name: "guard-is-one-expression",
    message: "A guard is a block that holds one expression",
    what: "`when: [expression]` decides whether the clause or arm applies.",
    wrong: "x match: [n when: [] -> 1]",
    right: "x match: [n when: [n > 0] -> 1]",
  },
  {
    code: "BT1027",
    severity: "error",
    name: "not-equals",
    message: "`!=` is not an operator: write `=/=`",
    what: "`=/=` compares exactly, `/=` compares numbers by value.",
    wrong: "x != 3",
    right: "x =/= 3",
  },
  {
    code: "BT1028",
    severity: "error",
    name: "name-too-long",
    message: "This name is too long: at most {limit} characters",
    what: "Names and symbols become atoms, which Erlang bounds.",
    wrong: "a_name_of_two_hundred_and_more_characters := 1",
    right: "a_name := 1",
  },
  {
    code: "BT1029",
    severity: "error",
    name: "not-assignable",
    message: "{found} cannot be assigned: only variables and fields can",
    what:
      "Before `:=` stands a name that begins in lower case, a field of `self`, or a pattern of " +
      "such names. Classes, literals, `self` and what a message answers stay what they are.",
    wrong: "5 := x",
    right: "x := 5",
  },
  {
    code: "BT1030",
    severity: "warning",
    name: "backslash-before-quote",
    message: 'This quote ends the string, after a backslash: a quote in a string is `""`',
    what:
      "A backslash escapes no quote: `\\` and the quote after it are the last character and the end of " +
      "the string. What follows without a space is most likely the rest of it.",
    wrong: 'x := "say \\"hi\\" "',
    right: 'x := "say ""hi"""',
  },
];

const byCode: ReadonlyMap<string, SyntaxCode> = new Map(syntaxCodes.map((it) => [it.code, it]));

/** Makes the diagnostic of a code; `values` fill the braces of its message. */
export function diagnostic(
  code: string,
  span: Span,
  values: Readonly<Record<string, string>>,
  fixes: readonly Fix[] = [],
): Diagnostic {
  const entry = byCode.get(code);
  if (entry === undefined) throw new Error(`no syntax code ${code}`);
  const message = entry.message.replace(/\{([a-z]+)\}/g, (whole, name) => values[name] ?? whole);
  const plain = { code, severity: entry.severity, span, message };
  return fixes.length === 0 ? plain : { ...plain, fixes };
}

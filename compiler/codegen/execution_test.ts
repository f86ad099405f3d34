import { assertEquals } from "@std/assert";
import { runPrograms } from "./test_programs.ts";

/** Program text and what its last statement prints. */
const PROGRAMS: Readonly<Record<string, readonly [string, string]>> = {
  "receiver, arguments, send: left to right": [
    `Object subclass: Log
  classState: seen = #()
  class note: n =>
    self.seen := self.seen ++ #(n)
    n
  class seen => self.seen
(Log note: 1) + (Log note: 2) * (Log note: 3)
Log seen`,
    "#(1, 2, 3)",
  ],
  "a left operand keeps its value when the right one assigns": [
    `Object subclass: A
  class run =>
    x := 1
    x + (x := 10) + x
A run`,
    "21",
  ],
  "locals assigned in both branches": [
    `Object subclass: A
  class of: n =>
    a := 0
    b := 0
    n > 2 ifTrue: [a := n] ifFalse: [b := n. a := 7]
    {a, b}
{A of: 1, A of: 3}`,
    "{{7, 1}, {3, 0}}",
  ],
  "early return from nested inlined blocks": [
    `Object subclass: A
  class find: n =>
    1 to: 10 do: [:i |
      1 to: 10 do: [:j | i * j =:= n ifTrue: [^ {i, j}]]]
    #none
{A find: 42, A find: 97}`,
    "{{6, 7}, #none}",
  ],
  "return through a library method over a list and over a set": [
    `Object subclass: A
  class first: c over: n =>
    c do: [:x | x > n ifTrue: [^ x]]
    nil
{A first: #(1, 5, 9) over: 3, A first: (Set withAll: #(4)) over: 3, A first: #(1) over: 3}`,
    "{5, 4, nil}",
  ],
  "return through a block given to another method runs ensure": [
    `Object subclass: A
  class run: block => [block value] ensure: [A note]
  classState: noted = 0
  class note => self.noted += 1
  class noted => self.noted
  class go =>
    self run: [^ #out]
    #not
{A go, A noted}`,
    "{#out, 1}",
  ],
  "a return after its method has ended": [
    `Object subclass: A
  class make => [^ 1]
A make value`,
    "ERROR non_local_return_error",
  ],
  "assignment in a stored block is seen outside": [
    `Object subclass: A
  class run =>
    n := 0
    bump := [n := n + 1]
    bump value
    bump value
    n
A run`,
    "2",
  ],
  "each turn of a loop has its own variable": [
    `Object subclass: A
  class run =>
    blocks := #()
    1 to: 3 do: [:i |
      k := i * 10
      blocks := blocks ++ #([k])]
    blocks collect: [:b | b value]
A run`,
    "#(10, 20, 30)",
  ],
  "a block that calls itself": [
    `Object subclass: A
  class run =>
    fact := [:n | n < 2 ifTrue: [1] ifFalse: [n * (fact value: n - 1)]]
    fact value: 20
A run`,
    "2432902008176640000",
  ],
  "collection messages assign locals over any collection": [
    `Object subclass: A
  class sum: c =>
    s := 0
    n := 0
    c do: [:x | s += x. n += 1]
    {s, n}
{A sum: #(1, 2, 3), A sum: #[4, 5], A sum: (1 to: 4), A sum: #{#a => 9}}`,
    "{{6, 3}, {9, 2}, {10, 4}, {9, 1}}",
  ],
  "nested collection messages": [
    `Object subclass: A
  class pairs: xs with: ys =>
    n := 0
    all := xs collect: [:x | (ys select: [:y | n += 1. y > x]) inject: 0 into: [:a :y | n += 1. a + y]]
    {all, n}
{A pairs: #(1, 2) with: #(1, 2, 3), A pairs: #[1, 2] with: #[1, 2, 3]}`,
    "{{#(5, 3), 9}, {#[5, 3], 9}}",
  ],
  "detect with and without a fall-back": [
    `Object subclass: A
  class run: xs =>
    seen := 0
    a := xs detect: [:x | seen += 1. x > 2]
    b := xs detect: [:x | seen += 1. x > 99] ifNone: [seen]
    {a, b}
A run: #(1, 2, 3, 4)`,
    "{3, 7}",
  ],
  "loops run in constant stack": [
    `Object subclass: A
  class run =>
    n := 0
    [n < 1000000] whileTrue: [n := n + 1]
    1000000 timesRepeat: [n := n - 1]
    [n := n + 1. n < 1000000] whileTrue
    n
A run`,
    "1000000",
  ],
  "tail calls and deep recursion": [
    `Object subclass: A
  class down: n => n =:= 0 ifTrue: [#done] ifFalse: [self down: n - 1]
  class depth: n => n =:= 0 ifTrue: [0] ifFalse: [1 + (self depth: n - 1)]
{A down: 1000000, A depth: 100000}`,
    "{#done, 100000}",
  ],
  "a send to an actor is started by assignment and waited for by use": [
    `Actor subclass: Slow
  state: value = 0
  work: n =>
    Timer sleep: 50
    n * 2
Object subclass: A
  class run: a and: b =>
    start := Erlang erlang monotonic_time: #millisecond
    x := a work: 1
    y := b work: 2
    sum := x + y
    {sum, ((Erlang erlang monotonic_time: #millisecond) - start) < 90}
A run: Slow spawn and: Slow spawn`,
    "{6, true}",
  ],
  "a local holds a future until its value is needed": [
    `Actor subclass: Slow
  work => (Timer sleep: 20). 5
Object subclass: A
  class run: a =>
    f := a work
    pending := f isPending
    value := f await
    {pending, value, f}
A run: Slow spawn`,
    "{true, 5, 5}",
  ],
  "fields of an actor in control flow and in collection blocks": [
    `Actor subclass: C
  state: n = 0
  addAll: xs =>
    xs do: [:x | self.n := self.n + x]
    self.n > 5 ifTrue: [self.n += 100]
    self.n
C spawn addAll: #(1, 2, 3)`,
    "106",
  ],
  "state of a failed message is dropped": [
    `Actor subclass: C
  state: n = 0
  fail =>
    self.n := 5
    self error: "no"
  n => self.n
c := C spawn
r := [c fail] on: Error do: [:e | e message]
{r, c n}`,
    '{"no", 0}',
  ],
  "super on both sides": [
    `Object subclass: A
  class name2 => "a"
Value subclass: V
  field: x = 1
  show => "V{self.x}"
A subclass: B
  class name2 => "b" ++ super name2
V subclass: W
  show => "W" ++ super show
{B name2, (W x: 3) show}`,
    '{"ba", "WV3"}',
  ],
  "keyword constructor, getters and copying setters": [
    `Value subclass: P
  field: x = 0
  field: y = 0
p := P x: 1 y: 2
{p, p withY: 5, p x, P new, P new: #{#y => 9}, p =:= (P x: 1 y: 2)}`,
    "{P(x: 1, y: 2), P(x: 1, y: 5), 1, P(x: 0, y: 0), P(x: 0, y: 9), true}",
  ],
  "clauses by pattern and guard": [
    `Object subclass: A
  class of: {#ok, v} => v
  class of: n :: Integer when: [n > 10] => #big
  class of: #(h, ...t) => {h, t}
  class of: _ => #other
{A of: {#ok, 1}, A of: 11, A of: #(1, 2, 3), A of: 3}`,
    "{1, #big, {1, #(2, 3)}, #other}",
  ],
  "no clause fits": [
    `Object subclass: A
  class of: 1 => 1
  class of: 2 => 2
A of: 3`,
    "ERROR match_error",
  ],
  "patterns of match": [
    `Object subclass: A
  class of: e => e match: [
    {a, a} -> #same
    #[first, ...rest] -> {first, rest size}
    #{#k => v} -> v
    <<n:8, s:n/binary, _/binary>> when: [n > 1] -> s
    Result ok: v -> v
    x :: Integer when: [x > 5] -> x
    "lit" -> #literal
    _ -> #none
  ]
{A of: {1, 1}, A of: #[1, 2, 3], A of: #{#k => 4}, A of: <<2, 65, 66, 67>>, A of: (Result ok: 3), A of: 9, A of: "lit", A of: 2}`,
    '{#same, {1, 2}, 4, "AB", 3, 9, #literal, #none}',
  ],
  "destructuring declares and assigns": [
    `Object subclass: A
  class run =>
    a := 0
    {a, b} := {1, 2}
    #(h, ...t) := #(3, 4, 5)
    #{#k => v} := #{#k => 6}
    {a, b, h, t, v}
A run`,
    "{1, 2, 3, #(4, 5), 6}",
  ],
  "cascade, interpolation, binaries": [
    `a := "x"
"{a}{1 + 1}{#(1, "b")}{$c}" ++ "{<<65, 66>>}"`,
    '"x2#(1, ""b"")cAB"',
  ],
  "characters know their class while it is static": [
    `c := 1
{$A printString, $a uppercase asString, "{$A}", $A + 1}`,
    '{"$A", "A", "A", 66}',
  ],
  "conditions need booleans": ["3 ifTrue: [1]", "ERROR does_not_understand"],
  "own doesNotUnderstand": [
    `Object subclass: Ghost
  class make => self
  class doesNotUnderstand: s args: a => {s, a}
Ghost make foo: 1 bar: 2`,
    "{#foo:bar:, #(1, 2)}",
  ],
  "Erlang functions and results": [
    `{Erlang lists reverse: #(1, 2), (Erlang maps find: #a with: #{#a => 1}) value, Erlang erlang node}`,
    "{#(2, 1), 1, #'nonode@nohost'}",
  ],
  "errors carry kind": ['1 + "a"', "ERROR type_error"],
  "division by zero": ["1 / 0", "ERROR badarith"],
  "extensions and their own variables": [
    `Integer >> doubled => self * 2
String class >> banner => "=="
{4 doubled, String banner}`,
    '{8, "=="}',
  ],
  "a test case assigns fields": [
    `TestCase subclass: T
  field: n = 0
  run => self bump; bump. self.n
  bump => self.n := self.n + 1
T new run`,
    "2",
  ],
  "cells are gone when their method has ended": [
    `Object subclass: A
  class run =>
    n := 0
    3 timesRepeat: [
      m := n
      [n := n + 1. m := m + 2. self error: "x"] on: Error do: [:e | m := m + 1]]
    n
  class growth =>
    self run
    before := (Erlang erlang get) size
    self run
    (Erlang erlang get) size - before
{A run, A growth}`,
    "{3, 0}",
  ],
  "a stream keeps the block that it was given": [
    `Object subclass: A
  class run =>
    n := 0
    s := (Stream from: 1) collect: [:x | n := n + 1. x]
    taken := s take: 3
    {taken, n}
A run`,
    "{#(1, 2, 3), 3}",
  ],
  "exceptions with fields of their own": [
    `Error subclass: MyError
  field: code = 0
a := [(MyError code: 7) signal: "bad"] on: MyError do: [:e | {e code, e message}]
b := [MyError signal: "bad"] on: Error do: [:e | {e code, e message}]
{a, b}`,
    '{{7, "bad"}, {0, "bad"}}',
  ],
  "a migration changes the state that it is given": [
    `Actor subclass: C
  state: total = 0
patch C >> state {
  self.total := self.amount * 2
  [self.extra := self.total + 1] value
  self removeField: #amount
}
Erlang erlang apply: #'bt@user@program+patch' with: #'patch C 1' with: #(#{#amount => 21})`,
    "#{#extra => 43, #total => 42}",
  ],
  "initialize of ancestors runs first": [
    `Actor subclass: Base
  state: log = #()
  initialize => self.log := self.log ++ #(#base)
  log => self.log
Base subclass: Derived
  initialize => self.log := self.log ++ #(#derived)
  log => super log ++ #(#x)
Derived spawn log`,
    "#(#base, #derived, #x)",
  ],
  "class state in blocks": [
    `Object subclass: A
  classState: n = 0
  class addAll: xs =>
    xs do: [:x | self.n += x]
    self.n
A addAll: #(1, 2, 3)
A addAll: #(1)`,
    "7",
  ],
  "a pipe sends each value on": [
    `Actor subclass: S
  double: n => n * 2
  add: n to: m => n + m
s := S spawn
(5 |>> s double |>> s add: 3) await`,
    "13",
  ],
  "blocks of scripts keep their variables in other processes": [
    `x := 20
(Future on: [x + 1]) await`,
    "21",
  ],
};

Deno.test("programs run as the language says", async (t) => {
  const sources = Object.fromEntries(
    Object.entries(PROGRAMS).map(([name, [source]]) => [name, source]),
  );
  const answers = await runPrograms(sources);
  for (const [name, [, expected]] of Object.entries(PROGRAMS)) {
    await t.step(name, () => {
      const answer = answers[name] ?? "";
      if (expected.startsWith("ERROR")) assertEquals(answer.slice(0, expected.length), expected);
      else assertEquals(answer, expected);
    });
  }
});

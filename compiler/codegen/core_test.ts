import { assertEquals } from "@std/assert";
import { join } from "@std/path";
import {
  apply,
  atom,
  bif,
  call,
  caseOf,
  clause,
  constant,
  type Core,
  type Definition,
  fun,
  functionName,
  integer,
  list,
  literal,
  map,
  mapPattern,
  nil,
  string,
  tuple,
  updateMap,
  type Var,
} from "./core.ts";
import { encodeCore } from "./core_term.ts";
import { printCore, printExpression } from "./core_text.ts";
import { finishModule } from "./erlang_module.ts";

function variable(id: number): Var {
  return { kind: "var", id, hint: "" };
}

function definition(name: string, vars: readonly Var[], body: Core): Definition {
  return { name: functionName(name, vars.length), fun: fun(vars, body, 1) };
}

/** Every kind of node, in functions of no arguments whose values are known. */
const [a, b, c] = [variable(0), variable(1), variable(2)];
const FUNCTIONS: Readonly<Record<string, readonly [Core, string]>> = {
  big: [literal(constant.integer(-(2n ** 70n))), "-1180591620717411303424"],
  small: [
    tuple([integer(255), integer(256), integer(-1), integer(2 ** 31)]),
    "{255,256,-1,2147483648}",
  ],
  float: [literal(constant.float(1.5e300)), "1.5e300"],
  text: [string('é"\n'), '<<"é\\"\\n"/utf8>>'],
  improper: [literal(constant.cons([constant.atom("a")], constant.atom("it's"))), "[a|'it\\'s']"],
  record: [literal(constant.record({ k: constant.list([constant.integer(1)]) })), "#{k => [1]}"],
  updated: [
    updateMap(
      map([{ op: "assoc", key: atom("k"), value: integer(1) }]),
      [
        { op: "assoc", key: atom("l"), value: nil },
      ],
      a,
      b,
    ),
    "#{k => 1,l => nil}",
  ],
  matched: [
    caseOf(literal(constant.record({ k: constant.integer(7) })), [
      clause(mapPattern([{ op: "exact", key: atom("k"), value: a }]), list([a, a])),
      clause(b, nil),
    ]),
    "[7,7]",
  ],
  looped: [
    {
      kind: "letrec",
      definitions: [{
        name: functionName("loop", 2),
        fun: fun(
          [a, b],
          caseOf(a, [
            clause(integer(0), b),
            clause(
              c,
              apply(functionName("loop", 2), [bif("-", [c, integer(1)]), bif("+", [b, c])]),
            ),
          ]),
        ),
      }],
      body: apply(functionName("loop", 2), [integer(100), integer(0)]),
    },
    "5050",
  ],
  caught: [
    {
      kind: "try",
      arg: call("erlang", "error", [atom("oops")]),
      vars: [a],
      body: a,
      exceptionVars: [a, b, c],
      handler: tuple([a, b]),
    },
    "{error,oops}",
  ],
};

const RUNNER = `-module(core_runner).
-export([main/1]).
main([File, Text]) ->
    {ok, Bytes} = file:read_file(File),
    show(compile:noenv_forms(binary_to_term(Bytes), [from_core, binary, clint, return])),
    show(compile:file(Text, [from_core, binary, return])),
    halt().
show({ok, Module, Beam, _}) ->
    {module, Module} = code:load_binary(Module, "x", Beam),
    [io:format("~s ~tw~n", [F, Module:F()]) || {F, 0} <- lists:sort(Module:module_info(exports)), F =/= module_info].
`;

Deno.test("terms and text of Core Erlang mean the same to the compiler", async () => {
  const folder = await Deno.makeTempDir({ prefix: "beamtalk-core-" });
  try {
    const definitions = Object.entries(FUNCTIONS).map(([name, [body]]) =>
      definition(name, [], body)
    );
    const module = finishModule("sample", "sample.bt", definitions);
    await Deno.writeFile(join(folder, "sample.etf"), encodeCore(module));
    await Deno.writeTextFile(join(folder, "sample.core"), printCore(module));
    await Deno.writeTextFile(join(folder, "core_runner.erl"), RUNNER);
    await output("erlc", ["core_runner.erl"], folder);
    const printed = await output("erl", [
      ...["-noshell", "-run", "core_runner", "main", "sample.etf", "sample.core"],
    ], folder);
    const expected = await expectedLines(folder);
    assertEquals(printed, expected + expected);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

/** What Erlang itself prints for the expected values, in the order of the functions' names. */
async function expectedLines(folder: string): Promise<string> {
  const names = Object.keys(FUNCTIONS).sort();
  const prints = names.map((name) => `io:format("~s ~tw~n", [${name}, ${FUNCTIONS[name]?.[1]}])`);
  await Deno.writeTextFile(
    join(folder, "expected.erl"),
    `-module(expected).\n-export([main/0]).\nmain() ->\n${prints.join(",\n")},\nhalt().\n`,
  );
  await output("erlc", ["expected.erl"], folder);
  return await output("erl", ["-noshell", "-s", "expected", "main"], folder);
}

async function output(command: string, args: readonly string[], cwd: string): Promise<string> {
  const { stdout, stderr, success } = await new Deno.Command(command, { args: [...args], cwd })
    .output();
  const decoder = new TextDecoder();
  if (!success) throw new Error(decoder.decode(stdout) + decoder.decode(stderr));
  return decoder.decode(stdout);
}

Deno.test("an expression as text", () => {
  const node = caseOf(a, [clause(tuple([atom("ok"), b]), b), clause(c, call("m", "f", [c]))]);
  assertEquals(
    printExpression(node),
    `case _0 of
  <{'ok', _1}> when 'true' ->
    _1
  <_2> when 'true' ->
    call 'm':'f'(_2)
end`,
  );
});

import { assertEquals, assertStrictEquals } from "@std/assert";
import { join } from "@std/path";
import { versionOf, withoutDebugInfo } from "./beam_file.ts";
import { installation } from "./installation.ts";

const MODULE = "beamtalk_registry";

async function sample(): Promise<Uint8Array> {
  return await Deno.readFile(join(installation().ebin("runtime"), `${MODULE}.beam`));
}

/** The names of the chunks, and whether the VM loads the code with its functions, as Erlang says. */
async function asErlangSees(beam: Uint8Array): Promise<{ chunks: string[]; loads: boolean }> {
  const file = await Deno.makeTempFile({ suffix: ".beam" });
  try {
    await Deno.writeFile(file, beam);
    const ask = `
      {ok, Beam} = file:read_file(hd(init:get_plain_arguments())),
      {ok, _, Chunks} = beam_lib:all_chunks(Beam),
      Loads = code:load_binary(${MODULE}, "m", Beam) =:= {module, ${MODULE}} andalso
          lists:member({lookup, 1}, ${MODULE}:module_info(exports)),
      io:format("~ts ~ts~n", [Loads, lists:join(" ", [Name || {Name, _} <- Chunks])]),
      halt(0).`;
    const { stdout, stderr } = await new Deno.Command("erl", {
      args: ["-noinput", "-boot", "no_dot_erlang", "-eval", ask, "-extra", file],
      stdin: "null",
    }).output();
    const said = new TextDecoder().decode(stdout);
    const [loads, ...chunks] = said.trim().split(" ");
    return { chunks, loads: loads === "true" || fail(said, stderr) };
  } finally {
    await Deno.remove(file);
  }
}

function fail(said: string, stderr: Uint8Array): never {
  throw new Error(`${said}${new TextDecoder().decode(stderr)}`);
}

Deno.test("code without debug information has all other chunks and loads", async () => {
  const whole = await sample();
  const slim = withoutDebugInfo(whole);
  const before = await asErlangSees(whole);
  const after = await asErlangSees(slim);
  assertEquals(before.chunks.filter((each) => each === "Dbgi" || each === "LocT").length, 2);
  assertEquals(after.chunks, before.chunks.filter((each) => each !== "Dbgi" && each !== "LocT"));
  assertEquals(slim.length < whole.length, true);
  assertEquals(withoutDebugInfo(slim), slim);
});

Deno.test("what is no whole BEAM file stays as it is", async () => {
  const whole = await sample();
  const others = [
    new Uint8Array(),
    new TextEncoder().encode("FOR1"),
    new Uint8Array([0x1f, 0x8b, ...whole.subarray(2)]),
    whole.subarray(0, whole.length - 5),
    whole.subarray(0, 15),
  ];
  for (const bytes of others) assertStrictEquals(withoutDebugInfo(bytes), bytes);
});

Deno.test("the version is the one that Erlang reads", async () => {
  const { stdout } = await new Deno.Command("erl", {
    args: [
      ...["-noinput", "-boot", "no_dot_erlang", "-pa", installation().ebin("runtime")],
      ...[
        "-eval",
        `io:format("~w", [hd(proplists:get_value(vsn, ${MODULE}:module_info(attributes)))])`,
      ],
      ...["-s", "init", "stop"],
    ],
    stdin: "null",
  }).output();
  const whole = await sample();
  assertEquals(versionOf(whole), new TextDecoder().decode(stdout));
  assertEquals(versionOf(withoutDebugInfo(whole)), versionOf(whole));
  assertEquals(versionOf(whole.subarray(0, 15)), undefined);
});

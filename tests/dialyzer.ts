/**
 * `deno task dialyzer`: Dialyzer over the Erlang applications and the class library. What it knows
 * of OTP is kept in `_build/dialyzer`; the library's modules are compiled once more, with their
 * Core Erlang and the specs of their methods as debug information.
 * @module
 */
import { join } from "@std/path";
import { encodeCore, generate } from "../compiler/codegen/mod.ts";
import { Program } from "../compiler/project/program.ts";
import { allFiles, librarySources } from "../compiler/project/sources.ts";
import { ERLANG_APPLICATIONS, installation } from "../live/installation.ts";

const own = installation();
const folder = join(own.root, "_build", "dialyzer");
const table = join(folder, "otp.plt");
const OTP = ["erts", "kernel", "stdlib", "crypto", "compiler"];

/** The library's modules are found under this folder with their debug information. */
async function compileLibrary(): Promise<string> {
  const ebin = join(folder, "ebin");
  const core = await Deno.makeTempDir({ prefix: "beamtalk-dialyzer-" });
  await Deno.remove(ebin, { recursive: true }).catch(() => {});
  await Deno.mkdir(ebin, { recursive: true });
  try {
    for (const { name, bytes } of await libraryModules()) {
      await Deno.writeFile(join(core, name), bytes);
    }
    await run("erl", ["-noinput", "-eval", COMPILE, "-extra", core, ebin]);
  } finally {
    await Deno.remove(core, { recursive: true });
  }
  return ebin;
}

async function libraryModules(): Promise<{ name: string; bytes: Uint8Array }[]> {
  const program = new Program([]);
  const files = allFiles(await librarySources(join(own.root, "stdlib")));
  for (const { path, shown, naming } of files) {
    program.setFile({
      path,
      shown,
      naming,
      text: await Deno.readTextFile(path),
      kind: "file",
    });
  }
  const environment = program.environment("stdlib");
  return files.flatMap(({ path, shown, naming }) => {
    const { text, declarations } = program.tree(path);
    const options = { file: shown, naming, environment, specifications: true };
    return generate({ text, declarations }, options)
      .map(({ module, core }) => ({ name: module, bytes: encodeCore(core) }));
  });
}

const COMPILE = `
  [From, To] = init:get_plain_arguments(),
  {ok, Names} = file:list_dir(From),
  [begin
     {ok, Bytes} = file:read_file(filename:join(From, Name)),
     Core = binary_to_term(Bytes),
     Options = [from_core, binary, {debug_info, {beamtalk_debug_info, Core}}],
     {ok, _, Beam} = compile:noenv_forms(Core, Options),
     ok = file:write_file(filename:join(To, Name ++ ".beam"), Beam)
   end || Name <- Names],
  halt(0).`;

async function run(command: string, args: readonly string[]): Promise<void> {
  const { code } = await new Deno.Command(command, { args: [...args], stdin: "null" }).output();
  if (code !== 0) throw new Error(`${command} ended with ${code}`);
}

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}

await Deno.mkdir(folder, { recursive: true });
if (!await exists(table)) {
  console.log("reading OTP once; this takes a minute");
  await run("dialyzer", ["--build_plt", "--output_plt", table, "--apps", ...OTP]);
}
const library = await compileLibrary();
const { code } = await new Deno.Command("dialyzer", {
  args: [
    ...["--plt", table, "-pa", own.ebin("runtime"), "-Wno_return", "-r"],
    ...ERLANG_APPLICATIONS.map((application) => own.ebin(application)),
    library,
  ],
}).spawn().status;
Deno.exit(code);

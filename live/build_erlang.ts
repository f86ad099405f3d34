/**
 * Compiles the toolchain's Erlang applications into `_build`, only what has changed.
 * @module
 */
import { basename, join } from "@std/path";
import { ERLANG_APPLICATIONS, type ErlangApplication, type Installation } from "./installation.ts";
import { contentHash, readTextIfThere, writeWhole } from "./build_files.ts";

/** What came of compiling one application. */
export interface ErlangBuild {
  readonly application: ErlangApplication;
  /** Modules compiled now. */
  readonly compiled: readonly string[];
  /** Modules that were up to date. */
  readonly fresh: number;
  /** What `erlc` said of modules that do not compile; empty when all is well. */
  readonly errors: string;
}

/** Compiles the applications in turn; a module that does not compile does not stop the others. */
export async function buildErlang(installation: Installation): Promise<ErlangBuild[]> {
  const builds: ErlangBuild[] = [];
  for (const application of ERLANG_APPLICATIONS) {
    builds.push(await buildApplication(installation, application));
  }
  return builds;
}

async function buildApplication(
  installation: Installation,
  application: ErlangApplication,
): Promise<ErlangBuild> {
  const sources = join(installation.root, "erlang", application, "src");
  const include = join(installation.root, "erlang", application, "include");
  const ebin = installation.ebin(application);
  await Deno.mkdir(ebin, { recursive: true });
  const modules = await filesWith(sources, ".erl");
  const headers = [...await filesWith(sources, ".hrl"), ...await filesWith(include, ".hrl")];
  const headerHash = contentHash(COMPILE, ...await Promise.all(headers.map(readText)));
  const recordFile = join(ebin, "..", "hashes.json");
  const known = await readRecord(recordFile);
  const record: Record<string, string> = {};
  const changed: { file: string; hash: string }[] = [];
  const fresh: string[] = [];
  const hashes = new Map<string, string>();
  for (const file of modules) {
    const hash = contentHash(headerHash, await readText(file));
    const name = basename(file, ".erl");
    hashes.set(name, hash);
    if (known[name] === hash && await exists(join(ebin, `${name}.beam`))) {
      fresh.push(name);
      record[name] = hash;
    } else {
      changed.push({ file, hash });
    }
  }
  const { compiled, errors } = changed.length === 0
    ? { compiled: [], errors: "" }
    : await compile(changed, ebin, include);
  for (const name of compiled) record[name] = hashes.get(name) ?? "";
  await removeStray(ebin, new Set(hashes.keys()));
  await writeApplicationFile(sources, ebin, [...hashes.keys()]);
  await writeWhole(recordFile, JSON.stringify(record, null, 1));
  return { application, compiled, fresh: fresh.length, errors };
}

/**
 * Compiles in one Erlang node, as many files at a time as there are schedulers. Prints a line for
 * each module that compiled; what the compiler says goes to standard output between them. The version
 * of a module is that of its source, where the compiler's own would be that of the code which its
 * release makes of it.
 */
const COMPILE = `
  [Out, Include | Files] = init:get_plain_arguments(),
  Versioned = fun Versioned([{attribute, At, module, _} = Module | Forms], Version) ->
                      [Module, {attribute, At, vsn, Version} | Forms];
                  Versioned([Form | Forms], Version) -> [Form | Versioned(Forms, Version)];
                  Versioned([], _) -> []
              end,
  Compile = fun(File, Version) ->
      {ok, Forms} = epp:parse_file(File, [{location, {1, 1}}, {includes, [Include]}]),
      case compile:noenv_forms(Versioned(Forms, list_to_integer(Version, 16)),
                               [debug_info, report, {source, filename:absname(File)}]) of
          {ok, Module, Code} ->
              file:write_file(filename:join(Out, atom_to_list(Module) ++ ".beam"), Code);
          error -> error
      end
  end,
  Work = fun Work([], 0) -> ok;
             Work([File, Version | Rest], Running) when Running < 4 ->
                 spawn_monitor(fun() -> exit({done, File, Compile(File, Version)}) end),
                 Work(Rest, Running + 1);
             Work(Rest, Running) ->
                 receive {'DOWN', _, process, _, {done, File, Result}} ->
                     Result =:= ok andalso io:format("~ncompiled ~ts~n", [File])
                 ; {'DOWN', _, process, _, Reason} -> io:format("~tp~n", [Reason])
                 end,
                 Work(Rest, Running - 1)
         end,
  Work(Files, 0), halt(0).`;

/** As many hexadecimal digits as the versions have that Erlang's compiler gives. */
const VERSION_DIGITS = 32;

async function compile(
  files: readonly { readonly file: string; readonly hash: string }[],
  ebin: string,
  include: string,
): Promise<{ compiled: string[]; errors: string }> {
  const staging = await Deno.makeTempDir({ dir: join(ebin, ".."), prefix: ".compile-" });
  try {
    const { stdout, stderr } = await new Deno.Command("erl", {
      args: ["-noinput", "-boot", "no_dot_erlang", "-eval", COMPILE, "-extra", staging, include]
        .concat(files.flatMap(({ file, hash }) => [file, hash.slice(0, VERSION_DIGITS)])),
      stdout: "piped",
      stderr: "piped",
    }).output();
    const lines = (new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr)).split("\n");
    const marker = "compiled ";
    const compiled = lines.filter((line) => line.startsWith(marker))
      .map((line) => basename(line.slice(marker.length), ".erl"));
    for (const name of compiled) {
      await Deno.rename(join(staging, `${name}.beam`), join(ebin, `${name}.beam`));
    }
    const said = lines.filter((line) => line.trim() !== "" && !line.startsWith(marker));
    return { compiled, errors: compiled.length < files.length ? said.join("\n") : "" };
  } finally {
    await Deno.remove(staging, { recursive: true });
  }
}

/** Removes modules whose source is gone. */
async function removeStray(ebin: string, modules: ReadonlySet<string>): Promise<void> {
  for (const beam of await filesWith(ebin, ".beam")) {
    if (!modules.has(basename(beam, ".beam"))) await Deno.remove(beam);
  }
}

/** Copies `*.app.src` to `*.app` with the list of modules filled in. */
async function writeApplicationFile(
  sources: string,
  ebin: string,
  modules: readonly string[],
): Promise<void> {
  for (const file of await filesWith(sources, ".app.src")) {
    const list = modules.toSorted().join(", ");
    const text = (await readText(file)).replace(/\{modules,\s*\[\s*\]\}/, `{modules, [${list}]}`);
    await writeWhole(join(ebin, basename(file, ".src")), text);
  }
}

async function readRecord(file: string): Promise<Record<string, string>> {
  const text = await readTextIfThere(file);
  if (text === undefined) return {};
  try {
    return JSON.parse(text) as Record<string, string>;
  } catch {
    return {};
  }
}

function readText(file: string): Promise<string> {
  return Deno.readTextFile(file);
}

async function exists(file: string): Promise<boolean> {
  try {
    await Deno.stat(file);
    return true;
  } catch {
    return false;
  }
}

async function filesWith(folder: string, ending: string): Promise<string[]> {
  const found: string[] = [];
  try {
    for await (const entry of Deno.readDir(folder)) {
      if (entry.isFile && entry.name.endsWith(ending)) found.push(join(folder, entry.name));
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return found.sort();
}

/**
 * Compiles the Erlang sources of a package's `native` folder, only what has changed.
 * @module
 */
import { basename, dirname, join } from "@std/path";
import { contentHash, readTextIfThere, writeWhole } from "./build_files.ts";

/** An Erlang source of the program does not compile; the message is what `erlc` said. */
export class NativeError extends Error {
  override readonly name = "NativeError";
}

/** Compiles the files into `ebin`; modules whose source is gone are removed. */
export async function buildNative(files: readonly string[], ebin: string): Promise<void> {
  const recordFile = join(ebin, "..", "native.json");
  const known = await readRecord(recordFile);
  if (files.length === 0 && Object.keys(known).length === 0) return;
  const headers = await Promise.all((await headersBeside(files)).map(readText));
  const record: Record<string, string> = {};
  const changed: string[] = [];
  for (const file of files) {
    const name = basename(file, ".erl");
    record[name] = contentHash(file, await readText(file), ...headers);
    if (known[name] !== record[name]) changed.push(file);
  }
  if (changed.length > 0) await compile(changed, ebin);
  for (const name of Object.keys(known)) {
    if (record[name] === undefined) await Deno.remove(join(ebin, `${name}.beam`)).catch(() => {});
  }
  await writeWhole(recordFile, JSON.stringify(record));
}

async function compile(files: readonly string[], ebin: string): Promise<void> {
  const staging = await Deno.makeTempDir({ dir: dirname(ebin), prefix: ".native-" });
  try {
    const { success, stdout, stderr } = await new Deno.Command("erlc", {
      args: ["+debug_info", "-o", staging, ...files],
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).output();
    if (!success) {
      const said = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
      throw new NativeError(`Erlang sources do not compile:\n${said.trim()}`);
    }
    await Deno.mkdir(ebin, { recursive: true });
    for (const file of files) {
      const beam = `${basename(file, ".erl")}.beam`;
      await Deno.rename(join(staging, beam), join(ebin, beam));
    }
  } finally {
    await Deno.remove(staging, { recursive: true });
  }
}

async function headersBeside(files: readonly string[]): Promise<string[]> {
  const folders = new Set(files.map((file) => dirname(file)));
  const found: string[] = [];
  for (const folder of folders) {
    for await (const { name } of Deno.readDir(folder)) {
      if (name.endsWith(".hrl")) found.push(join(folder, name));
    }
  }
  return found.sort();
}

async function readRecord(file: string): Promise<Record<string, string>> {
  const text = await readTextIfThere(file);
  return text === undefined ? {} : JSON.parse(text) as Record<string, string>;
}

function readText(file: string): Promise<string> {
  return Deno.readTextFile(file);
}

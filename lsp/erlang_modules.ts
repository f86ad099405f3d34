/**
 * The modules of the Erlang installation and what they export, read from its files.
 * @module
 */
import { basename, dirname, join } from "@std/path";
import type { ErlangModules } from "./completion_item.ts";

/** The installation that `erl` on the path belongs to; without one there are no modules. */
export function installedErlang(): ErlangModules {
  let files: ReadonlyMap<string, string> | undefined;
  const known = () => files ??= beamFiles();
  return {
    modules: () => [...known().keys()],
    functions: (module) => {
      const file = known().get(module);
      return file === undefined ? [] : exportsOf(file);
    },
  };
}

/** Applications whose modules programs call; all others would only fill the list. */
const APPLICATIONS = /^(kernel|stdlib|erts|crypto|ssl|inets|public_key|sasl|os_mon|mnesia)-/;

function beamFiles(): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  for (const folder of libraryFolders()) {
    for (const application of namesIn(folder)) {
      if (!APPLICATIONS.test(application)) continue;
      const ebin = join(folder, application, "ebin");
      for (const name of namesIn(ebin)) {
        if (name.endsWith(".beam")) files.set(basename(name, ".beam"), join(ebin, name));
      }
    }
  }
  return new Map([...files].sort(([a], [b]) => a < b ? -1 : 1));
}

function libraryFolders(): string[] {
  for (const folder of (Deno.env.get("PATH") ?? "").split(":")) {
    try {
      const erl = Deno.realPathSync(join(folder, "erl"));
      return [join(dirname(dirname(erl)), "lib"), join(dirname(dirname(dirname(erl))), "lib")];
    } catch {
      // Not in this folder.
    }
  }
  return [];
}

function namesIn(folder: string): string[] {
  try {
    return [...Deno.readDirSync(folder)].map(({ name }) => name);
  } catch {
    return [];
  }
}

const decoder = new TextDecoder();

/** The exports of a compiled module: its chunks `AtU8` (names) and `ExpT` (functions). */
function exportsOf(file: string): { name: string; arity: number }[] {
  try {
    const bytes = Deno.readFileSync(file);
    const chunks = chunksOf(bytes);
    const atoms = atomsOf(chunks.get("AtU8"));
    const table = chunks.get("ExpT");
    if (table === undefined) return [];
    const view = new DataView(table.buffer, table.byteOffset, table.byteLength);
    const found: { name: string; arity: number }[] = [];
    for (let index = 0; index < view.getUint32(0); index++) {
      const name = atoms[view.getUint32(4 + index * 12) - 1];
      if (name === undefined || name === "module_info") continue;
      found.push({ name, arity: view.getUint32(8 + index * 12) });
    }
    return found.sort((a, b) => a.name < b.name ? -1 : a.name > b.name ? 1 : a.arity - b.arity);
  } catch {
    return [];
  }
}

/** The chunks of an IFF file of form `BEAM`. */
function chunksOf(bytes: Uint8Array): ReadonlyMap<string, Uint8Array> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const chunks = new Map<string, Uint8Array>();
  for (let at = 12; at + 8 <= bytes.length;) {
    const size = view.getUint32(at + 4);
    chunks.set(decoder.decode(bytes.subarray(at, at + 4)), bytes.subarray(at + 8, at + 8 + size));
    at += 8 + Math.ceil(size / 4) * 4;
  }
  return chunks;
}

/** Newer releases negate the count and write lengths as compact terms. */
function atomsOf(chunk: Uint8Array | undefined): string[] {
  if (chunk === undefined) return [];
  const view = new DataView(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  const count = view.getInt32(0);
  const isCompact = count < 0;
  const atoms: string[] = [];
  let at = 4;
  for (let index = 0; index < Math.abs(count); index++) {
    let length = chunk[at++] ?? 0;
    if (isCompact) {
      length = (length & 8) === 0 ? length >> 4 : ((length >> 5) << 8) | (chunk[at++] ?? 0);
    }
    atoms.push(decoder.decode(chunk.subarray(at, at + length)));
    at += length;
  }
  return atoms;
}

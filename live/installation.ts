/**
 * Where the toolchain's own Erlang applications and the class library are: in the source tree's
 * `_build`, or beside the program in the folder that the executable unpacked.
 * @module
 */
import { createHash } from "node:crypto";
import { dirname, fromFileUrl, join } from "@std/path";
import configuration from "../deno.json" with { type: "json" };

/** The Erlang applications, in the order in which they build on one another. */
export const ERLANG_APPLICATIONS = ["port", "runtime", "workspace"] as const;

/** One of the toolchain's Erlang applications. */
export type ErlangApplication = typeof ERLANG_APPLICATIONS[number];

/** The folders that a node or the port program needs. */
export interface Installation {
  /** The folder that holds `_build`. */
  readonly root: string;
  /** The `ebin` folder of an Erlang application. */
  ebin(application: ErlangApplication): string;
  /** The `ebin` folder of the compiled class library. */
  readonly libraryEbin: string;
  /** What the compiler knows of the class library: a file beside its `ebin`. */
  readonly libraryFacts: string;
  /** Folders for the code path of a node that runs Beamtalk programs: runtime, library. */
  readonly runtimePaths: readonly string[];
}

/** The installation under a root folder. */
export function installationAt(root: string): Installation {
  const build = join(root, "_build");
  const ebin = (application: ErlangApplication) => join(build, "erlang", application, "ebin");
  const libraryEbin = join(build, "stdlib", "ebin");
  return {
    root,
    ebin,
    libraryEbin,
    libraryFacts: join(build, "stdlib", "facts.msgpack"),
    runtimePaths: [ebin("runtime"), libraryEbin],
  };
}

/**
 * What identifies the compiler of this installation: output of another compiler is not reused.
 * In the source tree every change of a source file of the compiler makes another one.
 */
export function toolchainVersion(installation: Installation): string {
  const known = versions.get(installation.root);
  if (known !== undefined) return known;
  const hash = createHash("sha256").update(configuration.version);
  for (const file of sourcesUnder(join(installation.root, "compiler"))) {
    const { size, mtime } = Deno.statSync(file);
    hash.update(`${file} ${size} ${mtime?.getTime()}\n`);
  }
  const version = hash.digest("hex");
  versions.set(installation.root, version);
  return version;
}

const versions = new Map<string, string>();

/** None where the program is not run from its source tree. */
function sourcesUnder(folder: string): string[] {
  try {
    return [...Deno.readDirSync(folder)].flatMap(({ name, isDirectory }) =>
      isDirectory ? sourcesUnder(join(folder, name)) : isSource(name) ? [join(folder, name)] : []
    ).sort();
  } catch {
    return [];
  }
}

function isSource(name: string): boolean {
  return name.endsWith(".ts") && !name.endsWith("_test.ts");
}

/** The installation that this program belongs to. */
export function installation(): Installation {
  return installationAt(programRoot());
}

/** In the source tree the parent of this file's folder; in a bundle the folder of the bundle. */
function programRoot(): string {
  const here = dirname(fromFileUrl(import.meta.url));
  return import.meta.url.endsWith("/live/installation.ts") ? dirname(here) : here;
}

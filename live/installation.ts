/**
 * Where the toolchain's own Erlang applications and the class library are: in the source tree's
 * `_build`, or beside the program in the folder that the executable unpacked.
 * @module
 */
import { dirname, fromFileUrl, join } from "@std/path";

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

/** The installation that this program belongs to. */
export function installation(): Installation {
  return installationAt(programRoot());
}

/** In the source tree the parent of this file's folder; in a bundle the folder of the bundle. */
function programRoot(): string {
  const here = dirname(fromFileUrl(import.meta.url));
  return import.meta.url.endsWith("/live/installation.ts") ? dirname(here) : here;
}

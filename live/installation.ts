/**
 * Where the toolchain's own Erlang applications and the class library are: in the source tree's
 * `_build`, or beside the program in the folder that the executable unpacked.
 * @module
 */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
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
function installationAt(root: string): Installation {
  const build = join(root, "_build");
  const ebin = (application: ErlangApplication) => join(build, "erlang", application, "ebin");
  // Not `stdlib`: Erlang would take a folder of that name on the code path for its own stdlib.
  const libraryEbin = join(build, "library", "ebin");
  return {
    root,
    ebin,
    libraryEbin,
    libraryFacts: join(build, "library", "facts.msgpack"),
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
  const { root } = installation;
  const sources = ["compiler", "erlang/port/src"].flatMap((each) => sourcesUnder(join(root, each)));
  // An executable's folder is named by its content.
  if (sources.length === 0) hash.update(installation.root);
  for (const file of sources) {
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
  return name.endsWith(".erl") || name.endsWith(".ts") && !name.endsWith("_test.ts");
}

/** The installation that this program belongs to. */
export function installation(): Installation {
  own ??= installationAt(programRoot());
  return own;
}

let own: Installation | undefined;

/**
 * The command line that starts this very toolchain again, to which arguments can be added. A node
 * keeps it, so that code running there can ask for compilation.
 */
export function ownCommand(): readonly string[] {
  if (Deno.build.standalone) return [Deno.execPath()];
  const root = programRoot();
  const run = [Deno.execPath(), "run", "-A", "--quiet"];
  return isBundle()
    ? [...run, "--no-config", "--no-lock", join(root, "main.js")]
    : [...run, "--config", join(root, "deno.json"), join(root, "main.ts")];
}

/**
 * Lets a plain node that runs a program ask for the compiler: the node then starts distribution and
 * the toolchain by itself, see `beamtalk_workspace_port`. Costs nothing until that happens.
 */
export function nodeWithToolchain(): {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
} {
  return {
    args: [
      ...["-start_epmd", "false", "-epmd_module", "beamtalk_workspace_epmd", "-nocookie"],
      ...["-kernel", "inet_dist_use_interface", "{127,0,0,1}"],
    ],
    env: { BEAMTALK_TOOLCHAIN: ownCommand().join("\n") },
  };
}

/** Whether this file has become part of a bundle. */
function isBundle(): boolean {
  return !import.meta.url.endsWith("/live/installation.ts");
}

/** In the source tree the parent of this file's folder; in a bundle the folder of the bundle. */
function programRoot(): string {
  const here = dirname(fromFileUrl(import.meta.url));
  if (Deno.build.standalone) return unpacked(dirname(here));
  return isBundle() ? here : dirname(here);
}

/**
 * The files that `deno compile` put inside the executable can be read by this process only: for
 * `erl` they are copied once into a cache folder of the executable's own.
 */
function unpacked(inside: string): string {
  const { size, mtime } = Deno.statSync(Deno.execPath());
  const identity = createHash("sha256").update(`${Deno.execPath()} ${size} ${mtime?.getTime()}`);
  const cache = Deno.env.get("BEAMTALK_CACHE") ?? Deno.env.get("XDG_CACHE_HOME") ??
    join(Deno.env.get("HOME") ?? join("/tmp", `beamtalk-${Deno.uid()}`), ".cache");
  const root = join(cache, "beamtalk", identity.digest("hex").slice(0, 24));
  if (existsSync(join(root, "_build"))) return root;
  const staging = `${root}.${Deno.pid}`;
  for (const folder of ["_build", "stdlib"]) {
    copyTreeSync(join(inside, folder), join(staging, folder));
  }
  try {
    Deno.renameSync(staging, root);
  } catch {
    // Another start was faster.
    Deno.removeSync(staging, { recursive: true });
  }
  return root;
}

function copyTreeSync(from: string, to: string): void {
  Deno.mkdirSync(to, { recursive: true, mode: 0o700 });
  for (const { name, isDirectory } of Deno.readDirSync(from)) {
    if (isDirectory) copyTreeSync(join(from, name), join(to, name));
    else Deno.writeFileSync(join(to, name), Deno.readFileSync(join(from, name)));
  }
}

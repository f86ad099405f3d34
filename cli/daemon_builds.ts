/**
 * Builds for commands that run the program themselves: into the project's own folder, or, for loose
 * files, into one that the daemon keeps, so that the next command finds what has not changed.
 * @module
 */
import { join } from "@std/path";
import { entriesOf, type SourceSet } from "../compiler/project/sources.ts";
import { contentHash } from "../live/build_files.ts";
import { isObject, type Json, RpcCode, RpcError } from "../live/json_rpc.ts";
import type { BuildRequest, Toolchain } from "./toolchain.ts";

/** How many programs of loose files are kept. */
const KEPT_AT_MOST = 32;

type Params = { readonly [key: string]: Json };

/** Builds with the daemon's compiler. */
export class DaemonBuilds {
  readonly #toolchain: Toolchain;
  readonly #folder: string;

  /** `folder` is where programs of loose files are kept. */
  constructor(toolchain: Toolchain, folder: string) {
    this.#toolchain = toolchain;
    this.#folder = folder;
  }

  /** Builds what a command is about to build; answers the folder that it was built into. */
  async build(params: Params): Promise<Json> {
    const sources = sourcesOf(params["sources"]);
    const output = params["output"] ?? this.#keptAt(params);
    if (typeof output !== "string") throw invalid("output is a string");
    const request: BuildRequest = {
      mode: params["mode"] === "full" ? "full" : "quick",
      tests: params["tests"] === true,
      coverage: params["coverage"] === true,
      output,
    };
    await this.#toolchain.build(sources, request);
    if (params["output"] === undefined) await this.#forgetOldest();
    return { output };
  }

  /** The folder of the same files, built in the same way. */
  #keptAt({ sources, mode, tests, coverage }: Params): string {
    const key = contentHash(JSON.stringify([sources, mode, tests, coverage]));
    return join(this.#folder, key.slice(0, 24));
  }

  async #forgetOldest(): Promise<void> {
    const kept = await Promise.all((await entriesOf(this.#folder)).map(async ({ name }) => {
      const path = join(this.#folder, name);
      return { path, time: (await Deno.stat(path)).mtime?.getTime() ?? 0 };
    }));
    const oldest = kept.sort((a, b) => b.time - a.time).slice(KEPT_AT_MOST);
    for (const { path } of oldest) await Deno.remove(path, { recursive: true }).catch(() => {});
  }
}

function sourcesOf(value: Json | undefined): SourceSet {
  if (!isObject(value)) throw invalid("sources is an object");
  const { root, package: name, files, native, dependencies } = value;
  const lists = [files, native, dependencies];
  const isProgram = typeof root === "string" && typeof name === "string" &&
    lists.every((each) => Array.isArray(each));
  if (!isProgram) throw invalid("sources is a program's files");
  return value as unknown as SourceSet;
}

function invalid(message: string): RpcError {
  return new RpcError(message, RpcCode.invalidParameters);
}

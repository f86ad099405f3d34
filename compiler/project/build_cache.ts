/**
 * What a build remembers for the next one, on disk: facts and findings of each file, what its
 * compilation asked of others, and the modules that it became.
 * @module
 */
import { decode, encode } from "@msgpack/msgpack";
import type { FileFacts } from "../analysis/class_facts.ts";
import type { Diagnostic } from "../syntax/diagnostic.ts";
import type { Questions } from "./dependencies.ts";

/** One file of the last build. */
export interface CachedFile {
  /** Hash of its text and of what else fixes its compilation. */
  readonly hash: string;
  readonly facts: FileFacts;
  readonly diagnostics: readonly Diagnostic[];
  readonly questions: Questions;
  /** Hash of the answers to the questions. */
  readonly answers: string;
  /** Names of the modules written; undefined where the file did not compile. */
  readonly modules: readonly string[] | undefined;
}

/** All files of the last build, by path. */
export type BuildCache = ReadonlyMap<string, CachedFile>;

/** Part of every cache; a cache of another form is not read. */
const FORM = 1;

/** The bytes of a cache. `version` is the compiler's. */
export function writeCache(cache: BuildCache, version: string): Uint8Array {
  return encode({ form: FORM, version, files: Object.fromEntries(cache) }, {
    ignoreUndefined: true,
    maxDepth: 500,
  });
}

/** Reads a cache; empty where it is of another compiler, or damaged. */
export function readCache(bytes: Uint8Array | undefined, version: string): BuildCache {
  if (bytes === undefined) return new Map();
  try {
    const stored = decode(bytes) as {
      form?: number;
      version?: string;
      files?: Record<string, CachedFile>;
    };
    if (stored.form !== FORM || stored.version !== version) return new Map();
    return new Map(Object.entries(stored.files ?? {}));
  } catch {
    return new Map();
  }
}

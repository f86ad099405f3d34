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
const FORM = 2;

/**
 * Plain data as they stand in a cache: one text for each, since reading JSON is the engine's own
 * work and takes a tenth of the time that decoding the same data as MessagePack does.
 */
export function packed(entries: readonly unknown[]): Uint8Array {
  return encode(entries.map((entry) => JSON.stringify(entry)));
}

/** What {@link packed} was given. */
export function unpacked(bytes: Uint8Array): unknown[] {
  return (decode(bytes) as string[]).map((text) => JSON.parse(text) as unknown);
}

/** The bytes of a cache. `version` is the compiler's. */
export function writeCache(cache: BuildCache, version: string): Uint8Array {
  return packed([{ form: FORM, version }, ...cache]);
}

/** Reads a cache; empty where it is of another compiler, or damaged. */
export function readCache(bytes: Uint8Array | undefined, version: string): BuildCache {
  if (bytes === undefined) return new Map();
  try {
    const [head, ...files] = unpacked(bytes);
    const stored = head as { form?: number; version?: string };
    if (stored.form !== FORM || stored.version !== version) return new Map();
    return new Map(files as [string, CachedFile][]);
  } catch {
    return new Map();
  }
}

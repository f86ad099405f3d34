/**
 * What the index keeps on disk between starts: facts and mentions of each file, keyed by the hash
 * of its content. Size and time of change spare reading files that nobody has touched.
 * @module
 */
import { decode, encode } from "@msgpack/msgpack";
import type { FileFacts } from "../compiler/analysis/class_facts.ts";
import { countsOf, type Mentions } from "./mentions.ts";

/** One file as it was when it was last read. */
export interface CachedIndexFile {
  readonly hash: string;
  readonly size: number;
  readonly modified: number;
  readonly facts: FileFacts;
  /** Packed on their own, as they are not needed at once. */
  readonly mentions: Uint8Array;
}

/** All files, by path. */
export type IndexCache = ReadonlyMap<string, CachedIndexFile>;

const FORM = 2;

/** Mentions as the cache holds them: pairs, since any name can be a key. */
export function packMentions({ sends, names }: Mentions): Uint8Array {
  return encode([Object.entries(sends), Object.entries(names)]);
}

/** Mentions that a cache held. */
export function unpackMentions(packed: Uint8Array): Mentions {
  const [sends, names] = decode(packed) as [[string, number][], [string, number][]];
  return { sends: countsOf(sends), names: countsOf(names) };
}

/** The bytes of a cache; `version` is the toolchain's. */
export function writeIndexCache(cache: IndexCache, version: string): Uint8Array {
  return encode({ form: FORM, version, files: [...cache] }, {
    ignoreUndefined: true,
    maxDepth: 500,
  });
}

/** Reads a cache; empty where it is of another toolchain, or damaged. */
export function readIndexCache(bytes: Uint8Array | undefined, version: string): IndexCache {
  if (bytes === undefined) return new Map();
  try {
    const stored = decode(bytes) as {
      form?: number;
      version?: string;
      files?: [string, CachedIndexFile][];
    };
    if (stored.form !== FORM || stored.version !== version) return new Map();
    return new Map(stored.files ?? []);
  } catch {
    return new Map();
  }
}

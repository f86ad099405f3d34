/**
 * Terms that the workspace application answers, as plain values of TypeScript.
 * @module
 */
import { Atom, type Term, TermMap, text, Tuple } from "../bridge/mod.ts";

/** A term without atoms, binaries and maps: `nil` is null, atoms and binaries are strings. */
export type Plain =
  | null
  | boolean
  | number
  | bigint
  | string
  | readonly Plain[]
  | { readonly [key: string]: Plain };

/** Reads a term; pids and the like become undefined in maps and null elsewhere. */
export function plain(term: Term): Plain {
  if (typeof term === "number" || typeof term === "bigint") return term;
  if (term instanceof Atom) return plainAtom(term);
  if (term instanceof Uint8Array) return text(term);
  if (term instanceof TermMap) return plainMap(term);
  if (term instanceof Tuple) return term.elements.map(plain);
  if (Array.isArray(term)) return term.map(plain);
  return null;
}

function plainAtom({ name }: Atom): Plain {
  if (name === "nil") return null;
  if (name === "true" || name === "false") return name === "true";
  return name;
}

function plainMap(term: TermMap): Plain {
  const entries: [string, Plain][] = [];
  for (const [key, value] of term) entries.push([text(key), plain(value)]);
  return Object.fromEntries(entries);
}

/** The value under a key of a map term. */
export function field(term: Term | undefined, key: string): Term | undefined {
  if (!(term instanceof TermMap)) return undefined;
  for (const [known, value] of term) if (known instanceof Atom && known.name === key) return value;
  return undefined;
}

/** The text under a key, where there is one. */
export function textField(term: Term | undefined, key: string): string | undefined {
  const value = field(term, key);
  return value === undefined || (value instanceof Atom && value.name === "nil")
    ? undefined
    : text(value);
}

/** The number under a key; 0 where there is none. */
export function numberField(term: Term | undefined, key: string): number {
  const value = field(term, key);
  return typeof value === "number" ? value : 0;
}

/** The list under a key; empty where there is none. */
export function listField(term: Term | undefined, key: string): readonly Term[] {
  const value = field(term, key);
  return Array.isArray(value) ? value : [];
}

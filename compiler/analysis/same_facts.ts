/**
 * Whether two versions of a file declare the same, so that what depends on its facts may stay.
 * @module
 */
import type { FileFacts } from "./class_facts.ts";

/**
 * Compares all but places: after an edit inside a method the facts before it can be kept, and with
 * them the environment and every finding of other methods.
 */
export function sameFacts(a: FileFacts, b: FileFacts): boolean {
  return same(a, b);
}

function same(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((each, index) => same(each, b[index]));
  }
  if (!isRecord(a) || !isRecord(b)) return false;
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length) return false;
  return keys.every((key) => key === "span" || same(a[key], b[key]));
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * Between the protocol's addresses of documents and the paths of the index.
 * @module
 */
import { fromFileUrl, toFileUrl } from "@std/path";

/** The path of a document; addresses that are no files stand for themselves. */
export function pathOf(uri: string): string {
  if (!uri.startsWith("file:")) return uri;
  try {
    return fromFileUrl(uri);
  } catch {
    return uri;
  }
}

/** The address of a path. */
export function uriOf(path: string): string {
  return path.startsWith("/") || /^[A-Za-z]:[\\/]/.test(path) ? toFileUrl(path).href : path;
}

import { fileURLToPath, pathToFileURL } from "node:url";

/** The path that a `file:` URL names. Throws a TypeError for other URLs. */
export function fromFileUrl(url: string | URL): string {
  return fileURLToPath(url);
}

/** The `file:` URL of an absolute path. */
export function toFileUrl(path: string): URL {
  return pathToFileURL(path);
}

/**
 * From where an answer comes.
 * @module
 */
import type { FileView } from "./file_view.ts";

/** The open file alone, the project with all it depends on, the running workspace. */
export type Tier = "static" | "cross-file" | "runtime";

/** The tier of what is declared in a file, as seen from the one that is asked about. */
export function tierOf(view: FileView, path: string): Tier {
  return path === view.path ? "static" : "cross-file";
}

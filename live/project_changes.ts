/**
 * Which files of a project are no longer as they are loaded, and loading just these.
 * @module
 */
import type { SourceFile } from "../compiler/project/sources.ts";
import { isTyped, overlaid } from "./changes.ts";
import { type LiveProgram, readSourceText } from "./live_program.ts";
import {
  catchUp,
  changesInForce,
  type LoadedFiles,
  loadFiles,
  tellOthers,
} from "./program_change.ts";
import { filesOnDisk } from "./program_sources.ts";
import type { Workspace } from "./workspace.ts";

/**
 * Files whose text on disk, live changes laid over it, is not the one that was compiled last, or was
 * refused by the node.
 */
async function changedFiles(
  workspace: Workspace,
  program: LiveProgram,
): Promise<readonly SourceFile[]> {
  const live = await changesInForce(workspace);
  const changed: SourceFile[] = [];
  for (const source of await filesOnDisk(program.root)) {
    const own = live.filter(({ path }) => path === source.path);
    const now = overlaid(await readSourceText(source), own).text;
    if (now !== program.textOf(source.path) || program.isRefused(source.path)) changed.push(source);
  }
  return changed;
}

/** Loads what has changed on disk; undefined where nothing has. Live changes that still fit stay. */
export async function loadChanged(
  workspaces: readonly [Workspace, ...Workspace[]],
  program: LiveProgram,
): Promise<LoadedFiles | undefined> {
  await catchUp(workspaces[0], program);
  await forgetDeleted(workspaces[0], program);
  const changed = await changedFiles(workspaces[0], program);
  if (changed.length === 0) return undefined;
  return await loadFiles(workspaces, program, changed, "keep");
}

/** A file that is gone, and the classes that it declared. */
export interface DeletedFile {
  readonly source: SourceFile;
  readonly classes: readonly string[];
}

/**
 * Takes files that are gone out of the program, so that others may declare their classes. In the node
 * the classes stay as they are loaded.
 */
export async function forgetDeleted(
  workspace: Workspace,
  program: LiveProgram,
): Promise<readonly DeletedFile[]> {
  const gone: DeletedFile[] = [];
  for (const source of program.sources) {
    if (isTyped(source.path) || await isThere(source.path)) continue;
    gone.push({ source, classes: program.classesOf(source.path) });
    program.remove(source.path);
  }
  await tellOthers(workspace, program, gone.map(({ source }) => source.path));
  return gone;
}

async function isThere(path: string): Promise<boolean> {
  return await Deno.stat(path).then((info) => info.isFile, () => false);
}

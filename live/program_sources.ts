/**
 * Which source files a folder, a path or a workspace means.
 * @module
 */
import { basename, relative, resolve } from "@std/path";
import { LOOSE_PACKAGE, looseNaming, moduleNaming } from "../compiler/analysis/module_naming.ts";
import {
  allFiles,
  filesUnder,
  findProject,
  projectSources,
  shownFrom,
  SOURCE_EXTENSION,
  type SourceFile,
} from "../compiler/project/sources.ts";
import { type LiveProgram, SourceError } from "./live_program.ts";

/** The sources that a path names: a file, or all files below a folder. */
export async function sourcesAt(
  program: LiveProgram,
  path: string,
  root: string,
): Promise<readonly SourceFile[]> {
  const absolute = resolve(root, path);
  const info = await Deno.stat(absolute).catch(() => undefined);
  if (info === undefined) throw new SourceError(`no such file: ${path}`);
  const files = info.isDirectory ? await filesUnder(absolute, SOURCE_EXTENSION) : [absolute];
  if (files.length === 0) throw new SourceError(`${path} holds no ${SOURCE_EXTENSION} files`);
  return await Promise.all(files.map((file) => sourceAt(program, file, root)));
}

/** The source that a file is in the program, or would be. */
export async function sourceAt(
  program: LiveProgram,
  file: string,
  root: string,
): Promise<SourceFile> {
  const known = program.known(file) ?? program.known(await Deno.realPath(file));
  if (known !== undefined) return known;
  const project = await findProject(file);
  const within = project === undefined ? undefined : await Deno.realPath(project);
  if (within !== undefined && within === root && program.mainPackage !== LOOSE_PACKAGE) {
    const shown = relative(within, file);
    const naming = moduleNaming(program.mainPackage, shown);
    return { path: file, shown, package: program.mainPackage, naming, test: false };
  }
  return {
    path: file,
    shown: shownFrom(root, file),
    package: LOOSE_PACKAGE,
    naming: looseNaming(basename(file)),
    test: false,
  };
}

/** The files of a workspace's project as they are on disk now, without those of tests. */
export async function filesOnDisk(root: string): Promise<readonly SourceFile[]> {
  if (await findProject(root) === undefined) return [];
  return allFiles(await projectSources(root)).filter(({ test }) => !test);
}

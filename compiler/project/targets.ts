/**
 * From the paths on a command line to programs: projects, or sets of loose files.
 * @module
 */
import { dirname, join, resolve } from "@std/path";
import { MANIFEST_FILE } from "./manifest.ts";
import {
  entriesOf,
  filesUnder,
  findProject,
  isFile,
  librarySources,
  looseSources,
  projectSources,
  SCRIPT_EXTENSION,
  SOURCE_EXTENSION,
  type SourceSet,
} from "./sources.ts";

/** A program, and which of its files were asked for. */
export interface Target {
  readonly sources: SourceSet;
  /** Absolute paths of the sources and scripts under the given paths. */
  readonly selected: ReadonlySet<string>;
}

/** A path on the command line that leads nowhere. */
export class NoSuchPath extends Error {
  override readonly name = "NoSuchPath";
}

/** How paths are read. */
export interface TargetOptions {
  readonly workingFolder: string;
  /** The class library's sources: they are part of every program already. */
  readonly libraryFolder: string;
  /** Whether sources of the class library can be named as well; they are passed over otherwise. */
  readonly library?: boolean;
}

/**
 * The programs that the paths name; the project around the working folder where there are none.
 * A file inside a project stands for that file in that project; a folder outside of any project
 * for the projects in it and, as one program of loose files, the other files in it.
 */
export async function findTargets(
  paths: readonly string[],
  options: TargetOptions,
): Promise<Target[]> {
  const finder = new TargetFinder(options);
  if (paths.length === 0) await finder.addWorkingFolder();
  for (const path of paths) await finder.add(resolve(options.workingFolder, path), path);
  return await finder.targets();
}

class TargetFinder {
  readonly #options: TargetOptions;
  /** Selected files by the root of their project. */
  readonly #projects = new Map<string, Set<string>>();
  readonly #loose = new Set<string>();
  /** Selected sources of the class library. */
  readonly #library = new Set<string>();
  /** Loose files that the selected ones may use. */
  readonly #fixtures = new Set<string>();

  constructor(options: TargetOptions) {
    this.#options = options;
  }

  async addWorkingFolder(): Promise<void> {
    const { workingFolder } = this.#options;
    const root = await findProject(workingFolder);
    if (root === undefined) {
      throw new NoSuchPath(
        `no ${MANIFEST_FILE} in ${workingFolder} or above it: go to a project, or name files`,
      );
    }
    await this.#selectProject(root, root);
  }

  async add(path: string, written: string): Promise<void> {
    const stat = await statOf(path);
    if (stat === undefined) throw new NoSuchPath(`no such file or folder: ${written}`);
    if (stat.isDirectory) return await this.#addFolder(path);
    if (path.endsWith(join("/", MANIFEST_FILE))) return await this.#addFolder(dirname(path));
    if (!path.endsWith(SOURCE_EXTENSION) && !path.endsWith(SCRIPT_EXTENSION)) {
      throw new NoSuchPath(
        `${written} is neither a ${SOURCE_EXTENSION} nor a ${SCRIPT_EXTENSION} file`,
      );
    }
    // A pipe or a device may never end, and its text could not be read again.
    if (!stat.isFile) throw new NoSuchPath(`${written} is not a regular file`);
    await this.#addFile(path);
  }

  async targets(): Promise<Target[]> {
    const targets: Target[] = [];
    for (const [root, selected] of this.#projects) {
      targets.push({ sources: await projectSources(root), selected });
    }
    if (this.#library.size > 0) {
      const sources = await librarySources(this.#options.libraryFolder);
      targets.push({ sources, selected: this.#library });
    }
    if (this.#loose.size > 0) {
      const files = [...new Set([...this.#loose, ...this.#fixtures])].sort();
      targets.push({
        sources: looseSources(files, this.#options.workingFolder),
        selected: this.#loose,
      });
    }
    return targets;
  }

  async #addFolder(folder: string): Promise<void> {
    const root = await findProject(folder);
    if (root !== undefined && (root === folder || isProjectPart(root, folder))) {
      return await this.#selectProject(root, folder);
    }
    await this.#addLooseFolder(folder);
    await this.#addFixturesOf(folder);
  }

  async #addLooseFolder(folder: string): Promise<void> {
    for (const entry of await entriesOf(folder)) {
      const path = join(folder, entry.name);
      if (entry.isDirectory) {
        if (SKIPPED.has(entry.name)) continue;
        if (entry.name === FIXTURES) await this.#addFixturesOf(folder);
        else if (await isFile(join(path, MANIFEST_FILE))) await this.#selectProject(path, path);
        else await this.#addLooseFolder(path);
      } else if (entry.isFile && isSource(entry.name)) {
        this.#addLooseFile(path);
      }
    }
  }

  async #addFile(path: string): Promise<void> {
    const root = await findProject(dirname(path));
    if (root !== undefined && isProjectPart(root, path)) {
      this.#selectedOf(root).add(path);
      return;
    }
    if (this.#options.library === true && this.#isLibrary(path)) {
      this.#library.add(path);
      return;
    }
    this.#loose.add(path);
    await this.#addFixturesOf(dirname(path));
  }

  /** A file found in a folder: what belongs to the class library is no loose file. */
  #addLooseFile(path: string): void {
    if (!this.#isLibrary(path)) this.#loose.add(path);
    else if (this.#options.library === true) this.#library.add(path);
  }

  async #addFixturesOf(folder: string): Promise<void> {
    for (const path of await filesUnder(join(folder, FIXTURES), SOURCE_EXTENSION)) {
      this.#fixtures.add(path);
    }
  }

  async #selectProject(root: string, folder: string): Promise<void> {
    const selected = this.#selectedOf(root);
    const folders = folder === root ? [join(root, "src"), join(root, "test")] : [folder];
    for (const each of folders) {
      for (const ending of [SOURCE_EXTENSION, SCRIPT_EXTENSION]) {
        for (const path of await filesUnder(each, ending)) selected.add(path);
      }
    }
  }

  #selectedOf(root: string): Set<string> {
    const known = this.#projects.get(root);
    if (known !== undefined) return known;
    const made = new Set<string>();
    this.#projects.set(root, made);
    return made;
  }

  /** Sources of the class library itself, but not its tests. */
  #isLibrary(path: string): boolean {
    const { libraryFolder } = this.#options;
    return path.startsWith(join(libraryFolder, "/")) &&
      !path.startsWith(join(libraryFolder, "test", "/"));
  }
}

/** A folder of this name holds classes that tests use; they may be broken on purpose. */
const FIXTURES = "fixtures";

const SKIPPED = new Set(["_build", "node_modules", ".git", "dist"]);

function isSource(name: string): boolean {
  return name.endsWith(SOURCE_EXTENSION) || name.endsWith(SCRIPT_EXTENSION);
}

/** Whether a path is among a project's sources or tests, so that it is compiled with them. */
function isProjectPart(root: string, path: string): boolean {
  return ["src", "test"].some((folder) => {
    const part = join(root, folder);
    return path === part || path.startsWith(join(part, "/"));
  });
}

async function statOf(path: string): Promise<Deno.FileInfo | undefined> {
  try {
    return await Deno.stat(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/**
 * From a project's folder to its workspace: build it, start or find its node, join the node, and
 * bring the node's code up to date.
 * @module
 */
import { basename, join, relative, resolve } from "@std/path";
import type { FileFacts } from "../compiler/analysis/class_facts.ts";
import { looseNaming, moduleNaming } from "../compiler/analysis/module_naming.ts";
import { LOOSE_PACKAGE } from "../compiler/analysis/module_naming.ts";
import {
  allFiles,
  filesUnder,
  findProject,
  projectSources,
  shownFrom,
  SOURCE_EXTENSION,
  type SourceFile,
  type SourceSet,
} from "../compiler/project/sources.ts";
import type { PortProgram } from "../bridge/mod.ts";
import { build, type BuildResult } from "./build.ts";
import type { Installation } from "./installation.ts";
import {
  type CompiledSources,
  LiveProgram,
  type LoadableModule,
  readSourceText,
  SourceError,
} from "./live_program.ts";
import { putBack } from "./prompt_declarations.ts";
import { Connections, loadOnAll, type LoadReport, type Workspace } from "./workspace.ts";
import { readCookie, type RunningNode, type WorkspaceRecord } from "./workspace_record.ts";
import { ensureWorkspace } from "./workspace_start.ts";

/** What opening a workspace needs. */
export interface OpenOptions {
  readonly installation: Installation;
  readonly library: readonly FileFacts[];
  readonly port: PortProgram;
  readonly home: string;
  readonly idleSeconds?: number;
  /** Tells several nodes of one root apart. */
  readonly label?: string;
  /** Whether the node's code is brought up to date; it is unless this is false. */
  readonly load?: boolean;
}

/** A workspace with the program that it runs. */
export interface OpenWorkspace {
  /** The project, or the folder where there is none. */
  readonly root: string;
  readonly workspace: Workspace;
  readonly connections: Connections;
  readonly program: LiveProgram;
  readonly record: WorkspaceRecord & { readonly node: RunningNode };
  /** Whether the node was started now. */
  readonly isNew: boolean;
  /** The project's build; undefined where there is no project. */
  readonly built: BuildResult | undefined;
  /** What loading the project did. */
  readonly report: LoadReport | undefined;
}

/** The root whose workspace a folder uses: its project's, or the folder itself. */
export async function workspaceRoot(folder: string): Promise<string> {
  return await Deno.realPath(await findProject(folder) ?? resolve(folder));
}

/** Opens the workspace of the project around a folder; the project's classes are loaded. */
export async function openWorkspace(folder: string, options: OpenOptions): Promise<OpenWorkspace> {
  const root = await workspaceRoot(folder);
  const isProject = await findProject(root) !== undefined;
  const [started, built] = await Promise.all([
    ensureWorkspace({ ...options, root, paths: [] }),
    isProject ? buildProject(await projectSources(root), options) : undefined,
  ]);
  const { record, isNew } = started;
  const connections = new Connections(options.port);
  const workspace = await joinRecord(connections, record);
  const program = new LiveProgram(options.library, options.port);
  if (built !== undefined) takeInBuilt(program, built);
  const report = built === undefined || options.load === false
    ? undefined
    : await workspace.load(await builtModules(built));
  return { root, workspace, connections, program, record, isNew, built, report };
}

/** Connects to the node of a record. */
export async function joinRecord(
  connections: Connections,
  record: WorkspaceRecord & { readonly node: RunningNode },
): Promise<Workspace> {
  const { name, port } = record.node;
  return await connections.connect({ name, port, cookie: await readCookie(record.folder) });
}

function buildProject(sources: SourceSet, options: OpenOptions): Promise<BuildResult> {
  return build(sources, {
    installation: options.installation,
    library: options.library,
    port: () => Promise.resolve(options.port),
    output: join(sources.root, "_build", "dev"),
    mode: "quick",
    tests: false,
  });
}

/** Makes the files of a build the program. */
export function takeInBuilt(program: LiveProgram, built: BuildResult): void {
  const good = built.files.filter(({ modules }) => modules !== undefined);
  program.takeIn(good.map(({ source, text, facts }) => ({ source, text, facts })));
}

/** The modules that a build made. */
export async function builtModules(built: BuildResult): Promise<readonly LoadableModule[]> {
  const modules = built.files.flatMap(({ source, modules }) =>
    (modules ?? []).map((module) => ({ module, file: source.shown }))
  ).filter(({ module }) => !module.endsWith("+patch"));
  return await Promise.all(modules.map(async ({ module, file }) => ({
    module,
    file,
    beam: await Deno.readFile(join(built.ebin, `${module}.beam`)),
  })));
}

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

async function sourceAt(program: LiveProgram, file: string, root: string): Promise<SourceFile> {
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

/** What loading files did. */
export interface LoadedFiles {
  readonly compiled: CompiledSources;
  /** One for each node, in their order. */
  readonly reports: readonly LoadReport[];
}

/** Compiles files as they are on disk and loads them on all nodes, or on none. */
export async function loadFiles(
  workspaces: readonly Workspace[],
  program: LiveProgram,
  sources: readonly SourceFile[],
): Promise<LoadedFiles> {
  const changed = await Promise.all(
    sources.map(async (source) => ({ source, text: await readSourceText(source) })),
  );
  const before = sources.map((source) => ({ source, text: program.textOf(source.path) }));
  const compiled = await program.compile(changed);
  try {
    const [only] = workspaces;
    const reports = workspaces.length === 1 && only !== undefined
      ? [await only.load(compiled.modules)]
      : await loadOnAll(workspaces, compiled.modules);
    return { compiled, reports };
  } catch (error) {
    await putBack(program, before);
    throw error;
  }
}

/** The files of a workspace's project as they are on disk now, without those of tests. */
export async function filesOnDisk(root: string): Promise<readonly SourceFile[]> {
  if (await findProject(root) === undefined) return [];
  return allFiles(await projectSources(root)).filter(({ test }) => !test);
}

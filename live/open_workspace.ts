/**
 * From a project's folder to its workspace: build it, start or find its node, join the node, and
 * bring the node's code up to date.
 * @module
 */
import { join, resolve } from "@std/path";
import type { FileFacts } from "../compiler/analysis/class_facts.ts";
import {
  findProject,
  projectSources,
  SOURCE_EXTENSION,
  type SourceFile,
} from "../compiler/project/sources.ts";
import { atom, type PortProgram, tuple } from "../bridge/mod.ts";
import { build, type BuildResult } from "./build.ts";
import { byPath, CHANGES, isTyped, type LoggedChange, loggedChanges } from "./changes.ts";
import type { Installation } from "./installation.ts";
import { joinOfThisBuild } from "./join_workspace.ts";
import { LiveProgram, type LoadableModule, readSourceText, SourceError } from "./live_program.ts";
import { numberField } from "./node_terms.ts";
import { laidOver, tellOthers, typedSource } from "./program_change.ts";
import { sourceAt } from "./program_sources.ts";
import {
  Connections,
  type LoadReport,
  type Mark,
  type NodeAddress,
  NodeRefusal,
  type Workspace,
} from "./workspace.ts";
import { readCookie, type RunningWorkspace, workspaceRoot } from "./workspace_record.ts";

/** What opening a workspace needs. */
export interface OpenOptions {
  readonly installation: Installation;
  readonly library: readonly FileFacts[];
  readonly port: PortProgram;
  readonly home: string;
  readonly idleSeconds?: number;
  readonly goneSeconds?: number;
  /** Whether the code of the program counts how often its lines are reached. */
  readonly coverage?: boolean;
  /** Tells several nodes of one root apart. */
  readonly label?: string;
  /** Whether the node's code is brought up to date: always unless said, `new` where it starts now. */
  readonly load?: boolean | "new";
  /** Whether a node of another build that nobody uses is started anew: yes unless said. */
  readonly restarts?: boolean;
}

const RENEWED =
  "the workspace ran another build of Beamtalk and nobody used it: it was started anew";

/** What bringing a node's code up to date did. */
export interface Opening {
  /** What was loaded. */
  readonly report: LoadReport | undefined;
  /** Why the node did not take the project as its files are now: it runs what it ran. */
  readonly refused: NodeRefusal | undefined;
}

/** A workspace with the program that it runs. */
export interface OpenWorkspace extends Opening {
  /** How it was opened. */
  readonly options: OpenOptions;
  /** The project, or the folder where there is none. */
  readonly root: string;
  readonly workspace: Workspace;
  readonly connections: Connections;
  readonly program: LiveProgram;
  readonly record: RunningWorkspace;
  /** Whether the node was started now. */
  readonly isNew: boolean;
  /** The project's build; undefined where there is no project. */
  readonly built: BuildResult | undefined;
  /** That the node was started anew, and live changes that do not fit their files any more. */
  readonly warnings: readonly string[];
}

/** Opens the workspace of the project around a folder; the project's classes are loaded. */
export async function openWorkspace(folder: string, options: OpenOptions): Promise<OpenWorkspace> {
  const root = await workspaceRoot(folder);
  const connections = new Connections(options.port);
  const [{ record, isNew, isRenewed, workspace }, built] = await Promise.all([
    joinOfThisBuild(connections, { ...options, root }),
    builtProject(root, options),
  ]);
  const program = new LiveProgram(options.library, options.port, root, options.coverage);
  if (built !== undefined) takeInBuilt(program, built);
  const joined = { root, workspace, program, built };
  const { report, refused, warnings } = await bringUpToDate(
    joined,
    loads(options.load, isNew),
    isNew,
  );
  return {
    ...{ options, root, workspace, connections, program, record, isNew, built, report, refused },
    warnings: isRenewed ? [RENEWED, ...warnings] : warnings,
  };
}

/**
 * Joins a node that runs a program without a workspace of its own, as `run` and `test` start them:
 * its code stays as it is, the program is what the project around the folder and the node's classes
 * say.
 */
export async function joinProgram(
  address: NodeAddress,
  folder: string,
  options: OpenOptions,
): Promise<OpenWorkspace> {
  const root = await workspaceRoot(folder);
  const built = await builtProject(root, options);
  const connections = new Connections(options.port);
  const workspace = await connections.connect(address);
  const program = new LiveProgram(options.library, options.port, root);
  if (built !== undefined) takeInBuilt(program, built);
  const { warnings } = await bringUpToDate({ root, workspace, program, built }, false);
  const node = { name: address.name, port: address.port ?? 0, osPid: 0, otpRelease: "" };
  const record = { folder: "", root, node };
  const none = { isNew: false, report: undefined, refused: undefined };
  return {
    ...{ options, root, workspace, connections, program, record, built, warnings },
    ...none,
  };
}

function loads(load: OpenOptions["load"], isNew: boolean): boolean {
  return load === "new" ? isNew : load !== false;
}

/** Joins what is built, what is loaded and what was changed live. */
async function bringUpToDate(
  joined: Pick<OpenWorkspace, "root" | "workspace" | "program" | "built">,
  load: boolean,
  isNew = false,
): Promise<Opening & { readonly warnings: readonly string[] }> {
  const { root, workspace, program, built } = joined;
  const [changes, known] = await Promise.all([
    workspace.call(CHANGES, "in_force", []),
    workspace.info("classes") as Promise<unknown>,
  ]);
  program.revision = numberField(changes, "revision");
  await takeInLoaded(program, root, known as readonly LoadedClass[]);
  const live = byPath(loggedChanges(changes, "entries"));
  const { paths, marks, warnings } = layOver(program, await changedSources(program, live));
  const none = { report: undefined, refused: undefined };
  if (!load) return { ...none, warnings };
  const compiled = paths.length === 0 ? undefined : await compileApart(program, paths);
  const modules = built === undefined ? [] : await builtModules(built);
  const all = [
    ...modules.filter(({ file }) => !compiled?.files.has(file)),
    ...compiled?.modules ?? [],
  ];
  if (all.length === 0 && marks.length === 0) return { ...none, warnings };
  const told = [...warnings, ...compiled?.warnings ?? []];
  try {
    const report = await workspace.load(all, { record: { marks }, undated: isNew });
    await tellOfLoaded(workspace, program, report);
    return { report, refused: undefined, warnings: told };
  } catch (error) {
    // Who works with the node can still see to what stands in the way: a file, or living actors.
    if (!(error instanceof NodeRefusal)) throw error;
    program.setRefused(program.sources.map(({ path }) => path));
    return { report: undefined, refused: error, warnings: told };
  }
}

interface LoadedClass {
  readonly file: string | null;
}

/** Files outside the project whose classes the node has loaded. */
async function takeInLoaded(
  program: LiveProgram,
  root: string,
  classes: readonly LoadedClass[],
): Promise<void> {
  const shown = new Set(program.sources.map((source) => source.shown));
  const files = new Set(classes.flatMap(({ file }) => file === null ? [] : [file]));
  for (const file of files) {
    const path = resolve(root, file);
    // A script's classes name the script.
    if (!file.endsWith(SOURCE_EXTENSION)) continue;
    if (shown.has(file) || !(await isFile(path))) continue;
    try {
      const source = await sourceAt(program, await Deno.realPath(path), root);
      const saved = await readSourceText(source);
      program.replaceText(source, saved);
      program.setLoaded([{ path: source.path, saved }]);
    } catch (error) {
      if (!(error instanceof SourceError)) throw error;
    }
  }
}

async function isFile(path: string): Promise<boolean> {
  return await Deno.stat(path).then((info) => info.isFile, () => false);
}

interface ChangedSource {
  readonly source: SourceFile;
  readonly text: string;
  readonly changes: readonly LoggedChange[];
}

async function changedSources(
  program: LiveProgram,
  live: ReadonlyMap<string, readonly LoggedChange[]>,
): Promise<ChangedSource[]> {
  const sources: ChangedSource[] = [];
  for (const [path, changes] of live) {
    if (isTyped(path)) {
      sources.push({ source: typedSource(path.slice("typed:".length)), text: "", changes });
      continue;
    }
    const isThere = await isFile(path);
    const source = isThere ? await sourceAt(program, path, program.root) : program.known(path);
    const text = source === undefined ? undefined : program.textOf(path) ??
      (isThere ? await readSourceText(source) : undefined);
    // A file that is gone leaves its changes without a class.
    if (source === undefined || text === undefined) continue;
    sources.push({ source, text, changes });
  }
  return sources;
}

/** Puts the live changes over the texts of the program. */
function layOver(program: LiveProgram, sources: readonly ChangedSource[]) {
  const paths: string[] = [];
  const marks: Mark[] = [];
  const warnings: string[] = [];
  for (const { source, text, changes } of sources) {
    const over = laidOver(text, changes, "keep");
    marks.push(...over.marks);
    warnings.push(...over.warnings);
    if (over.text === text) continue;
    program.replaceText(source, over.text);
    paths.push(source.path);
  }
  return { paths, marks, warnings };
}

/** Changes that do not compile any more cost only the file that they are of. */
async function compileApart(program: LiveProgram, paths: readonly string[]) {
  const modules: LoadableModule[] = [];
  const files = new Set<string>();
  const warnings: string[] = [];
  for (const path of paths) {
    try {
      modules.push(...(await program.compileKnown([path])).modules);
      const source = program.known(path);
      if (source !== undefined && !isTyped(path)) files.add(source.shown);
    } catch (error) {
      if (!(error instanceof SourceError)) throw error;
      warnings.push(`${error.message}; its live changes are not in force`);
    }
  }
  return { modules, files, warnings };
}

/** Other toolchains hear of the files that are others now. */
async function tellOfLoaded(
  workspace: Workspace,
  program: LiveProgram,
  { loaded, revision }: LoadReport,
): Promise<void> {
  const names = new Set(loaded.map(({ class: name }) => name));
  const paths = [...names].flatMap((name) =>
    name === undefined ? [] : [program.sourceOf(name)?.path ?? []].flat()
  );
  program.revision = revision ?? program.revision;
  await tellOthers(workspace, program, paths);
}

/** Another node of an open workspace's project, which the label tells apart; the two are a cluster. */
export async function openWorkspaceNode(
  first: OpenWorkspace,
  label: string,
  idleSeconds = first.options.idleSeconds,
): Promise<OpenWorkspace> {
  const open = await openWorkspace(first.root, {
    ...first.options,
    ...(idleSeconds === undefined ? {} : { idleSeconds }),
    label,
  });
  const members = [first, open].map(async ({ workspace, record }) => ({
    workspace,
    cookie: await readCookie(record.folder),
  }));
  await joinCluster(await Promise.all(members));
  return open;
}

/** Makes nodes one cluster: each knows the others and brings them up to date when they come back. */
export async function joinCluster(
  members: readonly { readonly workspace: Workspace; readonly cookie: string }[],
): Promise<void> {
  // One cookie for each pair of nodes, the same on both sides.
  for (const [index, { workspace }] of members.entries()) {
    const others = members.map((other, at) =>
      tuple(atom(other.workspace.node), atom(members[Math.min(index, at)]!.cookie))
    );
    await workspace.call("beamtalk_workspace_cluster", "join", [others], 60_000);
  }
}

/** The build of a root's project; undefined where there is none. */
export async function builtProject(
  root: string,
  options: OpenOptions,
): Promise<BuildResult | undefined> {
  if (await findProject(root) === undefined) return undefined;
  const sources = await projectSources(root);
  return await build(sources, {
    installation: options.installation,
    library: options.library,
    port: () => Promise.resolve(options.port),
    output: join(sources.root, "_build", options.coverage === true ? "dev-coverage" : "dev"),
    mode: "quick",
    tests: false,
    coverage: options.coverage === true,
  });
}

/** Makes the files of a build the program. */
function takeInBuilt(program: LiveProgram, built: BuildResult): void {
  const good = built.files.filter(({ modules }) => modules !== undefined);
  const own = built.files.find(({ source }) => source.path.startsWith(`${program.root}/src/`));
  program.ownPackage = own?.source.package;
  program.takeIn(good.map(({ source, text, facts, asked }) => ({ source, text, facts, asked })));
}

/** The modules that a build made. */
export async function builtModules(built: BuildResult): Promise<readonly LoadableModule[]> {
  const modules = built.files.flatMap(({ source, modules }) =>
    (modules ?? []).map((module) => ({ module, file: source.shown }))
  );
  return await Promise.all(modules.map(async ({ module, file }) => ({
    module,
    file,
    beam: await Deno.readFile(join(built.ebin, `${module}.beam`)),
  })));
}

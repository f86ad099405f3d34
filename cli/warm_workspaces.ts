/**
 * Workspaces that a process keeps open for many commands: connected, their programs compiled, brought
 * up to date before each use.
 * @module
 */
import { join } from "@std/path";
import { MANIFEST_FILE } from "../compiler/project/manifest.ts";
import { readTextIfThere } from "../live/build_files.ts";
import { type FileFindings, SourceError } from "../live/live_program.ts";
import { answerNode } from "../live/node_requests.ts";
import {
  builtProject,
  type Opening,
  type OpenWorkspace,
  openWorkspace,
} from "../live/open_workspace.ts";
import { changesInForce } from "../live/program_change.ts";
import { loadChanged } from "../live/project_changes.ts";
import { NodeRefusal } from "../live/workspace.ts";
import { workspaceRoot } from "../live/workspace_record.ts";
import type { Context } from "./command.ts";
import { displayPath, type FileDiagnostic } from "./diagnostic_text.ts";
import { openOptions, printOpening, printProjectFindings } from "./live_toolchain.ts";
import { recordingTerminal } from "./terminal.ts";
import { Toolchain } from "./toolchain.ts";

/** How long the news of a lost node may take. */
const LOST_MS = 50;

/** Whether a workspace's code is brought up to date when it is opened; "new": only a new node's. */
export type Loading = boolean | "new";

interface Warm {
  readonly open: OpenWorkspace;
  readonly toolchain: Toolchain;
  /** The manifest as it was when the workspace was opened. */
  readonly manifest: string | undefined;
  /** Whether nothing was asked since it was opened. */
  isFresh: boolean;
  /** Bringing up to date waits for the one before. */
  last: Promise<unknown>;
}

/** A workspace in use. */
export interface UsedWorkspace {
  readonly open: OpenWorkspace;
  /** What bringing it up to date before the work did. */
  readonly opening: Opening;
}

/** Open workspaces by their roots. */
export class WarmWorkspaces {
  readonly #warm = new Map<string, Promise<Warm>>();

  /** Works with the workspace of a folder; one whose node has gone is opened anew, once. */
  async use<T>(
    context: Context,
    load: Loading,
    work: (used: UsedWorkspace) => Promise<T>,
  ): Promise<T> {
    const root = await workspaceRoot(context.workingFolder);
    for (let isSecond = false;; isSecond = true) {
      const opened = this.#at(root, load);
      try {
        const warm = await opened;
        if (warm.manifest !== await manifestOf(root)) {
          await this.#drop(root, opened);
          continue;
        }
        const opening = await inTurn(warm, () => broughtUpToDate(warm, load, context));
        return await work({ open: warm.open, opening });
      } catch (error) {
        // The news of a lost node may come after the error that it is the cause of.
        if (!isSecond) await new Promise((resolve) => setTimeout(resolve, LOST_MS));
        if (isSecond || this.#warm.get(root) === opened) throw error;
      }
    }
  }

  /** The open workspaces. */
  async all(): Promise<OpenWorkspace[]> {
    const settled = await Promise.allSettled(this.#warm.values());
    return settled.flatMap((each) => each.status === "fulfilled" ? [each.value.open] : []);
  }

  /** Lets go of all of them; their nodes go on. */
  async close(): Promise<void> {
    for (const [root, warm] of this.#warm) await this.#drop(root, warm);
  }

  #at(root: string, load: Loading): Promise<Warm> {
    const known = this.#warm.get(root);
    if (known !== undefined) return known;
    const made: Promise<Warm> = opened(root, load, () => void this.#drop(root, made));
    this.#warm.set(root, made);
    made.catch(() => this.#warm.delete(root));
    return made;
  }

  async #drop(root: string, warm: Promise<Warm>): Promise<void> {
    if (this.#warm.get(root) === warm) this.#warm.delete(root);
    await warm.then(({ toolchain }) => toolchain.close()).catch(() => {});
  }
}

async function opened(root: string, load: Loading, onLost: () => void): Promise<Warm> {
  const context: Context = { terminal: recordingTerminal(), workingFolder: root };
  const toolchain = new Toolchain(context);
  try {
    const manifest = await manifestOf(root);
    const open = await openWorkspace(root, { ...await openOptions(toolchain), load });
    await answerNode(open);
    open.connections.nodes.onEvent((event) => {
      if (event.kind === "down" && event.node === open.workspace.node) onLost();
    });
    return { open, toolchain, manifest, isFresh: true, last: Promise.resolve() };
  } catch (error) {
    await toolchain.close();
    throw error;
  }
}

async function manifestOf(root: string): Promise<string | undefined> {
  return await readTextIfThere(join(root, MANIFEST_FILE));
}

async function inTurn<T>(warm: Warm, work: () => Promise<T>): Promise<T> {
  const turn = warm.last.then(work, work);
  warm.last = turn.catch(() => {});
  return await turn;
}

/**
 * What opening the workspace has loaded, or what has changed since. As on opening, the findings in
 * the project's files are told, and files that are broken are left as they are loaded.
 */
async function broughtUpToDate(
  warm: Warm,
  load: Loading,
  context: Context,
): Promise<Opening> {
  const { open } = warm;
  if (warm.isFresh) {
    warm.isFresh = false;
    printOpening(open, context);
    return open;
  }
  // With live changes the program's texts are not those of the files.
  const isAsFiles = load === true && (await changesInForce(open.workspace)).length === 0;
  if (!isAsFiles) {
    printOpening({ ...open, built: await builtProject(open.root, open.options) }, context);
  }
  if (load !== true) return { report: undefined, refused: undefined };
  const { broken, ...opening } = await loadSaved(open);
  if (isAsFiles) printProjectFindings(projectFindings(open, broken, context), context);
  return opening;
}

interface Saved extends Opening {
  /** What is wrong where nothing could be loaded. */
  readonly broken: readonly FileFindings[];
}

async function loadSaved({ workspace, program }: OpenWorkspace): Promise<Saved> {
  try {
    const loaded = await loadChanged([workspace], program);
    return { report: loaded?.reports[0], refused: undefined, broken: [] };
  } catch (error) {
    if (error instanceof NodeRefusal) return { report: undefined, refused: error, broken: [] };
    if (!(error instanceof SourceError)) throw error;
    return { report: undefined, refused: undefined, broken: error.findings };
  }
}

/** The findings in the project's files, as its build has them: without a second compilation. */
function projectFindings(
  { built, program, root }: OpenWorkspace,
  broken: readonly FileFindings[],
  { workingFolder }: Context,
): FileDiagnostic[] {
  if (built === undefined) return [];
  const other = new Set(broken.map(({ source }) => source.path));
  const own = program.findings().filter(({ source }) =>
    source.path.startsWith(`${root}/src/`) && !other.has(source.path)
  );
  const byPath = (a: FileFindings, b: FileFindings) =>
    a.source.path < b.source.path ? -1 : a.source.path > b.source.path ? 1 : 0;
  return [...own, ...broken].sort(byPath).flatMap(({ source, text, diagnostics }) =>
    diagnostics.map((diagnostic) => ({
      file: displayPath(source.path, workingFolder),
      text,
      diagnostic,
    }))
  );
}

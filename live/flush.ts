/**
 * Writing live changes back into the files of their classes: each in its place, everything else
 * byte for byte the same, and only where the file still says what was changed.
 * @module
 */
import { basename, dirname, join } from "@std/path";
import { atom, binary, type Term, text as termText, Tuple } from "../bridge/mod.ts";
import { contentHash } from "./build_files.ts";
import {
  applyChange,
  byPath,
  type Change,
  type ChangeKind,
  CHANGES,
  type LoggedChange,
  loggedChanges,
  type NetChange,
  netChanges,
  placeText,
} from "./changes.ts";
import { type LiveProgram, readSourceText, SourceError } from "./live_program.ts";
import { listField, textField } from "./node_terms.ts";
import { sourceAt } from "./program_sources.ts";
import { type Mark, recordTerm, type Workspace } from "./workspace.ts";

/** Which changes are written. */
export interface FlushRequest {
  readonly seqs?: readonly number[];
  readonly className?: string;
  readonly kinds?: readonly ChangeKind[];
  /** Whether methods and classes are taken out of files. */
  readonly destructive?: boolean;
}

/** What writing did. */
export interface FlushReport {
  /** Files that were written, as they are shown, with the places that changed in them. */
  readonly written: readonly { readonly file: string; readonly places: readonly string[] }[];
  /** Changes that stay in the log, each with the reason. */
  readonly left: readonly string[];
}

/** The points of a flush at which a process may end without harm; for tests. */
export type FlushStep = "planned" | "intended" | "temporary" | "renamed" | "marked";

interface PlannedFile {
  readonly path: string;
  readonly shown: string;
  readonly text: string;
  readonly before: string;
  readonly seqs: readonly number[];
  readonly places: readonly string[];
}

/** Writes changes to files; nothing is written where one of them does not fit its file any more. */
export async function flushChanges(
  workspace: Workspace,
  program: LiveProgram,
  request: FlushRequest = {},
  onStep: (step: FlushStep) => void | Promise<void> = () => {},
): Promise<FlushReport> {
  await settleIntended(workspace);
  const all = loggedChanges(await workspace.call(CHANGES, "in_force", []), "entries");
  const { wanted, undone, left } = chosen(all, request);
  const files: PlannedFile[] = [];
  for (const [path, changes] of byPath(wanted)) files.push(await planned(program, path, changes));
  await onStep("planned");
  const written: FlushReport["written"][number][] = [];
  for (const file of files) {
    try {
      await writeFile(workspace, file, onStep);
    } catch (error) {
      throw afterOthers(error, written.map(({ file }) => file));
    }
    if (file.places.length > 0) written.push({ file: file.shown, places: file.places });
  }
  if (undone.length > 0) await markAll(workspace, undone, "reverted");
  return { written, left };
}

/** Files that were written stay so, and whoever hears of the one that was not hears of them too. */
function afterOthers(error: unknown, written: readonly string[]): unknown {
  if (!(error instanceof SourceError) || written.length === 0) return error;
  return new SourceError(`${error.message}; written before that: ${written.join(", ")}`);
}

/** The changes to write, those that have undone one another, and why others are left. */
function chosen(all: readonly LoggedChange[], request: FlushRequest) {
  const { seqs, className, kinds, destructive = false } = request;
  const left: string[] = [];
  const undone: number[] = [];
  const wanted = netChanges(all.filter(({ intent }) => intent === "durable")).filter((net) => {
    if (seqs !== undefined && !net.seqs.some((seq) => seqs.includes(seq))) return false;
    if (className !== undefined && net.className !== className) return false;
    if (kinds !== undefined && !kinds.includes(net.kind)) return false;
    if (net.before === undefined && net.after === undefined) {
      undone.push(...net.seqs);
      return false;
    }
    if (net.file === undefined) {
      left.push(`${placeText(net)} belongs to no file`);
      return false;
    }
    if (isDestructive(net) && !destructive) {
      left.push(`${placeText(net)} would be taken out of ${net.file}: confirm that`);
      return false;
    }
    return true;
  });
  return { wanted, undone, left: [...new Set(left)] };
}

function isDestructive({ kind }: Change): boolean {
  return kind === "removeMethod" || kind === "removeClass";
}

async function planned(
  program: LiveProgram,
  path: string,
  changes: readonly NetChange[],
): Promise<PlannedFile> {
  if (!await isThere(path)) {
    throw new SourceError(`${changes[0]?.file} is gone: nothing was written`);
  }
  const source = await sourceAt(program, path, program.root);
  const before = await readSourceText(source);
  let text = before;
  const places: string[] = [];
  for (const net of changes) {
    const applied = applyChange(text, net);
    if (applied.kind === "same") continue;
    if (applied.kind !== "applied") {
      throw new SourceError(
        conflictText(net, applied.kind === "conflict" ? applied.found : undefined),
      );
    }
    text = applied.text;
    places.push(placeText(net));
  }
  const seqs = changes.flatMap((net) => net.seqs);
  return { path, shown: source.shown, text, before, seqs, places };
}

async function isThere(path: string): Promise<boolean> {
  return await Deno.stat(path).then((info) => info.isFile, () => false);
}

function conflictText(change: Change, found: string | undefined): string {
  return [
    `${placeText(change)} has changed in ${change.file} since: nothing was written`,
    "the file says:",
    indented(found ?? "(nothing)"),
    "the live change says:",
    indented(change.after ?? "(nothing: it was taken out)"),
  ].join("\n");
}

function indented(text: string): string {
  return text.split("\n").map((line) => `    ${line}`).join("\n");
}

async function writeFile(
  workspace: Workspace,
  { path, shown, text, before, seqs }: PlannedFile,
  onStep: (step: FlushStep) => void | Promise<void>,
): Promise<void> {
  if (text !== before) {
    const intent = [binary(path), binary(contentHash(text)), [...seqs]];
    const problem = await unlogged(workspace, await workspace.call(CHANGES, "intend", intent));
    if (problem !== undefined) throw new SourceError(`${problem}; ${shown} was not written`);
    await onStep("intended");
    try {
      await replaceFile(path, before, text, onStep);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new SourceError(`${shown} cannot be written: ${reason}; it is as it was`);
    }
  }
  const problem = await markFlushed(workspace, path, seqs);
  if (problem !== undefined) {
    throw new SourceError(`${problem}; ${shown} is written, and the next flush ends its changes`);
  }
  await onStep("marked");
}

/**
 * A whole new file, with the rights of the old one, takes its place, or the old one stays: also where
 * it is not to be written, or where somebody has saved it since it was read.
 */
async function replaceFile(
  path: string,
  before: string,
  text: string,
  onStep: (step: FlushStep) => void | Promise<void>,
): Promise<void> {
  const real = await Deno.realPath(path);
  const { mode } = await Deno.stat(real);
  if (mode !== null && (mode & ANY_WRITE) === 0) throw new Error("it is read-only");
  await removeLeftovers(real);
  const temporary = join(dirname(real), `.${basename(real)}.${crypto.randomUUID()}.new`);
  try {
    const file = await Deno.open(temporary, {
      write: true,
      createNew: true,
      ...(mode === null ? {} : { mode: mode & 0o777 }),
    });
    try {
      const bytes = new TextEncoder().encode(text);
      for (let done = 0; done < bytes.length;) done += await file.write(bytes.subarray(done));
      await file.sync();
    } finally {
      file.close();
    }
    // The mask of this process does not concern a file that is there already.
    if (mode !== null) await Deno.chmod(temporary, mode & ALL_RIGHTS);
    await onStep("temporary");
    if (await readSourceText({ path: real, shown: path }) !== before) {
      throw new Error("it was saved meanwhile");
    }
    await Deno.rename(temporary, real);
    await onStep("renamed");
  } catch (error) {
    await Deno.remove(temporary).catch(() => {});
    throw error;
  }
}

/** What a flush left that was killed before it was done. */
async function removeLeftovers(file: string): Promise<void> {
  for await (const { name } of Deno.readDir(dirname(file))) {
    if (!name.startsWith(`.${basename(file)}.`) || !name.endsWith(".new")) continue;
    await Deno.remove(join(dirname(file), name)).catch(() => {});
  }
}

/** Ends changes that are in the file; answers why the log does not take that, if so. */
async function markFlushed(
  workspace: Workspace,
  path: string,
  seqs: readonly number[],
): Promise<string | undefined> {
  return await markAll(workspace, seqs, "flushed", [path]);
}

async function markAll(
  workspace: Workspace,
  seqs: readonly number[],
  status: Mark["status"],
  paths: readonly string[] = [],
): Promise<string | undefined> {
  const record = recordTerm({ marks: seqs.map((seq) => ({ seq, status })), paths });
  return await unlogged(workspace, await workspace.call(CHANGES, "record", [record]));
}

/** Why the log of changes could not be written; undefined where it was. */
async function unlogged(workspace: Workspace, answer: Term): Promise<string | undefined> {
  const [tag, reason] = answer instanceof Tuple ? answer.elements : [];
  if (tag !== atom("error") || reason === undefined) return undefined;
  const words = await workspace.call("file", "format_error", [reason]);
  return `the log of changes cannot be written: ${termText(words)}`;
}

/** A flush that was cut off between writing a file and saying so is finished. */
async function settleIntended(workspace: Workspace): Promise<void> {
  const intended = await workspace.call(CHANGES, "intended", []);
  for (const each of Array.isArray(intended) ? intended : []) {
    const path = textField(each, "path") ?? "";
    const text = await Deno.readTextFile(path).catch(() => undefined);
    if (text === undefined || contentHash(text) !== textField(each, "hash")) continue;
    await markFlushed(workspace, path, listField(each, "seqs").map(Number));
  }
}

const ANY_WRITE = 0o222;
const ALL_RIGHTS = 0o7777;

/**
 * Changing the program of a workspace: compile, load, and keep the log of changes and what other
 * toolchains know in step with it.
 * @module
 */
import type { SourceFile } from "../compiler/project/sources.ts";
import { LOOSE_PACKAGE, looseNaming } from "../compiler/analysis/module_naming.ts";
import {
  byPath,
  type Change,
  CHANGES,
  isTyped,
  type LoggedChange,
  loggedChanges,
  type NetChange,
  overlaid,
  placeText,
  textsField,
} from "./changes.ts";
import {
  type CompiledSources,
  type LiveProgram,
  type LoadableModule,
  readSourceText,
  type TextChange,
} from "./live_program.ts";
import { type Term, Tuple } from "../bridge/mod.ts";
import { numberField } from "./node_terms.ts";
import { sourceAt } from "./program_sources.ts";
import { flushChanges } from "./flush.ts";
import { endedTexts, othersChanges, takenOver } from "./others_changes.ts";
import { overTrials } from "./trials.ts";
import {
  loadOnAll,
  type LoadOptions,
  type LoadReport,
  type Mark,
  NodeRefusal,
  okOrRefusal,
  recordTerm,
  type Workspace,
} from "./workspace.ts";

/** New texts, and what they are changes of. */
export interface Edit {
  readonly texts: readonly TextChange[];
  readonly changes: readonly Change[];
  readonly marks?: readonly Mark[];
}

/** The nodes that change together: what is in force at the first is so at the others. */
export type Workspaces = readonly [Workspace, ...Workspace[]];

/** How often a load is tried again because another toolchain was faster. */
const TRIES = 5;

/**
 * Compiles an edit, made from the program as it is now, and loads it with its entries in the log.
 * Where that fails, the program is as before.
 */
export async function loadEdit(
  workspaces: Workspaces,
  program: LiveProgram,
  edit: () => Edit,
): Promise<LoadReport> {
  const [workspace] = workspaces;
  const report = await newest(workspace, program, () => loadOnce(workspaces, program, edit()));
  if (report.autoflush) await flushChanges(workspace, program, { seqs: report.seqs });
  return report;
}

/** Works with the newest texts; again where another toolchain has changed them meanwhile. */
function newest<T>(
  workspace: Workspace,
  program: LiveProgram,
  work: () => Promise<T>,
): Promise<T> {
  return program.inTurn(async () => {
    for (let tries = TRIES;; tries--) {
      await takeInNews(workspace, program);
      try {
        return await work();
      } catch (error) {
        if (!isStale(error) || tries === 0) throw error;
      }
    }
  });
}

async function loadOnce(
  workspaces: Workspaces,
  program: LiveProgram,
  { texts: edited, changes, marks = [] }: Edit,
): Promise<LoadReport> {
  const [workspace] = workspaces;
  const before = textsOf(program, edited);
  const { texts, taken, lost, revisions } = await takeOver(workspaces, program, edited);
  const extensions = extensionModules(program, texts);
  const { modules } = await program.compile(texts);
  try {
    const inForce = changes.length === 0 ? [] : await changesInForce(workspace);
    const lasting = await overTrials(program, changes, inForce);
    const [report, ...others] = await loadOn(workspaces, modules, {
      revision: program.revision,
      revisions,
      gone: goneSince(extensions, program, texts),
      record: {
        changes: lasting.changes,
        marks: [...marks, ...lasting.marks],
        paths: texts.map(({ source }) => source.path),
        taken,
      },
    });
    program.revision = report.revision ?? program.revision;
    const warnings = [report, ...others].flatMap((each) => each.warnings);
    return { ...report, warnings: [...new Set([...lost, ...warnings])] };
  } catch (error) {
    putBack(program, before);
    throw error;
  }
}

/** Texts with what other nodes have changed in them alone, where it fits. */
async function takeOver(
  workspaces: Workspaces,
  program: LiveProgram,
  edited: readonly TextChange[],
) {
  const paths = edited.map(({ source }) => source.path);
  const { changes, revisions } = await othersChanges(workspaces, program, paths);
  const taken: Term[] = [];
  const lost: string[] = [];
  const texts = edited.map((each): TextChange => {
    const over = takenOver(each.text, changes.get(each.source.path));
    taken.push(...over.taken);
    lost.push(...over.lost);
    return over.text === each.text ? each : { source: each.source, text: over.text };
  });
  return { texts, taken, lost, revisions };
}

/** Loads on one node, or on several at once; a report for each. */
async function loadOn(
  [first, ...others]: Workspaces,
  modules: readonly LoadableModule[],
  options: LoadOptions,
): Promise<readonly [LoadReport, ...LoadReport[]]> {
  if (others.length === 0) return [await first.load(modules, options)];
  const [report, ...more] = await loadOnAll([first, ...others], modules, options);
  return [report!, ...more];
}

function extensionModules(program: LiveProgram, texts: readonly { source: SourceFile }[]) {
  return texts.flatMap(({ source }) => program.extensionModules(source.path));
}

/** Modules of extensions that none of the texts has any more. */
function goneSince(
  before: readonly string[],
  program: LiveProgram,
  texts: readonly { source: SourceFile }[],
): readonly string[] {
  const now = extensionModules(program, texts);
  return before.filter((module) => !now.includes(module));
}

function isStale(error: unknown): boolean {
  return error instanceof NodeRefusal && error.kind === "stale";
}

interface TextBefore {
  readonly source: SourceFile;
  readonly text: string | undefined;
}

function textsOf(program: LiveProgram, texts: readonly { source: SourceFile }[]): TextBefore[] {
  return texts.map(({ source }) => ({ source, text: program.textOf(source.path) }));
}

/** Gives files the texts that they had. */
function putBack(program: LiveProgram, before: readonly TextBefore[]): void {
  for (const { source, text } of before) {
    if (text === undefined) program.remove(source.path);
    else program.replaceText(source, text);
  }
}

/** Takes in what other toolchains have changed since. */
export async function catchUp(workspace: Workspace, program: LiveProgram): Promise<void> {
  await program.inTurn(() => takeInNews(workspace, program));
}

async function takeInNews(workspace: Workspace, program: LiveProgram): Promise<void> {
  const news = await workspace.call(CHANGES, "since", [program.revision]);
  const revision = numberField(news, "revision");
  if (revision === program.revision) return;
  const changes = byPath(loggedChanges(news, "entries"));
  for (const path of textsField(news, "paths")) {
    await takeInPath(program, path, changes.get(path) ?? []);
  }
  program.revision = revision;
}

async function takeInPath(
  program: LiveProgram,
  path: string,
  changes: readonly LoggedChange[],
): Promise<void> {
  if (isTyped(path)) {
    const { text } = overlaid("", changes);
    if (text === "") program.remove(path);
    else program.replaceText(typedSource(path.slice("typed:".length)), text);
    return;
  }
  try {
    const source = await sourceAt(program, path, program.root);
    const saved = await readSourceText(source);
    program.takeInSaved(source, saved, overlaid(saved, changes).text);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    program.remove(path);
  }
}

/** Other toolchains hear that files are others now, or gone. */
export async function tellOthers(
  workspace: Workspace,
  program: LiveProgram,
  paths: readonly string[],
): Promise<void> {
  if (paths.length === 0) return;
  const answer = okOrRefusal(await workspace.call(CHANGES, "record", [recordTerm({ paths })]));
  const [, , now] = answer instanceof Tuple ? answer.elements : [];
  if (typeof now === "number") program.revision = now;
}

/** What loading files did. */
export interface LoadedFiles {
  readonly compiled: CompiledSources;
  /** One for each node, in their order. */
  readonly reports: readonly LoadReport[];
}

/** What becomes of live changes of files that are loaded. */
export type LiveChanges =
  /** The file is what counts: its classes are as it says. */
  | "replace"
  /** They stay where the file has not changed in their place. */
  | "keep";

/** Compiles files as they are on disk and loads them on all nodes, or on none. */
export async function loadFiles(
  workspaces: readonly Workspace[],
  program: LiveProgram,
  sources: readonly SourceFile[],
  liveChanges: LiveChanges = "replace",
  force = false,
): Promise<LoadedFiles> {
  const [first] = workspaces;
  if (first === undefined) throw new RangeError("files are loaded on at least one node");
  return await newest(
    first,
    program,
    () => loadFilesOnce(workspaces, first, program, sources, liveChanges, force),
  );
}

async function loadFilesOnce(
  workspaces: readonly Workspace[],
  first: Workspace,
  program: LiveProgram,
  sources: readonly SourceFile[],
  liveChanges: LiveChanges,
  force: boolean,
): Promise<LoadedFiles> {
  const nodes: Workspaces = [first, ...workspaces.slice(1)];
  const paths = sources.map(({ path }) => path);
  const [inForce, others] = await Promise.all([
    changesInForce(first),
    othersChanges(nodes, program, paths),
  ]);
  const changes = byPath(inForce);
  const read = await Promise.all(sources.map(async (source) => {
    const saved = await readSourceText(source);
    const own = laidOver(
      saved,
      changes.get(source.path) ?? [],
      liveChanges,
    );
    const { text, taken, lost } = liveChanges === "keep"
      ? takenOver(own.text, others.changes.get(source.path))
      : { text: own.text, taken: [], lost: endedTexts(others.changes.get(source.path)) };
    return { source, saved, text, taken, marks: own.marks, warnings: [...own.warnings, ...lost] };
  }));
  const before = textsOf(program, read);
  const extensions = extensionModules(program, read);
  const compiled = await program.compile(read.map(({ source, text }) => ({ source, text })));
  const options: LoadOptions = {
    revision: program.revision,
    revisions: others.revisions,
    force,
    gone: goneSince(extensions, program, read),
    record: {
      marks: read.flatMap(({ marks }) => marks),
      paths,
      taken: read.flatMap(({ taken }) => taken),
    },
  };
  try {
    const reports = await loadOn(nodes, compiled.modules, options);
    program.revision = reports[0]?.revision ?? program.revision;
    program.setLoaded(read.map(({ source: { path }, saved }) => ({ path, saved })));
    const warnings = read.flatMap((each) => each.warnings);
    return {
      compiled,
      reports: reports.map((report, index) =>
        index === 0 ? { ...report, warnings: [...warnings, ...report.warnings] } : report
      ),
    };
  } catch (error) {
    putBack(program, before);
    throw error;
  }
}

/** The changes in force at a node, oldest first. */
export async function changesInForce(workspace: Workspace): Promise<readonly LoggedChange[]> {
  return loggedChanges(await workspace.call(CHANGES, "in_force", []), "entries");
}

/** A file's text with the live changes that stay, and what becomes of the others. */
export function laidOver(
  text: string,
  changes: readonly LoggedChange[],
  liveChanges: LiveChanges,
): {
  readonly text: string;
  readonly marks: readonly Mark[];
  readonly warnings: readonly string[];
} {
  const over = overlaid(text, changes);
  const marks = [...marked(over.same, "flushed"), ...marked(over.orphans, "orphan")];
  const lost = [...over.conflicts];
  if (liveChanges === "replace") {
    const ended = new Set([...over.same, ...over.orphans].flatMap(({ seqs }) => seqs));
    const kept = changes.filter(({ seq }) => !ended.has(seq));
    lost.splice(0, lost.length, ...kept.map((change) => ({ ...change, seqs: [change.seq] })));
  }
  return {
    text: liveChanges === "keep" ? over.text : text,
    marks: [...marks, ...marked(lost, "replaced")],
    warnings: [...new Set(lost.map(replacedText)), ...over.orphans.map(orphanText)],
  };
}

function marked(nets: readonly NetChange[], status: Mark["status"]): Mark[] {
  return nets.flatMap(({ seqs }) => seqs.map((seq) => ({ seq, status })));
}

function replacedText(change: Change): string {
  return `${placeText(change)} was changed live and is now as ${
    change.file ?? "its file"
  } says; Workspace changes allEntries keeps the change`;
}

function orphanText(change: Change): string {
  return `the live change of ${placeText(change)} has no class any more in ${change.file}`;
}

/**
 * A text that no file holds: typed at the prompt, or standing in the script `shown`. Its name becomes
 * part of a module's name.
 */
export function typedSource(name: string, shown = "prompt"): SourceFile {
  const stem = name.replaceAll(/[^A-Za-z0-9_]/g, (char) => `_${char.codePointAt(0)}`);
  return {
    path: `typed:${name}`,
    shown,
    package: LOOSE_PACKAGE,
    naming: looseNaming(`${stem}.bt`),
    test: false,
  };
}

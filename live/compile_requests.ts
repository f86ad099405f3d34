/**
 * What code in a node asks of the toolchain that is attached to it: `Workspace load:`, `reload`,
 * `compile:source:`, `Workspace flush`.
 * @module
 */
import { Atom, atom, binary, map, type Term, text, Tuple } from "../bridge/mod.ts";
import type { SourceFile } from "../compiler/project/sources.ts";
import { lineOf } from "../compiler/syntax/source_file.ts";
import {
  type Author,
  type Change,
  type ChangeKind,
  isTyped,
  type LoggedChange,
  loggedChange,
  overlaid,
  thisUser,
} from "./changes.ts";
import { compileInspection } from "./inspection.ts";
import { flushChanges, type FlushReport } from "./flush.ts";
import { type LiveProgram, readSourceText, SourceError, type TextChange } from "./live_program.ts";
import { field, listField, textField } from "./node_terms.ts";
import {
  catchUp,
  changesInForce,
  type LoadedFiles,
  loadEdit,
  loadFiles,
  typedSource,
  type Workspaces,
} from "./program_change.ts";
import type { WantedNodes } from "./other_nodes.ts";
import { sourceAt, sourcesAt } from "./program_sources.ts";
import { loadChanged } from "./project_changes.ts";
import {
  editByText,
  editOfPlace,
  type Intent,
  typedExtensionSource,
} from "./prompt_declarations.ts";
import { type Place, textAt } from "./source_edit.ts";
import { overTrials } from "./trials.ts";
import { NodeRefusal, type Workspace } from "./workspace.ts";

interface Service {
  readonly workspace: Workspace;
  readonly program: LiveProgram;
  /** The workspace's node, and those that who asks changes beside it. */
  workspaces(): Promise<Workspaces>;
}

/** The answers to the requests of code in a node; an error's message is the answer to what cannot be done. */
export function compileRequests(
  workspace: Workspace,
  program: LiveProgram,
  others: (wanted: WantedNodes) => Promise<readonly Workspace[]> = () => Promise.resolve([]),
): (request: Term) => Promise<Term> {
  return async (request) => {
    const [what, argument, nodes] = request instanceof Tuple ? request.elements : [];
    const wanted = wantedNodes(nodes);
    const workspaces = async () => [workspace, ...await others(wanted)] as const;
    const service = { workspace, program, workspaces };
    if (!(what instanceof Atom) || argument === undefined) throw new Error("no such request");
    const answer = ANSWERS[what.name];
    if (answer === undefined) throw new Error(`this toolchain knows no request ${what.name}`);
    try {
      return await answer(service, argument);
    } catch (error) {
      if (error instanceof SourceError) throw new Error(withFirstFinding(error));
      if (error instanceof NodeRefusal) throw new Error(withHint(error));
      throw error;
    }
  };
}

const ANSWERS: Readonly<Record<string, (service: Service, argument: Term) => Promise<Term>>> = {
  /** Asked before what takes long, so that a suspended toolchain keeps nobody waiting. */
  there: () => Promise.resolve(NOTHING),
  async load(service, path) {
    return await load(service, await sourcesAt(service.program, text(path), service.program.root));
  },
  async reload(service, name) {
    await catchUp(service.workspace, service.program);
    return await load(service, [sourceOf(service, text(name))]);
  },
  async sync(service) {
    const files = await loadChanged(await service.workspaces(), service.program);
    return files === undefined ? NOTHING : loaded(files);
  },
  async compile({ workspaces, program }, method) {
    await loadEdit(await workspaces(), program, () => methodEdit(program, method));
    return NOTHING;
  },
  async precheck({ workspace, program }, method) {
    await catchUp(workspace, program);
    await program.tryCompile(methodEdit(program, method).texts);
    return NOTHING;
  },
  async remove_selector({ workspace, workspaces, program }, method) {
    await catchUp(workspace, program);
    const { place, intent } = methodOf(method);
    const own = typedExtension(program, place);
    if (own !== undefined) return own;
    const edit = () => editOfPlace(program, place, undefined, "removeMethod", intent);
    await loadEdit(await workspaces(), program, edit);
    return NOTHING;
  },
  async merge({ workspace, workspaces, program }, paths) {
    await catchUp(workspace, program);
    const edit = () => ({ texts: knownTexts(program, paths), changes: [] });
    await loadEdit(await workspaces(), program, edit);
    return NOTHING;
  },
  async remove_class({ workspace, program }, argument) {
    return await classRemoval(workspace, program, argument);
  },
  async revert(service, entry) {
    return await revert(service, loggedChange(entry));
  },
  async flush({ workspace, program }, request) {
    const kinds = field(request, "kinds");
    const className = textField(request, "class");
    const report = await flushChanges(workspace, program, {
      ...(Array.isArray(kinds) ? { kinds: kinds.map(text) as ChangeKind[] } : {}),
      ...(Array.isArray(field(request, "seqs"))
        ? { seqs: listField(request, "seqs").map(Number) }
        : {}),
      ...(className === undefined ? {} : { className }),
      destructive: field(request, "destructive") === atom("true"),
    });
    return flushed(report);
  },
  async evaluate({ workspace, program }, request) {
    await catchUp(workspace, program);
    const compiled = await compileInspection(workspace, program, {
      target: textField(request, "target") ?? "",
      source: textField(request, "source") ?? "",
      module: textField(request, "module") ?? "",
    });
    return map([[atom("beam"), compiled.beam], [atom("function"), binary(compiled.function)]]);
  },
  async recheck({ workspace, program }) {
    await catchUp(workspace, program);
    return map([[atom("findings"), recheck(program)]]);
  },
};

/** The nodes of a request: names, or `cluster`; none where it says nothing of them. */
function wantedNodes(nodes: Term | undefined): WantedNodes {
  return { nodes: Array.isArray(nodes) ? nodes.map(text) : [], cluster: nodes === atom("cluster") };
}

const NOTHING = map([[atom("classes"), []], [atom("warnings"), []]]);

async function load({ workspaces, program }: Service, sources: readonly SourceFile[]) {
  return loaded(await loadFiles(await workspaces(), program, sources));
}

function sourceOf({ program }: Service, className: string): SourceFile {
  const source = program.sourceOf(className);
  if (source === undefined || isTyped(source.path)) {
    throw new Error(`${className} has no source file`);
  }
  return source;
}

function methodOf(argument: Term) {
  const className = textField(argument, "class") ?? "";
  const classSide = textField(argument, "side") === "class";
  const selector = textField(argument, "selector") ?? "";
  const author: Author = {
    kind: (textField(argument, "author_kind") ?? "program") as Author["kind"],
    name: textField(argument, "author") ?? "",
  };
  const intent: Intent = {
    intent: textField(argument, "intent") === "ephemeral" ? "ephemeral" : "durable",
    author,
  };
  const place = { className, classSide, selector };
  return { place, intent };
}

/** Texts of the program as they are. */
function knownTexts(program: LiveProgram, paths: Term): readonly TextChange[] {
  return (Array.isArray(paths) ? paths : []).map(text).flatMap((path) => {
    const source = program.known(path);
    const own = program.textOf(path);
    return source === undefined || own === undefined ? [] : [{ source, text: own }];
  });
}

/** The edit that gives a class a method from its source. */
function methodEdit(program: LiveProgram, argument: Term) {
  const { place, intent } = methodOf(argument);
  const source = (textField(argument, "source") ?? "").trim();
  const target = `${place.className}${place.classSide ? " class" : ""}`;
  const [doc = ""] = /^(?:[ \t]*(?:\/\/|@expect\b).*\n)*/.exec(source) ?? [];
  const text = `${doc}${target} >> ${source.slice(doc.length).trim()}\n`;
  return editByText(program, text, place.selector, intent);
}

/** A method that was typed for a class of the library: the node unloads it, and records that. */
function typedExtension(program: LiveProgram, place: Place): Term | undefined {
  const { path } = typedExtensionSource(place);
  const before = program.textOf(path);
  if (before === undefined) return undefined;
  return map([
    [atom("unload"), program.modulesOf(path).map((module) => atom(module))],
    [atom("before"), binary(before)],
    [atom("path"), binary(path)],
  ]);
}

/** Takes a class out of the program; the node takes it out of itself and records that. */
async function classRemoval(
  workspace: Workspace,
  program: LiveProgram,
  argument: Term,
): Promise<Term> {
  await catchUp(workspace, program);
  const className = text(argument);
  const source = program.sourceOf(className);
  const old = source === undefined ? undefined : program.textOf(source.path);
  if (source === undefined || old === undefined) return map([]);
  const place = { className, classSide: false, selector: undefined };
  const removal: Change = {
    ...{ ...place, kind: "removeClass", intent: "durable", author: thisUser() },
    ...{ before: textAt(old, place), after: undefined, path: source.path, file: undefined },
  };
  const inForce = await changesInForce(workspace);
  const { changes: [lasting], marks } = await overTrials(program, [removal], inForce);
  const before = lasting?.before;
  return map([
    [atom("before"), before === undefined ? atom("nil") : binary(before)],
    [atom("path"), binary(source.path)],
    [atom("file"), isTyped(source.path) ? atom("nil") : binary(source.shown)],
    [atom("marks"), marks.map(({ seq, status }) => new Tuple([seq, atom(status)]))],
  ]);
}

/**
 * Gives a text back what it is without a change. Where nothing is left of it, the node unloads its
 * modules and records that itself.
 */
async function revert(
  { workspace, workspaces, program }: Service,
  change: LoggedChange,
): Promise<Term> {
  await catchUp(workspace, program);
  const { path, seq } = change;
  const rest = (await changesInForce(workspace)).filter((each) =>
    each.path === path && each.seq !== seq
  );
  const hasNoFile = isTyped(path);
  const source = hasNoFile
    ? typedSource(path.slice("typed:".length))
    : await sourceAt(program, path, program.root);
  const base = hasNoFile ? "" : await readSourceText(source);
  const next = overlaid(base, rest).text;
  if (hasNoFile && next === "") {
    return map([[atom("unload"), program.modulesOf(path).map((module) => atom(module))]]);
  }
  await loadEdit(await workspaces(), program, () => ({
    texts: [{ source, text: next }],
    changes: [],
    marks: [{ seq, status: "reverted" }],
  }));
  return map([]);
}

/** All that is wrong with the program as it runs, a line for each finding. */
function recheck(program: LiveProgram): Term {
  return program.findings().flatMap(({ source, text: sourceText, diagnostics }) =>
    diagnostics.map(({ span, severity, message }) => {
      const line = lineOf(sourceText, span.start);
      return binary(`${source.shown}:${line}: ${severity}: ${message}`);
    })
  );
}

/** Code in the node has one text to show: what is wrong, and the way out. */
function withHint({ message, hint }: NodeRefusal): string {
  return hint === undefined ? message : `${message}; ${hint}`;
}

/** Code in the node has one line to show. */
function withFirstFinding(error: SourceError): string {
  for (const { source, text: sourceText, diagnostics } of error.findings) {
    const first = diagnostics.find(({ severity }) => severity === "error");
    if (first === undefined) continue;
    const line = lineOf(sourceText, first.span.start);
    return `${source.shown}:${line}: ${first.message}`;
  }
  return error.message;
}

function flushed({ written, left }: FlushReport): Term {
  return map([
    [
      atom("written"),
      written.map(({ file, places }) =>
        map([[atom("file"), binary(file)], [atom("places"), places.map((each) => binary(each))]])
      ),
    ],
    [atom("left"), left.map((each) => binary(each))],
  ]);
}

function loaded({ compiled, reports }: LoadedFiles): Term {
  return map([
    [
      atom("classes"),
      compiled.classes.map(({ name, module, file }) =>
        map([
          [atom("name"), atom(name)],
          [atom("module"), atom(module)],
          [atom("file"), binary(file)],
        ])
      ),
    ],
    [atom("warnings"), reports.flatMap(({ warnings }) => warnings).map((each) => binary(each))],
  ]);
}

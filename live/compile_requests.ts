/**
 * What code in a node asks of the toolchain that is attached to it: `Workspace load:`, `reload`.
 * @module
 */
import { Atom, atom, binary, map, type Term, text, Tuple } from "../bridge/mod.ts";
import type { SourceFile } from "../compiler/project/sources.ts";
import { type LiveProgram, readSourceText, SourceError, type TextChange } from "./live_program.ts";
import { changeByRemoval, changeByText } from "./prompt_declarations.ts";
import type { LoadedFiles } from "./open_workspace.ts";

/** What answering needs. */
export interface CompileService {
  /** Relative paths start here. */
  readonly root: string;
  readonly program: LiveProgram;
  load(sources: readonly SourceFile[]): Promise<LoadedFiles>;
  sourcesAt(path: string): Promise<readonly SourceFile[]>;
  /** The files of the project as they are on disk now. */
  projectFiles(): Promise<readonly SourceFile[]>;
  /** Compiles changes of texts and loads them; nothing changes where that fails. */
  loadChanges(changes: readonly TextChange[]): Promise<void>;
}

/**
 * Answers `{load, Path}`, `{reload, ClassName}`, `{sync, nil}`, `{compile, {Class, Side, Selector,
 * Source}}` and `{remove_selector, {Class, Side, Selector}}` with
 * `#{classes => [#{name, module, file}], warnings => [Text]}`, and `{forget, ClassName}`; an
 * error's message is the answer to what cannot be done.
 */
export function compileRequests(service: CompileService): (request: Term) => Promise<Term> {
  return async (request) => {
    const [what, argument] = request instanceof Tuple ? request.elements : [];
    if (!(what instanceof Atom) || argument === undefined) throw new Error("no such request");
    try {
      return await answer(service, what.name, argument);
    } catch (error) {
      if (error instanceof SourceError) throw new Error(withFirstFinding(error));
      throw error;
    }
  };
}

async function answer(service: CompileService, what: string, argument: Term): Promise<Term> {
  switch (what) {
    case "load":
      return loaded(await service.load(await service.sourcesAt(text(argument))));
    case "reload":
      return loaded(await service.load([sourceOf(service, text(argument))]));
    case "sync":
      return loaded(await service.load(await changedFiles(service)));
    case "compile":
      await service.loadChanges([methodChange(service, argument)]);
      return NOTHING;
    case "precheck":
      await service.program.tryCompile([methodChange(service, argument)]);
      return NOTHING;
    case "remove_selector":
      await service.loadChanges([removal(service, argument)]);
      return NOTHING;
    case "forget":
      service.program.removeTyped(text(argument));
      return NOTHING;
    default:
      throw new Error(`this toolchain knows no request ${what}`);
  }
}

const NOTHING = map([[atom("classes"), []], [atom("warnings"), []]]);

function sourceOf(service: CompileService, className: string): SourceFile {
  const source = service.program.sourceOf(className);
  if (source === undefined || source.path.startsWith("typed:")) {
    throw new Error(`${className} has no source file`);
  }
  return source;
}

/** Files whose text on disk is not the one that was compiled last. */
async function changedFiles({ program, projectFiles }: CompileService): Promise<SourceFile[]> {
  const changed: SourceFile[] = [];
  for (const source of await projectFiles()) {
    if (await readSourceText(source) !== program.textOf(source.path)) changed.push(source);
  }
  return changed;
}

/** The change that gives a class the method `{Class, Side, Selector, Source}`. */
function methodChange({ program }: CompileService, argument: Term): TextChange {
  const [name, side, , source] = argument instanceof Tuple ? argument.elements : [];
  if (name === undefined || side === undefined || source === undefined) {
    throw new Error("no such request");
  }
  const target = `${text(name)}${text(side) === "class" ? " class" : ""}`;
  return changeByText(program, `${target} >> ${text(source).trim()}\n`);
}

function removal({ program }: CompileService, argument: Term): TextChange {
  const [name, side, selector] = argument instanceof Tuple ? argument.elements : [];
  if (name === undefined || side === undefined || selector === undefined) {
    throw new Error("no such request");
  }
  return changeByRemoval(program, text(name), text(side) === "class", text(selector));
}

/** Code in the node has one line to show. */
function withFirstFinding(error: SourceError): string {
  for (const { source, text: sourceText, diagnostics } of error.findings) {
    const first = diagnostics.find(({ severity }) => severity === "error");
    if (first === undefined) continue;
    const line = sourceText.slice(0, first.span.start).split("\n").length;
    return `${source.shown}:${line}: ${first.message}`;
  }
  return error.message;
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

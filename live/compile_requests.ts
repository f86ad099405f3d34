/**
 * What code in a node asks of the toolchain that is attached to it: `Workspace load:`, `reload`.
 * @module
 */
import { atom, binary, map, type Term, text, Tuple } from "../bridge/mod.ts";
import type { SourceFile } from "../compiler/project/sources.ts";
import { type LiveProgram, SourceError } from "./live_program.ts";
import type { LoadedFiles } from "./open_workspace.ts";

/** What answering needs. */
export interface CompileService {
  /** Relative paths start here. */
  readonly root: string;
  readonly program: LiveProgram;
  load(sources: readonly SourceFile[]): Promise<LoadedFiles>;
  sourcesAt(path: string): Promise<readonly SourceFile[]>;
}

/**
 * Answers `{load, Path}` and `{reload, ClassName}` with
 * `#{classes => [#{name, module, file}], warnings => [Text]}`; an error's message is the answer to
 * what cannot be loaded.
 */
export function compileRequests(service: CompileService): (request: Term) => Promise<Term> {
  return async (request) => {
    const [what, argument] = request instanceof Tuple ? request.elements : [];
    if (what === undefined || argument === undefined) throw new Error("no such request");
    if (what === atom("load")) {
      return loaded(await load(service, await service.sourcesAt(text(argument))));
    }
    if (what === atom("reload")) {
      const source = service.program.sourceOf(text(argument));
      if (source === undefined) throw new Error(`${text(argument)} has no source file`);
      return loaded(await load(service, [source]));
    }
    throw new Error("no such request");
  };
}

async function load(
  service: CompileService,
  sources: readonly SourceFile[],
): Promise<LoadedFiles> {
  try {
    return await service.load(sources);
  } catch (error) {
    if (error instanceof SourceError) throw new Error(withFirstFinding(error));
    throw error;
  }
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

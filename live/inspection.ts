/**
 * Compiles what `Inspector evaluate:` is given: statements in which `self` is an object of a node.
 * @module
 */
import { analyze } from "../compiler/analysis/analyze.ts";
import { fileFacts } from "../compiler/analysis/file_facts.ts";
import { looseNaming } from "../compiler/analysis/module_naming.ts";
import { extensionModuleCore } from "../compiler/codegen/mod.ts";
import type { Diagnostic } from "../compiler/syntax/diagnostic.ts";
import { parse } from "../compiler/syntax/source_file.ts";
import { compileModules } from "./build_compile.ts";
import type { LiveProgram } from "./live_program.ts";
import type { Workspace } from "./workspace.ts";

/** Statements for an object. */
export interface Inspection {
  /** Name of the object's class, as `X` or `X class`. */
  readonly target: string;
  readonly source: string;
  /** Name of the module to make. */
  readonly module: string;
}

/** The code, and the function of one argument, the object, that runs it. */
export interface CompiledInspection {
  readonly beam: Uint8Array;
  readonly function: string;
}

const FILE = "inspector";
const SELECTOR = "evaluation";

/** Compiles the statements as a method of the object's class that the class does not get. */
export async function compileInspection(
  workspace: Workspace,
  program: LiveProgram,
  { target, source, module }: Inspection,
): Promise<CompiledInspection> {
  const environment = program.environment();
  const [className = "", side] = target.split(" ");
  const isKnown = environment.classNamed(className) !== undefined;
  const owner = isKnown ? target : side === undefined ? "Object" : "Object class";
  const text = `${owner} >> ${SELECTOR} =>\n${source.replaceAll(/^/gm, "  ")}\n`;
  const file = parse(text, { kind: "file" });
  const naming = looseNaming(FILE);
  const options = { file: FILE, package: environment.package, mode: "file" } as const;
  const found = [
    ...file.diagnostics,
    ...analyze(file, fileFacts(file, { file: FILE, naming }), environment, options),
  ];
  refuseErrors(found);
  const extensions = file.declarations.flatMap((each) =>
    each.kind === "extension" ? [each.unit] : []
  );
  if (extensions.length !== 1 || file.declarations.length !== 1) {
    throw new Error("only statements can be evaluated here");
  }
  const context = { module, text, file: FILE, environment, compact: true };
  const core = extensionModuleCore(context, extensions, []);
  const [code] = await compileModules(workspace.connections.port, [core], "quick");
  if (code === undefined) throw new Error("nothing was compiled");
  return { beam: code.beam, function: `${owner}>>${SELECTOR}` };
}

function refuseErrors(found: readonly Diagnostic[]): void {
  const error = found.find(({ severity }) => severity === "error");
  if (error !== undefined) throw new Error(error.message);
}

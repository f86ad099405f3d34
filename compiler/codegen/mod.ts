/**
 * From the tree of a file to Core Erlang: one module a class, one for the extensions and protocols
 * of a file, one for its migrations, and one for the statements of a script or of the prompt.
 *
 * Pure: what is known of other classes comes in as a `ClassEnvironment`, and Core Erlang goes out
 * as a tree that `encodeCore` writes for OTP's compiler and `printCore` for readers.
 * @module
 */
import type { ClassEnvironment, FileFacts } from "../analysis/class_facts.ts";
import { fileFacts } from "../analysis/file_facts.ts";
import { extensionModule, type ModuleNaming, patchModule } from "../analysis/module_naming.ts";
import type { Declaration } from "../syntax/ast.ts";
import { classModuleCore } from "./class_module.ts";
import type { CoreModule } from "./core.ts";
import { extensionModuleCore } from "./extension_module.ts";
import { patchModuleCore } from "./patch_module.ts";

export type { CoreModule } from "./core.ts";
export { encodeCore } from "./core_term.ts";
export { printCore } from "./core_text.ts";
export { extensionModuleCore } from "./extension_module.ts";
export {
  type EvaluationOptions,
  type GeneratedEvaluation,
  generateEvaluation,
  type SessionFutures,
} from "./evaluation.ts";

/** A file as code generation needs it. */
export interface FileDeclarations {
  readonly text: string;
  readonly declarations: readonly Declaration[];
}

/** Which file it is, and what is known of other classes. */
export interface GenerateOptions {
  /** The path that messages, stack traces and `sourceFile` show. */
  readonly file: string;
  readonly naming: ModuleNaming;
  /**
   * Where the text is a part of the file, or of what was typed: the line there of each of its own.
   * Its classes have no source file.
   */
  readonly lines?: readonly number[] | undefined;
  readonly environment: ClassEnvironment;
  /**
   * Whether code is to be small, and so quick to make and to compile, rather than fast: operators
   * on what may be no number are calls of the runtime. What programs mean is the same.
   */
  readonly compact?: boolean;
  /** Whether the code counts how often each line with a statement is reached. */
  readonly coverage?: boolean;
  /** Whether Erlang specs of the methods are to be made, for Dialyzer. */
  readonly specifications?: boolean;
}

/** One Erlang module. */
export interface GeneratedModule {
  readonly module: string;
  readonly kind: "class" | "extensions" | "patch" | "evaluation";
  /** The class, where `kind` is `class`. */
  readonly className: string | undefined;
  readonly core: CoreModule;
}

/** The modules of all declarations of a file; statements of scripts are left to `generateEvaluation`. */
export function generate(source: FileDeclarations, options: GenerateOptions): GeneratedModule[] {
  const { file, naming, lines, compact = false, coverage = false, specifications = false } =
    options;
  const facts = fileFacts(source, { file, naming });
  const environment = withOwnClasses(options.environment, facts, naming.package);
  const context = { text: source.text, file, lines, environment, compact, coverage };
  const { declarations } = source;
  const modules: GeneratedModule[] = [];
  for (const declaration of declarations) {
    if (declaration.kind !== "class") continue;
    const className = declaration.header.node.name.text;
    const own = environment.classNamed(className, naming.package);
    if (own === undefined) continue;
    const { module } = own;
    const input = { declaration, facts: own, specifications };
    const core = classModuleCore({ ...context, module }, input);
    modules.push({ module, kind: "class", className, core });
  }
  const extensions = declarations.flatMap((each) => each.kind === "extension" ? [each.unit] : []);
  const protocols = declarations.flatMap((each) => each.kind === "protocol" ? [each.unit] : []);
  if (extensions.length + protocols.length > 0) {
    const module = extensionModule(naming);
    const core = extensionModuleCore({ ...context, module }, extensions, protocols);
    modules.push({ module, kind: "extensions", className: undefined, core });
  }
  const patches = declarations.flatMap((each) => each.kind === "patch" ? [each.unit] : []);
  if (patches.length > 0) {
    const module = patchModule(naming);
    const core = patchModuleCore({ ...context, module }, patches);
    modules.push({ module, kind: "patch", className: undefined, core });
  }
  return modules;
}

/** The environment, with the file's own classes where it does not know them. */
function withOwnClasses(
  environment: ClassEnvironment,
  facts: FileFacts,
  packageName: string,
): ClassEnvironment {
  const unknown = facts.classes.some((own) =>
    environment.classNamed(own.name, packageName)?.module !== own.module
  );
  if (!unknown) return environment;
  const own = new Map(facts.classes.map((each) => [each.name, each]));
  return {
    classNamed: (name, from) => {
      const mine = from === undefined || from === packageName ? own.get(name) : undefined;
      return mine ?? environment.classNamed(name, from);
    },
    extensionsOf: (name) => environment.extensionsOf(name),
    aliasNamed: (name) => environment.aliasNamed(name),
    protocolNamed: (name) => environment.protocolNamed(name),
    foreignInternals: () => environment.foreignInternals?.() ?? new Set(),
    package: packageName,
    classNames: () => new Set([...environment.classNames(), ...own.keys()]),
  };
}
